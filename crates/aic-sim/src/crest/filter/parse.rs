//! The filter parser: recursive descent over the text.

use std::fmt;

use serde_json::Value;

use super::{Filter, Operator};
use crate::crest::pointer::{self, Pointer};

/// How deep parentheses may nest. Deeper filters are refused rather than followed down the stack.
pub const MAX_DEPTH: usize = 64;

/// Why a filter was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    /// The byte at which the parser gave up.
    pub position: usize,
    problem: &'static str,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at position {}", self.problem, self.position)
    }
}

impl std::error::Error for FilterError {}

/// Parses a `_queryFilter` expression.
///
/// ```text
/// or         = and *( "or" and )
/// and        = unary *( "and" unary )
/// unary      = "!" primary / primary
/// primary    = "(" or ")" / "true" / "false" / pointer "pr" / pointer operator literal
/// operator   = "eq" / "co" / "sw" / "lt" / "le" / "gt" / "ge"
/// literal    = string / number / "true" / "false" / "null"
/// ```
///
/// Words are separated by white space or parentheses. Strings are in double or single quotes, with
/// JSON's backslash escapes and `\'`. There is no word for negation: IDM refuses `not (...)`.
///
/// Assumption: words are in lower case, and `!` stands before a primary only. Filters with `EQ` and
/// with `! a pr` would settle it.
///
/// # Errors
///
/// Refuses what the grammar does not allow, and nesting beyond [`MAX_DEPTH`].
pub fn parse(text: &str) -> Result<Filter, FilterError> {
    Parser { text, position: 0, style: Style::Common }.filter()
}

/// Parses a filter as the log service does: every field must start with a slash, and none may lead
/// into an array by index.
///
/// # Errors
///
/// Refuses what [`parse`] refuses, and other fields.
pub fn parse_absolute(text: &str) -> Result<Filter, FilterError> {
    Parser { text, position: 0, style: Style::Absolute }.filter()
}

/// Which fields a filter may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Common,
    Absolute,
}

struct Parser<'a> {
    text: &'a str,
    position: usize,
    style: Style,
}

impl<'a> Parser<'a> {
    /// Reads the whole text.
    fn filter(mut self) -> Result<Filter, FilterError> {
        let filter = self.disjunction(0)?;
        if self.next_char().is_some() {
            return Err(self.error("unexpected text"));
        }
        Ok(filter)
    }

    fn disjunction(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut parts = vec![self.conjunction(depth)?];
        while self.skip_word("or") {
            parts.push(self.conjunction(depth)?);
        }
        Ok(joined(parts, Filter::Or))
    }

    fn conjunction(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut parts = vec![self.unary(depth)?];
        while self.skip_word("and") {
            parts.push(self.unary(depth)?);
        }
        Ok(joined(parts, Filter::And))
    }

    fn unary(&mut self, depth: usize) -> Result<Filter, FilterError> {
        if self.skip_char('!') {
            return Ok(Filter::Not(Box::new(self.primary(depth)?)));
        }
        self.primary(depth)
    }

    fn primary(&mut self, depth: usize) -> Result<Filter, FilterError> {
        if self.skip_char('(') {
            if depth == MAX_DEPTH {
                return Err(self.error("parentheses nest too deeply"));
            }
            let inner = self.disjunction(depth + 1)?;
            if !self.skip_char(')') {
                return Err(self.error("expected ')'"));
            }
            return Ok(inner);
        }
        match self.word() {
            word if word.is_empty() || word.starts_with('!') => {
                Err(self.error("expected an expression"))
            }
            "true" => Ok(Filter::Always(true)),
            "false" => Ok(Filter::Always(false)),
            pointer if self.style == Style::Absolute && !pointer.starts_with('/') => {
                Err(self.error("expected a field that starts with a slash"))
            }
            pointer => self.comparison(Pointer::parse(pointer)),
        }
    }

