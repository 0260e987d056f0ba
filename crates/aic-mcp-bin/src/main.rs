//! `aic-mcp`: the MCP server for PingOne Advanced Identity Cloud.

#![warn(clippy::print_stderr)]

mod administrators;
mod approvals;
mod audit;
mod browser_place;
mod cli;
mod clients;
mod commands;
mod config;
mod connection;
mod exit;
mod hints;
mod logging;
mod places;
mod progress;
mod server;
mod signals;
mod simulated;
mod terminal;
mod tool_deps;

use std::process::ExitCode;
use std::time::Duration;

use crate::cli::{Cli, Command};
use crate::exit::CommandError;

fn main() -> ExitCode {
    cli::answer_shell();
    let Cli { command, options, given, overridden } = match Cli::read() {
        Ok(cli) => cli,
        Err(error) => return fail(&CommandError::wrong_use(error)),
    };
    logging::start(&options.logging);
    for warning in overridden {
        tracing::warn!("{warning}");
    }
    // One thread serves all, for what it does is mostly waiting. Work that takes a while hands what
    // else there is to do to another thread, which only this kind of runtime can have.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::from(error).context("cannot start").into()),
    };
    let result = runtime.block_on(async {
        match command.unwrap_or(Command::Serve) {
            Command::Serve => commands::serve::run(&options, &given).await,
            Command::Demo(demo) => commands::demo::run(&options, &given, &demo).await,
            Command::Login => commands::login::run(&options).await,
            Command::Logout => commands::logout::run(&options).await,
            Command::Status(status) => commands::status::run(&options, &status).await,
            Command::Approve(approve) => commands::approve::run(&approve).await,
            Command::Call(call) => commands::call::run(&options, call).await,
            Command::Audit(audit) => commands::audit::run(&audit),
            Command::Tools(tools) => commands::tools::run(&options, &tools),
            Command::Init(init) => commands::init::run(&options, &given, &init).await,
            Command::Doctor(doctor) => commands::doctor::run(&options, &doctor).await,
            Command::Setup(setup) => commands::setup::run(&options, &given, &setup),
            Command::Man(man) => commands::man::run(&man),
            Command::Completions(completions) => commands::completions::run(&completions),
        }
    });
    // A read of standard input that blocks a thread cannot be cancelled, and is not waited for.
    runtime.shutdown_timeout(Duration::ZERO);
    match (result, terminal::output_failure()) {
        (Err(error), _) => fail(&error),
        (Ok(_), Some(error)) => {
            fail(&anyhow::anyhow!("standard output cannot be written: {error}").into())
        }
        (Ok(kind), None) => kind.into(),
    }
}

/// Says what went wrong, on one line with its causes.
fn fail(error: &CommandError) -> ExitCode {
    terminal::complain(error);
    error.kind.into()
}
