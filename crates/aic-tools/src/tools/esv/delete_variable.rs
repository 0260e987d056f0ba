use std::collections::{BTreeMap, BTreeSet};

use aic_api::Write;
use aic_api::error::Cause;
use aic_api::path::VariableId;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{FIND_IT, take_value};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Deletes an environment variable.
pub(super) struct DeleteVariable;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The id of the variable to delete.
    variable_id: VariableId,
}

/// The deleted variable.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeleteVariableOutput {
    /// The id of the deleted variable.
    variable_id: String,
    /// Scripts that read it, by realm, and now find nothing.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    still_used_by: BTreeMap<String, BTreeSet<String>>,
    /// Its value as it was, where AIC returned it; setVariable can bring it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    /// The rest of it as it was.
    #[serde(skip_serializing_if = "JsonObject::is_empty")]
    deleted: JsonObject,
}

impl Output for DeleteVariableOutput {}

impl Tool for DeleteVariable {
    const SPEC: Spec = Spec::new("deleteVariable", Toolset::Esv)
        .title("Delete an environment variable")
        .describe(
            "Deletes one environment variable for good and returns it. What still refers to it \
             (&{esv...}) breaks at the next restart: take those references out first. Secrets \
             cannot be deleted here.",
        )
        // The tool reads the variable before the write, to show it and to put it back.
        .scopes(&[Scope::EsvUpdate, Scope::EsvRead])
        .effect(Effect::Delete)
        .check("look for the variable with getVariable.");
    type Access = Write;
    type Input = Input;
    type Output = DeleteVariableOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<DeleteVariableOutput, ToolError> {
        let mut deleted =
            cx.api().variables().delete(&input.variable_id).await.map_err(|error| {
                // Assumption: a variable that is referred to is refused with a 400. The
                // documentation only has that its references are to be removed first; deleting
                // such a variable on a tenant would settle it.
                ToolError::from(error).advise(Cause::NotFound, FIND_IT).advise(
                    Cause::Invalid,
                    "AIC keeps a variable that is referred to: remove its references first.",
                )
            })?;
        let still_used_by = users(cx, &input.variable_id).await;
        let value = take_value(&mut deleted);
        Ok(DeleteVariableOutput {
            variable_id: input.variable_id.to_string(),
            still_used_by,
            value,
            deleted,
        })
    }
}

/// The scripts that read a variable, as far as the login is good for reading scripts. A rehearsal
/// finds them when it is judged.
async fn users(cx: &Context<Write>, id: &VariableId) -> BTreeMap<String, BTreeSet<String>> {
    if cx.api().is_rehearsal() || !cx.reads_scripts() {
        return BTreeMap::new();
    }
    let users = cx.api().variable_users(id).await;
    let users = users.into_iter().flatten();
    users.map(|(realm, scripts)| (realm.to_string(), scripts)).collect()
}
