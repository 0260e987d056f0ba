//! Relationships: every one is written on both its ends.

use serde_json::Value;

use super::Idm;
use super::model::{ObjectType, Relation};
use super::store::{Link, Stored, Target};
use crate::crest::Object;
use crate::crest::error::{Error, Result};

/// A relationship that a client asks for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) target: Target,
    pub(super) properties: Object,
}

impl Wanted {
    /// Whether it is a relationship that is there.
    pub(super) fn is_like(&self, link: &Link) -> bool {
        self.target == link.target && self.properties == link.properties
    }
}

/// The identity of one end of a relationship: an object and its property.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    object: Target,
    field: String,
}

impl Idm {
    /// Reads the value of a relationship property, whose shape the policies have checked.
    ///
    /// Assumption: a reference to nothing is refused with 400 and the message that IDM has for it.
    /// Giving a user a role that is not there would settle it.
    pub(super) fn wanted(&self, relation: &Relation, value: &Value) -> Result<Vec<Wanted>> {
        let references = match value {
            Value::Null => &[],
            Value::Array(references) => references.as_slice(),
            reference => std::slice::from_ref(reference),
        };
        references.iter().map(|reference| self.wanted_one(relation, reference)).collect()
    }

    fn wanted_one(&self, relation: &Relation, reference: &Value) -> Result<Wanted> {
        let path = reference["_ref"]
            .as_str()
            .ok_or_else(|| Error::bad_request("A relationship must have a '_ref'"))?;
        let target = relation.targets.iter().find_map(|collection| {
            let id = path.strip_prefix(collection.as_str())?.strip_prefix('/')?;
            let object_type = collection.strip_prefix("managed/")?;
            self.collections.get(object_type)?.get(id)?;
            Some(Target { object_type: object_type.to_owned(), id: id.to_owned() })
        });
        let target = target.ok_or_else(|| {
            Error::bad_request(format!(
                "The referenced relationship endpoint '{path}' does not exist"
            ))
        })?;
        let mut properties = reference["_refProperties"].as_object().cloned().unwrap_or_default();
        properties.retain(|name, _| name != "_id" && name != "_rev");
        Ok(Wanted { target, properties })
    }

    /// Gives a property of an object exactly these relationships. Those that are already there
    /// keep their identity.
    ///
    /// Assumption: a second relationship to the same object is ignored. Adding a role twice would
    /// settle it.
    pub(super) fn set_links(
        &mut self,
        object_type: &ObjectType,
        id: &str,
        field: &str,
        wanted: Vec<Wanted>,
    ) {
        let object = Target { object_type: object_type.name.clone(), id: id.to_owned() };
        let end = End { object, field: field.to_owned() };
        let mut old = self.take_links(&end);
        let mut links: Vec<Link> = Vec::with_capacity(wanted.len());
        let mut added = Vec::new();
        for Wanted { target, properties } in wanted {
            if links.iter().any(|link| link.target == target) {
                continue;
            }
            let same = |link: &Link| link.target == target && link.properties == properties;
            if let Some(index) = old.iter().position(same) {
                links.push(old.remove(index));
            } else {
                let (id, revision) = (self.sequence.id(), self.sequence.revision());
                let link = Link { id, revision, target, properties };
                added.push(link.clone());
                links.push(link);
            }
        }
        self.add_links(&end, links);
        for link in old {
            self.detach_reverse(&end, &link);
        }
        for link in added {
            self.attach_reverse(&end, link);
        }
    }

    /// Takes an object out of every relationship.
    pub(super) fn detach_all(&mut self, object: &Target) {
        let Some(stored) = self.object_mut(object) else { return };
        let links = std::mem::take(&mut stored.links);
        for (field, links) in links {
            let end = End { object: object.clone(), field };
            for link in links {
                self.detach_reverse(&end, &link);
            }
        }
    }

    /// Writes the other end of a new relationship. Where that end has room for one only, it lets
    /// go of the one it had.
    fn attach_reverse(&mut self, end: &End, link: Link) {
        let Some((reverse, many)) = self.reverse(end, &link) else { return };
        if !many {
            for displaced in self.take_links(&reverse) {
                self.detach_reverse(&reverse, &displaced);
            }
        }
        self.add_links(&reverse, [Link { target: end.object.clone(), ..link }]);
    }

    fn detach_reverse(&mut self, end: &End, link: &Link) {
        if let Some((reverse, _)) = self.reverse(end, link) {
            let mut links = self.take_links(&reverse);
            links.retain(|other| other.id != link.id);
            self.add_links(&reverse, links);
        }
    }

    fn take_links(&mut self, end: &End) -> Vec<Link> {
        let stored = self.object_mut(&end.object);
        stored.and_then(|stored| stored.links.remove(&end.field)).unwrap_or_default()
    }

    fn add_links(&mut self, end: &End, links: impl IntoIterator<Item = Link>) {
        if let Some(stored) = self.object_mut(&end.object) {
            stored.links.entry(end.field.clone()).or_default().extend(links);
        }
    }

    fn object_mut(&mut self, object: &Target) -> Option<&mut Stored> {
        self.collections.get_mut(&object.object_type)?.get_mut(&object.id)
    }

    /// The other end of a relationship, and whether it has room for several. There is none where
    /// the schema names none, or where an object is related to itself by one property.
    fn reverse(&self, end: &End, link: &Link) -> Option<(End, bool)> {
        let relation = self.types().get(&end.object.object_type)?.relation(&end.field)?;
        let field = relation.reverse.clone()?;
        let many = self.types().get(&link.target.object_type)?.relation(&field)?.many;
        let reverse = End { object: link.target.clone(), field };
        (reverse != *end).then_some((reverse, many))
    }
}