    fn comparison(&mut self, field: Pointer) -> Result<Filter, FilterError> {
        if field.names().is_empty() {
            return Err(self.error("expected a field"));
        }
        let is_index = |name: &String| pointer::index(name).is_some();
        if self.style == Style::Absolute && field.names().iter().any(is_index) {
            return Err(self.error("expected a field without an array index"));
        }
        if self.skip_word("pr") {
            return Ok(Filter::Present(field));
        }
        let start = self.position;
        let word = self.word();
        let Some(operator) = Operator::ALL.into_iter().find(|known| known.as_str() == word) else {
            self.position = start;
            return Err(self.error("expected an operator"));
        };
        Ok(Filter::Compare { field, operator, value: self.literal()? })
    }

    fn literal(&mut self) -> Result<Value, FilterError> {
        if let Some(quote @ ('"' | '\'')) = self.next_char() {
            self.position += 1;
            return Ok(Value::String(self.string(quote)?));
        }
        let start = self.position;
        // The scalars of JSON, apart from strings, have no white space or parentheses.
        serde_json::from_str(self.word())
            .ok()
            .filter(|value: &Value| !value.is_array() && !value.is_object())
            .ok_or_else(|| {
                self.position = start;
                self.error("expected a quoted string, a number, true, false or null")
            })
    }

    /// Reads a string up to and including its closing quote.
    fn string(&mut self, quote: char) -> Result<String, FilterError> {
        let mut string = String::new();
        loop {
            match self.take_char() {
                None => return Err(self.error("unterminated string")),
                Some('\\') => string.push(self.escape()?),
                Some(c) if c == quote => return Ok(string),
                Some(c) => string.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, FilterError> {
        match self.take_char() {
            Some(c @ ('"' | '\'' | '\\' | '/')) => Ok(c),
            Some('b') => Ok('\u{8}'),
            Some('f') => Ok('\u{c}'),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('u') => self.unicode_escape(),
            _ => Err(self.error("unknown escape")),
        }
    }

    /// Reads the digits of `\uXXXX`, and the second half of a surrogate pair.
    fn unicode_escape(&mut self) -> Result<char, FilterError> {
        let first = self.hex4()?;
        let code = match first {
            0xd800..=0xdbff => {
                let low = if self.text[self.position..].starts_with("\\u") {
                    self.position += 2;
                    self.hex4()?
                } else {
                    0
                };
                if !(0xdc00..=0xdfff).contains(&low) {
                    return Err(self.error("unpaired surrogate"));
                }
                0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.error("unpaired surrogate"))
    }

    fn hex4(&mut self) -> Result<u32, FilterError> {
        let digits = self.text.get(self.position..self.position + 4);
        let code = digits
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.error("expected four hexadecimal digits"))?;
        self.position += 4;
        Ok(code)
    }

    /// Reads up to white space, a parenthesis, a quote or the end.
    fn word(&mut self) -> &'a str {
        self.skip_space();
        let rest = &self.text[self.position..];
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '(' | ')' | '"' | '\'');
        let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
        self.position += word.len();
        word
    }

    fn skip_word(&mut self, expected: &str) -> bool {
        let start = self.position;
        let found = self.word() == expected;
        if !found {
            self.position = start;
        }
        found
    }

    fn skip_char(&mut self, expected: char) -> bool {
        let found = self.next_char() == Some(expected);
        if found {
            self.position += expected.len_utf8();
        }
        found
    }

    /// The next character that is not white space, without reading it.
    fn next_char(&mut self) -> Option<char> {
        self.skip_space();
        self.text[self.position..].chars().next()
    }

    fn take_char(&mut self) -> Option<char> {
        let c = self.text[self.position..].chars().next()?;
        self.position += c.len_utf8();
        Some(c)
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.position..];
        let trimmed = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        self.position += rest.len() - trimmed.len();
    }

    fn error(&self, problem: &'static str) -> FilterError {
        FilterError { position: self.position, problem }
    }
}

fn joined(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

#[cfg(test)]
mod tests;
