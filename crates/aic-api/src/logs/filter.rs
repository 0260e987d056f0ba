use std::fmt;

use serde::Deserialize;

use crate::query::{Dialect, Filter, FilterMistake, check, fields};

/// The longest filter that is accepted, in characters.
const LONGEST: usize = 2000;

/// A filter of log entries, as a person wrote it. It is sent as it is, once it is seen that it is
/// written as the log service wants it: any other way it fails without saying why.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct LogFilter(String);

/// Why an expression is not one for the log service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLogFilter {
    /// The log service does not read it so.
    #[error(transparent)]
    Mistaken(#[from] FilterMistake),
    /// There is nothing in it.
    #[error("it is blank; leave it out to find everything")]
    Blank,
    /// It is too long.
    #[error("it has {0} characters, and at most {LONGEST} are allowed")]
    TooLong(usize),
}

impl LogFilter {
    /// The fields it asks for, as [`fields`] finds them.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        fields(&self.0)
    }
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
        check(&expression, Dialect::Logs)?;
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

#[cfg(test)]
mod tests {
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
            "/payload/response/statusCode ge 400",
            "/payload/response.statusCode ge 400",
        ] {
            assert_eq!(check(expression), Ok(()), "{expression}");
        }
    }

    #[test]
    fn what_the_log_service_does_not_read_is_corrected() {
        for (expression, said) in [
            (
                "payload/level eq \"ERROR\"",
                "at character 1, the field payload/level is without the slash in front that AIC's \
                 logs need; write /payload/level eq \"ERROR\"",
            ),
            (
                "not (/payload/level eq \"INFO\")",
                "at character 1, negation is written `!(...)`; write !(/payload/level eq \"INFO\")",
            ),
        ] {
            assert_eq!(check(expression).unwrap_err().to_string(), said);
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
}
