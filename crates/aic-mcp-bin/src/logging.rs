pub(crate) mod own;

use std::io::{self, IsTerminal};
use std::panic;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use self::own::OWN;
use crate::cli::{LogFormat, LoggingOptions};
use crate::server::client_log;

/// Sends what this project logs to standard error.
///
/// The level is that of our own crates. Libraries may only warn, whatever the level: their debug
/// messages show requests and their bodies, and with them secrets.
pub(crate) fn start(options: &LoggingOptions) {
    let level = LevelFilter::from(options.log_level);
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_targets(OWN.map(|own| (own, level)));
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    let lines = match options.log_format {
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
