use aic_api::error::Cause;
use aic_api::path::ScriptId;
use aic_api::{Realm, Write};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CORRECT_SOURCE, FIND_SCRIPT, OTHER_NAME, hints::hints};
use crate::outcome::redact::take_back;
use crate::outcome::{Output, ToolError};
use crate::tool::input::NonBlank;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};
use crate::tools::durable::{Durable, Stay};

/// Changes a script.
pub(super) struct UpdateScript;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// The script's _id, not its name.
    script_id: ScriptId,
    /// New name, unique in the realm.
    name: Option<NonBlank>,
    /// New description.
    description: Option<String>,
    /// New source as plain text, the whole of it.
    script: Option<NonBlank>,
}

/// The script after the change.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UpdateScriptOutput {
    /// The script's _id.
    script_id: String,
    /// Its name now.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Fields set.
    changed: Vec<&'static str>,
    /// Likely mistakes in the source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// Whether it was so when read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for UpdateScriptOutput {}

impl Tool for UpdateScript {
    const SPEC: Spec = Spec::new("updateScript", Toolset::Scripts)
        .title("Change a script")
        .describe(
            "Changes an AM script's name, description or source; what is not given stays. Start \
             from getAMScript: the source is replaced whole, for every journey that uses it, at \
             once. New outcomes need connections too.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Update)
        .idempotent(true)
        .check("look at the script with getAMScript.");
    const MERGES: &'static [&'static str] = &["description", "script"];
    type Access = Write;
    type Input = Input;
    type Output = UpdateScriptOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<UpdateScriptOutput, ToolError> {
        if input.name.is_none() && input.description.is_none() && input.script.is_none() {
            return Err(ToolError::refused(
                "There is nothing to change.",
                "Nothing was sent. Give at least one of name, description and script.",
            ));
        }
        let explain = |error| {
            ToolError::from(error)
                .advise(Cause::NotFound, FIND_SCRIPT)
                .advise(Cause::Conflict, OTHER_NAME)
                .advise(Cause::Invalid, CORRECT_SOURCE)
                .advise(Cause::Internal, CORRECT_SOURCE)
        };
        let mut edit =
            cx.api().scripts(input.realm).edit(&input.script_id).await.map_err(explain)?;
        let (mut changed, mut warnings) = (Vec::new(), Vec::new());
        if let Some(name) = input.name {
            edit.name(name.into_string());
            changed.push("name");
        }
        let stored = edit.script().clone().into_readable();
        let as_stored = |name: &str, new: String| put_back(name, new, stored.get(name));
        if let Some(description) = input.description {
            edit.description(as_stored("description", description)?);
            changed.push("description");
        }
        if let Some(source) = input.script {
            let source = as_stored("script", source.into_string())?;
            if edit.script().is_next_generation_decision() {
                warnings = hints(&source);
            }
            edit.source(&source).map_err(|problem| {
                ToolError::refused(
                    format!("`script`: {problem}. Nothing was written."),
                    "Leave script out, and the source stays as it is byte for byte; or give the \
                     source as text.",
                )
            })?;
            changed.push("script");
        }
        let name = edit.script().name().map(ToOwned::to_owned);
        let Stay { durable, problem: note } = Stay::of_resource(
            edit.put().await.map_err(explain)?,
            "the change is not there when the script is",
            "getAMScript",
        );
        let script_id = input.script_id.to_string();
        Ok(UpdateScriptOutput { script_id, name, changed, warnings, durable, note })
    }
}

/// A text with what is stored in place of masks and codes in it.
fn put_back(name: &str, new: String, stored: Option<&Value>) -> Result<String, ToolError> {
    let mut new = Value::from(new);
    take_back(name, &mut new, stored.unwrap_or(&Value::Null))
        .map_err(|unknown| ToolError::unknown_mask(name, &unknown))?;
    match new {
        Value::String(text) => Ok(text),
        _ => Err(ToolError::Internal("a text is none any more")),
    }
}
