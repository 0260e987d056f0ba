//! Audit and debug logs.

mod get_log_sources;
mod query_logs;
mod timeline;
mod trace_mcp_activity;

use aic_api::ApiError;
use aic_api::error::Cause;

use crate::outcome::ToolError;
use crate::tool::{AnyTool, erase};

/// The beginning of the `User-Agent` of a server with these tools, before its version:
pub const USER_AGENT_PREFIX: &str = "aic-mcp-server/";

/// The beginning of the transaction ids of a server with these tools:
pub const TRANSACTION_PREFIX: &str = "aic-mcp-";

pub(super) fn all() -> Vec<Box<dyn AnyTool>> {
    vec![
        erase::<get_log_sources::GetLogSources>(),
        erase::<query_logs::QueryLogs>(),
        erase::<trace_mcp_activity::TraceMcpActivity>(),
    ]
}

/// Says what the log service's refusals mean.
fn explain(error: ApiError) -> ToolError {
    ToolError::from(error)
        .advise(
            Cause::RateLimited,
            "Wait as long as stated, or a minute: the log service takes only so many requests a \
             minute from all of the tenant's clients together. Ask for larger pages instead of more.",
        )
}
