//! Nodes: where they are kept, and how they are written.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::Value;

use super::catalogue::{self, NodeType};
use crate::am::answer::identified;
use crate::am::attribute::{Kind, invalid_value};
use crate::am::realm::RealmConfig;
use crate::am::revision::check;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::precondition::Precondition;

/// The length of an id, with a dash.
const ID_AND_DASH: usize = 37;

/// The version of nodes that are named without one.
pub(super) const FIRST_VERSION: &str = "1.0";

/// The nodes of a realm. They stand on their own: trees and pages name them by their ids.
#[derive(Debug, Clone, Default)]
pub(in crate::am) struct Nodes(BTreeMap<Key, Object>);

/// The key of a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) kind: String,
    pub(super) version: String,
    pub(super) id: String,
}

impl Nodes {
    pub(super) fn get(&self, key: &Key) -> Option<&Object> {
        self.0.get(key)
    }

    /// Every node: its type, version and id, and its content.
    pub(in crate::am) fn iter(&self) -> impl Iterator<Item = (&str, &str, &str, &Object)> {
        self.0.iter().map(|(key, node)| {
            let Key { kind, version, id } = key;
            (kind.as_str(), version.as_str(), id.as_str(), node)
        })
    }

    /// The content of every node.
    pub(in crate::am) fn documents_mut(&mut self) -> impl Iterator<Item = &mut Object> {
        self.0.values_mut()
    }
}

impl RealmConfig {
    /// A node as it is read.
    pub(super) fn node(&self, key: &Key) -> Result<Object> {
        let kind = node_type(key)?;
        let content = self.nodes.get(key).ok_or_else(|| Error::not_found("Not Found"))?;
        Ok(self.show_node(kind, &key.id, content))
    }

    /// Creates a node or replaces it. The nodes on a page must be there.
    pub(super) fn write_node(
        &mut self,
        key: &Key,
        body: Object,
        precondition: &Precondition,
    ) -> Result<(Object, bool)> {
        let known = self.nodes.get(key).map(|content| identified(&key.id, content));
        check(precondition, known.as_ref())?;
        let node = self.draft(key, body)?;
        self.nodes.0.insert(key.clone(), node);
        Ok((self.node(key)?, known.is_none()))
    }

    /// Writes a node of the tenant's first state.
    pub(crate) fn add_node(
        &mut self,
        kind: &str,
        version: &str,
        id: &str,
        body: Object,
    ) -> Result<()> {
        let key = Key { kind: kind.to_owned(), version: version.to_owned(), id: id.to_owned() };
        self.write_node(&key, body, &Precondition::default()).map(drop)
    }

    /// Gets a node ready to be kept.
    pub(super) fn draft(&self, key: &Key, mut body: Object) -> Result<Object> {
        let kind = node_type(key)?;
        for attribute in &kind.attributes {
            if matches!(attribute.kind, Kind::Children) {
                let children = body.get_mut(attribute.name).and_then(Value::as_array_mut);
                for child in children.into_iter().flatten() {
                    self.check_child(child, attribute.title)?;
                }
            }
        }
        kind.complete(body)
    }

    /// A page only refers to the nodes on it. Those who wrote pages before the nodes on them report
    /// the answer 500 without a body.
    fn check_child(&self, child: &mut Value, title: &str) -> Result<()> {
        let child = child.as_object_mut().ok_or_else(|| invalid_value(title))?;
        let key = child_key(child).ok_or_else(|| invalid_value(title))?;
        if self.nodes.get(&key).is_none() {
            return Err(Error::without_body(StatusCode::INTERNAL_SERVER_ERROR));
        }
        // Assumption: whatever else is sent of a child is not kept. Recordings show nothing else;
        // the answer of a tenant to a child with settings would settle it.
        child.retain(|name, _| ["_id", "nodeType", "displayName"].contains(&name.as_str()));
        if self.versioned_nodes {
            child.insert("nodeVersion".to_owned(), key.version.into());
        }
        Ok(())
    }

    /// Deletes a node and returns what it was. Trees that name it are left as they are.
    pub(super) fn delete_node(&mut self, key: &Key, precondition: &Precondition) -> Result<Object> {
        let shown = self.node(key)?;
        check(precondition, Some(&shown))?;
        self.nodes.0.remove(key);
        Ok(shown)
    }

