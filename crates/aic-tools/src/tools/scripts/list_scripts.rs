use aic_api::{Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outcome::result::{drop_from_each, drop_items};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Lists the scripts that decide in journeys.
pub(super) struct ListScripts;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
}

/// The scripts there are.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListScriptsOutput {
    /// The scripts without their source; dates in milliseconds since 1970.
    scripts: Vec<Value>,
    /// How many there are.
    count: usize,
    /// Items left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for ListScriptsOutput {
    fn shorten(&mut self, excess: usize) {
        let same_for_all = ["description", "language", "context", "evaluatorVersion"];
        let saved = drop_from_each(&mut self.scripts, &same_for_all);
        let mut left_out = same_for_all.join(", ");
        if saved < excess {
            let (left, before) = drop_items(&mut self.scripts, excess - saved);
            left_out = format!("{left_out}, and all but the first {left} of {before} scripts");
        }
        self.note = Some(format!("Left out, for length: {left_out}."));
    }
}

impl Tool for ListScripts {
    const SPEC: Spec = Spec::new("listScripts", Toolset::Scripts)
        .title("List journey scripts")
        .describe(
            "Lists the scripts for scripted decision nodes (next-generation) without source: \
             their _ids are what other tools and a node's `script` take. Legacy scripts are not \
             listed.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = ListScriptsOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<ListScriptsOutput, ToolError> {
        let scripts = cx.api().scripts(input.realm).list_decision_scripts().await?;
        Ok(ListScriptsOutput { count: scripts.len(), scripts, note: None })
    }
}
