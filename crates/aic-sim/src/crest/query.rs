//! Collection queries: filter, sorting, paging, and the list envelope.

use std::cmp::Ordering;

use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Object;
use super::error::{Error, Result};
use super::fields::Fields;
use super::filter::{self, Filter};
use super::order::compare_all;
use super::pointer::Pointer;
use super::request::Parameters;

/// The query of a client for a collection.
#[derive(Debug)]
pub(crate) struct Query {
    filter: Filter,
    sort: Vec<SortKey>,
    /// None means everything.
    ///
    /// Assumption: so does a size of 0. Asking for it would settle it; clients that count with it
    /// ask for a total besides.
    page_size: Option<usize>,
    start: Start,
    total: TotalPolicy,
    /// Whether only the number of items is asked for.
    only_count: bool,
    pub(crate) fields: Fields,
}

#[derive(Debug)]
struct SortKey {
    field: Pointer,
    descending: bool,
}

#[derive(Debug)]
enum Start {
    Offset(usize),
    After(Position),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum TotalPolicy {
    None,
    Estimate,
    Exact,
}

/// Where a page ended: the sort values and number of its last item. A cookie is this, encoded, so
/// that paging neither skips nor repeats when objects come and go between pages.
#[derive(Debug, Serialize, Deserialize)]
struct Position(Vec<Value>, u64);

/// Something that a collection lists.
pub(crate) trait Listed: Copy {
    /// The object to which filters and sort keys apply.
    fn object(&self) -> &Object;
    /// Where it stands among the others when nothing else decides.
    fn number(&self) -> u64;
}

impl Query {
    pub(crate) fn parse(parameters: &Parameters) -> Result<Self> {
        let text = parameters.get("_queryFilter").ok_or_else(|| {
            // Assumption: named and native queries are not offered. One `_queryId` would settle it.
            Error::bad_request("The request must have a _queryFilter parameter")
        })?;
        let filter = filter::parse(text)
            .map_err(|error| Error::bad_request(format!("Invalid query filter: {error}")))?;
        let sort = parameters.get("_sortKeys").map(sort_keys).unwrap_or_default();
        let start = match parameters.get("_pagedResultsCookie").filter(|cookie| !cookie.is_empty())
        {
            Some(cookie) => Start::After(Position::decode(cookie, sort.len())?),
            None => Start::Offset(count(parameters, "_pagedResultsOffset")?.unwrap_or(0)),
        };
        Ok(Self {
            filter,
            sort,
            page_size: count(parameters, "_pageSize")?.filter(|size| *size > 0),
            start,
            total: TotalPolicy::parse(parameters.get("_totalPagedResultsPolicy"))?,
            only_count: parameters.get("_countOnly") == Some("true"),
            fields: Fields::parse(parameters.get("_fields")),
        })
    }

    /// Selects a page of the items, which are in the order of their numbers.
    pub(crate) fn page<L: Listed>(&self, items: impl Iterator<Item = L>) -> Page<L> {
        let mut items: Vec<L> = items.filter(|item| self.filter.matches(item.object())).collect();
        if !self.sort.is_empty() {
            items.sort_by(|left, right| {
                let by_keys =
                    self.sort.iter().map(|key| key.compare(left.object(), right.object()));
                by_keys
                    .fold(Ordering::Equal, Ordering::then)
                    .then_with(|| left.number().cmp(&right.number()))
            });
        }
        let total = items.len();
        let first = match &self.start {
            Start::Offset(offset) => (*offset).min(total),
            Start::After(position) => items.partition_point(|item| !self.is_after(*item, position)),
        };
        let last = self.page_size.map_or(total, |size| first.saturating_add(size).min(total));
        items.truncate(last);
        items.drain(..first);
        let cookie =
            items.last().filter(|_| last < total).map(|item| self.position(*item).encode());
        Page { items, cookie, total_policy: self.total, total, only_count: self.only_count }
    }

