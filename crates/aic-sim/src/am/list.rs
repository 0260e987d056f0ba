//! Lists of configuration.

use axum::Json;
use serde_json::{Value, json};

use super::answer::selected;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::fields::Fields;
use crate::crest::filter::{self, Filter};
use crate::crest::request::Parameters;

/// The count in a list when a client asks for everything at once. Recordings show all three.
#[derive(Debug, Clone, Copy)]
pub(super) enum Count {
    /// Nothing.
    Unknown,
    /// Nothing remains.
    Remaining,
    /// How much there is.
    Exact,
}

/// The query of a client for a list.
///
/// Assumption: filters may look at every field, and sort keys are ignored. Recordings show `true`
/// and filters by `_id` and `name`; one by another field of scripts or journeys would settle it.
#[derive(Debug)]
pub(super) struct ListQuery {
    filter: Filter,
    fields: Fields,
    page_size: Option<usize>,
    offset: usize,
}

impl ListQuery {
    pub(super) fn parse(parameters: &Parameters) -> Result<Self> {
        let text = parameters.get("_queryFilter").ok_or_else(|| {
            // Assumption: the message. A recorded list without a filter would settle it.
            Error::bad_request("The request must have a _queryFilter parameter")
        })?;
        let filter = filter::parse(text)
            .map_err(|error| Error::bad_request(format!("Invalid query filter: {error}")))?;
        Ok(Self {
            filter,
            fields: Fields::parse(parameters.get("_fields")),
            // Clients send -1 for everything at once; 0 means the same.
            page_size: number(parameters, "_pageSize")?
                .and_then(|size| usize::try_from(size).ok())
                .filter(|size| *size > 0),
            offset: number(parameters, "_pagedResultsOffset")?
                .and_then(|offset| usize::try_from(offset).ok())
                .unwrap_or(0),
        })
    }

    /// The page asked for. AM gives no cookies: a page is followed by the one at its offset, and
    /// what remains is counted only where there is a page size.
    pub(super) fn answer(
        &self,
        objects: impl Iterator<Item = Object>,
        count: Count,
    ) -> Json<Value> {
        let found: Vec<Object> = objects.filter(|object| self.filter.matches(object)).collect();
        let total = found.len();
        let limit = self.page_size.unwrap_or(total);
        let page: Vec<Object> = found
            .into_iter()
            .skip(self.offset)
            .take(limit)
            .map(|object| selected(object, &self.fields))
            .collect();
        let all = if matches!(count, Count::Remaining) { json!(0) } else { json!(-1) };
        let remaining = self
            .page_size
            .map_or(all, |size| json!(total.saturating_sub(self.offset.saturating_add(size))));
        let (policy, total) = match count {
            Count::Exact => ("EXACT", json!(total)),
            Count::Unknown | Count::Remaining => ("NONE", json!(-1)),
        };
        Json(json!({
            "resultCount": page.len(),
            "result": page,
            "pagedResultsCookie": null,
            "totalPagedResultsPolicy": policy,
            "totalPagedResults": total,
            "remainingPagedResults": remaining,
        }))
    }
}

fn number(parameters: &Parameters, name: &str) -> Result<Option<i64>> {
    let parse = |text: &str| {
        text.parse().map_err(|_| {
            Error::bad_request(format!("Invalid value '{text}' for parameter: {name}"))
        })
    };
    parameters.get(name).map(parse).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(parameters: &str) -> Value {
        counted(parameters, Count::Unknown)
    }

    fn counted(parameters: &str, count: Count) -> Value {
        let query = ListQuery::parse(&Parameters::parse(parameters)).unwrap();
        let objects = (0..5).map(|n| json!({"_id": n.to_string(), "n": n, "x": 1}));
        query.answer(objects.map(crate::crest::members), count).0
    }

    #[test]
    fn everything_comes_at_once_unless_a_page_is_asked_for() {
        for parameters in ["_queryFilter=true", "_queryFilter=true&_pageSize=-1"] {
            let all = ask(parameters);
            assert_eq!(
                (&all["resultCount"], &all["remainingPagedResults"]),
                (&json!(5), &json!(-1))
            );
        }
        let page = ask("_queryFilter=true&_pageSize=2&_pagedResultsOffset=1");
        assert_eq!(page["result"][0]["_id"], "1");
        assert_eq!((&page["resultCount"], &page["remainingPagedResults"]), (&json!(2), &json!(2)));
        assert_eq!(page["pagedResultsCookie"], Value::Null);
    }

    #[test]
    fn lists_say_how_much_there_is_in_their_own_ways() {
        let count = |count| {
            let all = counted("_queryFilter=true", count);
            ["totalPagedResultsPolicy", "totalPagedResults", "remainingPagedResults"]
                .map(|name| all[name].clone())
        };
        assert_eq!(count(Count::Unknown), [json!("NONE"), json!(-1), json!(-1)]);
        assert_eq!(count(Count::Remaining), [json!("NONE"), json!(-1), json!(0)]);
        assert_eq!(count(Count::Exact), [json!("EXACT"), json!(5), json!(-1)]);
    }

    #[test]
    fn filters_and_selects() {
        let found = ask("_queryFilter=n+ge+4&_fields=n");
        assert_eq!(found["result"], json!([{"_id": "4", "n": 4}]));
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for parameters in ["", "_queryFilter=x", "_queryFilter=true&_pageSize=x"] {
            assert!(ListQuery::parse(&Parameters::parse(parameters)).is_err(), "{parameters}");
        }
    }
}
