//! Named tenants and their settings, from one TOML file.
//!
//! A profile holds options by their long names. It becomes the defaults of the command line, so that a
//! flag and a variable win over it, and a new option is a key of a profile without more ado. No
//! option takes a secret, so no profile holds one. Whatever would be ignored is refused, for who
//! writes `read-only` in the wrong place relies on it.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::{ArgAction, Command};
use toml_edit::{Document, Item, Key, TableLike, Value};

use super::tenant;
use crate::places;

/// The table of profiles in the file.
const PROFILES: &str = "profiles";
/// The name of the profile that is used where no profile and no tenant is named.
const DEFAULT: &str = "default";
const EXAMPLE: &str = "for example:\n\n[profiles.dev]\ntenant = \"openam-example.forgeblocks.com\"\n\
                       toolsets = [\"journeys\", \"scripts\"]\nread-only = true";

/// An option and what a profile says of it.
type Setting = (String, String);

/// A profile, as it was read.
#[derive(Debug)]
pub(crate) struct Profile {
    name: String,
    settings: Vec<Setting>,
}

/// The file of the profiles: the one that is named, or the usual one.
pub(crate) fn file(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(file) = named {
        return Ok(file.to_owned());
    }
    places::profiles()
}

/// The profile of this name.
pub(crate) fn read(file: &Path, name: &str, command: &Command) -> anyhow::Result<Profile> {
    let text = fs::read_to_string(file).map_err(|error| {
        anyhow!(
            "--profile {name}: {} cannot be read ({error}): write it, {EXAMPLE}",
            file.display()
        )
    })?;
    let settings = settings(&text, name, command)
        .map_err(|problem| anyhow!("--profile {name}: {}: {problem}", file.display()))?;
    Ok(Profile { name: name.to_owned(), settings })
}

impl Profile {
    /// The command with the settings as the defaults of its options.
    pub(crate) fn apply(&self, command: Command) -> Command {
        self.settings.iter().cloned().fold(command, |command, (id, value)| {
            command.mut_arg(id, |option| option.default_value(value))
        })
    }

    /// The warnings for whoever relies on a setting that a variable has won over, of which the
    /// command line says `is_used`.
    pub(crate) fn overridden(
        &self,
        command: &Command,
        is_used: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let mut said = Vec::new();
        for (id, value) in &self.settings {
            let option = options(command).find(|option| option.get_id() == id.as_str());
            let Some(variable) = option.and_then(clap::Arg::get_env) else { continue };
            let differs = env::var_os(variable).is_some_and(|other| other != value.as_str());
            if differs && is_used(id) {
                let (variable, name) = (variable.to_string_lossy(), &self.name);
                said.push(format!("{variable} is set, and wins over what profile {name} says"));
            }
        }
        said
    }
}

/// The profile that is used where no profile and no tenant is named. A missing file has none.
pub(crate) fn default(file: &Path) -> anyhow::Result<Option<String>> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read.with_context(|| format!("{} cannot be read", file.display()))?,
    };
    default_of(&text).map_err(|problem| anyhow!("{}: {problem}", file.display()))
}

/// The tenant of the default profile.
pub(crate) fn default_tenant(file: &Path, command: &Command) -> Option<String> {
    let name = default(file).ok().flatten()?;
    let Profile { settings, .. } = read(file, &name, command).ok()?;
    settings.into_iter().find(|(id, _)| id == "tenant").map(|(_, tenant)| tenant)
}

fn default_of(text: &str) -> anyhow::Result<Option<String>> {
    let document = parse(text)?;
    let Some((key, item)) = document.get_key_value(DEFAULT) else { return Ok(None) };
    let line = line(text, Some(key), item);
    let Some(name) = item.as_str() else {
        bail!("line {line}: default: it must be the name of a profile, such as \"dev\"");
    };
    let all = profiles(&document).map(named).unwrap_or_default();
    if !all.iter().any(|one| one == name) {
        bail!("line {line}: default: there is no profile {name:?}; there are {}", all.join(", "));
    }
    Ok(Some(name.to_owned()))
}

/// The names of the profiles in the file, all of which are as they should be; none where there is no
/// file.
pub(crate) fn names(file: &Path, command: &Command) -> anyhow::Result<Vec<String>> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.with_context(|| format!("{} cannot be read", file.display()))?,
    };
    let names = || {
        let document = parse(&text)?;
        let names: Vec<_> = profiles(&document).into_iter().flat_map(named).collect();
        names.iter().try_for_each(|name| settings(&text, name, command).map(|_| ()))?;
        default_of(&text)?;
        Ok(names)
    };
    names().map_err(|problem: anyhow::Error| anyhow!("{}: {problem}", file.display()))
}

/// The settings of a profile, checked as the command line would.
fn settings(text: &str, name: &str, command: &Command) -> anyhow::Result<Vec<Setting>> {
    let line = |key: Option<&Key>, item: &Item| line(text, key, item);
    let document = parse(text)?;
    let other = document.iter().find(|(key, _)| ![PROFILES, DEFAULT].contains(key));
    if let Some((key, item)) = other {
        let line = line(document.key(key), item);
        bail!(
            "line {line}: {key}: the file holds profiles, and the name of the default one, and nothing \
             else; options belong into one, {EXAMPLE}"
        );
    }
    let profiles = profiles(&document);
    let Some(profile) = profiles.and_then(|all| all.get(name)) else {
        match profiles.map(named).filter(|names| !names.is_empty()) {
            Some(names) => bail!("there is no profile {name:?}; there are {}", names.join(", ")),
            None => bail!("it has no profiles; write one, {EXAMPLE}"),
        }
    };
    let Some(table) = profile.as_table_like() else {
        let line = line(profiles.and_then(|all| all.key(name)), profile);
        bail!("line {line}: a profile is a table, {EXAMPLE}");
    };
    let mut settings = Vec::new();
    for (key, item) in table.iter() {
        let at = || format!("line {}: {key}", line(table.key(key), item));
        let Some(option) = options(command).find(|option| option.get_long() == Some(key)) else {
            let keys: Vec<_> = options(command).filter_map(clap::Arg::get_long).collect();
            bail!("{}: there is no such option; there are {}, {EXAMPLE}", at(), keys.join(", "));
        };
        let value = written(item).ok_or_else(|| {
            anyhow!(
                "{}: it must be a text, a whole number, true or false, or a list of texts",
                at()
            )
        })?;
        check(option, &value).map_err(|problem| anyhow!("{}: {problem}", at()))?;
        settings.push((option.get_id().to_string(), value));
    }
    Ok(settings)
}

