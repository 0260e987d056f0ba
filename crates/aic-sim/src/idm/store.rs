//! Where managed objects are kept.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::json;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::{Builder, Uuid};

use crate::crest::Object;
use crate::crest::query::Listed;

/// The objects of one type, in the order of their creation.
#[derive(Debug, Clone, Default)]
pub(super) struct Collection {
    numbers: HashMap<String, u64>,
    objects: BTreeMap<u64, Stored>,
    last_number: u64,
}

/// A managed object.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    number: u64,
    /// The object as a read without `_fields` shows it: `_id`, `_rev`, and what is neither a
    /// relationship nor private.
    pub(super) content: Arc<Object>,
    /// The relationships by the property that stands for them.
    pub(super) links: BTreeMap<String, Vec<Link>>,
    /// When it was created.
    pub(super) created: OffsetDateTime,
    /// When it was changed last.
    pub(super) changed: OffsetDateTime,
}

/// One end of a relationship. Both ends have the same id.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) id: String,
    pub(super) revision: String,
    pub(super) target: Target,
    /// Properties of the relationship itself.
    pub(super) properties: Object,
}

/// The object at the other end of a relationship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) object_type: String,
    pub(super) id: String,
}

impl Collection {
    pub(super) fn get(&self, id: &str) -> Option<&Stored> {
        self.objects.get(self.numbers.get(id)?)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Stored> {
        self.objects.get_mut(self.numbers.get(id)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Stored> {
        self.objects.values()
    }

    /// Adds an object, or gives the one with this id a new content.
    pub(super) fn write(&mut self, id: &str, content: Arc<Object>, now: OffsetDateTime) {
        if let Some(stored) = self.get_mut(id) {
            stored.content = content;
            stored.changed = now;
            return;
        }
        self.last_number += 1;
        let number = self.last_number;
        self.numbers.insert(id.to_owned(), number);
        let links = BTreeMap::new();
        let stored = Stored { number, content, links, created: now, changed: now };
        self.objects.insert(number, stored);
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Stored> {
        self.objects.remove(&self.numbers.remove(id)?)
    }
}

impl Stored {
    pub(super) fn revision(&self) -> &str {
        self.content.get("_rev").and_then(|revision| revision.as_str()).unwrap_or_default()
    }

    pub(super) fn links(&self, field: &str) -> &[Link] {
        self.links.get(field).map_or(&[], Vec::as_slice)
    }
}

impl Listed for &Stored {
    fn object(&self) -> &Object {
        &self.content
    }

    fn number(&self) -> u64 {
        self.number
    }
}

impl Link {
    /// The reference that stands for the relationship in the object that has it.
    pub(super) fn reference(&self) -> Object {
        let mut properties = Object::new();
        properties.insert("_id".to_owned(), self.id.as_str().into());
        properties.insert("_rev".to_owned(), self.revision.as_str().into());
        properties.extend(self.properties.clone());
        let Target { object_type, id } = &self.target;
        let members = [
            ("_ref", json!(format!("managed/{object_type}/{id}"))),
            ("_refResourceCollection", json!(format!("managed/{object_type}"))),
            ("_refResourceId", json!(id)),
            ("_refProperties", json!(properties)),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Makes ids and revisions. They depend only on how many came before, so that the same requests
/// get the same answers in every run.
#[derive(Debug, Clone, Default)]
pub(super) struct Sequence {
    ids: u64,
    revisions: u64,
}

impl Sequence {
    pub(super) fn id(&mut self) -> String {
        self.ids += 1;
        stable_uuid("id", self.ids).to_string()
    }

    pub(super) fn revision(&mut self) -> String {
        self.revisions += 1;
        format!("{}-{}", stable_uuid("server", 0), self.revisions)
    }
}

/// A UUID that looks random and is always the same for the same name and number.
pub(crate) fn stable_uuid(name: &str, number: u64) -> Uuid {
    let hash = Sha256::new().chain_update(name).chain_update(number.to_be_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}
