//! The outcomes of a node, which may follow from its configuration.

use serde_json::{Value, json};

use super::catalogue::{self, NodeType, Outcomes};
use super::node::{FIRST_VERSION, child_key};
use crate::am::realm::RealmConfig;
use crate::crest::Object;

impl RealmConfig {
    /// The outcomes that a node with this content has.
    pub(super) fn outcomes(&self, kind: &NodeType, content: &Object) -> Vec<Value> {
        match &kind.outcomes {
            Outcomes::Ruled(rules) => {
                rules.iter().flat_map(|rule| rule.outcomes(content)).collect()
            }
            Outcomes::OfLastChild => self.page_outcomes(kind, content),
        }
    }

    /// Those of the last child. A page of a later version than the first puts the child's id
    /// before them, and an empty page has none: both are recorded.
    fn page_outcomes(&self, page: &NodeType, content: &Object) -> Vec<Value> {
        let children = content.get("nodes").and_then(Value::as_array);
        let child = children.and_then(|children| children.last()).and_then(Value::as_object);
        let known = child.and_then(|child| {
            let key = child_key(child)?;
            let kind = catalogue::find(&key.kind, &key.version)?;
            // A client that asks for the outcomes of an unsaved page may send its children whole.
            let written = ["_properties", "nodeProperties", "config"];
            let written = written.iter().find_map(|name| child.get(*name)?.as_object());
            let content = written.or_else(|| self.nodes.get(&key)).cloned().unwrap_or_default();
            Some((key.id, self.outcomes(kind, &content)))
        });
        let Some((id, mut outcomes)) = known else { return Vec::new() };
        if page.version != FIRST_VERSION {
            for outcome in &mut outcomes {
                let plain = outcome["id"].as_str().unwrap_or_default().to_owned();
                outcome["id"] = json!(format!("{id}-{plain}"));
            }
        }
        outcomes
    }
}
