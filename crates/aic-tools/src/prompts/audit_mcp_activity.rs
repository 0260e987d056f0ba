use std::time::SystemTime;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::input::{Hours, Who, before};
use super::{DATA, Prompt, PromptSpec};

/// Reports what was done through MCP.
pub(super) struct AuditMcpActivity;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// How many hours back, 1 to 720; 24 by default.
    hours: Option<Hours<720>>,
    /// Only what the administrator of this id did.
    administrator: Option<Who>,
}

impl Prompt for AuditMcpActivity {
    const SPEC: PromptSpec = PromptSpec {
        name: "audit-mcp-activity",
        title: "Audit MCP activity",
        description: "Reports what was done on the tenant through MCP servers: by whom, when, what \
                      was changed.",
        tools: &["traceMcpActivity", "queryLogs"],
    };
    type Input = Input;

    fn text(input: Input, now: SystemTime) -> String {
        let hours = Hours::or(input.hours, 24);
        let mut arguments = json!({ "beginTime": before(now, hours) });
        if let Some(administrator) = &input.administrator {
            arguments["administrator"] = administrator.as_str().into();
        }
        format!(
            "Report what was done on this tenant through MCP servers in the last {hours} hours.\n\n\
             1. Call traceMcpActivity with {arguments}. If its note says that something is missing, \
             narrow the time and call it again for each part.\n\
             2. For each call that failed or that changed something you cannot explain, look at its \
             entries: queryLogs with that transactionId and sources am-access, am-config, idm-access \
             and idm-activity.\n\
             3. Report, in this order: a sentence on the whole (how many calls, by whom, from when to \
             when); what was changed, as a table of time, administrator, operation, object and changed \
             fields; what failed and why; what is out of the ordinary (deletions, changes of journeys, \
             scripts, clients or object types, work at odd hours, an administrator or a version of the \
             server that stands alone); what the logs cannot tell. Name the transaction id of \
             everything you claim.\n\n{DATA}"
        )
    }
}
