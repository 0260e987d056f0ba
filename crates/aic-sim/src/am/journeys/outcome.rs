//! The outcomes of a node, which may follow from its configuration.

use serde_json::{Value, json};

use super::catalogue::{self, NodeType, Outcomes, SINGLE};
use super::node::child_key;
use crate::am::realm::RealmConfig;
use crate::crest::Object;

impl RealmConfig {
    /// The outcomes that a node with this content has.
    pub(super) fn outcomes(&self, kind: &NodeType, content: &Object) -> Vec<Value> {
        match kind.outcomes {
            Outcomes::Fixed(outcomes) => fixed(outcomes),
            Outcomes::Listed(attribute) => {
                let names = content.get(attribute).and_then(Value::as_array).into_iter().flatten();
                names.filter_map(Value::as_str).map(|name| outcome(name, name)).collect()
            }
            Outcomes::OfLastChild => self.page_outcomes(content),
        }
    }

    /// Assumption: an empty page has one outcome.
    fn page_outcomes(&self, content: &Object) -> Vec<Value> {
        let children = content.get("nodes").and_then(Value::as_array);
        let child = children.and_then(|children| children.last()).and_then(Value::as_object);
        let known = child.and_then(|child| {
            let key = child_key(child)?;
            let kind = catalogue::find(&key.kind, &key.version)?;
            // A child that is not saved yet may stand on the page with its configuration.
            let written = ["nodeProperties", "config"].iter().find_map(|name| child.get(*name));
            let written = written.and_then(Value::as_object);
            let content = written.or_else(|| self.nodes.get(&key)).cloned().unwrap_or_default();
            Some(self.outcomes(kind, &content))
        });
        known.unwrap_or_else(|| match SINGLE {
            Outcomes::Fixed(outcomes) => fixed(outcomes),
            Outcomes::Listed(_) | Outcomes::OfLastChild => Vec::new(),
        })
    }
}

fn fixed(outcomes: &[(&str, &str)]) -> Vec<Value> {
    outcomes.iter().map(|(id, name)| outcome(id, name)).collect()
}

fn outcome(id: &str, name: &str) -> Value {
    json!({"id": id, "displayName": name})
}
