use std::time::SystemTime;

use aic_api::query::Filter;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::input::{Hours, before};
use super::{DATA, Prompt, PromptSpec};

/// Reports what anybody has changed.
pub(super) struct ReviewChanges;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// How many hours back, 1 to 24; 24 by default.
    hours: Option<Hours<24>>,
}

impl Prompt for ReviewChanges {
    const SPEC: PromptSpec = PromptSpec {
        name: "review-changes",
        title: "Review what changed",
        description: "Reports what anybody has changed since yesterday: configuration, and \
                      identities changed by administrators.",
        tools: &["queryLogs", "traceMcpActivity"],
    };
    type Input = Input;

    fn text(input: Input, now: SystemTime) -> String {
        let hours = Hours::or(input.hours, 24);
        let begin = before(now, hours);
        let configuration = json!({
            "sources": ["am-config", "idm-config"], "beginTime": begin, "pageSize": 200,
        });
        let identities = json!({
            "sources": ["idm-activity"], "beginTime": begin, "pageSize": 200,
            "queryFilter": Filter::contains("/payload/objectId", "managed/").to_string(),
        });
        format!(
            "Report what was changed on this tenant in the last {hours} hours, by whoever it was.\n\n\
             1. Configuration: call queryLogs with {configuration}. Entries name the object \
             (/payload/objectId), the operation and the changed fields, not the values.\n\
             2. Identities: call queryLogs with {identities}. People change their own profiles all the \
             time: where /payload/userId is not the object itself, somebody else did it.\n\
             3. Which of these came through MCP: call traceMcpActivity with {}.\n\
             4. Follow pagedResultsCookie until there are no more pages, or say how far you came.\n\
             5. Report a table of time, who, operation, object and changed fields, configuration first; \
             then, in a few sentences, what needs a second look: deletions, changed sign-in (journeys, \
             nodes, scripts, default journey), clients with new redirect URIs or scopes, new \
             administrators or roles, many objects changed at once.\n\n{DATA}",
            json!({ "beginTime": begin })
        )
    }
}
