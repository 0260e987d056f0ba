//! Named tenants and their settings, from one TOML file.
//!
//! A profile holds options by their long names. It becomes the defaults of the command line, so that a
//! flag and a variable win over it, and a new option is a key of a profile without more ado. No
//! option takes a secret, so no profile holds one.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::{ArgAction, Command};
use etcetera::{BaseStrategy, choose_base_strategy};
use toml_edit::{Document, Item, TableLike, Value};

/// The table of profiles in the file.
const PROFILES: &str = "profiles";
const EXAMPLE: &str = "for example:\n\n[profiles.dev]\ntenant = \"openam-example.forgeblocks.com\"\n\
                       toolsets = [\"journeys\", \"scripts\"]\nread-only = true";

/// An option and what a profile says of it.
type Setting = (String, String);

/// The file of the profiles.
pub(crate) fn file() -> anyhow::Result<PathBuf> {
    if let Some(file) = env::var_os("AIC_CONFIG").filter(|file| !file.is_empty()) {
        return Ok(file.into());
    }
    let strategy = choose_base_strategy().context("there is no home directory")?;
    Ok(strategy.config_dir().join("aic-mcp").join("config.toml"))
}

/// The command with a profile's settings as the defaults of its options.
pub(crate) fn apply(command: Command, name: &str) -> anyhow::Result<Command> {
    let file = file()?;
    let text = fs::read_to_string(&file).map_err(|error| {
        anyhow!(
            "--profile {name}: {} cannot be read ({error}): write it, {EXAMPLE}",
            file.display()
        )
    })?;
    let settings = settings(&text, name, &command)
        .map_err(|problem| anyhow!("--profile {name}: {}: {problem}", file.display()))?;
    Ok(settings.into_iter().fold(command, |command, (id, value)| {
        command.mut_arg(id, |option| option.default_value(value))
    }))
}

/// The names of the profiles in the file.
pub(crate) fn names(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let Ok(document) = Document::parse(text.as_str()) else { return Vec::new() };
    let profiles = document.get(PROFILES).and_then(Item::as_table_like);
    profiles.map(|all| all.iter().map(|(name, _)| name.to_owned()).collect()).unwrap_or_default()
}

/// What a profile says, checked as the command line would.
fn settings(text: &str, name: &str, command: &Command) -> anyhow::Result<Vec<Setting>> {
    let line = |item: &Item, key: Option<std::ops::Range<usize>>| {
        let start = key.or_else(|| item.span()).map_or(0, |span| span.start);
        text[..start.min(text.len())].matches('\n').count() + 1
    };
    let document = Document::parse(text).map_err(|error| anyhow!("{error}"))?;
    let profiles = document.get(PROFILES).and_then(Item::as_table_like);
    let known =
        |all: &dyn TableLike| all.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
    let Some(profile) = profiles.and_then(|all| all.get(name)) else {
        match profiles.map(known).filter(|known| !known.is_empty()) {
            Some(known) => bail!("there is no profile {name:?}; there are {}", known.join(", ")),
            None => bail!("it has no profiles; write one, {EXAMPLE}"),
        }
    };
    let Some(table) = profile.as_table_like() else {
        bail!("line {}: a profile is a table, {EXAMPLE}", line(profile, None));
    };
    let mut settings = Vec::new();
    for (key, item) in table.iter() {
        let span = table.key(key).and_then(toml_edit::Key::span);
        let at = || format!("line {}: {key}", line(item, span.clone()));
        let Some(option) = options(command).find(|option| option.get_long() == Some(key)) else {
            let keys: Vec<_> = options(command).filter_map(clap::Arg::get_long).collect();
            bail!("{}: there is no such option; there are {}", at(), keys.join(", "));
        };
        let value = written(item).ok_or_else(|| {
            anyhow!("{}: it must be a text, a number, true or false, or a list of texts", at())
        })?;
        check(option, &value).map_err(|problem| anyhow!("{}: {problem}", at()))?;
        settings.push((option.get_id().to_string(), value));
    }
    Ok(settings)
}

/// The options that a profile may set.
fn options(command: &Command) -> impl Iterator<Item = &clap::Arg> {
    command.get_arguments().filter(|option| {
        let is_own =
            option.get_env().is_some_and(|name| name.to_string_lossy().starts_with("AIC_"));
        is_own && option.get_long() != Some("profile")
    })
}

/// The value as the command line would have it.
fn written(item: &Item) -> Option<String> {
    match item.as_value()? {
        Value::String(text) => Some(text.value().clone()),
        Value::Integer(number) => Some(number.value().to_string()),
        Value::Boolean(boolean) => Some(boolean.value().to_string()),
        Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(Value::as_str).collect();
            Some(items?.join(","))
        }
        _ => None,
    }
}

/// Whether an option takes a value.
fn check(option: &clap::Arg, value: &str) -> Result<(), String> {
    if matches!(option.get_action(), ArgAction::SetTrue) {
        let fits = matches!(value, "true" | "false");
        return fits.then_some(()).ok_or_else(|| "it must be true or false".to_owned());
    }
    let alone = Command::new("check").no_binary_name(true).arg(option.clone().global(false));
    let argument = format!("--{}={value}", option.get_long().unwrap_or_default());
    alone.try_get_matches_from([argument]).map(|_| ()).map_err(|error| {
        let rendered = error.render().to_string();
        let mut lines = rendered.lines().map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        match lines.next().filter(|line| line.starts_with('[')) {
            Some(allowed) => format!("{first} {allowed}"),
            None => first,
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn read(text: &str, name: &str) -> Result<Vec<Setting>, String> {
        settings(text, name, &Cli::command()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_profile_is_options_by_their_long_names() {
        let text = "[profiles.dev]\ntenant = \"id.example.com\"\nread-only = true\n\
                    toolsets = [\"logs\", \"esv\"]\nhttp-timeout = 60\n";
        let pair = |id: &str, value: &str| (id.to_owned(), value.to_owned());
        assert_eq!(
            read(text, "dev").unwrap(),
            [
                pair("tenant", "id.example.com"),
                pair("read_only", "true"),
                pair("toolsets", "logs,esv"),
                pair("http_timeout", "60"),
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let profile = |line: &str| format!("\n[profiles.dev]\ntenant = \"x.example\"\n{line}\n");
        for (line, parts) in [
            (
                "read_only = true",
                &["line 4: read_only", "there is no such option", "read-only"][..],
            ),
            ("profile = \"x\"", &["line 4: profile", "no such option"]),
            ("read-only = \"yes\"", &["line 4: read-only", "true or false"]),
            ("confirm = \"sometimes\"", &["line 4: confirm", "auto, always, never"]),
            ("http-timeout = 0", &["line 4: http-timeout", "from 1 to 600"]),
            ("toolsets = [1]", &["line 4: toolsets", "a list of texts"]),
            ("tenant = \"y\"", &["line 4", "duplicate key"]),
        ] {
            let problem = read(&profile(line), "dev").unwrap_err();
            for part in parts {
                assert!(problem.contains(part), "{line}: {problem}");
            }
        }
        let problem = read(&profile(""), "prod").unwrap_err();
        assert!(problem.contains("there is no profile \"prod\"; there are dev"), "{problem}");
        assert!(read("", "dev").unwrap_err().contains("[profiles.dev]"));
    }
}
