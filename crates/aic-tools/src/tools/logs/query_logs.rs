use std::borrow::Cow;
use std::time::SystemTime;

use aic_api::Read;
use aic_api::error::Cause;
use aic_api::logs::{InvalidWindow, LogFilter, LogQuery, Retained, Timestamp, Window};
use aic_api::path::LogSource;
use aic_auth::Scope;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

use super::explain;
use crate::outcome::result::drop_items;
use crate::outcome::{Output, ToolError};
use crate::tool::input::Bounded;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

const DEFAULT_PAGE_SIZE: u32 = 100;

/// Finds log entries.
pub(super) struct QueryLogs;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Sources to search, such as am-authentication and idm-activity; getLogSources names them
    /// all. The -everything sources are mostly debug noise.
    sources: Sources,
    /// Start, as 2026-01-31T14:00:00Z. At most 24 hours before endTime; without it, 24 hours
    /// before.
    begin_time: Option<Timestamp>,
    /// End, as 2026-01-31T15:00:00Z. Without either time: the last 24 hours.
    end_time: Option<Timestamp>,
    /// Only entries of this transaction, such as one of transactionIds of another tool's result.
    transaction_id: Option<String>,
    /// CREST filter on the entries; every field starts with a slash: `/payload/eventName eq
    /// "AM-LOGIN-COMPLETED" and /payload/principal co "jdoe"`. Operators: eq, co, sw, pr, gt, ge,
    /// lt, le; and, or, !(...).
    query_filter: Option<LogFilter>,
    /// The pagedResultsCookie of the page before; leave everything else as it was.
    paged_results_cookie: Option<String>,
    /// Entries per page; 100 by default. Entries are long: 20 is often enough.
    page_size: Option<Bounded<1, 1000>>,
}

/// The sources to search, at least one.
struct Sources(Vec<LogSource>);

impl<'de> Deserialize<'de> for Sources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Vec::<String>::deserialize(deserializer)?;
        // AIC joins sources with commas, so some callers do so too.
        let names = given.iter().flat_map(|source| source.split(',')).map(str::trim);
        let sources: Result<Vec<_>, _> = names.map(str::parse).collect();
        let sources = sources.map_err(de::Error::custom)?;
        if sources.is_empty() {
            return Err(de::Error::custom("it is empty; name a source, such as am-authentication"));
        }
        Ok(Self(sources))
    }
}

impl JsonSchema for Sources {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Sources".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": { "type": "string" } })
    }
}

/// A page of entries.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueryLogsOutput {
    /// The entries, oldest first: timestamp, source, type and payload.
    entries: Vec<Value>,
    /// How many are on this page.
    count: usize,
    /// Pass this on to get the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    paged_results_cookie: Option<String>,
    /// Further remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for QueryLogsOutput {
    fn shorten(&mut self, excess: usize) {
        let (left, before) = drop_items(&mut self.entries, excess);
        self.count = left;
        // The cookie leads past the whole page, so passing it on would skip what was left out.
        self.paged_results_cookie = None;
        let last = self.entries.last().and_then(|entry| entry["timestamp"].as_str());
        self.note = Some(match last {
            Some(last) => format!(
                "Only the first {left} of this page's {before} entries are shown, for length. To \
                 see the others, repeat the call with pageSize {left} and follow its cookie, or \
                 with beginTime {last}; or narrow it with queryFilter."
            ),
            None => format!(
                "None of this page's {before} entries are shown, for length: the first alone is \
                 too long. Narrow the search with queryFilter, or raise --max-result."
            ),
        });
    }
}

impl Tool for QueryLogs {
    const SPEC: Spec = Spec::new("queryLogs", Toolset::Logs)
        .title("Search logs")
        .describe(
            "Searches the tenant's logs, oldest first, at most 24 hours at a time and 30 days \
             back. One journey run shares /payload/trackingIds, one HTTP request a \
             transactionId. Entries appear with some delay. Rate-limited: prefer one good \
             filter to many calls.",
        )
        .scopes(&[Scope::Monitoring])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = QueryLogsOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<QueryLogsOutput, ToolError> {
        let query = LogQuery {
            sources: input.sources.0,
            window: Window::new(input.begin_time, input.end_time).map_err(refuse)?,
            transaction_id: input.transaction_id,
            filter: input.query_filter,
            page_size: Some(input.page_size.map_or(DEFAULT_PAGE_SIZE, Bounded::get)),
            cookie: input.paged_results_cookie,
        };
        let page = cx.api().logs().query(&query).await.map_err(|error| {
            explain(error)
                .advise(
                    Cause::Invalid,
                    "Check the sources with getLogSources, the times (24 hours at most, 30 days \
                     back) and that the cookie belongs to the same search.",
                )
                .advise(
                    Cause::Internal,
                    "The log service fails so when it cannot read a filter: check the fields of \
                     queryFilter (no array indexes in them).",
                )
        })?;
        let kept = query.window.kept(SystemTime::now().into());
        let is_empty = page.items.is_empty();
        let doubt = query.filter.as_ref().filter(|_| is_empty).and_then(dotted);
        let note = note(kept, is_empty, page.paged_results_cookie.is_some());
        let notes: Vec<_> = note.into_iter().chain(doubt).collect();
        Ok(QueryLogsOutput {
            count: page.items.len(),
            entries: page.items,
            paged_results_cookie: page.paged_results_cookie,
            note: (!notes.is_empty()).then(|| notes.join(" ")),
        })
    }
}

/// The remark on a field with a dot in its name: no log is known to have one.
fn dotted(filter: &LogFilter) -> Option<String> {
    let field = filter.fields().find(|field| field.starts_with('/') && field.contains('.'))?;
    Some(format!(
        "{field} is one name with a dot in it; what is within another field stands behind a slash: \
         {}.",
        field.replace('.', "/")
    ))
}

/// The remarks on a page of entries: the logs of the time are gone, nothing was found, or there is
/// more.
fn note(kept: Retained, is_empty: bool, has_more: bool) -> Option<String> {
    let days = Timestamp::DAYS_KEPT;
    let gone = match kept {
        Retained::Everything => None,
        Retained::Since(oldest) => Some(format!(
            "AIC keeps its logs for {days} days: of the time before {oldest} there is nothing left."
        )),
        Retained::Nothing => Some(format!(
            "AIC keeps its logs for {days} days: of this time there is nothing left, whatever \
             happened."
        )),
    };
    let found = match (is_empty, has_more) {
        (_, true) => Some("There are more: pass pagedResultsCookie on.".to_owned()),
        (true, false) if kept != Retained::Nothing => Some(
            "Nothing matches. Entries take a while to appear; widen the times, check the sources \
             with getLogSources, and the field names in an entry found without queryFilter."
                .to_owned(),
        ),
        _ => None,
    };
    let notes: Vec<_> = gone.into_iter().chain(found).collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

fn refuse(problem: InvalidWindow) -> ToolError {
    ToolError::refused(
        format!(
            "`beginTime` and `endTime`: the time between them is not one to search, as {problem}. Nothing was sent."
        ),
        match problem {
            InvalidWindow::TooLong => {
                "Move them closer together, and make one call for each 24 hours."
            }
            InvalidWindow::Backwards => "Exchange them.",
        },
    )
}
