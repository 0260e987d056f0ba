use std::fs::File;

use aic_tools::verify_audit_log;
use anyhow::Context;

use crate::cli::{AuditArgs, AuditCommand, VerifyArgs};
use crate::exit::{CommandError, ExitKind, Result};
use crate::terminal::{say, tell};

/// `aic-mcp audit`
pub(crate) fn run(args: &AuditArgs) -> Result<ExitKind> {
    match &args.command {
        AuditCommand::Verify(args) => verify(args),
    }
}

fn verify(args: &VerifyArgs) -> Result<ExitKind> {
    let name = args.file.display();
    let read = || verify_audit_log(File::open(&args.file)?, args.contains.as_deref());
    let read = read().with_context(|| format!("{name} cannot be read"));
    let intact = match read.map_err(CommandError::wrong_use)? {
        Ok(intact) => intact,
        Err(broken) => {
            say!("aic-mcp: {name} is not as it was written: {broken}.");
            return Ok(ExitKind::Failed);
        }
    };
    let Some(last) = intact.last else {
        tell!("{name} is empty.");
        return Ok(if args.contains.is_some() { ExitKind::Failed } else { ExitKind::Success });
    };
    let lines = match intact.lines {
        1 => "1 line".to_owned(),
        lines => format!("{lines} lines"),
    };
    tell!("{name}: {lines}, each as it was written.\nDigest of the last line: {last}");
    if args.contains.is_some() && !intact.has_wanted {
        say!(
            "aic-mcp: no line has the digest that was given, so the file was cut off before it, or \
             written anew."
        );
        return Ok(ExitKind::Failed);
    }
    Ok(ExitKind::Success)
}