    /// Every node, of one type and version or of all.
    pub(super) fn nodes_of(&self, only: Option<&'static NodeType>) -> Vec<Object> {
        let nodes = self.nodes.0.iter().filter_map(|(key, content)| {
            let kind = catalogue::find(&key.kind, &key.version)?;
            let is_asked_for =
                only.is_none_or(|only| only.id == kind.id && only.version == kind.version);
            is_asked_for.then(|| self.show_node(kind, &key.id, content))
        });
        nodes.collect()
    }

    /// Takes the versions away from nodes, trees and pages, and the ids from the outcomes that pages
    /// of the second version have.
    pub(in crate::am) fn forget_node_versions(&mut self) {
        self.versioned_nodes = false;
        let nodes = std::mem::take(&mut self.nodes.0);
        self.nodes.0 = nodes
            .into_iter()
            .map(|(key, mut node)| {
                let children = node.get_mut("nodes").and_then(Value::as_array_mut);
                for child in children.into_iter().flatten().filter_map(Value::as_object_mut) {
                    child.shift_remove("nodeVersion");
                }
                (Key { version: FIRST_VERSION.to_owned(), ..key }, node)
            })
            .collect();
        for tree in self.trees.values_mut() {
            let nodes = tree.get_mut("nodes").and_then(Value::as_object_mut);
            let nodes = nodes.into_iter().flat_map(Object::values_mut);
            for node in nodes.filter_map(Value::as_object_mut) {
                let version = node.shift_remove("version");
                let connections = node.get_mut("connections").and_then(Value::as_object_mut);
                if let Some(connections) =
                    connections.filter(|_| version != Some(FIRST_VERSION.into()))
                {
                    let plain =
                        |outcome: &str| outcome.get(ID_AND_DASH..).unwrap_or(outcome).to_owned();
                    let led = std::mem::take(connections);
                    *connections = led.into_iter().map(|(name, to)| (plain(&name), to)).collect();
                }
            }
        }
    }

    /// Keeps nodes that are ready.
    pub(super) fn keep(&mut self, nodes: Vec<(Key, Object)>) {
        self.nodes.0.extend(nodes);
    }

    /// Deletes the nodes of a tree, with those on its pages.
    pub(super) fn delete_nodes_of(&mut self, tree: &Object) {
        let nodes = tree.get("nodes").and_then(Value::as_object).into_iter().flatten();
        for (id, node) in nodes {
            let text = |name: &str| node[name].as_str().map(str::to_owned);
            let Some(kind) = text("nodeType") else { continue };
            let version = text("version").unwrap_or_else(|| FIRST_VERSION.to_owned());
            let removed = self.nodes.0.remove(&Key { kind, version, id: id.clone() });
            let children = removed.and_then(|node| node.get("nodes")?.as_array().cloned());
            for child in children.into_iter().flatten() {
                child.as_object().and_then(child_key).map(|key| self.nodes.0.remove(&key));
            }
        }
    }

    /// The key of a node that is named without a version. A tenant that does not know versions
    /// finds it whatever its version.
    pub(super) fn unversioned(&self, kind: &str, id: &str) -> Key {
        let first =
            Key { kind: kind.to_owned(), version: FIRST_VERSION.to_owned(), id: id.to_owned() };
        if self.versioned_nodes || self.nodes.get(&first).is_some() {
            return first;
        }
        let mut keys = self.nodes.0.keys();
        keys.find(|key| key.kind == kind && key.id == id).cloned().unwrap_or(first)
    }

    fn show_node(&self, kind: &NodeType, id: &str, content: &Object) -> Object {
        let mut shown = identified(id, content);
        if !self.versioned_nodes {
            for child in shown.get_mut("nodes").and_then(Value::as_array_mut).into_iter().flatten()
            {
                child.as_object_mut().map(|child| child.remove("nodeVersion"));
            }
        }
        shown.insert("_type".to_owned(), kind.reference(self.versioned_nodes));
        shown.insert("_outcomes".to_owned(), self.outcomes(kind, content).into());
        shown
    }
}

/// The type of a node, or the answer to a type that there is not.
pub(super) fn node_type(key: &Key) -> Result<&'static NodeType> {
    catalogue::find(&key.kind, &key.version)
        .ok_or_else(|| Error::not_found(format!("Resource '{}/{}' not found", key.kind, key.id)))
}

/// The key of the node that an entry of a page refers to.
pub(super) fn child_key(child: &Object) -> Option<Key> {
    let text = |name: &str| child.get(name).and_then(Value::as_str).map(str::to_owned);
    let version = text("nodeVersion").unwrap_or_else(|| FIRST_VERSION.to_owned());
    Some(Key { kind: text("nodeType")?, version, id: text("_id")? })
}
