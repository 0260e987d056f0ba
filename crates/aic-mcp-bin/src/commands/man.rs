use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::Cli;

/// `aic-mcp man`: the manual page, for those who pack the program.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let mut page = Vec::new();
    // The page has room for the options.
    let command = Cli::command().help_template("{all-args}").after_help(None);
    clap_mangen::Man::new(command).render(&mut page)?;
    let _ = io::stdout().write_all(&page);
    Ok(ExitCode::SUCCESS)
}
