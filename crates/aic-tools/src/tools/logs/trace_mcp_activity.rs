use std::time::{Duration, SystemTime};

use aic_api::Read;
use aic_api::error::Cause;
use aic_api::logs::{LogQuery, Timestamp, Window};
use aic_api::query::Filter;
use aic_auth::Scope;
use futures_util::{StreamExt, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::timeline::{Timeline, TracedCall};
use super::{TRANSACTION_PREFIX, USER_AGENT_PREFIX, explain};
use crate::outcome::result::drop_items;
use crate::outcome::{Output, ToolError};
use crate::tool::input::NonBlank;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// The sources that a call of this server leaves something in.
const SOURCES: [&str; 7] = [
    "am-authentication",
    "am-access",
    "am-config",
    "idm-access",
    "idm-activity",
    "idm-config",
    "environment-access",
];
/// The clients by which the server logs in and exchanges.
const CLIENTS: [&str; 2] = ["AICMCPClient", "AICMCPExchangeClient"];

/// As long as AIC keeps its logs.
const MOST_HOURS: u32 = Timestamp::DAYS_KEPT * 24;
/// How many requests a call may take: the service takes about sixty a minute from everybody.
const MOST_REQUESTS: usize = 30;
const AHEAD: Duration = Duration::from_mins(1);
const MOST_PAGES_OF_A_DAY: usize = 5;
const AT_A_TIME: usize = 3;
const PAGE_SIZE: u32 = 1000;

/// Finds what was done through this server.
pub(super) struct TraceMcpActivity;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Start, as 2026-01-31T14:00:00Z; 24 hours before endTime by default, 30 days at most.
    begin_time: Option<Timestamp>,
    /// End; now by default.
    end_time: Option<Timestamp>,
    /// Only what this administrator did: the id, as results of this tool have it.
    administrator: Option<NonBlank>,
    /// Only this call: one of a result's transactionIds.
    transaction_id: Option<NonBlank>,
    /// OAuth clients of the server; AICMCPClient and AICMCPExchangeClient by default.
    #[serde(default)]
    client_ids: Vec<NonBlank>,
}

/// The traced activity.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TraceMcpActivityOutput {
    /// The tool calls, oldest first.
    calls: Vec<TracedCall>,
    /// How many.
    count: usize,
    /// Logins of the server's clients: time, administrator, client.
    logins: Vec<Value>,
    /// How many tokens were exchanged, one for each tool call.
    exchanges: usize,
    /// How far it looked, and what is missing.
    note: String,
}

impl Output for TraceMcpActivityOutput {
    fn shorten(&mut self, excess: usize) {
        let times: Vec<_> = self.calls.iter().map(|call| call.time().to_owned()).collect();
        let (left, all) = drop_items(&mut self.calls, excess);
        self.count = left;
        let next = times.get(left).map_or("", String::as_str);
        self.note = format!(
            "{} Only the first {left} of {all} calls are shown, for length: the others begin at \
             {next}, which as beginTime shows them.",
            self.note
        );
    }
}

impl Tool for TraceMcpActivity {
    const SPEC: Spec = Spec::new("traceMcpActivity", Toolset::Logs)
        .title("Trace what was done through MCP")
        .describe(
            "Finds in the tenant's logs what was done through this server or the reference one, as \
             tool calls: when, by whom, which requests, what was changed. Takes one request a day \
             or more, of a service that limits them. Entries appear with some delay.",
        )
        .scopes(&[Scope::Monitoring])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = TraceMcpActivityOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<TraceMcpActivityOutput, ToolError> {
        // The tenant's clock may be ahead of this one.
        let end = input.end_time.unwrap_or_else(|| (SystemTime::now() + AHEAD).into());
        let begin = input.begin_time.unwrap_or_else(|| end.hours_before(24));
        if begin < end.hours_before(MOST_HOURS) {
            return Err(ToolError::refused(
                "`beginTime`: it is more than 30 days before the end, and AIC keeps its logs no \
                 longer. Nothing was sent.",
                "Choose a later beginTime.",
            ));
        }
        let days = Window::days(begin, end).map_err(|problem| {
            ToolError::refused(
                format!("`beginTime` and `endTime`: {problem}. Nothing was sent."),
                "Exchange them.",
            )
        })?;
        let query = query(&input);
        let pages = (MOST_REQUESTS / days.len()).clamp(1, MOST_PAGES_OF_A_DAY);
        let (number, mut read) = (days.len(), 0);
        let mut found = stream::iter(days)
            .map(|window| entries(cx, LogQuery { window, ..query.clone() }, pages))
            .buffered(AT_A_TIME);
        let (mut all, mut is_whole) = (Vec::new(), true);
        while let Some(day) = found.next().await {
            let (entries, whole) = day?;
            all.extend(entries);
            is_whole &= whole;
            read += 1;
            cx.step(read, number);
        }
        drop(found);
        let administrator = input.administrator.as_ref().map(NonBlank::as_str);
        let Timeline { calls, logins, exchanges } = Timeline::of(&all, administrator);
        let more = if is_whole {
            ""
        } else {
            " There are more entries than were read: narrow the time, or name an administrator."
        };
        let note = format!("{} log entries from {begin} to {end}.{more}", all.len());
        Ok(TraceMcpActivityOutput { count: calls.len(), calls, logins, exchanges, note })
    }
}

/// The entries of a day, a few pages of them at most, and whether these are all.
async fn entries(
    cx: &Context<Read>,
    mut query: LogQuery,
    pages: usize,
) -> Result<(Vec<Value>, bool), ToolError> {
    let mut entries = Vec::new();
    for _ in 0..pages {
        let page = cx.api().logs().query(&query).await.map_err(|error| {
            explain(error).advise(
                Cause::Invalid,
                "Check the times: AIC keeps its logs for 30 days, and knows none of the future.",
            )
        })?;
        entries.extend(page.items);
        query.cookie = page.paged_results_cookie;
        if query.cookie.is_none() {
            return Ok((entries, true));
        }
    }
    Ok((entries, false))
}

/// The query for all sources at once: the service counts requests, not results.
// Assumption: a field that holds a list, as those of headers and principals do, is compared by its
// items, and AIC keeps the transaction id that a request names. Where it does not, the requests are
// still found by their User-Agent, and only what they changed is not. A search by each of the three
// on a tenant that was just written to would settle it.
fn query(input: &Input) -> LogQuery {
    let sources = SOURCES.iter().filter_map(|source| source.parse().ok()).collect();
    let whole = LogQuery { sources, page_size: Some(PAGE_SIZE), ..LogQuery::default() };
    if let Some(id) = &input.transaction_id {
        return LogQuery { transaction_id: Some(id.as_str().to_owned()), ..whole };
    }
    let mut ours = Filter::starts_with("/payload/transactionId", TRANSACTION_PREFIX)
        .or(Filter::contains("/payload/http/request/headers/user-agent", USER_AGENT_PREFIX));
    let given = input.client_ids.iter().map(NonBlank::as_str);
    let usual = CLIENTS.iter().copied().filter(|_| input.client_ids.is_empty());
    for client in given.chain(usual) {
        ours = ours.or(Filter::eq("/payload/principal", client));
    }
    if let Some(administrator) = &input.administrator {
        ours = ours.and(Filter::contains("/payload/userId", administrator.as_str()));
    }
    LogQuery { filter: Some(ours.into()), ..whole }
}
