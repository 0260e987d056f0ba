//! Query strings and the filters in them.

mod expression;

use std::fmt::{self, Write};

use percent_encoding::utf8_percent_encode;

pub use expression::{Correction, Dialect, FilterMistake, check, fields};

use crate::path::ENCODED;

/// A query string under construction. Names are literals, values are encoded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(String);

impl Query {
    /// Adds a parameter.
    pub(crate) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
        self.0.extend(utf8_percent_encode(&value.to_string(), ENCODED));
        self
    }

    /// Adds a parameter where there is a value for it.
    pub(crate) fn maybe(self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The query string as it goes on the wire, `None` where it is empty.
    pub(crate) fn as_str(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|query| !query.is_empty())
    }
}

/// A door for the fuzz targets: the query string with one parameter.
#[cfg(fuzzing)]
pub fn encoded(name: &'static str, value: impl fmt::Display) -> String {
    Query::default().with(name, value).0
}

/// A `_queryFilter`: one that was built, or one that a person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryFilter {
    /// Built of checked parts.
    Built(Filter),
    /// An expression as its author wrote it. It cannot be combined.
    Written(WrittenFilter),
}

/// A filter of identity management's objects as a person wrote it. It is sent as it is, once it is
/// seen that it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFilter(String);

impl WrittenFilter {
    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for WrittenFilter {
    type Error = FilterMistake;

    fn try_from(expression: String) -> Result<Self, FilterMistake> {
        check(&expression, Dialect::Objects).map(|()| Self(expression))
    }
}

impl From<Filter> for QueryFilter {
    fn from(filter: Filter) -> Self {
        Self::Built(filter)
    }
}

impl Default for QueryFilter {
    fn default() -> Self {
        Filter::all().into()
    }
}

impl fmt::Display for QueryFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Built(filter) => filter.fmt(f),
            Self::Written(WrittenFilter(expression)) => f.write_str(expression),
        }
    }
}

/// A filter expression of CREST, built so that no value can be more than a literal.
///
/// ```
/// use aic_api::query::Filter;
///
/// let filter = Filter::eq("name", r#"O"Neil"#).or(Filter::eq("_id", "x"));
/// assert_eq!(filter.to_string(), r#"name eq "O\"Neil" or _id eq "x""#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    text: String,
    binding: Binding,
}

/// How tightly the outermost operator binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Term,
}

impl Filter {
    /// Matches everything.
    pub fn all() -> Self {
        Self { text: "true".to_owned(), binding: Binding::Term }
    }

    /// The field is equal to the value.
    pub fn eq(field: &'static str, value: &str) -> Self {
        Self::compare(field, "eq", value)
    }

    /// The field contains the value.
    pub fn contains(field: &'static str, value: &str) -> Self {
        Self::compare(field, "co", value)
    }

    /// The field starts with the value.
    pub fn starts_with(field: &'static str, value: &str) -> Self {
        Self::compare(field, "sw", value)
    }

    /// Both match.
    pub fn and(self, other: Self) -> Self {
        self.combine("and", Binding::And, other)
    }

    /// One of them matches.
    pub fn or(self, other: Self) -> Self {
        self.combine("or", Binding::Or, other)
    }

    fn compare(field: &'static str, operator: &str, value: &str) -> Self {
        let mut text = format!("{field} {operator} \"");
        for character in value.chars() {
            if matches!(character, '"' | '\\') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push('"');
        Self { text, binding: Binding::Term }
    }

    fn combine(self, operator: &str, binding: Binding, other: Self) -> Self {
        let mut text = String::new();
        for (index, side) in [self, other].into_iter().enumerate() {
            let before = if index == 0 { String::new() } else { format!(" {operator} ") };
            let (open, close) = if side.binding < binding { ("(", ")") } else { ("", "") };
            let _ = write!(text, "{before}{open}{}{close}", side.text);
        }
        Self { text, binding }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn alternatives_inside_a_conjunction_are_bracketed() {
        let either = Filter::eq("a", "1").or(Filter::contains("b", "2"));
        let filter = either.and(Filter::starts_with("c", "3")).or(Filter::all());
        assert_eq!(filter.to_string(), r#"(a eq "1" or b co "2") and c sw "3" or true"#);
    }

    proptest! {
        /// Whatever the value of a parameter, the query string decodes to that parameter and no
        /// other.
        #[test]
        fn a_value_cannot_add_a_parameter(value in ".*|[&=#%+;?\"'\\\\ ]{0,12}") {
            let query = Query::default().with("_fields", &value).with("_pageSize", 1);
            let pairs: Vec<_> =
                url::form_urlencoded::parse(query.as_str().unwrap().as_bytes()).collect();
            prop_assert_eq!(
                pairs,
                vec![("_fields".into(), value.as_str().into()), ("_pageSize".into(), "1".into())]
            );
        }

        /// Whatever a literal holds, it ends at the quote that closes it.
        #[test]
        fn a_literal_ends_where_it_should(value in ".*|[\"\\\\ )or(true]{0,12}") {
            let text = Filter::eq("name", &value).to_string();
            let literal = text.strip_prefix("name eq \"").unwrap();
            let mut read = String::new();
            let mut characters = literal.chars();
            loop {
                match characters.next().unwrap() {
                    '\\' => read.push(characters.next().unwrap()),
                    '"' => break,
                    other => read.push(other),
                }
            }
            prop_assert_eq!(characters.as_str(), "");
            prop_assert_eq!(read, value);
        }
    }
}
