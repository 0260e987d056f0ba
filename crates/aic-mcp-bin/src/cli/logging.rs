use clap::{Args, ValueEnum};
use tracing::level_filters::LevelFilter;

/// The level and the format of the log.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logging")]
pub(crate) struct LoggingOptions {
    /// The log on standard error: info has the steps of a login, debug each request to the
    /// tenant, trace each wait
    #[arg(
        long,
        global = true,
        env = "AIC_LOG",
        hide_env_values = true,
        value_name = "LEVEL",
        value_enum,
        default_value_t = LogLevel::Warn
    )]
    pub(crate) log_level: LogLevel,
    /// How to log: for people, or an object of JSON a line
    #[arg(
        long,
        global = true,
        env = "AIC_LOG_FORMAT",
        hide_env_values = true,
        value_name = "FORMAT",
        value_enum,
        default_value_t = LogFormat::Text
    )]
    pub(crate) log_format: LogFormat,
}

// Comments of the documentation on the values would have clap spread the help of all options.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogLevel {
    Off,
    // A call could not be carried out for a reason of this program.
    Error,
    // Somebody should look: a request is given up, a login is refused, a record is not written.
    Warn,
    // The program starts, a login goes on, a request is repeated.
    Info,
    // Each call, and each request to the tenant.
    Debug,
    // Waits, locks, and what is known from before.
    Trace,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Off => Self::OFF,
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}
