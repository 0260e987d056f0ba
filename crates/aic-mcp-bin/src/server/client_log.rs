//! This project's log for a client that asks to have it, as versions of the protocol up to
//! 2025-11-25 let it.

#![expect(
    deprecated,
    reason = "versions of the protocol up to 2025-11-25 have logging, and their clients show it"
)]

use std::fmt::{self, Write as _};

use parking_lot::Mutex;
use rmcp::RoleServer;
use rmcp::model::{
    LoggingLevel, LoggingMessageNotificationParam, ServerCapabilities, SetLevelRequestParams,
};
use rmcp::service::{Peer, RequestContext};
use tokio::sync::mpsc;
use tracing::callsite;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

use crate::logging::own::OWN;

/// How many messages may wait for a client that reads slowly; those beyond are dropped.
const MOST_WAITING: usize = 64;

/// A process has one client and, as the subscriber of what it logs is the process's, one of these.
static WANTED: Mutex<Wanted> =
    Mutex::new(Wanted { level: LevelFilter::OFF, notices: false, messages: None });

struct Wanted {
    level: LevelFilter,
    notices: bool,
    messages: Option<mpsc::Sender<LoggingMessageNotificationParam>>,
}

fn wanted<T>(of: impl FnOnce(&mut Wanted) -> T) -> T {
    of(&mut WANTED.lock())
}

/// The client names the least level of the messages that it wants.
pub(super) fn set_level(request: &SetLevelRequestParams, peer: &Peer<RoleServer>) {
    let level = match request.level {
        LoggingLevel::Debug => LevelFilter::DEBUG,
        LoggingLevel::Info => LevelFilter::INFO,
        LoggingLevel::Notice | LoggingLevel::Warning => LevelFilter::WARN,
        _ => LevelFilter::ERROR,
    };
    let is_notice =
        matches!(request.level, LoggingLevel::Debug | LoggingLevel::Info | LoggingLevel::Notice);
    let to_be_sent = wanted(|wanted| {
        wanted.level = level;
        wanted.notices = is_notice;
        if wanted.messages.is_some() {
            return None;
        }
        let (messages, to_be_sent) = mpsc::channel(MOST_WAITING);
        wanted.messages = Some(messages);
        Some(to_be_sent)
    });
    callsite::rebuild_interest_cache();
    if let Some(mut to_be_sent) = to_be_sent {
        let peer = peer.clone();
        tokio::spawn(async move {
            while let Some(message) = to_be_sent.recv().await {
                if peer.notify_logging_message(message).await.is_err() {
                    break;
                }
            }
        });
    }
}

/// Whether a notice would be shown.
pub(super) fn wants_notices() -> bool {
    wanted(|wanted| wanted.notices)
}

/// Sends a message that the user should see, though nothing is wrong.
pub(super) async fn notice(cx: &RequestContext<RoleServer>, text: String) {
    let _ = cx.peer.notify_logging_message(message(LoggingLevel::Notice, text)).await;
}

fn message(level: LoggingLevel, text: String) -> LoggingMessageNotificationParam {
    LoggingMessageNotificationParam::new(level, text.into()).with_logger("aic-mcp")
}

/// A layer that takes the messages of this project's own crates: others may quote requests, and with them
/// secrets.
pub(crate) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    ToClient.with_filter(WantedByClient)
}

struct ToClient;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for ToClient {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut text = Text::default();
        attributes.record(&mut text);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(InCall(text.fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let level = match *event.metadata().level() {
            Level::ERROR => LoggingLevel::Error,
            Level::WARN => LoggingLevel::Warning,
            Level::INFO => LoggingLevel::Info,
            _ => LoggingLevel::Debug,
        };
        let mut text = Text::default();
        event.record(&mut text);
        let span = context.event_span(event);
        let call = span.as_ref().and_then(|span| span.extensions().get::<InCall>().cloned());
        let text = text.with(call.as_ref());
        // Where nobody listens there is nobody to tell.
        let _ = wanted(|wanted| {
            let messages = wanted.messages.as_ref()?;
            messages.try_send(message(level, text)).ok()
        });
    }
}

fn is_wanted(metadata: &Metadata<'_>) -> bool {
    let owner = metadata.target().split(':').next().unwrap_or_default();
    OWN.contains(&owner) && *metadata.level() <= wanted(|wanted| wanted.level)
}

/// Lets pass what the client has asked for.
struct WantedByClient;

impl<S> Filter<S> for WantedByClient {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        is_wanted(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_wanted(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(wanted(|wanted| wanted.level))
    }
}

/// The fields of a call's span.
#[derive(Clone)]
struct InCall(String);

/// The text of an event or a span.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Text {
    /// All of it on one line, with the call that it belongs to.
    fn with(self, call: Option<&InCall>) -> String {
        self.message + &self.fields + call.map_or("", |InCall(fields)| fields)
    }
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

/// The server's capabilities.
pub(super) fn capabilities() -> ServerCapabilities {
    ServerCapabilities::builder()
        .enable_tools()
        .enable_prompts()
        .enable_resources()
        .enable_completions()
        .enable_logging()
        .build()
}
