//! Searching the logs (`/monitoring/logs`) and following them (`/monitoring/logs/tail`).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::Monitoring;
use super::events::Event;
use super::sources;
use crate::crest::error::{Error, Result};
use crate::crest::filter::{Filter, parse_absolute};
use crate::crest::request::Parameters;

/// The longest time that one request may search.
const LONGEST: Duration = Duration::DAY;
/// The most entries in one answer, and how many there are unless a client asks for fewer.
const MAX_PAGE: usize = 1_000;
/// How far back the first answer of a tail goes.
const TAIL: Duration = Duration::seconds(15);

/// A page of entries.
///
/// Assumption: the count is a number, although the documentation shows text. One answer would settle
/// it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    result: Vec<Event>,
    result_count: usize,
    paged_results_cookie: Option<String>,
    total_paged_results_policy: &'static str,
    total_paged_results: i32,
    remaining_paged_results: i32,
}

/// GET /monitoring/logs: oldest first.
pub(super) async fn search(
    State(monitoring): State<Arc<Monitoring>>,
    parameters: Parameters,
) -> Result<Json<Page>> {
    let criteria = Criteria::parse(&parameters)?;
    let (begin, end) = window(&parameters, monitoring.clock.date())?;
    let size = page_size(&parameters)?;
    let after = cookie(&parameters)?.unwrap_or(0);
    let events = monitoring.events();
    let mut found = events
        .after(after)
        .filter(|event| begin <= event.date && event.date <= end && criteria.select(event));
    let result: Vec<Event> = found.by_ref().take(size).cloned().collect();
    let last = result.last().filter(|_| found.next().is_some());
    let cookie = last.map(|event| write_cookie(event.number));
    Ok(Json(Page::new(result, cookie)))
}

/// GET /monitoring/logs/tail: the last seconds, then what is new since the cookie.
///
/// Assumption: there always is a cookie, and no entry is repeated. Following the logs for a minute
/// would settle it.
pub(super) async fn tail(
    State(monitoring): State<Arc<Monitoring>>,
    parameters: Parameters,
) -> Result<Json<Page>> {
    let criteria = Criteria::parse(&parameters)?;
    let after = cookie(&parameters)?;
    let begin = monitoring.clock.date().saturating_sub(TAIL);
    let events = monitoring.events();
    let mut found = events
        .after(after.unwrap_or(0))
        .filter(|event| (after.is_some() || begin <= event.date) && criteria.select(event));
    let result: Vec<Event> = found.by_ref().take(MAX_PAGE).cloned().collect();
    let last = result.last().filter(|_| found.next().is_some());
    let cookie = write_cookie(last.map_or(events.last_number(), |event| event.number));
    Ok(Json(Page::new(result, Some(cookie))))
}

impl Page {
    fn new(result: Vec<Event>, paged_results_cookie: Option<String>) -> Self {
        Self {
            result_count: result.len(),
            result,
            paged_results_cookie,
            total_paged_results_policy: "NONE",
            total_paged_results: -1,
            remaining_paged_results: -1,
        }
    }
}

/// The criteria of a client's search.
#[derive(Debug)]
struct Criteria<'a> {
    sources: Vec<&'a str>,
    transaction: Option<&'a str>,
    filter: Filter,
}

impl<'a> Criteria<'a> {
    /// Assumption: the answers to missing and unknown sources, and that any filter that cannot be
    /// read gets the opaque 500 that is known of fields without a slash and of array indexes. Three
    /// requests would settle it.
    fn parse(parameters: &'a Parameters) -> Result<Self> {
        let sources = parameters.get("source").unwrap_or_default().split(',').map(str::trim);
        let sources: Vec<&str> = sources.filter(|source| !source.is_empty()).collect();
        if sources.is_empty() {
            return Err(Error::bad_request("The source parameter is required"));
        }
        if let Some(unknown) = sources.iter().find(|source| !sources::exists(source)) {
            return Err(Error::bad_request(format!("Unknown source: {unknown}")));
        }
        let filter = parameters.get("_queryFilter").filter(|filter| !filter.trim().is_empty());
        let filter = filter.map_or(Ok(Filter::Always(true)), parse_absolute);
        let filter = filter.map_err(|_| opaque(StatusCode::INTERNAL_SERVER_ERROR))?;
        let transaction = parameters.get("transactionId").filter(|id| !id.is_empty());
        Ok(Self { sources, transaction, filter })
    }

