use std::time::SystemTime;

use aic_api::Realm;
use aic_api::query::Filter;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::input::{Hours, before};
use super::{DATA, Prompt, PromptSpec};

/// Reports who could not sign in.
pub(super) struct FailedLogins;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// alpha or bravo; both by default.
    realm: Option<Realm>,
    /// How many hours back, 1 to 24; 1 by default.
    hours: Option<Hours<24>>,
}

impl Prompt for FailedLogins {
    const SPEC: PromptSpec = PromptSpec {
        name: "failed-logins",
        title: "Failed logins",
        description: "Reports the failed logins of the last hour, and whether they look like people \
                      in trouble, a broken journey or an attack.",
        tools: &["queryLogs"],
    };
    type Input = Input;

    fn text(input: Input, now: SystemTime) -> String {
        let hours = Hours::or(input.hours, 1);
        let begin = before(now, hours);
        let of_realm = |filter: Filter| match input.realm {
            Some(realm) => filter.and(Filter::eq("/payload/realm", &format!("/{realm}"))),
            None => filter,
        };
        let query = |result: &str, page_size: u32| {
            let filter = Filter::contains("/payload/eventName", "LOGIN-COMPLETED")
                .and(Filter::eq("/payload/result", result));
            json!({
                "sources": ["am-authentication"], "beginTime": begin,
                "queryFilter": of_realm(filter).to_string(), "pageSize": page_size,
            })
        };
        format!(
            "Report the failed logins of the last {hours} hours.\n\n\
             1. Call queryLogs with {}. Follow pagedResultsCookie up to five pages, and say so if \
             there are more.\n\
             2. For comparison, call queryLogs with {} and note only how many there are.\n\
             3. One login leaves several entries: group them by the first of /payload/trackingIds, and \
             by journey (treeName in /payload/entries), user (/payload/principal) and address \
             (ipAddress, or /payload/client/ip).\n\
             4. Report how many logins failed of how many; a table of journeys and one of users with \
             their counts; and what it looks like: one user with many failures (forgotten password, \
             locked), many users from one address (an attack), everybody in one journey (a broken \
             journey or script: look at the node where they stop). Say what you would look at next.\n\n\
             {DATA}",
            query("FAILED", 200),
            query("SUCCESSFUL", 1000),
        )
    }
}
