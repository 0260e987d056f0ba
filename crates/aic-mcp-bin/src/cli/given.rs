//! The options that were given, to be handed on to a server that is started elsewhere.

use std::ffi::{OsStr, OsString};
use std::path::{self, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory};

use super::Cli;

/// An option that every command takes, as it was given on the command line or by a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GivenOption {
    /// Its long name, without the dashes.
    pub(crate) name: String,
    /// Its value, where it takes one.
    pub(crate) value: Option<String>,
}

impl GivenOption {
    pub(crate) fn new(name: &str, value: Option<&str>) -> Self {
        Self { name: name.to_owned(), value: value.map(str::to_owned) }
    }

    /// The option as arguments: two words, or one where the value would be taken for an option.
    pub(crate) fn args(&self) -> Vec<String> {
        let option = format!("--{}", self.name);
        match &self.value {
            Some(value) if value.starts_with('-') => vec![format!("{option}={value}")],
            Some(value) => vec![option, value.clone()],
            None => vec![option],
        }
    }

    /// The options among what a command was given. A value that is not Unicode is refused by the
    /// option's name: the configuration of a client cannot have it.
    pub(super) fn all(matches: &ArgMatches) -> Result<Vec<Self>, String> {
        let mut given = Vec::new();
        for option in Cli::command().get_arguments().filter(|option| option.is_global_set()) {
            let id = option.get_id().as_str();
            let Some(name) = option.get_long() else { continue };
            let source = matches.value_source(id);
            if !matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable)) {
                continue;
            }
            let path = matches.try_get_one::<PathBuf>(id).ok().flatten();
            let values: Vec<OsString> = match path.and_then(|path| path::absolute(path).ok()) {
                Some(path) => vec![path.into_os_string()],
                None if option.get_action().takes_values() => {
                    let values = matches.get_raw(id).into_iter().flatten();
                    values.map(OsStr::to_owned).collect()
                }
                None if matches.get_flag(id) => {
                    given.push(Self::new(name, None));
                    continue;
                }
                None => continue,
            };
            for value in values {
                let value = value.into_string().map_err(|value| {
                    format!(
                        "--{name}: {} is not Unicode, and no configuration can have it",
                        value.display()
                    )
                })?;
                given.push(Self::new(name, Some(&value)));
            }
        }
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::super::leaf;
    use super::*;

    fn given(words: &[&str]) -> Vec<GivenOption> {
        GivenOption::all(leaf(&Cli::command().try_get_matches_from(words).unwrap())).unwrap()
    }

    #[test]
    fn what_was_given_is_handed_on_wherever_it_is_started() {
        let words =
            "aic-mcp setup cursor --tenant x.example --read-only --audit-log log --tools get*";
        let given = given(&words.split(' ').collect::<Vec<_>>());
        let here = path::absolute("log").unwrap().display().to_string();
        let args: Vec<_> = given.iter().flat_map(GivenOption::args).collect();
        assert_eq!(
            args,
            ["--tenant", "x.example", "--tools", "get*", "--read-only", "--audit-log", &here]
        );
    }

    #[test]
    fn what_is_handed_on_is_read_as_it_was_given() {
        let first =
            given(&["aic-mcp", "serve", "--profile=-dev", "--undo-dir", "a b", "--dry-run"]);
        let args: Vec<_> = first.iter().flat_map(GivenOption::args).collect();
        let words = ["aic-mcp", "serve"].into_iter().chain(args.iter().map(String::as_str));
        assert_eq!(given(&words.collect::<Vec<_>>()), first);
    }
}
