//! Reading what AIC sometimes writes in another way than it says.
//!
//! Configuration may hold a placeholder in place of any value, as a text (`"&{esv.x}"`) or as an
//! object that says of what type it will be (`{"$int": "&{esv.x}"}`), and lists may hold null
//! where something was deleted. Neither may hide the rest of an answer.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A count. AIC writes -1 for one that it does not know, and some services write them as strings.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// Where the next page starts. A cookie that is empty leads nowhere.
pub(crate) fn cookie<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(text(deserializer)?.filter(|cookie| !cookie.is_empty()))
}

/// A text, or the placeholder in its place; `None` where there is something else.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Object(object) => match object.iter().next() {
            Some((name, Value::String(text))) if object.len() == 1 && name.starts_with('$') => {
                Some(text.clone())
            }
            _ => None,
        },
        _ => None,
    })
}

/// The items of a list but for null.
pub(crate) fn items<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(Vec::<Option<T>>::deserialize(deserializer)?.into_iter().flatten().collect())
}

/// A list of anything; `None` where there is none, or a placeholder in its place.
pub(crate) fn values<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Value>>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(values) => Some(values),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_are_read_however_they_are_written() {
        for (written, read) in [
            (json!(12), Some(12)),
            (json!("12"), Some(12)),
            (json!(-1), None),
            (json!(null), None),
            (json!({ "$int": "&{esv.x}" }), None),
        ] {
            assert_eq!(count(written).unwrap(), read);
        }
    }

    #[test]
    fn a_placeholder_is_read_for_a_text() {
        for (written, read) in [
            (json!("x"), Some("x")),
            (json!("&{esv.x}"), Some("&{esv.x}")),
            (json!({ "$string": "&{esv.x}" }), Some("&{esv.x}")),
            (json!({ "en": "x" }), None),
            (json!({ "$string": "&{esv.x}", "more": 1 }), None),
            (json!(null), None),
            (json!(3), None),
        ] {
            assert_eq!(text(written).unwrap().as_deref(), read);
        }
    }

    #[test]
    fn null_among_items_is_left_out() {
        assert_eq!(items::<_, String>(json!([null, "a", null, "b"])).unwrap(), ["a", "b"]);
        assert_eq!(items::<_, Value>(json!([null])).unwrap(), [] as [Value; 0]);
        assert!(items::<_, String>(json!({})).is_err());
        assert_eq!(values(json!({ "$list": "&{esv.x}" })).unwrap(), None);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[$a-z]*", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn nothing_in_place_of_a_value_hides_the_rest(odd in any_json()) {
            prop_assert!(count(odd.clone()).is_ok());
            prop_assert!(text(odd.clone()).is_ok());
            prop_assert!(cookie(odd.clone()).is_ok());
            prop_assert!(values(odd).is_ok());
        }
    }
}
