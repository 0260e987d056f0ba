pub(crate) mod own;

use std::io::{self, IsTerminal};
use std::panic;

use anstream::{AutoStream, ColorChoice};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use self::own::OWN;
use crate::cli::{LogFormat, LoggingOptions};
use crate::server::client_log;

/// Libraries of the keychain, which warn of a session bus that is not there; the store says that itself, in
/// words for a person.
const TOLD_BETTER: [&str; 2] = ["zbus", "keyring"];

/// Sends what this project logs to standard error.
///
/// The level is that of our own crates. Libraries may only warn, whatever the level: their debug
/// messages show requests and their bodies, and with them secrets.
pub(crate) fn start(options: &LoggingOptions) {
    let level = LevelFilter::from(options.log_level);
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_targets(OWN.map(|own| (own, level)))
        .with_targets(TOLD_BETTER.map(|library| (library, LevelFilter::OFF)));
    let has_colours = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(has_colours);
    let lines = match options.log_format {
        // A person at a terminal knows when it was.
        LogFormat::Text if io::stderr().is_terminal() => {
            lines.without_time().with_target(false).with_filter(filter).boxed()
        }
        LogFormat::Text => lines.with_target(false).with_filter(filter).boxed(),
        // There is one span, that of the call, so that a list of them would only repeat it.
        LogFormat::Json => lines.json().with_span_list(false).with_filter(filter).boxed(),
    };
    tracing_subscriber::registry().with(lines).with(client_log::layer()).init();
    // The message of a panic may quote the value that caused it; where it happened is enough.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("a defect in aic-mcp: panic at {place}");
    }));
}
