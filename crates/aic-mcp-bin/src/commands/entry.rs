//! How a client starts this program with the options that were given: `setup` and `init` write it,
//! `serve` and `demo` print it.

use std::env;

use anyhow::{Context, anyhow};

use crate::cli::{GivenOption, Options, profile};
use crate::clients::{self, Entry};
use crate::config::Config;
use crate::exit::{CommandError, Result};

/// The variable of `--read-only`, which is one of the ways to decide about it.
const READ_ONLY: &str = "AIC_READ_ONLY";

/// An entry for the tenant that the options name, with the options that were `given`.
///
/// # Errors
///
/// When no tenant is named, or the server would not start with these options.
pub(crate) fn of_serve(
    options: &Options,
    given: &[GivenOption],
    name: Option<String>,
) -> Result<Entry> {
    let mut args = vec!["serve".to_owned()];
    if options.profile.is_none() && !given.iter().any(|given| given.name == "tenant") {
        let Some(tenant) = &options.tenant else {
            return Err(CommandError::wrong_use(anyhow!(
                "name the tenant that the client is to reach: --tenant openam-example.forgeblocks.com, \
                 or --profile with the name of one, or --demo"
            )));
        };
        args.extend(["--tenant".to_owned(), tenant.clone()]);
    }
    args.extend(given.iter().flat_map(GivenOption::args));
    let is_elsewhere = env::var_os("XDG_CONFIG_HOME").is_some() && options.config.is_none();
    if options.profile.is_some() && is_elsewhere {
        // A client starts the server without this variable.
        let file = profile::file(None)?;
        let file = file.to_str().context("the path of the file of profiles is not Unicode")?;
        args.extend(["--config".to_owned(), file.to_owned()]);
    }
    // What a client would find out at its first start is said now.
    Config::of(options)?;
    entry(name.unwrap_or_else(|| usual_name(options, false)), args)
}

/// An entry for a simulated tenant, which no option names, with the others that were `given`.
///
/// # Errors
///
/// When the path of this program is not known.
pub(crate) fn of_demo(
    options: &Options,
    given: &[GivenOption],
    interactive: bool,
    name: Option<String>,
) -> Result<Entry> {
    let mut args = vec!["demo".to_owned()];
    if interactive {
        args.push("--interactive".to_owned());
    }
    let names_tenant = |name: &str| matches!(name, "tenant" | "profile" | "config");
    let given = given.iter().filter(|given| !names_tenant(&given.name));
    args.extend(given.flat_map(GivenOption::args));
    entry(name.unwrap_or_else(|| usual_name(options, true)), args)
}

fn entry(name: String, args: Vec<String>) -> Result<Entry> {
    Ok(Entry { name, command: clients::own_path()?, args })
}

/// The name of the server in a client where nobody has chosen one.
pub(crate) fn usual_name(options: &Options, demo: bool) -> String {
    match &options.profile {
        _ if demo => "aic-demo".to_owned(),
        Some(profile) => format!("aic-{profile}"),
        None => "aic".to_owned(),
    }
}

/// Whether nobody has decided yet if the server may write: no option, no variable and no profile.
pub(crate) fn leaves_writing_open(options: &Options) -> bool {
    let is_decided = options.read_only || env::var_os(READ_ONLY).is_some();
    !is_decided && options.profile.is_none()
}

/// The text for a person who starts a server at a terminal, where a client was expected.
pub(crate) fn how_to_connect(tenant: &str, entry: &Entry) -> String {
    let Entry { name, command, args } = entry;
    let config = entry.usual_configuration();
    let words = [command].into_iter().chain(args).map(String::as_str);
    format!(
        "aic-mcp speaks MCP on standard input and output: an MCP client starts it.\n\
         Tenant: {tenant}\n\n\
         Most clients take this in their configuration:\n\n{config:#}\n\n\
         Claude Code: claude mcp add {name} -- {}\n\n\
         Waiting for a client; Ctrl-C ends it.\n",
        shell_words::join(words)
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn both_forms_have_every_argument() {
        let options = Cli::parse_from(["aic-mcp", "demo"]).options;
        let given = [
            GivenOption::new("tenant", Some("x.example")),
            GivenOption::new("read-only", None),
            GivenOption::new("exclude-tools", Some("delete*")),
        ];
        let entry = of_demo(&options, &given, true, None).unwrap();
        assert_eq!(
            entry.args,
            ["demo", "--interactive", "--read-only", "--exclude-tools", "delete*"]
        );
        let text = how_to_connect("simulated", &entry);
        assert!(text.contains("\"--interactive\",") && text.contains("\"delete*\""), "{text}");
        assert!(
            text.contains("demo --interactive --read-only --exclude-tools 'delete*'\n"),
            "{text}"
        );
    }
}
