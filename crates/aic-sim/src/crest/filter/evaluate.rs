//! Which objects a filter selects.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::{Filter, Operator};
use crate::crest::order::{compare, compare_in_logs, folded};

/// How two values compare, if they do.
type Comparison = fn(&Value, &Value) -> Option<Ordering>;

impl Filter {
    /// Whether the filter selects an object. A field with several values is selected by any of
    /// them; a field that is absent satisfies no comparison. String comparisons ignore case.
    pub fn matches(&self, object: &Map<String, Value>) -> bool {
        self.selects(object, compare)
    }

    /// The same for entries of the logs, where numbers may be written as text.
    pub(crate) fn matches_entry(&self, entry: &Map<String, Value>) -> bool {
        self.selects(entry, compare_in_logs)
    }

    fn selects(&self, object: &Map<String, Value>, compare: Comparison) -> bool {
        match self {
            Self::Always(holds) => *holds,
            Self::Present(field) => field.get(object).is_some_and(|value| !value.is_null()),
            Self::Compare { field, operator, value } => match field.get(object) {
                None => false,
                Some(Value::Array(elements)) => {
                    elements.iter().any(|element| operator.holds(element, value, compare))
                }
                Some(actual) => operator.holds(actual, value, compare),
            },
            Self::And(parts) => parts.iter().all(|part| part.selects(object, compare)),
            Self::Or(parts) => parts.iter().any(|part| part.selects(object, compare)),
            Self::Not(part) => !part.selects(object, compare),
        }
    }
}

impl Operator {
    fn holds(self, actual: &Value, literal: &Value, compare: Comparison) -> bool {
        let ordering = || compare(actual, literal);
        match self {
            Self::Equal => ordering() == Some(Ordering::Equal),
            Self::Less => ordering() == Some(Ordering::Less),
            Self::LessOrEqual => ordering().is_some_and(Ordering::is_le),
            Self::Greater => ordering() == Some(Ordering::Greater),
            Self::GreaterOrEqual => ordering().is_some_and(Ordering::is_ge),
            Self::StartsWith => strings(actual, literal)
                .is_some_and(|(actual, prefix)| starts_with(folded(actual), folded(prefix))),
            Self::Contains => strings(actual, literal).is_some_and(|(actual, part)| {
                let (actual, part): (String, String) =
                    (folded(actual).collect(), folded(part).collect());
                actual.contains(&part)
            }),
        }
    }
}

fn strings<'a>(left: &'a Value, right: &'a Value) -> Option<(&'a str, &'a str)> {
    Some((left.as_str()?, right.as_str()?))
}

fn starts_with(
    mut actual: impl Iterator<Item = char>,
    mut prefix: impl Iterator<Item = char>,
) -> bool {
    prefix.all(|c| actual.next() == Some(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::parse;

    fn selects(filter: &str, object: &serde_json::Value) -> bool {
        parse(filter).unwrap().matches(object.as_object().unwrap())
    }

    #[test]
    fn comparisons() {
        let object = json!({
            "userName": "Zoë", "age": 30, "active": true, "gone": null,
            "tags": ["red", "blue"], "address": {"city": "Oslo"},
        });
        for filter in [
            "true",
            "userName eq 'zoë'",
            "/userName sw \"ZO\"",
            "userName co 'OË'",
            "age gt 29 and age ge 30 and age lt 31.5 and age le 30",
            "active eq true",
            "gone eq null",
            "tags eq 'blue'",
            "tags sw 'r'",
            "address/city eq 'Oslo'",
            "tags/1 eq 'blue'",
            "address pr",
        ] {
            assert!(selects(filter, &object), "{filter}");
            assert!(!selects(&format!("!({filter})"), &object), "{filter}");
        }
        for filter in [
            "false",
            "userName eq 'zoe'",
            "userName sw 'zoëy'",
            "age eq '30'",
            "age co '3'",
            "gone pr",
            "absent eq null",
            "absent lt 1",
            "address eq 'Oslo'",
        ] {
            assert!(!selects(filter, &object), "{filter}");
        }
    }

    proptest! {
        #[test]
        fn equality_is_le_and_ge(a in any::<i32>(), b in any::<i32>()) {
            let object = json!({ "n": a });
            let both = format!("n le {b} and n ge {b}");
            prop_assert_eq!(selects(&format!("n eq {b}"), &object), selects(&both, &object));
        }

        #[test]
        fn a_string_contains_and_starts_with_its_parts(a in any::<String>(), b in any::<String>()) {
            let object = json!({ "s": format!("{a}{b}") });
            let (prefix, part) = (format!("s sw {}", json!(a)), format!("s co {}", json!(b)));
            prop_assert!(selects(&prefix, &object), "{}", prefix);
            prop_assert!(selects(&part, &object), "{}", part);
        }
    }
}
