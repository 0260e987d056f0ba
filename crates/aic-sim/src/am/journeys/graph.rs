//! The rules for the nodes of a tree.

use serde_json::{Value, json};

use super::node::{FIRST_VERSION, Key};
use crate::am::attribute::invalid_value;
use crate::crest::Object;
use crate::crest::error::{Error, Result};

/// Where every journey starts and ends. AM knows these nodes by their ids.
pub(crate) const SUCCESS: &str = "70e691a5-1e33-4ac3-a356-e7b6d60d92e0";
pub(crate) const FAILURE: &str = "e301438c-0bd0-429c-ab0c-66126501069a";

const NODES: &str = "Nodes";

/// Where the static nodes stand unless a client says so.
pub(super) fn static_nodes() -> Value {
    json!({
        "startNode": {"x": 50, "y": 250},
        SUCCESS: {"x": 550, "y": 150},
        FAILURE: {"x": 550, "y": 350},
    })
}

/// The members of a node in a tree, besides its settings.
const MEMBERS: [&str; 6] = ["nodeType", "version", "displayName", "connections", "x", "y"];

/// Checks the nodes of a tree, and parts them from the settings that a client may have sent along.
///
/// Recordings show trees whose entry node, connections and types of nodes lead nowhere: only the
/// form is checked. They show a tree without `entryNodeId` refused.
pub(super) fn take_apart(tree: &mut Object, versioned: bool) -> Result<Vec<(Key, Object)>> {
    if tree.get("entryNodeId").and_then(Value::as_str).is_none() {
        return Err(Error::bad_request("Node with ID entryNodeId must exist in the tree."));
    }
    let nodes = tree.get_mut("nodes").and_then(Value::as_object_mut);
    let nodes = nodes.ok_or_else(|| invalid_value(NODES))?;
    let mut settings = Vec::new();
    for (id, node) in nodes.iter_mut() {
        let node = node.as_object_mut().ok_or_else(|| invalid_value(NODES))?;
        let key = key(id, node)?;
        if let Some(Value::Object(config)) = node.shift_remove("config") {
            settings.push((key.clone(), config));
        }
        complete(node, &key.version, versioned)?;
    }
    Ok(settings)
}

/// The key of the node that an entry of a tree refers to.
fn key(id: &str, node: &Object) -> Result<Key> {
    let text = |name: &str| node.get(name).and_then(Value::as_str);
    let version = text("version").unwrap_or(FIRST_VERSION).to_owned();
    let is_named = text("displayName").is_some();
    let kind = text("nodeType").filter(|_| is_named).ok_or_else(|| invalid_value(NODES))?;
    Ok(Key { kind: kind.to_owned(), version, id: id.to_owned() })
}

/// Adds what AM adds to a node.
fn complete(node: &mut Object, version: &str, versioned: bool) -> Result<()> {
    // Assumption: other members are refused as any attribute is that a type does not have; the
    // answer of a tenant to a tree with one would settle it.
    if node.keys().any(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(invalid_value(NODES));
    }
    if versioned {
        node.entry("version").or_insert_with(|| json!(version));
    } else {
        node.shift_remove("version");
    }
    let connections = node.entry("connections").or_insert_with(|| json!({}));
    let is_led = connections.as_object().is_some_and(|all| all.values().all(Value::is_string));
    for axis in ["x", "y"] {
        node.entry(axis).or_insert_with(|| json!(0));
    }
    if is_led { Ok(()) } else { Err(invalid_value(NODES)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crest::members;

    fn tree(changes: Value) -> Object {
        let mut tree = members(json!({
            "entryNodeId": "a",
            "nodes": {"a": {
                "nodeType": "DebugNode",
                "displayName": "Debug",
                "connections": {"outcome": SUCCESS},
                "config": {"popupEnabled": true},
            }},
        }));
        tree.extend(members(changes));
        tree
    }

    #[test]
    fn settings_are_parted_from_the_tree() {
        let mut tree = tree(json!({}));
        let settings = take_apart(&mut tree, true).unwrap();
        assert_eq!(json!(settings[0].1), json!({"popupEnabled": true}));
        assert_eq!(
            tree["nodes"]["a"],
            json!({"nodeType": "DebugNode", "displayName": "Debug", "version": "1.0",
                "connections": {"outcome": SUCCESS}, "x": 0, "y": 0})
        );
    }

    #[test]
    fn only_the_form_is_checked() {
        let node = |connections: Value| json!({"nodes": {"a": {"nodeType": "type1", "displayName": "No", "connections": connections}}});
        for taken in [
            json!({"nodes": {}}),
            node(json!({"outcome": "nowhere"})),
            json!({"entryNodeId": "node1"}),
        ] {
            assert!(take_apart(&mut tree(taken), true).is_ok());
        }
        for refused in [
            node(json!("x")),
            node(json!({"outcome": 1})),
            json!({"nodes": []}),
            json!({"nodes": {"a": {"nodeType": "DebugNode"}}}),
            json!({"nodes": {"a": {"nodeType": "DebugNode", "displayName": "D", "color": "red"}}}),
        ] {
            let refusal = take_apart(&mut tree(refused), true).unwrap_err().to_string();
            assert!(refusal.contains("attribute, Nodes"), "{refusal}");
        }
        let refusal = take_apart(&mut tree(json!({"entryNodeId": null})), true).unwrap_err();
        assert!(refusal.to_string().ends_with("Node with ID entryNodeId must exist in the tree."));
    }
}
