use std::collections::HashSet;

use aic_api::am::{NodeRef, Nodes};
use aic_api::error::Cause;
use aic_api::journey::NodeUsage;
use aic_api::{ApiError, Realm, Write};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FIND_NODE, NodeKey};
use crate::outcome::{Output, ToolError};
use crate::tool::input::NonEmpty;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Deletes nodes.
pub(super) struct DeleteJourneyNodes;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Those to delete.
    nodes: NonEmpty<NodeKey>,
    /// Deletes nodes in use too.
    force: Option<bool>,
}

/// A node's result.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct NodeDone {
    node_id: String,
    deleted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// The deleted nodes, and those that remain.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeleteJourneyNodesOutput {
    /// How many were deleted.
    deleted: usize,
    /// How many were not.
    failed: usize,
    /// Result per node.
    nodes: Vec<NodeDone>,
    /// Advice on those that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for DeleteJourneyNodesOutput {}

impl Tool for DeleteJourneyNodes {
    const SPEC: Spec = Spec::new("deleteJourneyNodes", Toolset::Journeys)
        .title("Delete nodes")
        .describe(
            "Deletes nodes for good and says what came of each. A node that a journey or a page \
             still has is refused, with its place: take it out with updateJourney first.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Delete)
        .check("call it again with the same nodes: those that are gone are reported as not found.");
    type Access = Write;
    type Input = Input;
    type Output = DeleteJourneyNodesOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<DeleteJourneyNodesOutput, ToolError> {
        let mut seen = HashSet::new();
        let nodes: Vec<NodeRef> = input.nodes.into_vec().into_iter().map(Into::into).collect();
        let nodes: Vec<_> = nodes.into_iter().filter(|node| seen.insert(node.clone())).collect();
        if input.force != Some(true) {
            let usage = cx.api().node_usage(input.realm).await?;
            refuse_used(&nodes, &usage)?;
        }
        let api = cx.api().nodes(input.realm);
        let results = cx.each(nodes, |node| delete(&api, node)).await;
        let nodes: Vec<_> = results.iter().map(account).collect();
        let deleted = nodes.iter().filter(|node| node.deleted).count();
        let failed = nodes.len() - deleted;
        if deleted == 0
            && let Some((_, Err(error))) = results.into_iter().next()
        {
            return Err(ToolError::from(error).advise(Cause::NotFound, FIND_NODE));
        }
        let note = (failed > 0).then(|| FIND_NODE.to_owned());
        Ok(DeleteJourneyNodesOutput { deleted, failed, nodes, note })
    }
}

/// Refuses nodes that something has which is not deleted along with them.
fn refuse_used(nodes: &[NodeRef], usage: &NodeUsage) -> Result<(), ToolError> {
    let used = |node: &NodeRef| {
        let journeys = usage.journeys_in_tree(node).map(|name| format!("the journey {name:?}"));
        let pages = usage.pages_of(node).iter().filter(|page| !nodes.contains(page));
        let pages = pages.map(|page| match usage.journeys_of(page).first() {
            Some(name) => format!("the page {} of the journey {name:?}", page.id),
            None => format!("the page {}, which no journey has", page.id),
        });
        let places: Vec<_> = journeys.chain(pages).collect();
        (!places.is_empty())
            .then(|| format!("{} {} is in use by {}", node.kind, node.id, places.join(", ")))
    };
    let faults: Vec<_> = nodes.iter().filter_map(used).collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(ToolError::Faulty {
        problem: format!("{} of {} nodes are in use.", faults.len(), nodes.len()),
        faults,
        remedy: "Nothing was deleted. Take them out with updateJourney first, or leave them out; \
                 force deletes them all the same."
            .into(),
    })
}

async fn delete(api: &Nodes<'_, Write>, node: NodeRef) -> (NodeRef, Result<(), ApiError>) {
    let result = api.delete(&node).await.map(|_| ());
    (node, result)
}

fn account((node, result): &(NodeRef, Result<(), ApiError>)) -> NodeDone {
    let error = result.as_ref().err().map(ToString::to_string);
    NodeDone { node_id: node.id.to_string(), deleted: error.is_none(), error }
}
