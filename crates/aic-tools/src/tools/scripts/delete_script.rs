use std::collections::BTreeSet;

use aic_api::error::Cause;
use aic_api::path::ScriptId;
use aic_api::{Realm, Write};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FIND_SCRIPT;
use crate::outcome::result::drop_members;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Deletes a script.
pub(super) struct DeleteScript;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// The script's _id, not its name.
    script_id: ScriptId,
}

/// The deleted script.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeleteScriptOutput {
    /// The _id of the script that is gone.
    script_id: String,
    /// The journeys that ran it, and now fail.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    still_used_by: BTreeSet<String>,
    /// The script as it was; its source is plain text.
    deleted: JsonObject,
    /// Parts left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for DeleteScriptOutput {
    fn shorten(&mut self, excess: usize) {
        let dropped = drop_members(&mut self.deleted, excess);
        self.note = Some(format!("Left out, for length: {dropped}."));
    }
}

impl Tool for DeleteScript {
    const SPEC: Spec = Spec::new("deleteScript", Toolset::Scripts)
        .title("Delete a script")
        .describe(
            "Deletes an AM script for good. Journeys that still use it then fail: look for its \
             _id in nodes' `script` first. Scripts that come with AIC cannot be deleted.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Delete)
        .check("look for the script with getAMScript.");
    type Access = Write;
    type Input = Input;
    type Output = DeleteScriptOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<DeleteScriptOutput, ToolError> {
        let users = cx.api().script_users(input.realm, &input.script_id).await;
        let still_used_by = users.map(|users| users.journeys).unwrap_or_default();
        let deleted = cx
            .api()
            .scripts(input.realm)
            .delete(&input.script_id)
            .await
            .map_err(|error| {
                ToolError::from(error)
                    .advise(Cause::NotFound, FIND_SCRIPT)
                    .advise(Cause::Forbidden, COMES_WITH_AIC)
            })?
            .into_readable();
        let script_id = input.script_id.to_string();
        Ok(DeleteScriptOutput { script_id, still_used_by, deleted, note: None })
    }
}

const COMES_WITH_AIC: &str = "A script that comes with AIC (`default` is true in getAMScript) stays; \
                              for any other, the administrator lacks the right to delete it.";
