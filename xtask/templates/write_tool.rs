// Decide: every comment that starts like this one names a decision. Make it and delete the comment; a
// test of xtask fails while one is left. As laid out, the tool works: it sets an environment variable.
use aic_api::Write;
use aic_api::error::Cause;
use aic_api::esv::{EncodedValue, ExpressionType};
use aic_api::path::VariableId;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::result::leave_out;
use crate::outcome::{Output, ToolError};
use crate::tool::input::Text;
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

// Decide: the words for somebody who reads the code.
/// Sets an environment variable to a text.
pub(super) struct NewTool;

// Decide: the parameters, of types that cannot hold a bad value. Models read the comment on each.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The variable's id, such as esv-smtp-host.
    variable_id: VariableId,
    /// The text that the variable is to have.
    value: Text<1000>,
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
    // Decide: title, description, scopes (with those for reading the state before), effect, and the way
    // to find out what became of a call without an answer.
    const SPEC: Spec = Spec::new("newTool", Toolset::Esv)
        .title("Set an environment variable to a text")
        .describe("Creates an environment variable, or replaces the text and description it has.")
        .scopes(&[Scope::EsvUpdate, Scope::EsvRead])
        .effect(Effect::Replace)
        .check("look for the variable with getVariable.");
    type Access = Write;
    type Input = Input;
    type Output = NewToolOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<NewToolOutput, ToolError> {
        // Decide: the endpoint, and the advice for each refusal that a caller can do something about.
        let value = EncodedValue::new(ExpressionType::String, &input.value.into_string().into());
        let value = value.map_err(|misfit| {
            ToolError::refused(format!("`value`: {misfit}."), "Shorten the text.")
        })?;
        let variables = cx.api().variables();
        let variable = variables.put(&input.variable_id, &value, "").await.map_err(|error| {
            ToolError::from(error).advise(
                Cause::Invalid,
                "A variable keeps its type: read it with getVariable, and choose another id.",
            )
        })?;
        Ok(NewToolOutput { variable, note: None })
    }
}
