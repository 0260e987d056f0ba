use aic_api::Write;
use aic_api::error::Cause;
use aic_api::esv::{EncodedValue, EsvQuery, ExpressionType, InvalidValue};
use aic_api::path::VariableId;
use aic_api::query::Filter;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outcome::redact::is_secret;
use crate::outcome::{Output, ToolError};
use crate::tool::input::Text;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Creates or replaces an environment variable.
pub(super) struct SetVariable;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// The variable's id, such as esv-smtp-host.
    variable_id: VariableId,
    /// Needed, of the JSON type that fits type: for list `a,b`, for keyvaluelist an object of texts.
    #[serde(default)]
    value: Value,
    /// The variable's type, which cannot be changed later.
    #[serde(rename = "type")]
    expression_type: ExpressionType,
    /// Its purpose. Left out, it becomes empty.
    description: Option<Text<1000>>,
}

/// The variable after the change.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SetVariableOutput {
    /// The variable's id.
    variable_id: String,
    /// Its type.
    #[serde(rename = "type")]
    expression_type: &'static str,
    /// Whether the new value is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    loaded: Option<bool>,
    /// When it was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_change_date: Option<String>,
    /// The next step.
    note: &'static str,
}

impl Output for SetVariableOutput {}

impl Tool for SetVariable {
    const SPEC: Spec = Spec::new("setVariable", Toolset::Esv)
        .title("Set an environment variable")
        .describe(
            "Creates an environment variable or replaces its value and description; look with \
             getVariable first. The value is in use only after a restart of the tenant's \
             services, for which there is no tool. Not for secrets.",
        )
        // The tool reads the variable before the write, to show it and to put it back.
        .scopes(&[Scope::EsvUpdate, Scope::EsvRead])
        .effect(Effect::Replace)
        .check("read the variable with getVariable.");
    type Access = Write;
    type Input = Input;
    type Output = SetVariableOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<SetVariableOutput, ToolError> {
        let Input { variable_id, value, expression_type, description } = input;
        refuse_secret(cx, &variable_id).await?;
        let description = description.map(Text::into_string).unwrap_or_default();
        let encoded = EncodedValue::new(expression_type, &value).map_err(|misfit| {
            let problem = match value {
                Value::Null => "`value` is missing".to_owned(),
                _ => format!("`value`: {misfit}"),
            };
            ToolError::refused(
                format!("{problem}. Nothing was sent."),
                match misfit {
                    InvalidValue::Type(_) => {
                        "Give a value of that type, or another type; the value is JSON, so a text \
                         goes in quotes."
                    }
                    InvalidValue::Size(_) => "Shorten it, or spread it over several variables.",
                },
            )
        })?;
        let set = cx.api().variables().put(&variable_id, &encoded, &description).await;
        let set = set.map_err(|error| {
            ToolError::from(error).advise(
                Cause::Invalid,
                "Correct what the message names. The type of an existing variable cannot change: \
                 read it with getVariable, and use that type, or delete the variable first.",
            )
        })?;
        Ok(SetVariableOutput {
            variable_id: variable_id.to_string(),
            expression_type: expression_type.as_str(),
            loaded: set.get("loaded").and_then(Value::as_bool),
            last_change_date: set
                .get("lastChangeDate")
                .and_then(Value::as_str)
                .map(ToOwned::to_owned),
            note: "Stored, not yet in use: an administrator must restart the tenant's services to \
                   load it, from the ESV page of the admin console. That takes minutes and \
                   concerns the whole tenant, so set all variables first.",
        })
    }
}

/// Refuses the id of a secret. Only an id that speaks of one is looked up, so that others cost no
/// request more.
// Assumption: AIC may take a variable by the id of a secret; what it answers then is not recorded. A
// variable put by such an id would settle it.
async fn refuse_secret(cx: &Context<Write>, id: &VariableId) -> Result<(), ToolError> {
    let id = id.to_string();
    if !is_secret(&id) {
        return Ok(());
    }
    let query = EsvQuery {
        filter: Filter::contains("/_id", &id).into(),
        page_size: Some(100),
        ..EsvQuery::default()
    };
    let found = cx.api().secrets().query(&query).await?;
    if found.items.iter().any(|secret| secret["_id"] == id.as_str()) {
        return Err(ToolError::refused(
            format!(
                "{id} is a secret, and setVariable sets variables, whose values anybody can read who may read them."
            ),
            "Nothing was written. There is no tool for the values of secrets: ask the user to set it on the ESV page of the admin console, and to give the value to nobody.",
        ));
    }
    Ok(())
}
