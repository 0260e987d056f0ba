//! The account of a journey that was written, or was not.

use std::collections::{BTreeMap, BTreeSet};

use aic_api::Resource;
use aic_api::am::NodeRef;
use aic_api::error::Cause;
use aic_api::journey::{JourneyDraft, Unconfirmed, WriteError, Written};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::graph::{Graph, brief};
use super::{CORRECT_GRAPH, Durable, FIND_TYPE, NodeKey, Stay, note, stay};
use crate::outcome::ToolError;
use crate::tool::JsonObject;

/// The outcome of writing a journey.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    /// Nodes that left it and that nothing else uses. They still exist.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    orphaned_nodes: Vec<NodeKey>,
    /// Likely mistakes that AM accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// Whether the tree and all settings were so when read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// The nodes that a change of a graph leaves behind.
pub(super) struct LeftOver(Vec<NodeKey>);

impl LeftOver {
    pub(super) fn of(nodes: Vec<NodeRef>) -> Self {
        Self(nodes.into_iter().map(NodeKey::from).collect())
    }

    /// The advice about these nodes.
    fn note(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| {
            "orphanedNodes still exist, though no journey has them: remove them with \
             deleteJourneyNodes."
                .to_owned()
        })
    }
}

impl Account {
    pub(super) fn of(
        written: &Written,
        names: &BTreeMap<String, String>,
        left: LeftOver,
        warnings: Vec<String>,
    ) -> Self {
        let Stay { durable, problem } = stay(written.durability);
        let unlike = unconfirmed(&written.unconfirmed, names).filter(|_| durable == Durable::No);
        let note = note([problem, unlike, left.note()]);
        Self { durable, note, warnings, orphaned_nodes: left.0 }
    }
}

fn unconfirmed(nodes: &[Unconfirmed], names: &BTreeMap<String, String>) -> Option<String> {
    let one = |unlike: &Unconfirmed| {
        let name = name(&unlike.node, names);
        if unlike.settings.is_empty() {
            format!("{name} (not there)")
        } else {
            format!("{name} ({})", unlike.settings.join(", "))
        }
    };
    let all: Vec<_> = nodes.iter().map(one).collect();
    (!all.is_empty()).then(|| format!("These nodes read back otherwise: {}.", all.join("; ")))
}

fn name(node: &NodeRef, names: &BTreeMap<String, String>) -> String {
    let key = names.get(node.id.as_str()).map_or(node.id.as_str(), String::as_str);
    format!("{} {}", node.kind, brief(key))
}

/// The ids, in lower case, of all nodes that the graph has.
pub(super) fn kept_ids(graph: &Graph) -> BTreeSet<String> {
    graph.names.keys().map(|id| id.to_ascii_lowercase()).collect()
}

impl Graph {
    /// The journey with this graph and the other members of `tree`, and the names of its nodes by
    /// id.
    pub(super) fn draft(self, mut tree: JsonObject) -> (JourneyDraft, BTreeMap<String, String>) {
        tree.insert("entryNodeId".to_owned(), self.entry_node_id.into());
        tree.insert("nodes".to_owned(), Value::Object(self.tree));
        (JourneyDraft { tree, children: self.children, nodes: self.nodes }, self.names)
    }
}

/// Says what failed, at which node, and what is left of the journey.
pub(super) fn not_written(error: WriteError, names: &BTreeMap<String, String>) -> ToolError {
    let WriteError { error, at, taken_back, left } = error;
    let at = match &at {
        Some(Resource::Node { node_type, id, .. }) => {
            let key = names.get(id.as_str()).map_or(id.as_str(), String::as_str);
            format!("It was the {node_type} {}. ", brief(key))
        }
        _ => String::new(),
    };
    let advised = ToolError::from(error.clone())
        .advise(Cause::Invalid, format!("{at}{CORRECT_GRAPH}"))
        .advise(Cause::NotFound, format!("{at}{FIND_TYPE}"));
    if left.is_empty() && taken_back == 0 {
        return advised;
    }
    let remedy = advised.remedy();
    if left.is_empty() {
        let account = format!(
            "nothing in the end: the journey was not written, and the {taken_back} writes before \
             that were taken back"
        );
        return ToolError::half_done(error, account, remedy);
    }
    let left: Vec<_> = left.iter().map(ToString::to_string).collect();
    let account = format!("the journey was not written, but {}", left.join("; "));
    ToolError::half_done(
        error,
        account,
        "Tell the user what is left. listChanges has it too, where undoChange can take it away.",
    )
}
