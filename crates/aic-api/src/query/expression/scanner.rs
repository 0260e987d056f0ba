//! Reading an expression piece by piece, and keeping the first mistake in it.

use super::words::{closing_quote, quoted};

/// Something that is not as it should be.
pub(super) struct Mistake {
    /// The byte at which it begins.
    pub(super) at: usize,
    pub(super) problem: String,
}

/// A mistake after which nobody can tell what is meant.
pub(super) struct DeadEnd {
    pub(super) mistake: Mistake,
    pub(super) advice: String,
}

/// A text, read up to a position.
pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) position: usize,
    first_mistake: Option<Mistake>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, position: 0, first_mistake: None }
    }

    pub(super) fn into_first_mistake(self) -> Option<Mistake> {
        self.first_mistake
    }

    /// A text in quotes of any kind, without them, and where it starts.
    pub(super) fn text_in_quotes(&mut self) -> Result<(usize, String), DeadEnd> {
        let at = self.skip_space();
        let end = self.end_of_quoted(at)?;
        self.position = end;
        let mut content = self.text[at..end].chars();
        content.next();
        content.next_back();
        Ok((at, content.as_str().to_owned()))
    }

    pub(super) fn end_of_quoted(&self, at: usize) -> Result<usize, DeadEnd> {
        quoted(&self.text[at..]).map(|length| at + length).ok_or_else(|| unclosed(at))
    }

    /// Reads up to white space, a bracket, a quote, `&&`, `||` or the end; with where it starts.
    pub(super) fn word(&mut self) -> (usize, &'a str) {
        let start = self.skip_space();
        let rest = &self.text[start..];
        let is_joint = |at: usize| rest[at..].starts_with("&&") || rest[at..].starts_with("||");
        let length = if is_joint(0) {
            2
        } else {
            let ends = |&(at, c): &(usize, char)| {
                c.is_whitespace()
                    || matches!(c, '(' | ')')
                    || closing_quote(c).is_some()
                    || is_joint(at)
            };
            rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at)
        };
        self.position = start + length;
        (start, &rest[..length])
    }

    pub(super) fn skip(&mut self, expected: &str) -> bool {
        let found = self.text[self.position..].starts_with(expected);
        if found {
            self.position += expected.len();
        }
        found
    }

    /// The next character that is no white space, without reading it.
    pub(super) fn next_char(&mut self) -> Option<char> {
        let at = self.skip_space();
        self.text[at..].chars().next()
    }

    /// Skips white space, and says where it ends.
    pub(super) fn skip_space(&mut self) -> usize {
        let rest = &self.text[self.position..];
        let space = &rest[..rest.len() - rest.trim_start().len()];
        if let Some(odd) = space.find(|c: char| !c.is_ascii_whitespace()) {
            self.note(self.position + odd, "this is a space of another kind");
        }
        self.position += space.len();
        self.position
    }

    /// Keeps a mistake if it comes before all others.
    pub(super) fn note(&mut self, at: usize, problem: impl Into<String>) {
        if self.first_mistake.as_ref().is_none_or(|first| at < first.at) {
            self.first_mistake = Some(Mistake { at, problem: problem.into() });
        }
    }

    /// A mistake here that leads nowhere.
    pub(super) fn dead_end(&self, problem: &str, advice: &str) -> DeadEnd {
        dead_end(self.position, problem, advice)
    }
}

pub(super) fn unclosed(at: usize) -> DeadEnd {
    dead_end(at, "this quote is not closed", "close it, and write a quote within a text as `\\\"`")
}

pub(super) fn dead_end(
    at: usize,
    problem: impl Into<String>,
    advice: impl Into<String>,
) -> DeadEnd {
    DeadEnd { mistake: Mistake { at, problem: problem.into() }, advice: advice.into() }
}
