use aic_api::{Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outcome::result::{drop_from_each, drop_items, drop_members};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Says what a script of a scripted decision node can use.
pub(super) struct GetScriptedDecisionNodeBindings;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
}

/// The bindings that a script can use.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetScriptedDecisionNodeBindingsOutput {
    /// The objects a script can use, with their methods and fields.
    bindings: Vec<Value>,
    /// How many there are.
    count: usize,
    /// AM's other data on the context, such as the allowed Java classes.
    context: JsonObject,
    /// Parts left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for GetScriptedDecisionNodeBindingsOutput {
    fn shorten(&mut self, excess: usize) {
        let before = Value::Object(self.context.clone()).to_string().chars().count();
        let mut left_out = drop_members(&mut self.context, excess);
        let mut saved = before - Value::Object(self.context.clone()).to_string().chars().count();
        if saved < excess {
            saved += drop_from_each(&mut self.bindings, &["elements"]);
            left_out.push_str(", the bindings' methods and fields");
        }
        if saved < excess {
            let (left, all) = drop_items(&mut self.bindings, excess - saved);
            left_out = format!("{left_out}, all but the first {left} of {all} bindings");
        }
        self.note = Some(format!("Left out, for length: {left_out}."));
    }
}

impl Tool for GetScriptedDecisionNodeBindings {
    const SPEC: Spec = Spec::new("getScriptedDecisionNodeBindings", Toolset::Scripts)
        .title("Get what journey scripts can use")
        .describe(
            "Returns what a next-generation decision node script can use: nodeState, action, \
             callbacksBuilder, idRepository, httpClient and more. Legacy scripts, as in many \
             examples, have other bindings.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetScriptedDecisionNodeBindingsOutput;

    async fn run(
        cx: &Context<Read>,
        input: Input,
    ) -> Result<GetScriptedDecisionNodeBindingsOutput, ToolError> {
        let mut context = cx.api().scripts(input.realm).decision_bindings().await?;
        let bindings = match context.shift_remove("bindings") {
            Some(Value::Array(bindings)) => bindings,
            _ => Vec::new(),
        };
        Ok(GetScriptedDecisionNodeBindingsOutput {
            count: bindings.len(),
            bindings,
            context,
            note: None,
        })
    }
}
