use aic_api::am::NewScript;
use aic_api::error::Cause;
use aic_api::{Realm, Write};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CORRECT_SOURCE, OTHER_NAME, hints::hints};
use crate::outcome::{Output, ToolError};
use crate::tool::input::NonBlank;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Creates a script.
pub(super) struct CreateScript;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Name, unique in the realm.
    name: NonBlank,
    /// The script's purpose.
    description: Option<String>,
    /// The source as plain text, JavaScript for the next-generation engine.
    script: NonBlank,
}

/// The created script.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateScriptOutput {
    /// The new script's _id.
    script_id: String,
    /// Its name.
    name: String,
    /// Likely mistakes in the source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl Output for CreateScriptOutput {}

impl Tool for CreateScript {
    const SPEC: Spec = Spec::new("createScript", Toolset::Scripts)
        .title("Create a journey script")
        .describe(
            "Creates a script for scripted decision nodes and returns its _id. The node's \
             `outcomes` must list all that the script ends with: action.goTo(\"outcome\"). Read \
             getScriptedDecisionNodeBindings first. A taken name is refused: updateScript.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Create)
        .check("look for the script by its name with listScripts.");
    type Access = Write;
    type Input = Input;
    type Output = CreateScriptOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<CreateScriptOutput, ToolError> {
        let script = NewScript {
            name: input.name.into_string(),
            description: input.description.unwrap_or_default(),
            source: input.script.into_string(),
        };
        let created = cx.api().scripts(input.realm).create(&script).await.map_err(|error| {
            ToolError::from(error)
                .advise(Cause::Conflict, OTHER_NAME)
                .advise(Cause::Invalid, CORRECT_SOURCE)
                .advise(Cause::Internal, CORRECT_SOURCE)
        })?;
        let warnings = hints(&script.source);
        Ok(CreateScriptOutput { script_id: created.id, name: script.name, warnings })
    }
}
