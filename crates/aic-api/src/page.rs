use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A page of a CREST listing.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// The items, as AIC returned them.
    #[serde(rename = "result")]
    pub items: Vec<Value>,
    /// Where the next page starts; `None` on the last one.
    #[serde(default, deserialize_with = "cookie")]
    pub paged_results_cookie: Option<String>,
    /// How many there are in all, where AIC counted them.
    #[serde(default, deserialize_with = "count")]
    pub total_paged_results: Option<u64>,
}

/// AIC writes -1 for a count it does not know, and some services write counts as strings.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// A cookie that is empty leads nowhere.
fn cookie<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|cookie| !cookie.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_cookie_is_the_end() {
        let next = |json: &str| serde_json::from_str::<Page>(json).unwrap().paged_results_cookie;
        assert_eq!(next(r#"{"result":[],"pagedResultsCookie":"x"}"#).as_deref(), Some("x"));
        for end in [
            r#"{"result":[],"pagedResultsCookie":""}"#,
            r#"{"result":[],"pagedResultsCookie":null}"#,
        ] {
            assert_eq!(next(end), None);
        }
        assert_eq!(next(r#"{"result":[]}"#), None);
    }
}
