use std::fs::File;
use std::process::ExitCode;

use aic_tools::verify_audit_log;
use anyhow::Context;

use crate::cli::{AuditArgs, AuditCommand, VerifyArgs};
use crate::terminal::{say, tell};

/// `aic-mcp audit`
pub(crate) fn run(args: &AuditArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        AuditCommand::Verify(args) => verify(args),
    }
}

fn verify(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let name = args.file.display();
    let read = || verify_audit_log(File::open(&args.file)?, args.contains.as_deref());
    let intact = match read().with_context(|| format!("{name} cannot be read"))? {
        Ok(intact) => intact,
        Err(broken) => {
            say!("aic-mcp: {name} is not as it was written: {broken}.");
            return Ok(ExitCode::FAILURE);
        }
    };
    let Some(last) = intact.last else {
        tell!("{name} is empty.");
        return Ok(if args.contains.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS });
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
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
