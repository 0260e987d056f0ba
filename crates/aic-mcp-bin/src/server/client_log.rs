//! Messages that a client shows its user as the server's log.

#![expect(
    deprecated,
    reason = "versions of the protocol up to 2025-11-25 have logging, and their clients show it"
)]

use std::sync::atomic::{AtomicBool, Ordering};

use rmcp::RoleServer;
use rmcp::model::{
    LoggingLevel, LoggingMessageNotificationParam, ServerCapabilities, SetLevelRequestParams,
};
use rmcp::service::RequestContext;

/// Whether the client wants to have messages, which it has to say first.
#[derive(Debug, Default)]
pub(super) struct ClientLog {
    wants_notices: AtomicBool,
}

impl ClientLog {
    /// The client names the least level of the messages that it wants.
    pub(super) fn set_level(&self, request: &SetLevelRequestParams) {
        use LoggingLevel::{Debug, Info, Notice};
        let wants = matches!(request.level, Debug | Info | Notice);
        self.wants_notices.store(wants, Ordering::Relaxed);
    }

    /// Whether a notice would be shown.
    pub(super) fn wants_notices(&self) -> bool {
        self.wants_notices.load(Ordering::Relaxed)
    }

    /// Sends a message that the user should see, though nothing is wrong.
    pub(super) async fn notice(&self, cx: &RequestContext<RoleServer>, text: String) {
        let message = LoggingMessageNotificationParam::new(LoggingLevel::Notice, text.into());
        let _ = cx.peer.notify_logging_message(message.with_logger("aic-mcp")).await;
    }
}

/// What the server can do.
pub(super) fn capabilities() -> ServerCapabilities {
    ServerCapabilities::builder()
        .enable_tools()
        .enable_prompts()
        .enable_resources()
        .enable_completions()
        .enable_logging()
        .build()
}
