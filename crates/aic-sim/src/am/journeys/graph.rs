//! What holds of the nodes of a tree and how they are connected.

use serde_json::{Value, json};

use super::catalogue;
use super::node::{Drafts, FIRST_VERSION, Key, draft, take_configuration};
use crate::am::attribute::{invalid_value, members};
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

/// Checks the nodes of a tree, parts them from their configuration, and gets the latter ready to
/// be kept.
///
/// Assumption: a node in a tree may bring its configuration, as the official server sends it,
/// which writes the node as a request on the node would. Whether a node is there is not checked.
pub(super) fn take_apart(tree: &mut Object, versioned: bool) -> Result<Drafts> {
    let nodes = tree.get_mut("nodes").and_then(Value::as_object_mut);
    let nodes = nodes.ok_or_else(|| invalid_value(NODES))?;
    let mut drafts = Drafts::new();
    for (id, node) in nodes.iter_mut() {
        let node = node.as_object_mut().ok_or_else(|| invalid_value(NODES))?;
        let key = key(id, node)?;
        complete(node, &key.version, versioned);
        if let Some(config) = take_configuration(node) {
            draft(&key, config, versioned, &mut drafts)?;
        }
    }
    check_entry(tree)?;
    check_connections(tree)?;
    Ok(drafts)
}

/// What a node in a tree refers to. Assumption: a type that is not known is refused like any
/// other fault.
fn key(id: &str, node: &Object) -> Result<Key> {
    let text = |name: &str| node.get(name).and_then(Value::as_str);
    let version = text("version").unwrap_or(FIRST_VERSION);
    let kind = text("nodeType").filter(|kind| catalogue::find(kind, version).is_some());
    let is_named = text("displayName").is_some();
    let kind = kind.filter(|_| is_named).ok_or_else(|| invalid_value(NODES))?;
    Ok(Key { kind: kind.to_owned(), version: version.to_owned(), id: id.to_owned() })
}

/// Adds what AM adds to a node.
fn complete(node: &mut Object, version: &str, versioned: bool) {
    if versioned {
        node.entry("version").or_insert_with(|| json!(version));
    }
    node.entry("connections").or_insert_with(|| json!({}));
    for axis in ["x", "y"] {
        node.entry(axis).or_insert_with(|| json!(0));
    }
}

fn check_entry(tree: &Object) -> Result<()> {
    let entry = tree.get("entryNodeId").and_then(Value::as_str);
    if entry.is_some_and(|entry| is_node(tree, entry)) {
        return Ok(());
    }
    Err(Error::bad_request("Node with ID entryNodeId must exist in the tree."))
}

/// Assumption: a connection to nowhere is refused in the words for a missing entry node. Outcomes
/// are not checked.
fn check_connections(tree: &Object) -> Result<()> {
    let nodes = tree.get("nodes").cloned().map(members).unwrap_or_default();
    for node in nodes.values() {
        let connections = node.get("connections").and_then(Value::as_object);
        for target in connections.ok_or_else(|| invalid_value(NODES))?.values() {
            let target = target.as_str().ok_or_else(|| invalid_value(NODES))?;
            if !is_node(tree, target) {
                let problem = format!("Node with ID {target} must exist in the tree.");
                return Err(Error::bad_request(problem));
            }
        }
    }
    Ok(())
}

fn is_node(tree: &Object, id: &str) -> bool {
    let nodes = tree.get("nodes").and_then(Value::as_object);
    id == SUCCESS || id == FAILURE || nodes.is_some_and(|nodes| nodes.contains_key(id))
}

#[cfg(test)]
mod tests {
    use super::*;

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

    fn refusal(changes: Value) -> String {
        take_apart(&mut tree(changes), true).unwrap_err().to_string()
    }

    #[test]
    fn configuration_is_parted_from_the_tree() {
        let mut tree = tree(json!({}));
        let drafts = take_apart(&mut tree, true).unwrap();
        assert_eq!(drafts.len(), 1);
        assert_eq!(json!(drafts[0].1), json!({"popupEnabled": true}));
        assert_eq!(
            tree["nodes"]["a"],
            json!({"nodeType": "DebugNode", "displayName": "Debug", "version": "1.0",
                "connections": {"outcome": SUCCESS}, "x": 0, "y": 0})
        );
    }

    #[test]
    fn faults_are_told_apart() {
        let node = |connections: Value| {
            json!({"nodes": {"a": {"nodeType": "DebugNode",
            "displayName": "Debug", "connections": connections}}})
        };
        assert!(
            refusal(json!({"entryNodeId": "b"}))
                .ends_with("Node with ID entryNodeId must exist in the tree.")
        );
        assert!(refusal(node(json!({"outcome": "b"}))).contains("Node with ID b must exist"));
        for changes in [
            node(json!("x")),
            json!({"nodes": []}),
            json!({"nodes": {"a": {"nodeType": "NoNode", "displayName": "No"}}}),
        ] {
            assert!(refusal(changes).contains("attribute, Nodes"));
        }
    }
}