/// The line that an entry of the file starts in.
fn line(text: &str, key: Option<&Key>, item: &Item) -> usize {
    let span = key.and_then(Key::span).or_else(|| item.span());
    let start = span.map_or(0, |span| span.start).min(text.len());
    text[..start].matches('\n').count() + 1
}

fn parse(text: &str) -> anyhow::Result<Document<&str>> {
    Document::parse(text).map_err(|error| anyhow!("{error}"))
}

fn profiles<'a>(document: &'a Document<&str>) -> Option<&'a dyn TableLike> {
    document.get(PROFILES).and_then(Item::as_table_like)
}

fn named(profiles: &dyn TableLike) -> Vec<String> {
    profiles.iter().map(|(name, _)| name.to_owned()).collect()
}

/// The options that a profile may set.
fn options(command: &Command) -> impl Iterator<Item = &clap::Arg> {
    command.get_arguments().filter(|option| {
        let is_own =
            option.get_env().is_some_and(|name| name.to_string_lossy().starts_with("AIC_"));
        is_own && !matches!(option.get_long(), Some("profile" | "config"))
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
    let matches = alone.try_get_matches_from([argument]).map_err(|error| {
        let rendered = error.render().to_string();
        let mut lines = rendered.lines().map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        match lines.next().filter(|line| line.starts_with('[')) {
            Some(allowed) => format!("{first} {allowed}"),
            None => first,
        }
    })?;
    // A client starts a server in whatever directory it likes, and no shell expands a `~`.
    let path = matches.try_get_one::<PathBuf>(option.get_id().as_str()).ok().flatten();
    if path.is_some_and(|path| !path.is_absolute()) {
        return Err(format!("{value:?} is not an absolute path, such as /home/ingrid/aic/file"));
    }
    // What the command line leaves to the configuration is checked here, where the line is known.
    if option.get_long() == Some("tenant") {
        tenant(Some(value)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn profile(text: &str, name: &str) -> Result<Vec<Setting>, String> {
        settings(text, name, &Cli::command()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_profile_is_options_by_their_long_names() {
        let text = "[profiles.dev]\ntenant = \"id.example.com\"\nread-only = true\n\
                    toolsets = [\"logs\", \"esv\"]\nhttp-timeout = 60\n";
        let pair = |id: &str, value: &str| (id.to_owned(), value.to_owned());
        assert_eq!(
            profile(text, "dev").unwrap(),
            [
                pair("tenant", "id.example.com"),
                pair("read_only", "true"),
                pair("toolsets", "logs,esv"),
                pair("http_timeout", "60"),
            ]
        );
    }

    #[test]
    fn the_default_profile_is_one_of_the_file() {
        let problem = |text| default_of(text).unwrap_err().to_string();
        assert_eq!(default_of("[profiles.dev]\n").unwrap(), None);
        let dev = "default = \"dev\"\n[profiles.dev]\ntenant = \"x.example\"\n";
        assert_eq!(default_of(dev).unwrap().as_deref(), Some("dev"));
        assert_eq!(profile(dev, "dev").unwrap().len(), 1);
        let gone = problem("\ndefault = \"gone\"\n[profiles.dev]\n[profiles.prod]\n");
        assert!(
            gone.contains("line 2: default: there is no profile \"gone\"; there are dev, prod")
        );
        assert!(problem("default = true").contains("the name of a profile"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let with = |line: &str| format!("\n[profiles.dev]\ntenant = \"x.example\"\n{line}\n");
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
            ("http-timeout = 1.5", &["line 4: http-timeout", "a whole number"]),
            ("audit-log = \"~/aic.jsonl\"", &["line 4: audit-log", "absolute path"]),
            ("config = \"/x\"", &["line 4: config", "no such option"]),
            ("[profile.prod]", &["line 4: profile", "nothing else", "[profiles.dev]"]),
            ("tenant = \"y\"", &["line 4", "duplicate key"]),
        ] {
            let problem = profile(&with(line), "dev").unwrap_err();
            for part in parts {
                assert!(problem.contains(part), "{line}: {problem}");
            }
        }
        let problem = profile(&with(""), "prod").unwrap_err();
        assert!(problem.contains("there is no profile \"prod\"; there are dev"), "{problem}");
        assert!(profile("", "dev").unwrap_err().contains("[profiles.dev]"));
        for (text, parts) in [
            ("read-only = true\n[profiles.dev]\n", &["line 1: read-only", "belong into one"][..]),
            ("[profiles]\ndev = 1\n", &["line 2", "a profile is a table"]),
            (
                "[profiles.dev]\ntenant = \"https://me:canary@x.example\"\n",
                &["line 2: tenant", "for example"],
            ),
        ] {
            let problem = profile(text, "dev").unwrap_err();
            for part in parts {
                assert!(problem.contains(part), "{text}: {problem}");
            }
            assert!(!problem.contains("canary"), "{problem}");
        }
    }
}
