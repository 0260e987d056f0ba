use aic_api::Read;
use aic_api::error::Cause;
use aic_api::path::VariableId;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{FIND_IT, take_value};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Reads one environment variable.
pub(super) struct GetVariable;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The variable's id, such as esv-smtp-host.
    variable_id: VariableId,
}

/// The variable.
#[derive(Serialize, JsonSchema)]
pub(super) struct GetVariableOutput {
    /// Its value, of the JSON type that its expressionType says; else text.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    /// The rest as AIC returned it: _id, expressionType, description, loaded, lastChangeDate.
    variable: JsonObject,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for GetVariableOutput {}

impl Tool for GetVariable {
    const SPEC: Spec = Spec::new("getVariable", Toolset::Esv)
        .title("Get an environment variable")
        .describe(
            "Returns one environment variable with its value decoded, type, description and \
             whether it is loaded. Read it before setVariable: the description must be given \
             again to be kept.",
        )
        .scopes(&[Scope::EsvRead])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetVariableOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<GetVariableOutput, ToolError> {
        let mut variable = cx
            .api()
            .variables()
            .get(&input.variable_id)
            .await
            .map_err(|error| ToolError::from(error).advise(Cause::NotFound, FIND_IT))?;
        let value = take_value(&mut variable);
        let mut notes = Vec::new();
        if value.is_none() {
            notes.push("The value is no text, so it is left as AIC returned it.");
        }
        if variable.get("loaded") == Some(&Value::Bool(false)) {
            notes.push(
                "Not loaded: journeys and scripts see the value before this one until the tenant \
                 is restarted.",
            );
        }
        let note = (!notes.is_empty()).then(|| notes.join(" "));
        Ok(GetVariableOutput { value, variable, note })
    }
}
