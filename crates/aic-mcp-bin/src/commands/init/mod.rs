mod new_profile;

use std::io::{self, BufRead, IsTerminal, Write};

use aic_api::ApiError;
use aic_auth::{Scope, ScopeSet, Tenant};
use aic_tools::FailureKind;
use anyhow::{Context, anyhow, bail};
use clap::{CommandFactory, ValueEnum};

use super::doctor::{self, Finding};
use super::{entry, login};
use crate::cli::{Cli, GivenOption, InitArgs, Options, StoreKind, profile};
use crate::clients::ClientSpec;
use crate::config::{Config, Store};
use crate::connection::{Administrator, connect, store};
use crate::exit::{CommandError, ExitKind, Result};
use crate::hints::for_people;
use crate::places;
use crate::terminal::{prompt, say, tell};

/// `aic-mcp init`: asks what it has to, and does what is not done yet, so that it can be run again.
pub(crate) async fn run(
    options: &Options,
    given: &[GivenOption],
    args: &InitArgs,
) -> Result<ExitKind> {
    if !args.yes && !io::stdin().is_terminal() {
        return Err(CommandError::wrong_use(anyhow!(
            "init asks questions: run it at a terminal, or give the answers, for example \
             aic-mcp init --tenant openam-example.forgeblocks.com --client claude-code --yes"
        )));
    }
    let mut first = FirstRun { yes: args.yes, options: options.clone(), given: given.to_vec() };
    first.name_the_tenant()?;
    // What is wrong with an option is said before anything else is done.
    Config::of(&first.options)?;

    say_step("Checking the tenant and this machine");
    if doctor::shown(&first.options, doctor::Checks::Tenant).await.iter().any(Finding::is_failure) {
        say!("\nPut that right, and run aic-mcp init again.");
        return Ok(ExitKind::Failed);
    }
    first.choose_read_only(args.full)?;
    let signed_in = first.sign_in().await?;
    if signed_in != ExitKind::Success {
        say!("\nRun aic-mcp init again to go on from here.");
        return Ok(signed_in);
    }
    say_step("Reading from the tenant");
    match read(Config::of(&first.options)?).await {
        Ok(types) => tell!("{types} managed object types: it works."),
        Err(error) => {
            say!("{error} {}", for_people(error.hint()));
            return Ok(FailureKind::from(&error).into());
        }
    }
    first.leave_profile()?;
    let ready = first.set_up(&args.client)?;
    let ready = match ready.as_slice() {
        [] => "No client was set up. `aic-mcp setup CLIENT` shows what a client needs; then"
            .to_owned(),
        [only] => format!("Ready. Restart {only}, and"),
        [others @ .., last] => format!("Ready. Restart {} and {last}, and", others.join(", ")),
    };
    tell!("\n{ready} say to the assistant: How many users does the alpha realm have?");
    Ok(ExitKind::Success)
}

/// The decisions so far.
struct FirstRun {
    /// Everything is agreed to.
    yes: bool,
    options: Options,
    /// The options as arguments, for the clients.
    given: Vec<GivenOption>,
}

impl FirstRun {
    fn name_the_tenant(&mut self) -> Result<()> {
        if self.options.tenant.is_some() {
            return Ok(());
        }
        let file = profile::file(self.options.config.as_deref());
        let known = file.ok().and_then(|file| profile::default_tenant(&file, &Cli::command()));
        if self.yes && known.is_none() {
            return Err(CommandError::wrong_use(anyhow!(
                "name the tenant: --tenant openam-example.forgeblocks.com"
            )));
        }
        let question = match &known {
            Some(known) => format!("Which tenant? [{known}] "),
            None => "Which tenant, such as openam-example.forgeblocks.com? ".to_owned(),
        };
        loop {
            let answer = if self.yes { String::new() } else { ask(&question)? };
            let tenant = known.clone().filter(|_| answer.is_empty()).unwrap_or(answer);
            match tenant.parse::<Tenant>() {
                Ok(_) => {
                    self.give("tenant", Some(&tenant));
                    self.options.tenant = Some(tenant);
                    return Ok(());
                }
                Err(problem) => say!("That is no tenant: {problem}."),
            }
        }
    }

    fn choose_read_only(&mut self, full: bool) -> anyhow::Result<()> {
        let decided = full || !entry::leaves_writing_open(&self.options);
        if !decided && self.agrees("\nOnly read, which is the safe way to start?")? {
            self.options.read_only = true;
            self.give("read-only", None);
        }
        Ok(())
    }

