use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use aic_api::environment::Tier;
use aic_tools::{Group, NamePattern, WriteLimit};
use clap::builder::{FalseyValueParser, NonEmptyStringValueParser};
use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::list::{List, object_types, patterns, tiers, toolsets};
use super::logging::LoggingOptions;
use super::{LoginKind, complete};

#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[command(next_help_heading = "Tenant")]
pub(crate) struct Options {
    /// Use this profile's tenant and settings; flags and variables override them
    #[arg(
        long,
        global = true,
        env = "AIC_PROFILE",
        value_name = "NAME",
        hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new(),
        add = ArgValueCompleter::new(complete::profiles)
    )]
    pub(crate) profile: Option<String>,
    /// File of profiles [default: aic-mcp/config.toml in the user's configuration directory]
    #[arg(long, global = true, env = "AIC_CONFIG", value_name = "FILE", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// Host name or URL of the tenant, such as openam-example.forgeblocks.com
    #[arg(long, global = true, env = "AIC_BASE_URL", value_name = "HOST", hide_env_values = true)]
    pub(crate) tenant: Option<String>,
    /// Sign in with this machine's browser, or by a code on any device [default: browser; device
    /// where `DOCKER_CONTAINER` is `true`]
    #[arg(
        long,
        global = true,
        env = "AIC_LOGIN",
        hide_env_values = true,
        value_name = "HOW",
        value_enum,
        help_heading = "Login"
    )]
    pub(crate) login: Option<LoginKind>,
    /// Keep the login in the system's keychain, in a file, or in memory only [default: keychain; file
    /// with device login, a token file, or where the login is in one]
    #[arg(
        long,
        global = true,
        env = "AIC_CREDENTIAL_STORE",
        hide_env_values = true,
        value_name = "STORE",
        value_enum,
        help_heading = "Login"
    )]
    pub(crate) credential_store: Option<StoreKind>,
    /// File that keeps the login, in a directory of its own [default: one for each tenant, below
    /// ~/.local/state/aic-mcp/logins; /app/tokens/token.json where `DOCKER_CONTAINER` is `true`]
    #[arg(
        long,
        global = true,
        env = "AIC_TOKEN_FILE",
        hide_env_values = true,
        value_name = "FILE",
        help_heading = "Login"
    )]
    pub(crate) token_file: Option<PathBuf>,
    /// Reuse the kept login while it is valid; `call` always does
    #[arg(
        long,
        global = true,
        env = "AIC_REUSE_LOGIN",
        hide_env_values = true,
        value_parser = FalseyValueParser::new(),
        help_heading = "Login"
    )]
    pub(crate) reuse_login: bool,
    /// Port of the login callback; other ports, and 0 for a free one, for loopback tenants only
    #[arg(
        long,
        global = true,
        env = "AIC_CALLBACK_PORT",
        hide_env_values = true,
        value_name = "PORT",
        default_value_t = 3000,
        help_heading = "Login"
    )]
    pub(crate) callback_port: u16,

    /// Offer only these tool groups [default: all that the login method allows]
    #[arg(
        long,
        global = true,
        env = "AIC_TOOLSETS",
        hide_env_values = true,
        value_name = "NAME,...",
        value_parser = toolsets,
        add = ArgValueCompleter::new(complete::toolsets),
        help_heading = "Control"
    )]
    pub(crate) toolsets: Option<List<Group>>,
    /// Offer these tools as well, such as get*
    #[arg(
        long,
        global = true,
        env = "AIC_TOOLS",
        hide_env_values = true,
        value_name = "PATTERN,...",
        value_parser = patterns,
        add = ArgValueCompleter::new(complete::tools),
        help_heading = "Control"
    )]
    pub(crate) tools: Option<List<NamePattern>>,
    /// Do not offer these tools, such as delete*
    #[arg(
        long,
        global = true,
        env = "AIC_EXCLUDE_TOOLS",
        hide_env_values = true,
        value_name = "PATTERN,...",
        value_parser = patterns,
        add = ArgValueCompleter::new(complete::tools),
        help_heading = "Control"
    )]
    pub(crate) exclude_tools: Option<List<NamePattern>>,
    /// Offer only tools that read, and refuse all writes
    #[arg(
        long,
        global = true,
        env = "AIC_READ_ONLY",
        hide_env_values = true,
        value_parser = FalseyValueParser::new(),
        help_heading = "Control"
    )]
    pub(crate) read_only: bool,
    /// List all tools, or four that stand for them: find, describe, call to read, call to write
    #[arg(
        long,
        global = true,
        env = "AIC_SURFACE",
        hide_env_values = true,
        value_name = "SURFACE",
        value_enum,
        default_value_t = Surface::Full,
        help_heading = "Control"
    )]
    pub(crate) surface: Surface,
    /// Write only to environments of these tiers: development, sandbox, staging, production,
    /// unknown, or all
    #[arg(
        long,
        global = true,
        env = "AIC_ALLOW_TIER",
        hide_env_values = true,
        value_name = "TIER,...",
        default_value = "development,sandbox",
        value_parser = tiers,
        help_heading = "Control"
    )]
    pub(crate) allow_tier: List<Tier>,
    /// Allow writes to these powerful object types, such as svcacct, which are refused otherwise
    #[arg(
        long,
        global = true,
        env = "AIC_ALLOW_TYPES",
        hide_env_values = true,
        value_name = "TYPE,...",
        value_parser = object_types,
        help_heading = "Changes"
    )]
    pub(crate) allow_types: Option<List<String>>,
    /// Limit the changes per minute and in total, or `off`
    #[arg(
        long,
        global = true,
        env = "AIC_MAX_WRITES",
        hide_env_values = true,
        value_name = "N/min,N",
        default_value_t = WriteLimit::default(),
        help_heading = "Changes"
    )]
    pub(crate) max_writes: WriteLimit,
    /// Ask the user before calls that can do harm (auto), before all that write, or never [default:
    /// auto]
    #[arg(
        long,
        global = true,
        env = "AIC_CONFIRM",
        hide_env_values = true,
        value_name = "WHICH",
        value_enum,
        help_heading = "Changes"
    )]
    pub(crate) confirm: Option<ConfirmKind>,
    /// Seconds to wait for the user's answer
    #[arg(
        long,
        global = true,
        env = "AIC_CONFIRM_TIMEOUT_SECS",
        hide_env_values = true,
        value_name = "SECS",
        default_value = "300",
        value_parser = |text: &str| within::<u64>(text, &(1..=3600), "AIC_CONFIRM_TIMEOUT_SECS=600"),
        help_heading = "Changes"
    )]
    pub(crate) confirm_timeout: u64,
    /// Show the requests and the differences they would make, and change nothing
    #[arg(
        long,
        global = true,
        env = "AIC_DRY_RUN",
        hide_env_values = true,
        value_parser = FalseyValueParser::new(),
        help_heading = "Changes"
    )]
    pub(crate) dry_run: bool,
    /// Also keep the state before each change in this directory, for undoChange, signed with a key
    /// from the keychain
    #[arg(
        long,
        global = true,
        env = "AIC_UNDO_DIR",
        hide_env_values = true,
        value_name = "DIR",
        help_heading = "Changes"
    )]
    pub(crate) undo_dir: Option<PathBuf>,
    /// Append one JSON line per tool call to this file
    #[arg(
        long,
        global = true,
        env = "AIC_AUDIT_LOG",
        hide_env_values = true,
        value_name = "FILE",
        help_heading = "Control"
    )]
    pub(crate) audit_log: Option<PathBuf>,
    /// Do not mask values in results that look secret
    #[arg(
        long,
        global = true,
        env = "AIC_SHOW_SECRETS",
        hide_env_values = true,
        value_parser = FalseyValueParser::new(),
        help_heading = "Control"
    )]
    pub(crate) show_secrets: bool,

    /// Time limit of a request, in seconds
    #[arg(
        long,
        global = true,
        env = "AIC_HTTP_TIMEOUT_SECS",
        hide_env_values = true,
        value_name = "SECS",
        default_value = "30",
        value_parser = |text: &str| within::<u64>(text, &(1..=600), "AIC_HTTP_TIMEOUT_SECS=60"),
        help_heading = "Limits"
    )]
    pub(crate) http_timeout: u64,
    /// Maximum length of a result, in characters; longer results are cut at whole items
    #[arg(
        long,
        global = true,
        env = "AIC_MAX_RESULT_CHARS",
        hide_env_values = true,
        value_name = "CHARS",
        default_value = "100000",
        value_parser = |text: &str| within::<usize>(text, &(1_000..=10_000_000), "AIC_MAX_RESULT_CHARS=20000"),
        help_heading = "Limits"
    )]
    pub(crate) max_result: usize,
    /// Maximum size of a tenant's answer, in bytes
    #[arg(
        long,
        global = true,
        env = "AIC_MAX_RESPONSE_BYTES",
        hide_env_values = true,
        value_name = "BYTES",
        default_value = "33554432",
        value_parser = |text: &str| within::<usize>(text, &(1_024..=1_073_741_824), "AIC_MAX_RESPONSE_BYTES=1048576"),
        help_heading = "Limits"
    )]
    pub(crate) max_response: usize,

    #[command(flatten)]
    pub(crate) logging: LoggingOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreKind {
    Keychain,
    File,
    Memory,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Surface {
    Full,
    Compact,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConfirmKind {
    Auto,
    Always,
    Never,
}

/// A whole number within bounds; the message says which, with an example.
fn within<T>(text: &str, bounds: &RangeInclusive<T>, example: &str) -> Result<T, String>
where
    T: std::str::FromStr + PartialOrd + Display,
{
    text.parse().ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
        let (least, most) = (bounds.start(), bounds.end());
        format!("it must be a whole number from {least} to {most}, for example {example}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_an_environment_variable_named_after_us() {
        let options = Options::augment_args(clap::Command::new("x"));
        for option in options.get_arguments() {
            let variable = option.get_env().unwrap_or_default().to_string_lossy().into_owned();
            assert!(variable.starts_with("AIC_"), "{}", option.get_id());
        }
    }
}
