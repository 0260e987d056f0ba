use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Mismatch;
use crate::pages::QueryPage;
use crate::tolerant::{cookie, count, items};
use crate::typed::typed;

/// A page of a CREST listing.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// The items, as AIC returned them.
    #[serde(rename = "result", deserialize_with = "items")]
    pub items: Vec<Value>,
    /// Where the next page starts; `None` on the last one.
    #[serde(default, deserialize_with = "cookie")]
    pub paged_results_cookie: Option<String>,
    /// How many there are in all, where AIC counted them.
    #[serde(default, deserialize_with = "count")]
    pub total_paged_results: Option<u64>,
}

impl Page {
    /// The items as this type.
    ///
    /// # Errors
    ///
    /// Where an item does not fit.
    pub fn items_as<T: DeserializeOwned>(&self) -> Result<Vec<T>, Mismatch> {
        self.items.iter().map(typed).collect()
    }
}

impl QueryPage for Page {
    fn next_cookie(&self) -> Option<String> {
        self.paged_results_cookie.clone()
    }

    fn into_items(self) -> Vec<Value> {
        self.items
    }
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
        assert_eq!(next(r#"{"result":[null],"pagedResultsCookie":3}"#), None);
    }
}
