use std::fmt;

use serde::Deserialize;

use crate::query::Filter;

/// The longest filter that is accepted, in characters.
const LONGEST: usize = 2000;

/// A filter of log entries, as a person wrote it. It is sent as it is, once it is seen that its
/// fields are written as the log service wants them: any other way it fails without saying why.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct LogFilter(String);

/// Why an expression is not one for the log service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLogFilter {
    /// A field is written without its slash.
    #[error("the field {0} is written without the slash in front that AIC's logs need: write /{0}")]
    NoSlash(String),
    /// There is nothing in it.
    #[error("it is blank; leave it out to find everything")]
    Blank,
    /// It is too long.
    #[error("it has {0} characters, and at most {LONGEST} are allowed")]
    TooLong(usize),
}

/// One that was built, whose fields are for whoever built it to write with their slash.
impl From<Filter> for LogFilter {
    fn from(filter: Filter) -> Self {
        Self(filter.to_string())
    }
}

impl TryFrom<String> for LogFilter {
    type Error = InvalidLogFilter;

    fn try_from(expression: String) -> Result<Self, InvalidLogFilter> {
        let length = expression.chars().count();
        if length > LONGEST {
            return Err(InvalidLogFilter::TooLong(length));
        }
        if expression.trim().is_empty() {
            return Err(InvalidLogFilter::Blank);
        }
        if let Some(field) = fields(&expression).find(|field| !field.starts_with('/')) {
            return Err(InvalidLogFilter::NoSlash(field.to_owned()));
        }
        Ok(Self(expression))
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for LogFilter {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LogFilter".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "maxLength": LONGEST })
    }
}

/// The fields that an expression compares: the words where a comparison starts.
fn fields(expression: &str) -> impl Iterator<Item = &str> {
    let mut starts = true;
    tokens(expression).filter(move |token| {
        let is_connective = matches!(*token, "(" | "!" | "and" | "or");
        let is_word = !token.starts_with(['(', ')', '!', '"', '\'']);
        let is_field = starts && is_word && !is_connective && !matches!(*token, "true" | "false");
        starts = is_connective;
        is_field
    })
}

/// Brackets, negations, quoted texts and words.
fn tokens(expression: &str) -> impl Iterator<Item = &str> {
    let mut rest = expression;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let end = match first {
            '(' | ')' | '!' => 1,
            '"' | '\'' => quoted(rest, first),
            _ => rest
                .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '!' | '"' | '\''))
                .unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(end);
        rest = after;
        Some(token)
    })
}

/// How long the quoted text is that an expression starts with.
fn quoted(expression: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (index, character) in expression.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if character == quote => return index + quote.len_utf8(),
            _ => {}
        }
    }
    expression.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(expression: &str) -> Result<(), InvalidLogFilter> {
        LogFilter::try_from(expression.to_owned()).map(|_| ())
    }

    #[test]
    fn fields_with_their_slash_pass_whatever_the_values_say() {
        for expression in [
            "true",
            "/payload/level eq \"ERROR\"",
            "/payload/eventName eq \"AM-LOGIN-COMPLETED\" and !(/payload/result pr)",
            "(/payload/a sw \"or name eq (\" or /payload/b co \"\\\" or x eq \\\"\") and /c ge 5",
            "/payload/entries eq true and /payload/x eq 'a or b'",
            "!/payload/x pr",
            "/payload/x eq'a or b' and /payload/y eq\"a or b\"",
        ] {
            assert_eq!(check(expression), Ok(()), "{expression}");
        }
    }

    #[test]
    fn a_field_without_its_slash_is_named() {
        for (expression, field) in [
            ("payload/level eq \"ERROR\"", "payload/level"),
            ("/a eq 1 and level eq \"ERROR\"", "level"),
            ("(/a eq 1) or !(b pr)", "b"),
            ("!b pr", "b"),
            ("/a eq \"x\" or(b eq 1)", "b"),
            ("/a pr and b pr", "b"),
        ] {
            assert_eq!(check(expression), Err(InvalidLogFilter::NoSlash(field.to_owned())));
        }
    }

    #[test]
    fn blank_and_overlong_filters_are_refused() {
        assert_eq!(check("  "), Err(InvalidLogFilter::Blank));
        assert_eq!(check(&format!("/a eq \"{}\"", "x".repeat(1992))), Ok(()));
        assert_eq!(
            check(&format!("/a eq \"{}\"", "x".repeat(1993))),
            Err(InvalidLogFilter::TooLong(2001))
        );
    }

    proptest! {
        #[test]
        fn any_expression_is_read_to_its_end(expression in ".*|[()!\"'\\\\ /aor]{0,12}") {
            let read: usize = tokens(&expression).map(str::len).sum();
            prop_assert!(read <= expression.len());
            let _ = check(&expression);
        }
    }
}
