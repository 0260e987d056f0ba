use std::io::{self, Write as _};

use clap::CommandFactory;

use crate::cli::Cli;
use crate::exit::{ExitKind, Result};
use crate::terminal;

/// `aic-mcp man`: the manual page, for those who pack the program.
pub(crate) fn run() -> Result<ExitKind> {
    let mut page = Vec::new();
    // The page has room for the options.
    let command = Cli::command().help_template("{all-args}").after_help(None);
    clap_mangen::Man::new(command).render(&mut page)?;
    exit_status(&mut page)?;
    terminal::print(&page);
    Ok(ExitKind::Success)
}

/// The section of the statuses that commands end with, as man(7) has sections and lists.
fn exit_status(page: &mut Vec<u8>) -> io::Result<()> {
    writeln!(page, ".SH \"EXIT STATUS\"")?;
    for kind in ExitKind::ALL {
        // A hyphen stands for a sign that can be copied only when it is escaped.
        let description = kind.description().replace('-', "\\-");
        writeln!(page, ".TP\n{} {}\n{description}", kind.code(), kind.meaning())?;
    }
    Ok(())
}
