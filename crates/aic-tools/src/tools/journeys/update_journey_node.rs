use aic_api::am::NodeRef;
use aic_api::error::Cause;
use aic_api::path::{NodeType, NodeUuid, NodeVersion};
use aic_api::{Realm, Write};
use aic_auth::Scope;
use futures_util::future::join;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FIND_NODE;
use super::warnings::Mentions;
use crate::outcome::redact::take_back_members;
use crate::outcome::result::leave_out;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Changes settings of a node.
pub(super) struct UpdateJourneyNode;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// The node type.
    node_type: NodeType,
    /// The node's UUID.
    node_id: NodeUuid,
    /// The settings to change; null resets one.
    config: JsonObject,
    /// If it is not 1.0.
    node_version: Option<NodeVersion>,
}

/// The node as it is now.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UpdateJourneyNodeOutput {
    /// The node's settings as they are now.
    node: JsonObject,
    /// Likely mistakes that AM accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// Parts left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for UpdateJourneyNodeOutput {
    fn shorten(&mut self, excess: usize) {
        self.note = Some(leave_out(&mut self.node, excess));
    }
}

impl Tool for UpdateJourneyNode {
    const SPEC: Spec = Spec::new("updateJourneyNode", Toolset::Journeys)
        .title("Change a node's settings")
        .describe(
            "Changes settings of one existing node; what is not named stays. A setting that is \
             named is replaced whole. Connections belong to the journey: updateJourney.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Update)
        .check("look at the node with getJourney.");
    const MERGES: &'static [&'static str] = &["config"];
    type Access = Write;
    type Input = Input;
    type Output = UpdateJourneyNodeOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<UpdateJourneyNodeOutput, ToolError> {
        let id = (&input.node_id).into();
        let node = NodeRef::new(input.node_type, input.node_version, id);
        let (api, realm) = (cx.api(), input.realm);
        let mentions = Mentions::of_settings(&node, &input.config);
        let nodes = api.nodes(realm);
        let explain = |error| {
            ToolError::from(error).advise(Cause::NotFound, FIND_NODE).advise(
                Cause::Invalid,
                "Correct the config: getNodeTypeDetails has the settings of this node type.",
            )
        };
        let change = async {
            let edit = nodes.edit(node).await.map_err(explain)?;
            let mut config = input.config;
            take_back_members("config", &mut config, edit.settings())?;
            edit.put(config).await.map_err(explain)
        };
        let (changed, missing) = join(change, mentions.look_up(api, realm)).await;
        let warnings = missing.unwrap_or_default();
        Ok(UpdateJourneyNodeOutput { node: changed?, warnings, note: None })
    }
}
