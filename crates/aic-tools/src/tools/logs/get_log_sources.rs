use aic_api::Read;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::Serialize;

use super::explain;
use crate::outcome::{Output, ToolError};
use crate::tool::input::NoInput;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Names the log sources.
pub(super) struct GetLogSources;

/// The sources there are.
#[derive(Serialize, JsonSchema)]
pub(super) struct GetLogSourcesOutput {
    /// Names of the sources, for queryLogs.
    sources: Vec<String>,
    /// How many there are.
    count: usize,
}

impl Output for GetLogSourcesOutput {}

impl Tool for GetLogSources {
    const SPEC: Spec = Spec::new("getLogSources", Toolset::Logs)
        .title("List log sources")
        .describe(
            "Names the log sources. Usual ones: am-authentication (logins, journeys), am-access \
             and idm-access (requests), am-config and idm-config (configuration), idm-activity \
             (identities), am-core and idm-core (debug, scripts).",
        )
        .scopes(&[Scope::Monitoring])
        .effect(Effect::Read);
    type Access = Read;
    type Input = NoInput;
    type Output = GetLogSourcesOutput;

    async fn run(cx: &Context<Read>, _: NoInput) -> Result<GetLogSourcesOutput, ToolError> {
        let sources = cx.api().logs().sources().await.map_err(explain)?;
        Ok(GetLogSourcesOutput { count: sources.len(), sources })
    }
}
