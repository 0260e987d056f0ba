use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::{Cli, CompletionsArgs};

/// `aic-mcp completions`
pub(crate) fn run(args: &CompletionsArgs) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "aic-mcp", &mut script);
    let _ = io::stdout().write_all(&script);
    ExitCode::SUCCESS
}
