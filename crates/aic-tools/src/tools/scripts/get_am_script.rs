use aic_api::am::{Script, ScriptSource};
use aic_api::error::Cause;
use aic_api::path::ScriptId;
use aic_api::{Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FIND_SCRIPT;
use crate::outcome::result::drop_members;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Reads a script.
pub(super) struct GetAmScript;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// The script's _id, not its name.
    script_id: ScriptId,
}

/// The script.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetAmScriptOutput {
    /// The script; its source is plain text in `script`.
    script: JsonObject,
    /// Remarks, and parts left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for GetAmScriptOutput {
    fn shorten(&mut self, excess: usize) {
        let dropped = drop_members(&mut self.script, excess);
        let left_out =
            format!("Left out, for length: {dropped}. Raise --max-result of the server to see it.");
        let notes: Vec<_> = self.note.take().into_iter().chain([left_out]).collect();
        self.note = Some(notes.join(" "));
    }
}

impl Tool for GetAmScript {
    const SPEC: Spec = Spec::new("getAMScript", Toolset::Scripts)
        .title("Get a script")
        .describe(
            "Returns an AM script by its _id, source as plain text. Read it before \
             updateScript. The _id is in listScripts or a node's `script`. evaluatorVersion 2.0 \
             is next-generation, 1.0 legacy.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetAmScriptOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<GetAmScriptOutput, ToolError> {
        let script = cx
            .api()
            .scripts(input.realm)
            .get(&input.script_id)
            .await
            .map_err(|error| ToolError::from(error).advise(Cause::NotFound, FIND_SCRIPT))?;
        let note = note(&script);
        Ok(GetAmScriptOutput { script: script.into_readable(), note })
    }
}

/// The remark on a script with an odd source.
fn note(script: &Script) -> Option<String> {
    match script.source()? {
        ScriptSource::Text(_) => None,
        ScriptSource::Bytes { count, .. } => Some(format!(
            "The source is no text: {count} bytes that are not UTF-8, left in base64. Do not give \
             that base64 to createScript or updateScript, which take text; repair the script where \
             it came from."
        )),
        ScriptSource::Unencoded(_) => Some(
            "AM returned the source without the base64 that sources come in; it is left as it is."
                .to_owned(),
        ),
    }
}
