use aic_api::am::NodeKind;
use aic_api::error::Cause;
use aic_api::path::{NodeType, NodeVersion};
use aic_api::{Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::FIND_TYPE;
use crate::{Context, Effect, JsonObject, Output, Spec, Tool, ToolError, Toolset};

/// Works out the outcomes of a node with a certain configuration.
pub(super) struct GetDynamicNodeOutcomes;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Node type, such as ChoiceCollectorNode.
    node_type: NodeType,
    /// The config; a PageNode's with its children in `nodes`.
    config: JsonObject,
    /// Its version, if not 1.0.
    node_version: Option<NodeVersion>,
}

/// The outcomes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcomes {
    /// The outcomes; `id` is the key in connections.
    outcomes: Vec<Value>,
    /// How many there are.
    count: usize,
}

impl Output for Outcomes {}

impl Tool for GetDynamicNodeOutcomes {
    const SPEC: Spec = Spec::new("getDynamicNodeOutcomes", Toolset::Journeys)
        .title("Get a node's outcomes for a config")
        .describe(
            "Asks which outcomes a node has with a certain config, where they depend on it: \
             ChoiceCollectorNode, ScriptedDecisionNode, PageNode. Each needs a connection. \
             Nothing is stored.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = Outcomes;

    async fn run(cx: &Context<Read>, mut input: Input) -> Result<Outcomes, ToolError> {
        if input.node_type.as_str() == "PageNode" {
            identify_children(&mut input.config);
        }
        let kind = NodeKind::new(input.node_type, input.node_version);
        let nodes = cx.api().nodes(input.realm);
        let outcomes = nodes.outcomes(&kind, input.config).await.map_err(|error| {
            ToolError::from(error).advise(Cause::NotFound, FIND_TYPE).advise(
                Cause::Invalid,
                "Correct the config: getNodeTypeDetails has the settings of this node type.",
            )
        })?;
        Ok(Outcomes { count: outcomes.len(), outcomes })
    }
}

/// Gives an id to each node on a page that has none, since AM wants one even of nodes that are not
/// there yet.
fn identify_children(page: &mut JsonObject) {
    let children = page.get_mut("nodes").and_then(Value::as_array_mut);
    for child in children.into_iter().flatten().filter_map(Value::as_object_mut) {
        let is_there = child.get("_id").and_then(Value::as_str).is_some_and(|id| !id.is_empty());
        if !is_there {
            child.insert("_id".to_owned(), Uuid::new_v4().to_string().into());
        }
    }
}
