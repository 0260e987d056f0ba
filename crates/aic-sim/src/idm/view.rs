//! Objects as they are shown.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Idm;
use super::answer::View;
use super::model::{ObjectType, Relation};
use super::store::{Link, Stored, stable_uuid};
use crate::clock::timestamp;
use crate::crest::fields::{self, Fields};
use crate::crest::pointer::Pointer;
use crate::crest::{Object, members};

impl Idm {
    /// Shows an object with the fields asked for; `_id` and `_rev` are always among them.
    pub(super) fn show(&self, object_type: &ObjectType, stored: &Stored, fields: &Fields) -> View {
        if fields.is_default() {
            return Arc::clone(&stored.content).into();
        }
        let mut shown = Object::new();
        for name in ["_id", "_rev"] {
            fields::copy(&stored.content, &[name.to_owned()], &mut shown);
        }
        for field in fields.iter() {
            self.show_field(object_type, stored, field, &mut shown);
        }
        shown.into()
    }

    fn show_field(
        &self,
        object_type: &ObjectType,
        stored: &Stored,
        field: &Pointer,
        shown: &mut Object,
    ) {
        let [name, rest @ ..] = field.names() else { return };
        if name == "*_ref" {
            for (name, relation) in object_type.relations() {
                self.show_relation(stored, name, relation, &[], shown);
            }
        } else if let Some(kept) = object_type.metadata.as_ref().filter(|m| m.property == *name) {
            shown.insert(name.clone(), metadata(&kept.collection, stored, rest));
        } else if let Some(relation) = object_type.relation(name) {
            self.show_relation(stored, name, relation, rest, shown);
        } else {
            fields::copy(&stored.content, field.names(), shown);
        }
    }

    /// Shows a relationship, with `names` leading into the objects at its other ends: into their
    /// own fields, not on along their relationships.
    ///
    /// A single relationship that is not there shows as null, several as an empty array, as
    /// recorded of AI agents and their privileges.
    fn show_relation(
        &self,
        stored: &Stored,
        field: &str,
        relation: &Relation,
        names: &[String],
        shown: &mut Object,
    ) {
        let links = stored.links(field);
        let slot = shown.entry(field).or_insert_with(|| {
            let mut references = links.iter().map(|link| Value::Object(link.reference()));
            if relation.many { references.collect() } else { references.next().unwrap_or_default() }
        });
        let slots = match slot {
            Value::Array(slots) => slots.as_mut_slice(),
            single => std::slice::from_mut(single),
        };
        for (slot, link) in slots.iter_mut().zip(links) {
            if let (Some(slot), Some(target)) = (slot.as_object_mut(), self.target(link)) {
                fields::copy(&target.content, names, slot);
            }
        }
    }

    /// The object at the other end of a relationship.
    pub(super) fn target(&self, link: &Link) -> Option<&Stored> {
        self.collections.get(&link.target.object_type)?.get(&link.target.id)
    }
}

/// The reference to what IDM tracks of an object, with the members of that which are asked for: as
/// IDM's documentation shows it.
fn metadata(collection: &str, stored: &Stored, names: &[String]) -> Value {
    let id = stored.content.get("_id").and_then(Value::as_str).unwrap_or_default();
    let id = stable_uuid(&format!("usermeta/{id}"), 0).to_string();
    let tracked = members(json!({
        "createDate": timestamp(stored.created),
        "lastChanged": {"date": timestamp(stored.changed)},
    }));
    let mut reference = members(json!({
        "_ref": format!("{collection}/{id}"),
        "_refResourceCollection": collection,
        "_refResourceId": id,
    }));
    fields::copy(&tracked, names, &mut reference);
    reference.into()
}
