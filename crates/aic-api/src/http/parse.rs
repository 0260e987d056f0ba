//! Parsing answers, of which the large ones take time and much more room than their text.

use serde::de::DeserializeOwned;

use crate::apart::{Budget, apart};

/// An answer from this size on, in bytes, is parsed apart.
const LARGE: usize = 1 << 20;
/// How many bytes of large answers are parsed at the same time.
static IN_FLIGHT: Budget = Budget::new(32 << 20);
/// The most values that a large answer may hold: each takes up to a hundred bytes and more once it
/// is parsed, however short it is written. Ten times what the largest lists of AIC hold.
const MOST_VALUES: usize = 500_000;

/// Why an answer was not parsed.
pub(super) enum ParseError {
    /// It holds more values than are taken in.
    TooMany,
    /// It is not JSON, or has another shape.
    Json(serde_json::Error),
}

/// Parses the body of an answer.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ParseError> {
    let parse = || serde_json::from_slice(body).map_err(ParseError::Json);
    if body.len() < LARGE {
        return parse();
    }
    apart(|| {
        if holds_more_values_than(body, MOST_VALUES) {
            return Err(ParseError::TooMany);
        }
        IN_FLIGHT.within(body.len(), parse)
    })
}

/// Whether a JSON text holds more than `most` values: the first of an object or a list comes after a
/// bracket, and each other one after a comma. An empty one counts twice.
fn holds_more_values_than(json: &[u8], most: usize) -> bool {
    let (mut values, mut in_text, mut escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b',' | b'{' | b'[' if !in_text => values += 1,
            _ => {}
        }
    }
    values > most
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn values_are_counted_outside_of_texts() {
        let json = br#"{"a,[{": [1, "x\",,,[", {}], "b": 2}"#;
        assert!(holds_more_values_than(json, 6));
        assert!(!holds_more_values_than(json, 7));
    }

    #[test]
    fn a_large_answer_of_few_values_is_parsed_and_one_of_many_is_not() {
        let text = format!("[\"{}\"]", ",".repeat(LARGE));
        assert!(parse::<Value>(text.as_bytes()).is_ok());
        let many = format!("[0{}]", ", 0".repeat(MOST_VALUES));
        assert!(matches!(parse::<Value>(many.as_bytes()), Err(ParseError::TooMany)));
    }
}
