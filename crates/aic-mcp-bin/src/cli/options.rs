use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use aic_api::environment::Tier;
use aic_api::path::ObjectType;
use aic_tools::{Group, NamePattern, Registry, WriteLimit};
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use super::LoginKind;
use super::logging::LoggingOptions;

#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[command(next_help_heading = "Tenant")]
pub(crate) struct Options {
    /// Use this profile's tenant and settings; flags and variables override them
    #[arg(long, global = true, env = "AIC_PROFILE", value_name = "NAME", hide_env_values = true)]
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

/// A list of names, separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

/// The groups that a list names.
fn toolsets(list: &str) -> Result<List<Group>, String> {
    let known = || Group::all().map(Group::as_str).collect::<Vec<_>>().join(", ");
    let group = |name: &str| {
        let group = Group::all().find(|group| group.as_str() == name);
        group.ok_or_else(|| format!("there is no group named {name:?}; there are {}", known()))
    };
    items(list, group)?.ok_or_else(|| {
        format!("it names no group; there are {}, for example AIC_TOOLSETS=journeys,logs", known())
    })
}

/// The patterns in a list. Each must fit a tool, for one that fits none is a mistake.
fn patterns(list: &str) -> Result<List<NamePattern>, String> {
    let names = || Registry::all().iter().map(|tool| tool.spec().name).collect::<Vec<_>>();
    let pattern = |text: &str| {
        let pattern: NamePattern = text.parse()?;
        if names().iter().any(|name| pattern.fits(name)) {
            return Ok(pattern);
        }
        Err(format!("no tool fits {text:?}; `aic-mcp tools` lists them"))
    };
    items(list, pattern)?.ok_or_else(|| "it names no tool, for example AIC_TOOLS=get*".to_owned())
}

/// The tiers that a list names.
fn tiers(list: &str) -> Result<List<Tier>, String> {
    if list.trim() == "all" {
        return Ok(List(Tier::ALL.to_vec()));
    }
    let known = || Tier::ALL.map(Tier::as_str).join(", ");
    let tier = |name: &str| {
        let tier = Tier::ALL.into_iter().find(|tier| tier.as_str() == name);
        tier.ok_or_else(|| format!("there is no tier named {name:?}; there are {}, all", known()))
    };
    items(list, tier)?.ok_or_else(|| format!("it names no tier; there are {}, all", known()))
}

/// The types of objects that a list names.
fn object_types(list: &str) -> Result<List<String>, String> {
    let name = |name: &str| {
        let name = name.parse::<ObjectType>().map_err(|problem| problem.to_string())?;
        Ok(name.to_string())
    };
    items(list, name)?.ok_or_else(|| "it names no type, for example svcacct".to_owned())
}

/// The items of a list, `None` where it has none.
fn items<T>(
    list: &str,
    item: impl FnMut(&str) -> Result<T, String>,
) -> Result<Option<List<T>>, String> {
    let named = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let items = named.map(item).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(List(items)).filter(|List(items)| !items.is_empty()))
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
    fn tools_are_named_in_lists() {
        let named = |list| toolsets(list).map(|List(chosen)| chosen.len());
        assert_eq!(named("logs, journeys,"), Ok(2));
        assert!(named("logs,rm").unwrap_err().contains("\"rm\"; there are managed-objects,"));
        assert!(named(" ,").unwrap_err().contains("for example"));
        assert_eq!(patterns("get*,LIST*").map(|List(chosen)| chosen.len()), Ok(2));
        assert!(patterns("get*,rm*").unwrap_err().contains("no tool fits \"rm*\""));
        assert!(patterns("").unwrap_err().contains("for example"));
        assert_eq!(tiers("sandbox, staging").map(|List(chosen)| chosen.len()), Ok(2));
        assert_eq!(tiers("all").map(|List(chosen)| chosen.len()), Ok(5));
        assert!(tiers("sandbox,dev").unwrap_err().contains("\"dev\"; there are development,"));
    }

    #[test]
    fn every_option_has_an_environment_variable_named_after_us() {
        let options = Options::augment_args(clap::Command::new("x"));
        for option in options.get_arguments() {
            let variable = option.get_env().unwrap_or_default().to_string_lossy().into_owned();
            assert!(variable.starts_with("AIC_"), "{}", option.get_id());
        }
    }
}
