use std::collections::{BTreeMap, HashSet};

use aic_api::error::Cause;
use aic_api::path::JourneyName;
use aic_api::{Realm, Write};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::graph::{self, GraphNode};
use super::{CORRECT_GRAPH, NodeKey, durable, left_over, note};
use crate::{Context, Effect, JsonObject, Output, Spec, Tool, ToolError, Toolset};

/// Writes a whole journey.
pub(super) struct CreateJourney;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// The journey's name.
    journey_name: JourneyName,
    /// What it is for.
    description: Option<String>,
    /// Whom it signs in, such as managed/alpha_user.
    identity_resource: Option<String>,
    /// The nodes and how they are connected.
    journey_data: Graph,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Graph {
    /// Key of the first node.
    entry_node_id: String,
    /// Nodes by key, a readable name or a UUID.
    nodes: BTreeMap<String, GraphNode>,
}

/// What was written.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Written {
    journey_name: String,
    /// Whether it replaced a journey.
    existed: bool,
    entry_node_id: String,
    /// The UUIDs made for readable names.
    node_ids: BTreeMap<String, String>,
    /// Nodes of the replaced journey, which still exist.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    orphaned_nodes: Vec<NodeKey>,
    /// Whether it was so when read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    durable: Option<bool>,
    /// What to mind.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for Written {
    const OWN: &'static [&'static str] = &["nodeIds"];
}

impl Tool for CreateJourney {
    const SPEC: Spec = Spec::new("createJourney", Toolset::Journeys)
        .title("Create a journey")
        .describe(
            "Writes a journey with its nodes in one step. Names of nodes, also of a PageNode's \
             children, become UUIDs, which are returned. REPLACES a journey of that name: check \
             listJourneys first. getNodeTypeDetails has each type's config and outcomes.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Replace)
        // Each call makes new nodes.
        .idempotent(false)
        .check("look at the journey with getJourney.");
    type Access = Write;
    type Input = Input;
    type Output = Written;

    async fn run(cx: &Context<Write>, input: Input) -> Result<Written, ToolError> {
        let graph = graph::resolve(&input.journey_data.entry_node_id, input.journey_data.nodes)?;
        let kept: HashSet<_> = graph.nodes.keys().cloned().collect();
        let mut journey = JsonObject::new();
        journey.insert("_id".to_owned(), input.journey_name.as_str().into());
        journey.insert("entryNodeId".to_owned(), graph.entry_node_id.as_str().into());
        journey.insert("nodes".to_owned(), Value::Object(graph.nodes));
        journey.insert("staticNodes".to_owned(), graph::static_nodes());
        for (name, value) in
            [("description", input.description), ("identityResource", input.identity_resource)]
        {
            if let Some(value) = value {
                journey.insert(name.to_owned(), value.into());
            }
        }
        let edit = cx.api().journeys(input.realm).edit(&input.journey_name).await?;
        let before = edit.before().ok();
        let existed = before.is_some();
        let orphaned_nodes = before.map(|before| left_over(before, &kept)).unwrap_or_default();
        let durability = edit
            .put(journey)
            .await
            .map_err(|error| ToolError::from(error).advise(Cause::Invalid, CORRECT_GRAPH))?;
        let (durable, problem) = durable(durability);
        Ok(Written {
            journey_name: input.journey_name.to_string(),
            existed,
            entry_node_id: graph.entry_node_id,
            node_ids: graph.ids,
            durable,
            note: note([problem, orphans(&orphaned_nodes)]),
            orphaned_nodes,
        })
    }
}

/// What to do about nodes that are left behind.
pub(super) fn orphans(nodes: &[NodeKey]) -> Option<String> {
    (!nodes.is_empty()).then(|| {
        "orphanedNodes still exist, though this journey no longer has them: remove them with \
         deleteJourneyNodes (those that were on their pages stay too)."
            .to_owned()
    })
}
