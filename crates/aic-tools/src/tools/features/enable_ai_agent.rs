use aic_api::Write;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::Serialize;

use crate::outcome::{Output, ToolError};
use crate::tool::input::NoInput;
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Enables AI agents as identities.
pub(super) struct EnableAiAgent;

/// The result of enabling AI agents.
#[derive(Serialize, JsonSchema)]
pub(super) struct EnableAiAgentOutput {
    /// Whether AIC took the request.
    accepted: bool,
    /// AIC's answer, if not empty.
    #[serde(skip_serializing_if = "JsonObject::is_empty")]
    answer: JsonObject,
    /// The next step.
    note: &'static str,
}

impl Output for EnableAiAgentOutput {}

impl Tool for EnableAiAgent {
    const SPEC: Spec = Spec::new("enableAiAgent", Toolset::Features)
        .title("Enable AI agents")
        .describe(
            "Enables AI agents in both realms: IDM feature, object types and OAuth 2.0 \
             settings. One-way: cannot be undone, so have the user confirm it. See with \
             listFeatures first whether it is enabled.",
        )
        .scopes(&[Scope::Am, Scope::Idm])
        .effect(Effect::OneWay)
        .idempotent(true)
        .check("see with listFeatures whether AI Agents is installed.");
    type Access = Write;
    type Input = NoInput;
    type Output = EnableAiAgentOutput;

    async fn run(cx: &Context<Write>, _: NoInput) -> Result<EnableAiAgentOutput, ToolError> {
        let answer = cx.api().ai_agent().enable().await?;
        Ok(EnableAiAgentOutput {
            accepted: true,
            answer,
            note: "This cannot be undone. It may take a while: listFeatures shows the parts, and \
                   AI Agents as installed once all are there.",
        })
    }
}
