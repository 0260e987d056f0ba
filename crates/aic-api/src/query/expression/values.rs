//! The value after an operator.

use super::Dialect;
use super::reader::{Piece, Reader};
use super::scanner::{DeadEnd, dead_end, unclosed};
use super::words::{closing_quote, in_quotes, is_scalar, quoted};

impl Reader<'_> {
    /// A value as it should be.
    pub(super) fn value(&mut self, operator: &str) -> Result<String, DeadEnd> {
        let at = self.scan.skip_space();
        match self.scan.next_char() {
            Some('"' | '\'') => {
                let end = self.scan.end_of_quoted(at)?;
                self.scan.position = end;
                Ok(self.scan.text[at..end].to_owned())
            }
            Some('\\') if self.scan.text[at + 1..].starts_with(['"', '\'']) => {
                self.escaped_text(at)
            }
            Some(other) if closing_quote(other).is_some() => {
                let (at, text) = self.scan.text_in_quotes()?;
                self.scan.note(at, "these are not the quotes that a text goes in");
                Ok(in_quotes(&text))
            }
            _ => {
                let (at, word) = self.scan.word();
                if word.is_empty() {
                    return Err(dead_end(
                        at,
                        format!("a value is missing after `{operator}`"),
                        "write a text in double quotes, a number, true or false",
                    ));
                }
                Ok(self.bare_value(at, word))
            }
        }
    }

    fn bare_value(&mut self, at: usize, word: &str) -> String {
        if is_scalar(word) {
            return word.to_owned();
        }
        let lower = word.to_ascii_lowercase();
        if is_scalar(&lower) {
            self.scan.note(at, format!("`{word}` is written `{lower}`"));
            return lower;
        }
        self.scan.note(at, format!("the text {word} is not in double quotes"));
        in_quotes(word)
    }

    /// A text in quotes that carry a backslash each, as they have inside JSON.
    fn escaped_text(&mut self, at: usize) -> Result<String, DeadEnd> {
        let open = &self.scan.text[at..at + 2];
        let content = &self.scan.text[at + 2..];
        let Some(length) = content.find(open) else {
            return Err(unclosed(at));
        };
        self.scan.note(at, "these quotes are escaped once too often");
        self.scan.position = at + 2 + length + 2;
        Ok(format!("\"{}\"", &content[..length]))
    }

    /// One of a list: equal to one or another.
    pub(super) fn one_of(&mut self, operator_at: usize, field: &str) -> Result<Piece, DeadEnd> {
        let at = self.scan.skip_space();
        let list = self.scan.text[at..].chars().next();
        let items = match list {
            Some('(' | '[') => self.list(at),
            Some('"' | '\'') => {
                let end = self.scan.end_of_quoted(at)?;
                self.scan.position = end;
                if self.dialect == Dialect::Objects {
                    return Ok(Piece::plain(format!("{field} in {}", &self.scan.text[at..end])));
                }
                serde_json::from_str::<Vec<serde_json::Value>>(&self.scan.text[at + 1..end - 1])
                    .ok()
                    .map(|items| items.iter().map(ToString::to_string).collect())
            }
            _ => None,
        };
        self.scan.note(operator_at, "a list after `in` is written as a comparison with each item");
        let comparisons: Vec<_> =
            items.unwrap_or_default().iter().map(|item| format!("{field} eq {item}")).collect();
        match comparisons.as_slice() {
            [] => Err(dead_end(
                operator_at,
                "there is no list that can be read after `in`",
                format!("write ({field} eq \"a\" or {field} eq \"b\") with the values"),
            )),
            [only] => Ok(Piece::plain(only.clone())),
            all => Ok(Piece { text: format!("({})", all.join(" or ")), is_grouped: true }),
        }
    }

    /// The items of a list in brackets, as values; `None` where it does not end.
    fn list(&mut self, at: usize) -> Option<Vec<String>> {
        self.scan.position = at + 1;
        let mut items = Vec::new();
        loop {
            let start = self.scan.skip_space();
            let rest = &self.scan.text[start..];
            match rest.chars().next()? {
                ')' | ']' => {
                    self.scan.position = start + 1;
                    return Some(items);
                }
                ',' => self.scan.position = start + 1,
                '"' | '\'' => {
                    let length = quoted(rest)?;
                    items.push(rest[..length].to_owned());
                    self.scan.position = start + length;
                }
                _ => {
                    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ')' | ']' | '"');
                    let word = &rest[..rest.find(ends)?];
                    items.push(if is_scalar(word) { word.to_owned() } else { in_quotes(word) });
                    self.scan.position = start + word.len();
                }
            }
        }
    }
}