    /// Signs in, unless a login is kept, and has the servers use it: success where somebody is logged
    /// in, or nothing can keep a login.
    async fn sign_in(&mut self) -> Result<ExitKind> {
        let mut config = Config::of(&self.options)?;
        let mut kept = store(&config.store).load(&config.tenant).await;
        if let (Err(error), Store::Keychain) = (&kept, &config.store) {
            say_step(&format!("The keychain cannot keep a login: {error}"));
            let file = places::login(&config.tenant)?;
            let question = format!("Keep it in a file that only you can read, {}?", file.display());
            if self.agrees(&question)? {
                self.give("credential-store", Some("file"));
                self.options.credential_store = Some(StoreKind::File);
                config = Config::of(&self.options)?;
                kept = store(&config.store).load(&config.tenant).await;
            }
        }
        match kept {
            Ok(_) if config.store == Store::Memory => {}
            Ok(Some(login)) if login.is_live() => say_step("Signed in already"),
            Ok(_) => {
                say_step("Signing in");
                let signed_in = login::run(&self.options).await?;
                if signed_in != ExitKind::Success {
                    return Ok(signed_in);
                }
            }
            Err(_) => {
                say_step(
                    "Nothing keeps the login here: each server signs in when it is first used",
                );
                return Ok(ExitKind::Success);
            }
        }
        // The login of a moment ago is good for the first session too.
        if config.store != Store::Memory && !self.options.reuse_login {
            self.give("reuse-login", None);
        }
        Ok(ExitKind::Success)
    }

    /// Writes the decisions into the file of profiles, so that other commands need no options.
    fn leave_profile(&self) -> Result<()> {
        let file = profile::file(self.options.config.as_deref())?;
        say_step("Setting up the command line");
        let file_name = file.display();
        if let Some(name) = &self.options.profile {
            tell!("Profile {name} of {file_name} is in use; --profile {name} names it.");
            return Ok(());
        }
        let tenant = Config::of(&self.options)?.tenant;
        let new = new_profile::write(&file, &tenant, &self.given, self.options.read_only)?;
        let name = new.name;
        if new.is_default {
            tell!(
                "Profile {name} of {file_name} is the default one: commands need no options now."
            );
        } else {
            tell!("Profile {name} is in {file_name}, and another is the default one there.");
            tell!("Commands take it with --profile {name}.");
        }
        Ok(())
    }

    /// Shows each client's change, writes it if that is agreed to, and returns the clients that start
    /// the server now.
    fn set_up(&self, named: &[ClientSpec]) -> Result<Vec<&'static str>> {
        let entry = entry::of_serve(&self.options, &self.given, None)?;
        let clients: Vec<_> = match named {
            [] => ClientSpec::value_variants().iter().filter(|c| c.is_installed()).collect(),
            named => named.iter().collect(),
        };
        let mut ready = Vec::new();
        for client in clients {
            let title = client.title;
            let setup = client.setup(&entry).with_context(|| title.to_owned())?;
            if setup.is_done() {
                say_step(&format!("{title} starts this server already"));
            } else {
                say_step(&format!("Setting up {title}"));
                tell!("{}", setup.diff());
                if !self.agrees("Write this?")? {
                    continue;
                }
                match setup.write()? {
                    None => tell!("Written."),
                    Some(backup) => {
                        tell!("Written; the file as it was is {}.", backup.display());
                    }
                }
                client.notes(&setup.file, false).into_iter().for_each(|note| tell!("{note}"));
            }
            ready.push(title);
        }
        Ok(ready)
    }

    /// Hands an option on to the clients.
    fn give(&mut self, option: &str, value: Option<&str>) {
        self.given.push(GivenOption::new(option, value));
    }

    fn agrees(&self, question: &str) -> anyhow::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        let answer = ask(&format!("{question} [Y/n] "))?;
        Ok(!answer.to_ascii_lowercase().starts_with('n'))
    }
}

/// How many managed object types the tenant has. Signs in where nothing keeps a login.
async fn read(config: Config) -> std::result::Result<usize, ApiError> {
    let scopes = ScopeSet::of(&[Scope::Idm]);
    let config = Config { reuse_login: Some(scopes), ..config };
    let connection = connect(&config, scopes, Administrator::Person);
    let document = connection.client.reading(scopes).managed_config().get().await?;
    Ok(document.names().len())
}

/// A line that a person types at the terminal.
fn ask(question: &str) -> anyhow::Result<String> {
    prompt!("{question}");
    io::stderr().flush()?;
    let mut answer = String::new();
    if io::stdin().lock().read_line(&mut answer)? == 0 {
        prompt!("\n");
        bail!("the input has ended without an answer; run aic-mcp init again to go on from here");
    }
    Ok(answer.trim().to_owned())
}

fn say_step(step: &str) {
    tell!("\n{step}");
}