    fn is_after<L: Listed>(&self, item: L, position: &Position) -> bool {
        let by_keys = self
            .sort
            .iter()
            .zip(&position.0)
            .map(|(key, reached)| key.compare_values(key.value(item.object()), reached));
        let ordering = by_keys
            .fold(Ordering::Equal, Ordering::then)
            .then_with(|| item.number().cmp(&position.1));
        ordering == Ordering::Greater
    }

    fn position<L: Listed>(&self, item: L) -> Position {
        let values = self.sort.iter().map(|key| key.value(item.object()).clone()).collect();
        Position(values, item.number())
    }
}

impl SortKey {
    fn value<'a>(&self, object: &'a Object) -> &'a Value {
        self.field.get(object).unwrap_or(&Value::Null)
    }

    fn compare(&self, left: &Object, right: &Object) -> Ordering {
        self.compare_values(self.value(left), self.value(right))
    }

    fn compare_values(&self, left: &Value, right: &Value) -> Ordering {
        let ordering = compare_all(left, right);
        if self.descending { ordering.reverse() } else { ordering }
    }
}

impl Position {
    fn encode(&self) -> String {
        // A vector of JSON values and a number can always be written.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    fn decode(cookie: &str, sort_keys: usize) -> Result<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(cookie).ok();
        bytes
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok())
            .filter(|position| position.0.len() == sort_keys)
            // Assumption: the message; a tenant refuses cookies that it has not issued. Sending
            // one would settle it.
            .ok_or_else(|| Error::bad_request("Invalid value for parameter: _pagedResultsCookie"))
    }
}

impl TotalPolicy {
    fn parse(value: Option<&str>) -> Result<Self> {
        match value.map(str::to_ascii_uppercase).as_deref() {
            None | Some("NONE") => Ok(Self::None),
            Some("ESTIMATE") => Ok(Self::Estimate),
            Some("EXACT") => Ok(Self::Exact),
            Some(_) => {
                Err(Error::bad_request("Invalid value for parameter: _totalPagedResultsPolicy"))
            }
        }
    }
}

fn sort_keys(list: &str) -> Vec<SortKey> {
    let keys = list.split(',').filter(|key| !key.is_empty());
    keys.map(|key| {
        let descending = key.starts_with('-');
        let field = Pointer::parse(key.trim_start_matches(['-', '+']));
        SortKey { field, descending }
    })
    .collect()
}

fn count(parameters: &Parameters, name: &str) -> Result<Option<usize>> {
    let parse = |text: &str| {
        text.parse().map_err(|_| {
            Error::bad_request(format!("Invalid value '{text}' for parameter: {name}"))
        })
    };
    parameters.get(name).map(parse).transpose()
}

/// A page of a collection.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    cookie: Option<String>,
    total_policy: TotalPolicy,
    total: usize,
    only_count: bool,
}

impl<T> Page<T> {
    /// The page with an estimate in place of a total that was asked for, where there is one.
    pub(crate) fn estimated(mut self, estimate: Option<usize>) -> Self {
        if let Some(estimate) = estimate.filter(|_| self.total_policy != TotalPolicy::None) {
            self.total_policy = TotalPolicy::Estimate;
            self.total = estimate;
        }
        self
    }

