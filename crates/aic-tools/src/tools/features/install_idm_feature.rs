use aic_api::Write;
use aic_api::error::Cause;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::Serialize;

use super::{FIND_IT, Named};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Installs a feature.
pub(super) struct InstallIdmFeature;

/// The installed feature.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstallIdmFeatureOutput {
    /// The feature.
    feature_name: String,
    /// IDM's answer.
    #[serde(skip_serializing_if = "JsonObject::is_empty")]
    answer: JsonObject,
    /// Remarks.
    note: &'static str,
}

impl Output for InstallIdmFeatureOutput {}

impl Tool for InstallIdmFeature {
    const SPEC: Spec = Spec::new("installIdmFeature", Toolset::Features)
        .title("Install a feature")
        .describe(
            "Installs an IDM feature for the whole tenant. One-way: it cannot be uninstalled, \
             so have the user confirm it, and check with validateIdmFeature first. For AI \
             agents use enableAiAgent.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::OneWay)
        .check("see with listFeatures whether it is installed.");
    type Access = Write;
    type Input = Named;
    type Output = InstallIdmFeatureOutput;

    async fn run(cx: &Context<Write>, input: Named) -> Result<InstallIdmFeatureOutput, ToolError> {
        let name = input.feature_name;
        let answer = cx.api().features().install(&name).await.map_err(|error| {
            ToolError::from(error).advise(Cause::NotFound, FIND_IT).advise(
                Cause::Invalid,
                "It may be installed already, or something is in the way: validateIdmFeature says \
                 what, listFeatures what is installed.",
            )
        })?;
        Ok(InstallIdmFeatureOutput {
            feature_name: name.to_string(),
            answer,
            note: "This cannot be undone. IDM may need some seconds until new types and \
                   properties can be used; listFeatures shows the installed version.",
        })
    }
}
