use serde_json::{Map, Value};

use crate::am::{Journey, NodeRef};
use crate::{Realm, Resource};

/// A journey as it is to be.
#[derive(Debug, Clone)]
pub struct JourneyDraft {
    /// The tree: `entryNodeId`, `nodes` without their settings, and the journey's own settings.
    pub tree: Map<String, Value>,
    /// The nodes on pages. They are written before the pages, which must find them.
    pub children: Vec<NodeDraft>,
    /// The pages and all other nodes.
    pub nodes: Vec<NodeDraft>,
}

/// A node as it is to be.
#[derive(Debug, Clone)]
pub struct NodeDraft {
    /// Which node it is.
    pub node: NodeRef,
    /// All its settings.
    pub settings: Map<String, Value>,
}

impl NodeDraft {
    pub(crate) fn resource(&self, realm: Realm) -> Resource {
        self.node.resource(realm)
    }

    /// The body of its PUT. The members that AM adds when a node is read do not go back.
    pub(crate) fn body(&self) -> Map<String, Value> {
        let mut body = own_settings(self.settings.clone());
        body.insert("_id".to_owned(), self.node.id.as_str().into());
        body
    }
}

/// A node's settings without `_id`, `_rev`, `_type` and `_outcomes`, which AM adds when it shows
/// a node.
pub fn own_settings(mut settings: Map<String, Value>) -> Map<String, Value> {
    settings.retain(|name, _| !name.starts_with('_'));
    settings
}

/// The names of the settings that read back otherwise than they were written.
pub(crate) fn unlike(written: &Map<String, Value>, stored: &Map<String, Value>) -> Vec<String> {
    let settings = written.iter().filter(|(name, _)| !name.starts_with('_'));
    let unlike = settings.filter(|(name, value)| {
        let stored = stored.get(*name).unwrap_or(&Value::Null);
        !(covers(value, stored) || stored.is_null() && is_write_only(name))
    });
    unlike.map(|(name, _)| name.clone()).collect()
}

/// Whether a setting is of the kind that AM takes and never shows.
fn is_write_only(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "passphrase", "secret", "privatekey"].iter().any(|part| name.contains(part))
}

/// Whether all that was written is in what is stored: AM adds members to what it is sent.
fn covers(written: &Value, stored: &Value) -> bool {
    match (written, stored) {
        (Value::Object(written), Value::Object(stored)) => written
            .iter()
            .all(|(name, value)| covers(value, stored.get(name).unwrap_or(&Value::Null))),
        (Value::Array(written), Value::Array(stored)) => {
            written.len() == stored.len()
                && written.iter().zip(stored).all(|(written, stored)| covers(written, stored))
        }
        (Value::Number(written), Value::Number(stored)) => written.as_f64() == stored.as_f64(),
        (written, stored) => written == stored,
    }
}

/// Whether a tree is as it was written. Where the editor draws its nodes does not matter.
pub(crate) fn is_tree(written: &Map<String, Value>, stored: &Journey) -> bool {
    written.iter().all(|(name, value)| {
        let stored = stored.as_json().get(name).unwrap_or(&Value::Null);
        match name.as_str() {
            "_id" | "_rev" | "staticNodes" => true,
            "nodes" => same_nodes(value, stored),
            _ => covers(value, stored),
        }
    })
}

/// Whether two graphs have the same nodes with the same connections.
fn same_nodes(written: &Value, stored: &Value) -> bool {
    let (Some(written), Some(stored)) = (written.as_object(), stored.as_object()) else {
        return false;
    };
    let is_same = |node: &Value, stored: &Value| {
        let parts = ["nodeType", "displayName", "connections"];
        let versions = (node["version"].as_str(), stored["version"].as_str());
        parts.iter().all(|part| node[part] == stored[part])
            && (versions.0.is_none() || versions.1.is_none() || versions.0 == versions.1)
    };
    written.len() == stored.len()
        && written.iter().all(|(id, node)| stored.get(id).is_some_and(|same| is_same(node, same)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn journey(value: Value) -> Journey {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_am_adds_is_no_difference() {
        let written = json!({ "_id": "a", "outcomes": ["x"], "retryLimit": 3, "header": { "en": "Hi" },
            "nodes": [{ "_id": "c", "nodeType": "T" }], "note": null, "clientSecret": "s" });
        let stored = json!({ "_id": "A", "_rev": "1", "_type": {}, "outcomes": ["x"],
            "retryLimit": 3.0, "header": { "en": "Hi", "de": "Hallo" }, "more": true,
            "nodes": [{ "_id": "c", "nodeType": "T", "nodeVersion": "1.0" }] });
        assert!(unlike(&object(written.clone()), &object(stored.clone())).is_empty());
        for (name, value) in [
            ("outcomes", json!(["x", "y"])),
            ("retryLimit", json!("3")),
            ("header", json!({})),
            ("nodes", json!([])),
            ("clientSecret", json!("other")),
        ] {
            let mut stored = stored.clone();
            stored[name] = value;
            assert_eq!(unlike(&object(written.clone()), &object(stored)), [name]);
        }
    }

    #[test]
    fn a_tree_is_found_again_by_its_nodes_and_settings() {
        let node = |to: &str, version: &str| {
            json!({ "nodeType": "PageNode", "displayName": "Page", "version": version,
                "connections": { "outcome": to } })
        };
        let stored =
            journey(json!({ "_id": "J", "_rev": "-1", "entryNodeId": "a", "enabled": true,
            "nodes": { "a": node("x", "2.0") }, "staticNodes": {} }));
        let mut sent = object(json!({ "_id": "J", "entryNodeId": "a", "description": null,
            "nodes": { "a": node("x", "2.0") } }));
        assert!(is_tree(&sent, &stored));
        for nodes in [
            json!({}),
            json!({ "b": node("x", "2.0") }),
            json!({ "a": node("y", "2.0") }),
            json!({ "a": node("x", "1.0") }),
        ] {
            assert!(!is_tree(&object(json!({ "nodes": nodes })), &stored));
        }
        sent["entryNodeId"] = json!("b");
        assert!(!is_tree(&sent, &stored));
    }

    #[test]
    fn what_is_made_up_does_not_go_back() {
        let draft = NodeDraft {
            node: NodeRef::new("MessageNode".parse().unwrap(), None, "n".parse().unwrap()),
            settings: object(json!({ "_id": "other", "_rev": "1", "_type": {}, "_outcomes": [],
                "message": { "en": "Hi" } })),
        };
        assert_eq!(Value::Object(draft.body()), json!({ "message": { "en": "Hi" }, "_id": "n" }));
    }
}
