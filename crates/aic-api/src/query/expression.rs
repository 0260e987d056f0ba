//! Filter expressions that people and models write.
//!
//! AIC's log service fails without a word on an expression that it cannot read, and the other services
//! say little. Expressions in the style of another language are therefore recognised here, before
//! anything is sent, and the right form is given.

mod envelope;
mod reader;
mod scanner;
mod values;
mod words;

use std::fmt;

use reader::Reader;

/// Whose filters an expression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Filters of the log service: every field starts with a slash.
    Logs,
    /// Filters of identity management: the slash may be left out, `in` takes a list that is
    /// written as one text, and a field may filter the items of a list in square brackets, which
    /// is not looked into.
    Objects,
}

/// The fault of a filter expression, its place, and its correction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {position}, {problem}; {correction}")]
pub struct FilterMistake {
    position: usize,
    problem: String,
    correction: Correction,
}

impl FilterMistake {
    /// The character that it begins at, counted from 1.
    pub fn position(&self) -> usize {
        self.position
    }

    /// How it is put right.
    pub fn correction(&self) -> &Correction {
        &self.correction
    }
}

/// How a filter expression is put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// The whole expression as it should be.
    Expression(String),
    /// The advice, where the meaning cannot be told.
    Advice(String),
}

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expression(expression) => write!(f, "write {expression}"),
            Self::Advice(advice) => f.write_str(advice),
        }
    }
}

/// Checks that an expression is a filter as AIC reads it.
///
/// ```
/// use aic_api::query::{Dialect, check};
///
/// assert!(check(r#"!(/payload/level eq "INFO")"#, Dialect::Logs).is_ok());
/// let mistake = check(r#"not (/payload/level eq "INFO")"#, Dialect::Logs).unwrap_err();
/// assert!(mistake.to_string().ends_with(r#"write !(/payload/level eq "INFO")"#));
/// ```
///
/// # Errors
///
/// [`FilterMistake`]: the first one, and the expression without any, or else one after which nobody
/// can tell what is meant.
pub fn check(expression: &str, dialect: Dialect) -> Result<(), FilterMistake> {
    let Some(mut envelope) = envelope::find(expression) else {
        return check_expression(expression, dialect);
    };
    while let Some(inner) = envelope::find(&envelope.content) {
        envelope.content = inner.content;
    }
    let (problem, correction) = match check_expression(&envelope.content, dialect) {
        Ok(()) => (envelope.problem.to_owned(), Correction::Expression(envelope.content)),
        Err(FilterMistake { correction: correction @ Correction::Expression(_), .. }) => {
            (envelope.problem.to_owned(), correction)
        }
        Err(inner) => {
            (format!("{}, and in it {}", envelope.problem, inner.problem), inner.correction)
        }
    };
    Err(FilterMistake { position: position(expression, envelope.at), problem, correction })
}

/// The fields that a filter asks for, also those in square brackets, in the order in which they are
/// named. It looks at words alone, so that nothing that AIC might take for a field is missed; a
/// number may be among them.
///
/// ```
/// use aic_api::query::fields;
///
/// let filter = r#"!(userName eq "sn pr") and /roles[name sw "a"] and age gt 5"#;
/// let fields: Vec<_> = fields(filter).collect();
/// assert_eq!(fields, ["userName", "/roles", "name", "age", "5"]);
/// ```
pub fn fields(expression: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '!' | '[' | ']');
    words::outside_quotes(expression)
        .flat_map(move |(_, part)| part.split(between))
        .filter(|word| !word.is_empty() && !words::is_own_word(word))
}

fn check_expression(expression: &str, dialect: Dialect) -> Result<(), FilterMistake> {
    if dialect == Dialect::Objects && words::has_item_filter(expression) {
        return Ok(());
    }
    let mut reader = Reader::new(expression, dialect);
    let whole = reader.whole();
    let (first, correction) = match (whole, reader.into_first_mistake()) {
        (Ok(_), None) => return Ok(()),
        (Ok(right), Some(first)) if is_right(&right, dialect) => {
            (first, Correction::Expression(right))
        }
        (Ok(_), Some(first)) => {
            let advice = format!("write a field, one of {}, and a value", words::OPERATORS);
            (first, Correction::Advice(advice))
        }
        (Err(dead_end), _) => (dead_end.mistake, Correction::Advice(dead_end.advice)),
    };
    Err(FilterMistake {
        position: position(expression, first.at),
        problem: first.problem,
        correction,
    })
}

/// Whether nothing is wrong with an expression that was put right.
fn is_right(expression: &str, dialect: Dialect) -> bool {
    let mut reader = Reader::new(expression, dialect);
    reader.whole().is_ok()
        && reader.into_first_mistake().is_none()
        && envelope::find(expression).is_none()
}

/// The number of the character at a byte, from 1.
fn position(expression: &str, byte: usize) -> usize {
    expression[..byte].chars().count() + 1
}

#[cfg(test)]
mod tests;