    /// Turns every item into what is shown of it.
    pub(crate) fn map<U>(self, show: impl FnMut(T) -> U) -> Page<U> {
        let items = self.items.into_iter().map(show).collect();
        let Self { cookie, total_policy, total, only_count, .. } = self;
        Page { items, cookie, total_policy, total, only_count }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<T> {
    result: Vec<T>,
    result_count: usize,
    paged_results_cookie: Option<String>,
    total_paged_results_policy: TotalPolicy,
    total_paged_results: i64,
    remaining_paged_results: i64,
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        if self.only_count {
            return Json(json!({ "resultCount": self.total })).into_response();
        }
        let counted = self.total_policy != TotalPolicy::None;
        Json(Envelope {
            result_count: self.items.len(),
            result: self.items,
            paged_results_cookie: self.cookie,
            total_paged_results_policy: self.total_policy,
            total_paged_results: if counted { self.total.try_into().unwrap_or(-1) } else { -1 },
            remaining_paged_results: -1,
        })
        .into_response()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    struct Item(u64, Object);

    impl Listed for &Item {
        fn object(&self) -> &Object {
            &self.1
        }

        fn number(&self) -> u64 {
            self.0
        }
    }

    fn items(values: &[Option<u8>]) -> Vec<Item> {
        let object = |value: &Option<u8>| json!({ "n": value }).as_object().unwrap().clone();
        (0..).zip(values).map(|(number, value)| Item(number, object(value))).collect()
    }

    fn query(parameters: &str) -> Result<Query> {
        Query::parse(&Parameters::parse(parameters))
    }

    /// The numbers of all items, page by page.
    fn walk(items: &[Item], parameters: &str) -> Vec<Vec<u64>> {
        let mut pages = Vec::new();
        let mut cookie = String::new();
        loop {
            let query = query(&format!("{parameters}&_pagedResultsCookie={cookie}")).unwrap();
            let page = query.page(items.iter());
            pages.push(page.items.iter().map(|item| item.0).collect());
            match page.cookie {
                Some(next) => cookie = next,
                None => return pages,
            }
        }
    }

    #[test]
    fn pages_end_with_a_null_cookie() {
        let items = items(&[Some(1), Some(2), Some(3)]);
        assert_eq!(walk(&items, "_queryFilter=true&_pageSize=2"), [vec![0, 1], vec![2]]);
        assert_eq!(walk(&items, "_queryFilter=true&_pageSize=3"), [vec![0, 1, 2]]);
        assert_eq!(walk(&items, "_queryFilter=true&_pageSize=0"), [vec![0, 1, 2]]);
        assert_eq!(walk(&items, "_queryFilter=false&_pageSize=1"), [Vec::<u64>::new()]);
    }

    #[test]
    fn sorts_by_each_key_in_turn_with_absent_values_last() {
        let items = items(&[Some(2), None, Some(1), Some(2)]);
        assert_eq!(walk(&items, "_queryFilter=true&_sortKeys=n"), [vec![2, 0, 3, 1]]);
        assert_eq!(walk(&items, "_queryFilter=true&_sortKeys=-n"), [vec![1, 0, 3, 2]]);
    }

    #[test]
    fn the_total_is_counted_only_when_asked_for() {
        let items = items(&[Some(1), Some(2)]);
        let page = query("_queryFilter=true&_pageSize=1&_totalPagedResultsPolicy=EXACT").unwrap();
        assert_eq!(page.page(items.iter()).total, 2);
        assert_eq!(query("_queryFilter=true").unwrap().total, TotalPolicy::None);
    }

    #[test]
    fn refuses_parameters_it_cannot_read() {
        for parameters in [
            "_queryId=all",
            "_queryFilter=not+(true)",
            "_queryFilter=true&_pageSize=-1",
            "_queryFilter=true&_pageSize=x",
            "_queryFilter=true&_pagedResultsCookie=x",
            "_queryFilter=true&_totalPagedResultsPolicy=SOME",
        ] {
            assert!(query(parameters).is_err(), "{parameters}");
        }
    }

    #[test]
    fn paging_survives_the_removal_of_the_last_item_seen() {
        let mut items = items(&[Some(1), Some(2), Some(3)]);
        let first = query("_queryFilter=true&_pageSize=1").unwrap().page(items.iter());
        let cookie = first.cookie.unwrap();
        items.remove(0);
        let rest = query(&format!("_queryFilter=true&_pagedResultsCookie={cookie}")).unwrap();
        assert_eq!(rest.page(items.iter()).items.len(), 2);
    }

    proptest! {
        #[test]
        fn paging_visits_every_item_once(
            values in prop::collection::vec(prop::option::of(0..5u8), 0..40),
            size in 1..10usize,
            sort in prop::sample::select(vec!["", "n", "-n"]),
        ) {
            let items = items(&values);
            let all = format!("_queryFilter=true&_sortKeys={sort}");
            let paged = walk(&items, &format!("{all}&_pageSize={size}")).concat();
            prop_assert_eq!(paged, walk(&items, &all).concat());
        }
    }
}
