use std::io::{self, BufRead, IsTerminal, Write};

use aic_tools::SafeText;
use anyhow::anyhow;
use terminal_size::{Height, terminal_size};
use uuid::Uuid;

use crate::approvals::{Open, questions};
use crate::cli::ApproveArgs;
use crate::exit::{CommandError, ExitKind, Result};
use crate::terminal::{prompt, say};

/// `aic-mcp approve`
pub(crate) async fn run(args: &ApproveArgs) -> Result<ExitKind> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(CommandError::wrong_use(anyhow!(
            "approve is for a person at a terminal, who reads what would be done"
        )));
    }
    let open = questions().await?;
    if args.ids.is_empty() && !args.all {
        return list(&open);
    }
    let mut wanted = Vec::new();
    for id in &args.ids {
        match open.iter().find(|question| question.shown.id == *id) {
            Some(question) => wanted.push(question),
            None => Err(anyhow!("nothing waits for an approval of the id {id}"))?,
        }
    }
    if args.all {
        wanted = open.iter().collect();
        if wanted.is_empty() {
            return Err(anyhow!("nothing waits for an approval").into());
        }
        show(&wanted)?;
        return decide(&wanted).await;
    }
    let mut worst = ExitKind::Success;
    for question in wanted {
        show(&[question])?;
        let code = decide(&[question]).await?;
        if code != ExitKind::Success {
            worst = code;
        }
    }
    Ok(worst)
}

/// Names what waits.
fn list(open: &[Open]) -> Result<ExitKind> {
    if open.is_empty() {
        return Err(anyhow!("nothing waits for an approval").into());
    }
    say!("These calls wait for an approval:\n");
    for Open { shown, .. } in open {
        let line = format!("{}  {} on {}", shown.id, shown.tool, shown.tenant);
        say!("{}", SafeText::line(line));
    }
    say!("\n`aic-mcp approve ID` shows one, `aic-mcp approve --all` all of them.");
    Ok(ExitKind::Success)
}

/// Shows all that the calls would do, a screen at a time.
fn show(questions: &[&Open]) -> io::Result<()> {
    let mut text = SafeText::default();
    for Open { shown, .. } in questions {
        text.push_line(&SafeText::line(format!(
            "{}: the assistant wants to call {} on {}:",
            shown.id, shown.tool, shown.tenant
        )));
        text.push_line(&SafeText::lines(format!("\n{}\n", shown.text)));
    }
    let height = terminal_size().map_or(24, |(_, Height(rows))| usize::from(rows));
    let lines: Vec<&str> = text.as_str().lines().collect();
    for (index, page) in lines.chunks(height.saturating_sub(2).max(1)).enumerate() {
        if index > 0 {
            read_answer("-- Enter shows more --")?;
        }
        for line in page {
            say!("{line}");
        }
    }
    Ok(())
}

/// Lets the calls through if somebody types what only this terminal shows.
async fn decide(questions: &[&Open]) -> Result<ExitKind> {
    let code = format!("{:04}", Uuid::new_v4().as_fields().0 % 10_000);
    let what = match questions {
        [_] => "this one call".to_owned(),
        several => format!("these {} calls", several.len()),
    };
    let prompt = format!("Type {code} to let {what} through, anything else to refuse: ");
    let yes = read_answer(&prompt)?.trim() == code;
    for question in questions {
        question.answer(yes).await?;
    }
    if yes {
        say!("Approved, with the arguments that were shown. Tell the assistant to go on.");
        Ok(ExitKind::Success)
    } else {
        say!("Refused. Nothing is changed.");
        Ok(ExitKind::Refused)
    }
}

/// Asks a person at the terminal. Only a whole yes is one.
pub(super) fn ask(question: &str) -> io::Result<bool> {
    Ok(read_answer(question)?.trim().eq_ignore_ascii_case("yes"))
}

fn read_answer(prompt: &str) -> io::Result<String> {
    prompt!("{prompt}");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer)
}
