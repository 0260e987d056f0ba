mod args;
mod complete;
mod given;
mod help;
mod list;
mod logging;
mod login_kind;
mod options;
pub(crate) mod profile;
mod tenant;
mod variables;

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::process;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::exit::ExitKind;
use crate::terminal;

pub(crate) use args::{
    ApproveArgs, AuditArgs, AuditCommand, CallArgs, CompletionsArgs, DemoArgs, DoctorArgs, Format,
    InitArgs, ManArgs, SetupArgs, SetupFormat, StatusArgs, StatusFormat, ToolsArgs, VerifyArgs,
};
pub(crate) use complete::{VARIABLE as COMPLETION_VARIABLE, answer_shell};
pub(crate) use given::GivenOption;
pub(crate) use list::List;
pub(crate) use logging::{LogFormat, LoggingOptions};
pub(crate) use login_kind::{LoginKind, is_in_container};
pub(crate) use options::{ConfirmKind, Options, StoreKind, Surface};
use tenant::tenant;
pub(crate) use tenant::tenant_of;

/// MCP server for PingOne Advanced Identity Cloud: lets an AI assistant run a tenant, as the
/// administrator who logs in.
#[derive(Debug, Parser)]
#[command(
    name = "aic-mcp",
    version,
    // The options, which every command takes, would push the commands off the screen.
    help_template = "{about-with-newline}\n{usage-heading} {usage}\n\nCommands:\n{subcommands}{after-help}",
    after_help = "Without a command, aic-mcp serves MCP on standard input and output.\n\n\
                  Options that every command takes, `aic-mcp serve --help` lists all:\n  \
                  --tenant <HOST>        the tenant (AIC_BASE_URL)\n  \
                  --profile <NAME>       tenant and settings from the file of profiles\n  \
                  --read-only            nothing can be changed\n  \
                  --toolsets <NAME,...>  only these groups of tools\n  \
                  --dry-run              show what would be sent, and send nothing\n\n\
                  Start here: aic-mcp init. Without a tenant: aic-mcp demo.\n\
                  Exit codes: 0 success, 1 it failed, 2 wrong use or configuration, 3 nobody is logged in, or \
                  the login failed, 4 refused or declined, 130 interrupted."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) options: Options,
    /// The options that were given on the command line or by variables, for commands that hand them on
    /// to a server which a client starts elsewhere and with other variables.
    #[arg(skip)]
    pub(crate) given: Vec<GivenOption>,
    /// Warnings of settings of the profile that variables have won over.
    #[arg(skip)]
    pub(crate) overridden: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve MCP on standard input and output (the default)
    Serve,
    /// Serve MCP on an embedded simulated tenant: no tenant, no network, nothing to set up
    Demo(DemoArgs),
    /// Sign in now, and keep the login for `call` and for servers with --reuse-login
    Login,
    /// Forget the login that is kept, and have the tenant revoke it
    Logout,
    /// Say who is logged in where, for what and for how long
    Status(StatusArgs),
    /// Call one tool and print its result as JSON
    Call(CallArgs),
    /// Show what a call would do that waits for approval, and let it through once
    Approve(ApproveArgs),
    /// Check that an audit log is as it was written
    Audit(AuditArgs),
    /// List the tools, or show some in full
    Tools(ToolsArgs),
    /// First run: check the tenant, sign in, and have your MCP clients start this server
    Init(InitArgs),
    /// Check everything that a server needs, with a remedy for what is wrong
    Doctor(DoctorArgs),
    /// Show, or write, what has an MCP client start this server
    Setup(Box<SetupArgs>),
    /// Print the script that completes commands and options in a shell
    Completions(CompletionsArgs),
    /// Print a page of the manual
    #[command(hide = true)]
    Man(ManArgs),
}

