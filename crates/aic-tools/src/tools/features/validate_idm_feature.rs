use aic_api::Read;
use aic_api::error::Cause;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{FIND_IT, Named};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Asks whether a feature could be installed.
pub(super) struct ValidateIdmFeature;

/// Whether it could be installed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ValidateIdmFeatureOutput {
    /// The feature.
    feature_name: String,
    /// Whether it could be installed now.
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    /// IDM's message, with the obstacles.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// Rest of IDM's answer.
    #[serde(skip_serializing_if = "JsonObject::is_empty")]
    details: JsonObject,
}

impl Output for ValidateIdmFeatureOutput {}

impl Tool for ValidateIdmFeature {
    const SPEC: Spec = Spec::new("validateIdmFeature", Toolset::Features)
        .title("Check whether a feature can be installed")
        .describe(
            "Asks whether a feature could be installed, without installing it. success false is \
             an answer, not a failure: message says what is in the way. Do it before \
             installIdmFeature.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Named;
    type Output = ValidateIdmFeatureOutput;

    async fn run(cx: &Context<Read>, input: Named) -> Result<ValidateIdmFeatureOutput, ToolError> {
        let name = input.feature_name;
        let mut details = cx
            .api()
            .features()
            .validate(&name)
            .await
            .map_err(|error| ToolError::from(error).advise(Cause::NotFound, FIND_IT))?;
        let success = details.get("success").and_then(Value::as_bool);
        let message = details.get("message").and_then(Value::as_str).map(ToOwned::to_owned);
        if success.is_some() {
            details.remove("success");
        }
        if message.is_some() {
            details.remove("message");
        }
        Ok(ValidateIdmFeatureOutput { feature_name: name.to_string(), success, message, details })
    }
}
