// Decide: every comment that starts like this one names a decision. Make it and delete the comment; a
// test of xtask fails while one is left. As laid out, the tool works: it reads an environment variable.
use aic_api::Read;
use aic_api::error::Cause;
use aic_api::path::VariableId;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::result::leave_out;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

// Decide: the words for somebody who reads the code.
/// Reads an environment variable.
pub(super) struct NewTool;

// Decide: the parameters, of types that cannot hold a bad value. Models read the comment on each.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The variable's id, such as esv-smtp-host.
    variable_id: VariableId,
}

// Decide: the members of the result. Models read the comment on each.
/// The variable.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewToolOutput {
    /// The variable as AIC returned it.
    variable: JsonObject,
    /// The members that were left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for NewToolOutput {
    // Decide: the part of a long result that can be missed most easily.
    fn shorten(&mut self, excess: usize) {
        self.note = Some(leave_out(&mut self.variable, excess));
    }
}

impl Tool for NewTool {
    // Decide: title, description and scopes.
    const SPEC: Spec = Spec::new("newTool", Toolset::Esv)
        .title("Read an environment variable")
        .describe("Returns one environment variable as AIC returned it, its value in base64.")
        .scopes(&[Scope::EsvRead])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = NewToolOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<NewToolOutput, ToolError> {
        // Decide: the endpoint, and the advice for each refusal that a caller can do something about.
        let variable = cx.api().variables().get(&input.variable_id).await.map_err(|error| {
            ToolError::from(error)
                .advise(Cause::NotFound, "Find the right id with queryESVs and type variable.")
        })?;
        Ok(NewToolOutput { variable, note: None })
    }
}