impl Cli {
    /// Reads the command line, the environment and the profile that they name.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let (plain, _) = Self::parsed(Self::command());
        let named = plain.options.profile.clone();
        let default = if named.is_none() { plain.default_profile()? } else { None };
        let Some(name) = named.or_else(|| default.clone()) else { return Ok(plain) };
        let file = profile::file(plain.options.config.as_deref())?;
        let profile = profile::read(&file, &name, &Self::command())?;
        let (mut read, matches) = Self::parsed(profile.apply(Self::command()));
        let from_variable =
            |id: &str| leaf(&matches).value_source(id) == Some(ValueSource::EnvVariable);
        read.overridden = profile.overridden(&Self::command(), from_variable);
        if let Some(name) = default {
            read.use_by_default(name);
        }
        Ok(read)
    }

    /// The profile that is used where none is named, and no tenant: of the commands that have to do with
    /// a tenant, and are not about to choose it.
    fn default_profile(&self) -> anyhow::Result<Option<String>> {
        let is_for_tenant = match &self.command {
            None
            | Some(
                Command::Serve
                | Command::Login
                | Command::Logout
                | Command::Status(_)
                | Command::Tools(_)
                | Command::Doctor(_),
            ) => true,
            Some(Command::Setup(setup)) => setup.client.is_some() && !setup.demo,
            Some(Command::Call(call)) => !call.demo,
            Some(
                Command::Demo(_)
                | Command::Approve(_)
                | Command::Audit(_)
                | Command::Init(_)
                | Command::Completions(_)
                | Command::Man(_),
            ) => false,
        };
        if !is_for_tenant || self.options.tenant.is_some() {
            return Ok(None);
        }
        // Without a home directory there is no such file.
        let Ok(file) = profile::file(self.options.config.as_deref()) else { return Ok(None) };
        match profile::default(&file) {
            // The doctor says itself what is wrong with the file.
            Err(_) if matches!(self.command, Some(Command::Doctor(_))) => Ok(None),
            default => default,
        }
    }

    /// Notes that this profile was taken by default, also for a client that is to start the server.
    fn use_by_default(&mut self, name: String) {
        if let Some(Command::Setup(setup)) = &mut self.command {
            setup.name.get_or_insert_with(|| "aic".to_owned());
        }
        self.given.insert(0, GivenOption::new("profile", Some(&name)));
        self.options.profile = Some(name);
    }

    fn parsed(command: clap::Command) -> (Self, ArgMatches) {
        // Made only for who reads it: a server starts without.
        let is_asked_for = |word: OsString| word == "--help" || word == "-h" || word == "help";
        let command = if env::args_os().any(is_asked_for) {
            help::of_tool(help::shortened(command), env::args_os())
        } else {
            command
        };
        let matches = command.try_get_matches().unwrap_or_else(|error| {
            end_with(&variables::name_variable(error, &Self::command(), env::args_os()))
        });
        let read = Self::from_arg_matches(&matches).unwrap_or_else(|error| end_with(&error));
        // A server that a client starts does without it, for it takes a list of all options anew.
        let given = match read.command {
            Some(Command::Setup(_) | Command::Init(_)) => GivenOption::all(leaf(&matches)),
            None | Some(Command::Serve | Command::Demo(_)) if io::stdin().is_terminal() => {
                GivenOption::all(leaf(&matches))
            }
            _ => Ok(Vec::new()),
        };
        let given = given.unwrap_or_else(|problem| {
            end_with(&Self::command().error(ErrorKind::InvalidUtf8, problem))
        });
        (Self { given, ..read }, matches)
    }
}

/// The command line as help and the manual show it: each command with the options that matter to it.
pub(crate) fn for_people() -> clap::Command {
    help::shortened(Cli::command())
}

/// Prints what the command line asks for, such as help, or what is wrong with it, and ends the process.
fn end_with(answer: &clap::Error) -> ! {
    terminal::note_output(answer.print().and_then(|()| io::stdout().flush()));
    let code = match terminal::output_failure() {
        Some(error) if !answer.use_stderr() => {
            terminal::say!("aic-mcp: standard output cannot be written: {error}");
            i32::from(ExitKind::Failed.code())
        }
        _ => answer.exit_code(),
    };
    process::exit(code)
}

/// The arguments of the command itself.
fn leaf(mut matches: &ArgMatches) -> &ArgMatches {
    while let Some((_, deeper)) = matches.subcommand() {
        matches = deeper;
    }
    matches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
        help::shortened(Cli::command()).debug_assert();
    }

    #[test]
    fn a_command_takes_every_option_and_lists_those_that_matter() {
        let command = help::shortened(Cli::command());
        let words = "aic-mcp doctor --tenant x.example --dry-run";
        let matches = command.clone().try_get_matches_from(words.split(' ')).unwrap();
        let read = Cli::from_arg_matches(&matches).unwrap();
        assert!(read.options.dry_run);
        assert_eq!(read.options.tenant.as_deref(), Some("x.example"));
        for sub in Cli::command().get_subcommands().filter(|sub| !sub.is_hide_set()) {
            let words = ["aic-mcp", sub.get_name(), "--help"];
            let help = command.clone().try_get_matches_from(words).unwrap_err().to_string();
            let lists_all = matches!(sub.get_name(), "serve" | "demo");
            assert_eq!(help.contains("--max-result"), lists_all, "{help}");
            let is_long = sub.get_name() == "call" || lists_all;
            assert!(is_long || help.lines().count() <= 50, "{help}");
        }
    }

    #[test]
    fn help_fits_a_screen_and_says_every_command_and_exit_code() {
        let help = Cli::command().term_width(100).render_long_help().to_string();
        assert!(help.lines().count() <= 36, "{help}");
        for command in Cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
            assert!(help.contains(&format!("\n  {} ", command.get_name())), "{help}");
        }
        assert!(help.contains("Exit codes: 0"), "{help}");
    }
}
