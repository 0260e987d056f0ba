use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

use anyhow::bail;

use crate::approvals::Question;
use crate::cli::ApproveArgs;

/// `aic-mcp approve`
pub(crate) fn run(args: &ApproveArgs) -> anyhow::Result<ExitCode> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        bail!("approve is for a person at a terminal, who reads what would be done");
    }
    let question = Question::find(args.id)?;
    eprintln!("The assistant wants to call {} on {}:\n", question.tool, question.tenant);
    eprintln!("{}\n", question.text);
    let yes = ask("Type yes to let this one call through, anything else to refuse it: ")?;
    question.answer(args.id, yes)?;
    if yes {
        eprintln!("Approved, for one call with the same arguments. Tell the assistant to go on.");
        Ok(ExitCode::SUCCESS)
    } else {
        eprintln!("Refused. Nothing is changed.");
        Ok(ExitCode::FAILURE)
    }
}

/// Asks a person at the terminal. Only a whole yes is one.
pub(super) fn ask(question: &str) -> io::Result<bool> {
    eprint!("{question}");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}
