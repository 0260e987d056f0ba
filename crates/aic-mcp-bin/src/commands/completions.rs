use std::io::{self, Write as _};

use clap::CommandFactory;

use crate::cli::{Cli, CompletionsArgs};
use crate::exit::ExitKind;

/// `aic-mcp completions`
pub(crate) fn run(args: &CompletionsArgs) -> ExitKind {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "aic-mcp", &mut script);
    let _ = io::stdout().write_all(&script);
    ExitKind::Success
}
