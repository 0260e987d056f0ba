use std::env;
use std::io::{self, Write as _};

use anyhow::anyhow;

use crate::cli::{Options, SetupArgs, profile};
use crate::clients::{self, Entry};
use crate::config::Config;
use crate::exit::{CommandError, ExitKind, Result};
use crate::terminal::say;

/// `aic-mcp setup`
pub(crate) fn run(options: &Options, given: &[String], args: &SetupArgs) -> Result<ExitKind> {
    let setup = args.client.setup(&entry(options, given, args.name.clone())?)?;
    let (file, title) = (setup.file.display(), args.client.title);
    let mut out = io::stdout();
    if setup.is_done() {
        let _ = writeln!(out, "{file} has it already: {title} starts this server.");
    } else if args.write {
        let backup = setup.write()?;
        let _ = write!(out, "{}", setup.diff());
        let kept = backup.map(|backup| format!(" The file as it was is {}.", backup.display()));
        let _ = writeln!(
            out,
            "\nWritten.{} Restart {title}, or have it load its servers again.",
            kept.unwrap_or_default()
        );
    } else {
        let _ = write!(out, "{}", setup.diff());
        say!("\nNothing was written: that is the change that --write makes in {file}.");
    }
    Ok(ExitKind::Success)
}

/// How a client is to start this program, with the options that were given.
pub(crate) fn entry(options: &Options, given: &[String], name: Option<String>) -> Result<Entry> {
    let mut args = vec!["serve".to_owned()];
    if options.profile.is_none() && !given.iter().any(|given| given == "--tenant") {
        let Some(tenant) = &options.tenant else {
            return Err(CommandError::wrong_use(anyhow!(
                "name the tenant that the client is to reach: --tenant openam-example.forgeblocks.com, \
                 or --profile with the name of one"
            )));
        };
        args.extend(["--tenant".to_owned(), tenant.clone()]);
    }
    args.extend_from_slice(given);
    let is_elsewhere = env::var_os("XDG_CONFIG_HOME").is_some() && options.config.is_none();
    if options.profile.is_some() && is_elsewhere {
        // A client starts the server without this variable.
        let file = profile::file(None)?;
        args.extend(["--config".to_owned(), file.display().to_string()]);
    }
    // What a client would find out at its first start is said now.
    Config::of(options)?;
    let command = clients::own_path()?;
    let usual = || match &options.profile {
        Some(profile) => format!("aic-{profile}"),
        None => "aic".to_owned(),
    };
    Ok(Entry { name: name.unwrap_or_else(usual), command, args })
}
