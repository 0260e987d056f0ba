//! The contents of the service, for a comparison of one time with another.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Idm;
use super::store::Stored;

impl Idm {
    /// The contents, by the path under which they are found. Revisions, and the ids of relationships,
    /// are left out: whatever is put back gets others.
    pub(crate) fn held(&self) -> BTreeMap<String, Value> {
        let mut held = BTreeMap::new();
        for (object_type, collection) in &self.collections {
            for stored in collection.iter() {
                let id = stored.content.get("_id").and_then(Value::as_str).unwrap_or_default();
                held.insert(format!("/openidm/managed/{object_type}/{id}"), stored.held());
            }
        }
        let document = |document: &crate::crest::Object| Value::Object(document.clone());
        held.insert("/openidm/config/managed".to_owned(), document(self.document()));
        held.insert("/openidm/config/ui/themerealm".to_owned(), document(self.themes.shown()));
        for feature in self.features.installed() {
            held.insert(format!("/openidm/feature/{feature}"), true.into());
        }
        held
    }
}

impl Stored {
    fn held(&self) -> Value {
        let mut content = self.content.as_ref().clone();
        content.shift_remove("_rev");
        let related = self.links.iter().filter(|(_, links)| !links.is_empty());
        let related = related.map(|(field, links)| {
            let mut ends: Vec<_> = links
                .iter()
                .map(|link| json!([link.target.object_type, link.target.id, link.properties]))
                .collect();
            ends.sort_by_cached_key(Value::to_string);
            (field.clone(), Value::from(ends))
        });
        let related: crate::crest::Object = related.collect();
        let mut all = json!([content, related]);
        all.sort_all_objects();
        all
    }
}
