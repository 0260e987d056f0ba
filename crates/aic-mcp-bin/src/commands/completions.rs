use clap_complete::Shell;
use clap_complete::env::Shells;

use crate::cli::{COMPLETION_VARIABLE, CompletionsArgs};
use crate::exit::{ExitKind, Result};
use crate::terminal;

/// `aic-mcp completions`: a script that has the program itself say how a command line goes on.
pub(crate) fn run(args: &CompletionsArgs) -> Result<ExitKind> {
    const PROGRAM: &str = "aic-mcp";
    let mut script = Vec::new();
    let shells = Shells::builtins();
    if let Some(shell) = shells.completer(&args.shell.to_string()) {
        shell.write_registration(COMPLETION_VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script)?;
    }
    if args.shell == Shell::Zsh {
        // A script that is a function of the shell's is run in place of the first completion.
        script.extend_from_slice(
            b"if [ \"$funcstack[1]\" = _aic-mcp ]; then\n    _clap_dynamic_completer_aic_mcp\nfi\n",
        );
    }
    terminal::print(&script);
    Ok(ExitKind::Success)
}
