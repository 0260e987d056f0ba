use std::fmt::Write as _;

use aic_tools::SafeText;
use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::terminal;

/// The result of a check.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Finding {
    pub(super) check: &'static str,
    pub(super) outcome: Outcome,
    pub(super) says: SafeText,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remedy: Option<SafeText>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    Ok,
    Warn,
    Fail,
}

pub(super) fn ok(check: &'static str, says: String) -> Finding {
    Finding { check, outcome: Outcome::Ok, says: SafeText::lines(says), remedy: None }
}

pub(super) fn warn(check: &'static str, says: String, remedy: &str) -> Finding {
    let (says, remedy) = (SafeText::lines(says), Some(SafeText::lines(remedy)));
    Finding { check, outcome: Outcome::Warn, says, remedy }
}

pub(super) fn fail(check: &'static str, says: String, remedy: &str) -> Finding {
    let (says, remedy) = (SafeText::lines(says), Some(SafeText::lines(remedy)));
    Finding { check, outcome: Outcome::Fail, says, remedy }
}

impl Finding {
    pub(crate) fn is_failure(&self) -> bool {
        self.outcome == Outcome::Fail
    }

    /// Shows it to a person. Colours are for terminals that want them, and so are lines of their width.
    pub(crate) fn show(&self) {
        terminal::print_styled(&self.text(terminal::columns()));
    }

    /// The lines of this finding, with colours; broken where they would be longer than `width`.
    fn text(&self, width: Option<usize>) -> String {
        const INDENT: &str = "                     ";
        let (word, color) = match self.outcome {
            Outcome::Ok => ("ok", AnsiColor::Green),
            Outcome::Warn => ("warn", AnsiColor::Yellow),
            Outcome::Fail => ("FAIL", AnsiColor::Red),
        };
        let style = Style::new().fg_color(Some(color.into())).bold();
        let mut text = format!("{style}{word:<5}{style:#} {:<14} ", self.check);
        let room = width.map(|width| width.saturating_sub(INDENT.len()).max(30));
        let lines = |said: &str| match room {
            Some(room) => {
                // A name or a command that is cut cannot be copied.
                let options = textwrap::Options::new(room)
                    .word_splitter(textwrap::WordSplitter::NoHyphenation)
                    .break_words(false);
                textwrap::fill(said, options).replace('\n', &format!("\n{INDENT}"))
            }
            None => said.to_owned(),
        };
        let _ = writeln!(text, "{}", lines(self.says.as_str()));
        if let Some(remedy) = &self.remedy {
            let _ = writeln!(text, "{INDENT}{}", lines(&format!("→ {remedy}")));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_broken_into_lines_that_fit_the_terminal() {
        let says = "twelve of these words do not fit into one line of that terminal";
        let finding = warn("name", says.to_owned(), "Do something about it.");
        let plain = anstream::adapter::strip_str(&finding.text(None)).to_string();
        assert_eq!(
            plain,
            format!("warn  name           {says}\n                     → Do something about it.\n")
        );
        let narrow = anstream::adapter::strip_str(&finding.text(Some(60))).to_string();
        assert!(narrow.lines().count() > 2 && narrow.lines().all(|line| line.len() <= 62));
        let file =
            "the token file /home/ingrid/.local/state/aic-mcp/logins/openam-example/token.json";
        let long = ok("login", file.to_owned()).text(Some(60));
        assert!(long.contains("/logins/openam-example/token.json"), "{long}");
        let rest = narrow.lines().skip(1);
        assert!(rest.into_iter().all(|line| line.starts_with("                     ")));
    }
}
