use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

use aic_api::ApiError;
use aic_auth::{Scope, ScopeSet};
use anyhow::{Context, bail};
use clap::ValueEnum;

use super::{doctor, login, setup};
use crate::cli::{InitArgs, Options};
use crate::clients::ClientKind;
use crate::config::Config;
use crate::connection::{Administrator, connect, store};

/// `aic-mcp init`: asks what it has to, and does what is not done yet, so that it can be run again.
pub(crate) async fn run(
    options: &Options,
    given: &[String],
    args: &InitArgs,
) -> anyhow::Result<ExitCode> {
    let asking = Asking { yes: args.yes };
    if !args.yes && !io::stdin().is_terminal() {
        bail!(
            "init asks questions: run it at a terminal, or give the answers, for example \
             aic-mcp init --tenant openam-example.forgeblocks.com --client claude-code --yes"
        );
    }
    let mut options = options.clone();
    let mut given = given.to_vec();
    if options.tenant.is_none() {
        if args.yes {
            bail!("name the tenant: --tenant openam-example.forgeblocks.com");
        }
        let tenant = ask("Which tenant, such as openam-example.forgeblocks.com? ")?;
        given.extend(["--tenant".to_owned(), tenant.clone()]);
        options.tenant = Some(tenant);
    }
    let config = Config::of(&options)?;

    say("Checking the tenant and this machine");
    let findings = doctor::examine(&options).await;
    doctor::show(&findings);
    if doctor::has_failed(&findings) {
        eprintln!("\nPut that right, and run aic-mcp init again.");
        return Ok(ExitCode::FAILURE);
    }

    let full = args.full
        || (!options.read_only
            && !args.yes
            && !asking.agrees("\nOnly read, which is the safe way to start?")?);
    options.read_only = !full;

    let kept = match store(&config.store).load(&config.tenant).await {
        Ok(login) => Some(login.is_some_and(|login| login.is_live())),
        Err(_) => None,
    };
    match kept {
        None => {
            say("Nothing can keep a login here: each server will sign in when it is first used");
        }
        Some(true) => say("Signed in already"),
        Some(false) => {
            say("Signing in");
            if login::run(&options).await? != ExitCode::SUCCESS {
                eprintln!("\nRun aic-mcp init again to go on from here.");
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    if kept.is_some() {
        say("Reading from the tenant");
        match read(config).await {
            Ok(types) => println(&format!("{types} managed object types: it works.")),
            Err(error) => {
                eprintln!("{error} {}", error.remedy());
                return Ok(ExitCode::FAILURE);
            }
        }
    }

    let mut entry = setup::entry(&options, &given, None)?;
    if options.read_only && !entry.args.iter().any(|arg| arg == "--read-only") {
        entry.args.push("--read-only".to_owned());
    }
    // The login of a moment ago is good for the first session too.
    if kept.is_some() && !entry.args.iter().any(|arg| arg == "--reuse-login") {
        entry.args.push("--reuse-login".to_owned());
    }
    let clients = match args.client.as_slice() {
        [] => ClientKind::value_variants().iter().copied().filter(|c| c.is_installed()).collect(),
        named => named.to_vec(),
    };
    let mut ready = Vec::new();
    for client in clients {
        let setup = client.setup(&entry).with_context(|| client.title().to_owned())?;
        if setup.is_done() {
            say(&format!("{} starts this server already", client.title()));
        } else {
            say(&format!("Setting up {}", client.title()));
            println(&setup.diff());
            if !asking.agrees("Write this?")? {
                continue;
            }
            if let Some(backup) = setup.write()? {
                println(&format!("Written; the file as it was is {}.", backup.display()));
            }
        }
        ready.push(client.title());
    }
    if ready.is_empty() {
        println(
            "\nNo client was set up. `aic-mcp setup CLIENT` shows what a client needs; then say to \
             the assistant: How many users does the alpha realm have?",
        );
    } else {
        println(&format!(
            "\nReady. Restart {}, and say to the assistant: How many users does the alpha realm have?",
            ready.join(" and ")
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// How many managed object types the tenant has, read with the login that is kept.
async fn read(config: Config) -> Result<usize, ApiError> {
    let scopes = ScopeSet::of(&[Scope::Idm]);
    let config = Config { reuse_login: Some(scopes), ..config };
    let connection = connect(&config, scopes, Administrator::Person);
    let document = connection.client.reading(scopes).managed_config().get().await?;
    Ok(document.names().len())
}

/// Asks a person, unless everything is agreed to.
struct Asking {
    yes: bool,
}

impl Asking {
    fn agrees(&self, question: &str) -> anyhow::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        let answer = ask(&format!("{question} [Y/n] "))?;
        Ok(!answer.to_ascii_lowercase().starts_with('n'))
    }
}

/// What a person types at the terminal.
fn ask(question: &str) -> anyhow::Result<String> {
    eprint!("{question}");
    io::stderr().flush()?;
    let mut answer = String::new();
    if io::stdin().lock().read_line(&mut answer)? == 0 {
        bail!("nobody answers");
    }
    Ok(answer.trim().to_owned())
}

fn say(step: &str) {
    println(&format!("\n{step}"));
}

fn println(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}