    fn select(&self, event: &Event) -> bool {
        self.sources.iter().any(|named| sources::includes(named, event.source.name()))
            && self.transaction.is_none_or(|id| belongs(event, id))
            && self.filter.matches_entry(&event.entry)
    }
}

/// Whether an entry was made in a transaction. Services add to the client's id: `/0`, or
/// `-request-2/0`.
fn belongs(event: &Event, id: &str) -> bool {
    let actual = event.entry.get("payload").and_then(|payload| payload["transactionId"].as_str());
    let rest = actual.and_then(|actual| actual.strip_prefix(id));
    rest.is_some_and(|rest| {
        rest.is_empty() || rest.starts_with('/') || rest.starts_with("-request-")
    })
}

/// The time to search: the last day, or the day that begins or ends where the client says.
fn window(
    parameters: &Parameters,
    now: OffsetDateTime,
) -> Result<(OffsetDateTime, OffsetDateTime)> {
    let date = |name: &str| {
        let text = parameters.get(name).filter(|text| !text.is_empty());
        let parsed = text.map(|text| OffsetDateTime::parse(text, &Rfc3339)).transpose();
        parsed.map_err(|_| opaque(StatusCode::BAD_REQUEST))
    };
    let (begin, end) = match (date("beginTime")?, date("endTime")?) {
        (None, None) => (now.saturating_sub(LONGEST), now),
        (Some(begin), None) => (begin, begin.saturating_add(LONGEST)),
        (None, Some(end)) => (end.saturating_sub(LONGEST), end),
        (Some(begin), Some(end)) => (begin, end),
    };
    // Assumption: a window that ends before it begins is refused like one that is too long. One
    // request would settle it.
    if end < begin || end - begin > LONGEST {
        return Err(opaque(StatusCode::BAD_REQUEST));
    }
    Ok((begin, end))
}

fn page_size(parameters: &Parameters) -> Result<usize> {
    let Some(text) = parameters.get("_pageSize") else { return Ok(MAX_PAGE) };
    let size = text.parse().ok().filter(|size| (1..=MAX_PAGE).contains(size));
    size.ok_or_else(|| opaque(StatusCode::BAD_REQUEST))
}

fn cookie(parameters: &Parameters) -> Result<Option<u64>> {
    let Some(text) = parameters.get("_pagedResultsCookie").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
    let number = bytes.map(u64::from_be_bytes);
    number.map(Some).ok_or_else(|| opaque(StatusCode::BAD_REQUEST))
}

fn write_cookie(number: u64) -> String {
    URL_SAFE_NO_PAD.encode(number.to_be_bytes())
}

/// An answer that does not say what is wrong.
fn opaque(status: StatusCode) -> Error {
    Error::new(status, status.canonical_reason().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn searched(parameters: &str) -> Result<(i64, i64)> {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::days(10);
        let (begin, end) = window(&Parameters::parse(parameters), now)?;
        Ok((begin.unix_timestamp() / 3_600, end.unix_timestamp() / 3_600))
    }

    #[test]
    fn a_day_is_searched_unless_less_is_asked_for() {
        assert_eq!(searched(""), Ok((216, 240)));
        assert_eq!(searched("beginTime=1970-01-02T00:00:00Z"), Ok((24, 48)));
        assert_eq!(searched("endTime=1970-01-03T00:00:00Z"), Ok((24, 48)));
        let both = "beginTime=1970-01-02T00:00:00Z&endTime=1970-01-02T01:00:00.5Z";
        assert_eq!(searched(both), Ok((24, 25)));
    }

    #[test]
    fn more_than_a_day_is_refused_and_so_is_no_date() {
        for parameters in [
            "beginTime=1970-01-02T00:00:00Z&endTime=1970-01-03T00:00:01Z",
            "beginTime=1970-01-02T00:00:00Z&endTime=1970-01-01T00:00:00Z",
            "beginTime=yesterday",
        ] {
            assert_eq!(searched(parameters), Err(opaque(StatusCode::BAD_REQUEST)));
        }
    }
}
