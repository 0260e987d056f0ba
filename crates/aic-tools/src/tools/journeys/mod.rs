//! Journeys and their nodes.

mod connections;
mod create_journey;
mod delete_journey;
mod delete_journey_nodes;
mod get_dynamic_node_outcomes;
mod get_journey;
mod get_journey_node;
mod get_journey_preview_url;
mod get_node_type_details;
mod graph;
mod list_journeys;
mod list_node_types;
mod lookup;
mod set_default_journey;
mod update_journey;
mod update_journey_node;
mod validate_journey;
mod warnings;
mod written;

use aic_api::am::NodeRef;
use aic_api::error::Cause;
use aic_api::path::{NodeId, NodeType, NodeVersion};
use aic_api::{ApiError, Durability};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::ToolError;
use crate::tool::{AnyTool, erase};
use crate::tools::durable::{Durable, Stay};

pub(super) fn all() -> Vec<Box<dyn AnyTool>> {
    vec![
        erase::<list_journeys::ListJourneys>(),
        erase::<get_journey::GetJourney>(),
        erase::<get_journey_node::GetJourneyNode>(),
        erase::<validate_journey::ValidateJourney>(),
        erase::<create_journey::CreateJourney>(),
        erase::<update_journey::UpdateJourney>(),
        erase::<update_journey_node::UpdateJourneyNode>(),
        erase::<delete_journey::DeleteJourney>(),
        erase::<delete_journey_nodes::DeleteJourneyNodes>(),
        erase::<set_default_journey::SetDefaultJourney>(),
        erase::<get_journey_preview_url::GetJourneyPreviewUrl>(),
        erase::<list_node_types::ListNodeTypes>(),
        erase::<get_node_type_details::GetNodeTypeDetails>(),
        erase::<get_dynamic_node_outcomes::GetDynamicNodeOutcomes>(),
    ]
}

/// The failure of a read, with the remedy where it is for a missing journey.
fn unknown_journey(error: ApiError) -> ToolError {
    const FIND: &str = "Use a journey name that listJourneys gives for this realm.";
    ToolError::from(error).advise(Cause::NotFound, FIND)
}

/// The remedy for a missing node type.
const FIND_TYPE: &str = "Use a node type (_id) that listNodeTypes gives for this realm.";

/// The remedy for a missing node.
const FIND_NODE: &str = "Find the node's type, id and version with getJourney; for a node whose \
                         version is not 1.0, give nodeVersion too.";

/// The remedy when AM does not take a journey.
const CORRECT_GRAPH: &str = "Correct the journey as the message says: getNodeTypeDetails has each \
                             type's settings and outcomes, and every outcome needs a connection.";

// A node, as deleteJourneyNodes takes it.
#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "they are the names of parameters")]
struct NodeKey {
    node_type: NodeType,
    node_id: NodeId,
    /// If not 1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    node_version: Option<NodeVersion>,
}

impl From<NodeKey> for NodeRef {
    fn from(name: NodeKey) -> Self {
        Self::new(name.node_type, name.node_version, name.node_id)
    }
}

impl From<NodeRef> for NodeKey {
    fn from(node: NodeRef) -> Self {
        let version = node.kind.version().cloned();
        Self { node_type: node.kind.name().clone(), node_id: node.id, node_version: version }
    }
}

fn stay(durability: Durability) -> Stay {
    Stay::of_document(durability, "journeys", "getJourney")
}

/// One note of several, `None` where there are none.
fn note(parts: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
