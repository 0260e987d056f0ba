//! The graph of a journey, from the names that a model gives its nodes to the ids that AM asks for.

use std::collections::{BTreeMap, HashSet};

use aic_api::path::{NodeType, NodeUuid};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{JsonObject, ToolError};

/// The end of a journey that has succeeded.
pub(super) const SUCCESS: &str = "70e691a5-1e33-4ac3-a356-e7b6d60d92e0";
/// The end of one that has failed.
pub(super) const FAILURE: &str = "e301438c-0bd0-429c-ab0c-66126501069a";

/// A node of a journey that is to be written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GraphNode {
    node_type: NodeType,
    display_name: String,
    /// Outcome to node key, success or failure.
    connections: BTreeMap<String, String>,
    /// As getNodeTypeDetails says; a PageNode's children in `nodes`, each with _id (a name),
    /// nodeType, displayName and nodeProperties (its config).
    config: JsonObject,
}

/// A graph with the ids that AM asks for.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) entry_node_id: String,
    /// The nodes by id, each with its configuration.
    pub(super) nodes: JsonObject,
    /// The ids that were made, by the names they stand for.
    pub(super) ids: BTreeMap<String, String>,
}

/// Where the editor draws the ends of a new journey.
pub(super) fn static_nodes() -> Value {
    json!({
        "startNode": { "x": 50, "y": 250 },
        SUCCESS: { "x": 550, "y": 150 },
        FAILURE: { "x": 550, "y": 350 },
    })
}

/// Gives every node its id and leads every connection to one, or says all that is wrong.
pub(super) fn resolve(entry: &str, nodes: BTreeMap<String, GraphNode>) -> Result<Graph, ToolError> {
    resolve_with(entry, nodes, || Uuid::new_v4().to_string()).map_err(|faults| {
        let count = faults.len();
        let plural = if count == 1 { "a fault" } else { "faults" };
        ToolError::Faulty {
            problem: format!("The journey's graph has {plural}, {count} in all."),
            faults,
            remedy: "Nothing was sent. Correct all of them and call again.".into(),
        }
    })
}

fn resolve_with(
    entry: &str,
    nodes: BTreeMap<String, GraphNode>,
    new_id: impl FnMut() -> String,
) -> Result<Graph, Vec<String>> {
    let mut resolver = Resolver {
        new_id,
        taken: HashSet::from([SUCCESS.to_owned(), FAILURE.to_owned()]),
        ids: BTreeMap::new(),
        faults: Vec::new(),
    };
    let known: BTreeMap<_, _> =
        nodes.keys().map(|name| (name.clone(), resolver.node_id(name))).collect();
    if !known.contains_key(entry) {
        resolver.fault(format!("the entry node {} is not among the nodes", brief(entry)));
    }
    let nodes: JsonObject = nodes
        .into_iter()
        .map(|(name, node)| (known[&name].clone(), resolver.node(&name, node, &known)))
        .collect();
    match known.get(entry) {
        Some(id) if resolver.faults.is_empty() => {
            Ok(Graph { entry_node_id: id.clone(), nodes, ids: resolver.ids })
        }
        _ => Err(resolver.faults),
    }
}

struct Resolver<F> {
    new_id: F,
    /// Every id that some node has.
    taken: HashSet<String>,
    ids: BTreeMap<String, String>,
    faults: Vec<String>,
}

impl<F: FnMut() -> String> Resolver<F> {
    fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// The id of the node of this name.
    fn node_id(&mut self, name: &str) -> String {
        if static_node(name).is_some() {
            self.fault(format!(
                "{} is a name of the journey's own end, not of a node",
                brief(name)
            ));
            return name.to_owned();
        }
        if name.trim().is_empty() {
            self.fault("a node has a blank name".to_owned());
        }
        self.id(name, name.to_owned())
    }

    /// The id that a name stands for: itself where it is one, else a new one, which is noted.
    fn id(&mut self, name: &str, noted_as: String) -> String {
        if is_uuid(name) {
            // Of two spellings of one id, only one can be a node.
            if !self.taken.insert(name.to_ascii_lowercase()) {
                self.fault(format!("the id {name} is given to two nodes"));
            }
            return name.to_owned();
        }
        let id = (self.new_id)();
        self.taken.insert(id.clone());
        self.ids.insert(noted_as, id.clone());
        id
    }

