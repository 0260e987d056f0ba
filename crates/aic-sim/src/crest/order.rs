//! How JSON values compare, for filters and sorting.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// The order of two scalars of one kind; none between kinds, and none for arrays and objects.
///
/// Assumption: strings compare without regard to case, as the directory behind a tenant's
/// identities compares them by default. Finding a user by the name in capitals would settle it.
pub(crate) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(folded(left).cmp(folded(right))),
        (Value::Number(left), Value::Number(right)) => compare_numbers(left, right),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        _ => None,
    }
}

/// The same, but a number that one of the two has as text is one: as the log service compares, which
/// has some codes as text and finds them by `ge 400`.
pub(crate) fn compare_in_logs(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(text), Value::Number(number)) => {
            compare_numbers(&text.parse().ok()?, number)
        }
        (Value::Number(number), Value::String(text)) => {
            compare_numbers(number, &text.parse().ok()?)
        }
        _ => compare(left, right),
    }
}

/// A total order for sorting: what is absent comes last, and kinds are kept apart.
pub(crate) fn compare_all(left: &Value, right: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Bool(_) => 0,
        Value::Number(_) => 1,
        Value::String(_) => 2,
        Value::Array(_) | Value::Object(_) => 3,
        Value::Null => 4,
    };
    compare(left, right).unwrap_or_else(|| rank(left).cmp(&rank(right)))
}

/// The characters of a string without their case.
pub(crate) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

fn compare_numbers(left: &Number, right: &Number) -> Option<Ordering> {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn strings_compare_without_case_and_numbers_by_value() {
        assert_eq!(compare(&json!("ÉA"), &json!("éa")), Some(Ordering::Equal));
        assert_eq!(compare(&json!(2), &json!(10)), Some(Ordering::Less));
        assert_eq!(compare(&json!(2), &json!(2.0)), Some(Ordering::Equal));
        assert_eq!(compare(&json!(i64::MAX), &json!(i64::MAX - 1)), Some(Ordering::Greater));
    }

    #[test]
    fn different_kinds_do_not_compare() {
        assert_eq!(compare(&json!("2"), &json!(2)), None);
        assert_eq!(compare(&json!([1]), &json!([1])), None);
        assert_eq!(compare_in_logs(&json!("401"), &json!(400)), Some(Ordering::Greater));
        assert_eq!(compare_in_logs(&json!(401), &json!("401")), Some(Ordering::Equal));
        assert_eq!(compare_in_logs(&json!("x"), &json!(400)), None);
        assert_eq!(compare_all(&json!(null), &json!("z")), Ordering::Greater);
    }
}
