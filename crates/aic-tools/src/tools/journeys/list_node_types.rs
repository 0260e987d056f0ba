use aic_api::{Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outcome::result::{drop_from_each, drop_items};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Lists the node types of a realm.
pub(super) struct ListNodeTypes;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
}

/// The node types there are.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListNodeTypesOutput {
    /// The types; _id is the nodeType of the other tools.
    node_types: Vec<Value>,
    /// How many there are.
    count: usize,
    /// Items left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for ListNodeTypesOutput {
    fn shorten(&mut self, excess: usize) {
        let saved = drop_from_each(&mut self.node_types, &["help", "metadata"]);
        let mut left_out = "their help texts".to_owned();
        if saved < excess {
            let (left, before) = drop_items(&mut self.node_types, excess - saved);
            left_out = format!("{left_out}, and all but the first {left} of {before} types");
        }
        self.note = Some(format!("Left out, for length: {left_out}."));
    }
}

impl Tool for ListNodeTypes {
    const SPEC: Spec = Spec::new("listNodeTypes", Toolset::Journeys)
        .title("List node types")
        .describe(
            "Lists the node types of a realm, over 200, with name, help and tags. \
             getNodeTypeDetails has the config and outcomes of those chosen.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = ListNodeTypesOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<ListNodeTypesOutput, ToolError> {
        let node_types = cx.api().nodes(input.realm).types().await?;
        Ok(ListNodeTypesOutput { count: node_types.len(), node_types, note: None })
    }
}