    /// The node as AM takes it.
    fn node(&mut self, name: &str, mut node: GraphNode, known: &BTreeMap<String, String>) -> Value {
        let connections: JsonObject = node
            .connections
            .iter()
            .map(|(outcome, target)| (outcome.clone(), self.target(name, outcome, target, known)))
            .collect();
        if node.node_type.as_str() == "PageNode" {
            self.children(name, &mut node.config, known);
        }
        node.config.insert("_id".to_owned(), known[name].clone().into());
        json!({
            "nodeType": node.node_type,
            "displayName": node.display_name,
            "connections": connections,
            "config": node.config,
        })
    }

    /// The id of the node that a connection leads to.
    fn target(
        &mut self,
        from: &str,
        outcome: &str,
        to: &str,
        known: &BTreeMap<String, String>,
    ) -> Value {
        let problem = if to == from {
            "to the node itself".to_owned()
        } else if let Some(id) = known.get(to) {
            return id.clone().into();
        } else if let Some(id) = static_node(to) {
            return id.into();
        } else {
            format!("to {}, which is not among the nodes", brief(to))
        };
        self.fault(format!(
            "the outcome {} of node {} leads {problem}",
            brief(outcome),
            brief(from)
        ));
        Value::Null
    }

    /// Gives the nodes on a page their ids.
    // Assumption: AM takes the configuration of such a node from `nodeProperties`, in which
    // consoles are seen to send it; it is passed on as it is given.
    fn children(&mut self, page: &str, config: &mut JsonObject, known: &BTreeMap<String, String>) {
        let children = match config.get_mut("nodes") {
            Some(Value::Array(children)) => children,
            None | Some(Value::Null) => return,
            Some(_) => {
                self.fault(format!("`nodes` of the page {} is not an array", brief(page)));
                return;
            }
        };
        let mut names = HashSet::new();
        for (index, child) in children.iter_mut().enumerate() {
            let place = format!("child {} of the page {}", index + 1, brief(page));
            let Value::Object(child) = child else {
                self.fault(format!("{place} is not an object"));
                continue;
            };
            let id = match child.get("_id") {
                None | Some(Value::Null) => (self.new_id)(),
                Some(Value::String(name)) if name.trim().is_empty() => (self.new_id)(),
                Some(Value::String(name)) => {
                    if !is_uuid(name) && !names.insert(name.clone()) {
                        self.fault(format!("{place} has the name of another one, {}", brief(name)));
                        continue;
                    }
                    self.child_id(page, name, known)
                }
                Some(_) => {
                    self.fault(format!("`_id` of {place} is not a string"));
                    continue;
                }
            };
            child.insert("_id".to_owned(), id.into());
        }
    }

    /// The id of a node on a page. Names are the page's own: those of two pages may be the same.
    fn child_id(&mut self, page: &str, name: &str, known: &BTreeMap<String, String>) -> String {
        let mut noted_as = name.to_owned();
        while known.contains_key(&noted_as) || self.ids.contains_key(&noted_as) {
            noted_as = format!("{page}/{noted_as}");
        }
        self.id(name, noted_as)
    }
}

/// The id of an end of the journey, by its name in any case or by its id.
fn static_node(name: &str) -> Option<&'static str> {
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    if is("success") || is(SUCCESS) {
        Some(SUCCESS)
    } else if is("failure") || is(FAILURE) {
        Some(FAILURE)
    } else {
        None
    }
}

/// Whether this is an id that AM takes as it is.
pub(super) fn is_uuid(name: &str) -> bool {
    name.parse::<NodeUuid>().is_ok()
}

/// A name in quotes, cut where it is long: a message has room for several.
fn brief(name: &str) -> String {
    const LONGEST: usize = 40;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}", format!("{}…", &name[..end])),
        None => format!("{name:?}"),
    }
}

#[cfg(test)]
mod tests;
