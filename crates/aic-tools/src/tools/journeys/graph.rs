//! The graph of a journey, from the names that a model gives its nodes to what AM is sent.

mod children;
mod ids;
mod layout;
mod resolve;
mod sketch;

use std::collections::BTreeMap;

use aic_api::am::NodeKind;
use aic_api::journey::NodeDraft;
pub(super) use aic_api::journey::{FAILURE, SUCCESS};
use aic_api::path::{NodeType, NodeUuid, NodeVersion};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Number;

use crate::outcome::ToolError;
use crate::outcome::failure::start_of;
use crate::tool::JsonObject;

pub(super) use children::settings_of;
pub(super) use ids::{Conflict, Place};
pub(super) use layout::static_nodes;
pub(super) use resolve::resolve;
pub(super) use sketch::Sketch;

// A node of a journey that is to be written. The list of tools has no room to say so.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GraphNode {
    node_type: NodeType,
    /// Default: its key.
    display_name: Option<String>,
    /// Outcome to node key, success or failure.
    connections: Option<BTreeMap<String, String>>,
    /// A PageNode's `nodes` have _id (a name), nodeType, displayName, config. Default: as stored,
    /// or the type's template.
    #[serde(alias = "nodeProperties", alias = "_properties")]
    config: Option<JsonObject>,
    /// If not 1.0.
    #[serde(alias = "nodeVersion")]
    version: Option<NodeVersion>,
    x: Option<Number>,
    y: Option<Number>,
}

/// A graph as AM is sent it.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) entry_node_id: String,
    /// The nodes as the tree names them, by id.
    pub(super) tree: JsonObject,
    /// The nodes on pages.
    pub(super) children: Vec<NodeDraft>,
    /// The pages and all other nodes.
    pub(super) nodes: Vec<NodeDraft>,
    /// The ids that were made, by the names they stand for.
    pub(super) ids: BTreeMap<String, String>,
    /// The keys of nodes and the names of nodes on pages, by id.
    pub(super) names: BTreeMap<String, String>,
    /// How far to the right its nodes stand.
    pub(super) width: i64,
}

/// The version of a type, where it is not the first.
fn later_version(kind: &NodeKind) -> Option<&str> {
    kind.version().map(NodeVersion::as_str)
}

/// All that is wrong with a graph.
fn faulty(faults: Vec<String>) -> ToolError {
    let count = faults.len();
    let plural = if count == 1 { "a fault" } else { "faults" };
    ToolError::Faulty {
        problem: format!("The journey's graph has {plural}, {count} in all."),
        faults,
        remedy: "Nothing was sent. Correct all of them and call again.".into(),
    }
}

/// The id of an end of the journey, by its name in any case, by its id, or by the name that the
/// vendor's material gives the node for it.
pub(super) fn static_node(name: &str) -> Option<&'static str> {
    let is = |known: &[&str]| known.iter().any(|known| name.eq_ignore_ascii_case(known));
    if is(&["success", "SuccessNode", SUCCESS]) {
        Some(SUCCESS)
    } else if is(&["failure", "FailureNode", FAILURE]) {
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
pub(super) fn brief(name: &str) -> String {
    const LONGEST: usize = 40;
    match start_of(name, LONGEST) {
        Some(start) => format!("{:?}", format!("{start}…")),
        None => format!("{name:?}"),
    }
}

#[cfg(test)]
mod tests;
