use clap::CommandFactory;

use crate::cli::{Cli, CompletionsArgs};
use crate::exit::ExitKind;
use crate::terminal;

/// `aic-mcp completions`
pub(crate) fn run(args: &CompletionsArgs) -> ExitKind {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "aic-mcp", &mut script);
    terminal::print(&script);
    ExitKind::Success
}
