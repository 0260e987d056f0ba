use std::time::SystemTime;

use aic_api::Realm;
use aic_api::path::ObjectType;
use aic_api::query::Filter;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::input::{Hours, Who, before};
use super::{DATA, Prompt, PromptSpec};

/// Finds out why a user's journey failed.
pub(super) struct ExplainFailedJourney;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// alpha or bravo.
    realm: Realm,
    /// The user's name, mail address or _id.
    user: Who,
    /// Only runs of this journey.
    journey: Option<Who>,
    /// How many hours back, 1 to 24; 24 by default.
    hours: Option<Hours<24>>,
}

impl Prompt for ExplainFailedJourney {
    const SPEC: PromptSpec = PromptSpec {
        name: "explain-failed-journey",
        title: "Explain a failed journey",
        description: "Finds out why a user could not get through a journey: the node where it \
                      stopped, what that node looks at, and what to do.",
        tools: &["queryManagedObjects", "queryLogs", "getJourney", "getAMScript"],
    };
    type Input = Input;

    fn text(input: Input, now: SystemTime) -> String {
        let user = input.user.as_str();
        let begin = before(now, Hours::or(input.hours, 24));
        let find = json!({
            "objectType": ObjectType::users(input.realm),
            "queryFilter": Filter::eq("userName", user)
                .or(Filter::eq("mail", user))
                .or(Filter::eq("_id", user))
                .to_string(),
            "fields": "userName,mail,accountStatus",
        });
        let failed = Filter::eq("/payload/eventName", "AM-TREE-LOGIN-COMPLETED")
            .and(Filter::eq("/payload/result", "FAILED"))
            .and(Filter::eq("/payload/realm", &format!("/{}", input.realm)));
        let runs = json!({
            "sources": ["am-authentication"], "beginTime": begin,
            "queryFilter": failed.and(Filter::contains("/payload/principal", user)).to_string(),
            "pageSize": 20,
        });
        let journey = match &input.journey {
            Some(journey) => format!(
                " Only runs of the journey {} matter (treeName in /payload/entries).",
                json!(journey.as_str())
            ),
            None => String::new(),
        };
        format!(
            "Find out why the user {} of realm {} could not get through a journey.\n\n\
             1. Find the user: queryManagedObjects with {find}. None or several: say so, and ask. An \
             accountStatus other than active explains a lot.\n\
             2. Find the failed runs: queryLogs with {runs}.{journey} If there are none, look for \
             entries whose /payload/userId contains the user's _id, and for AM-LOGIN-COMPLETED.\n\
             3. Take the last failed run: the first of its /payload/trackingIds names it, and not the \
             transactionId, which changes with each request. Call queryLogs with sources \
             am-authentication and am-core, the same beginTime and the queryFilter `/payload/trackingIds \
             eq \"<that id>\"`. The AM-NODE-LOGIN-COMPLETED entries, oldest first, are the nodes it went \
             through: displayName, nodeType and nodeOutcome in /payload/entries.\n\
             4. Call getJourney for the journey, find the node where it stopped and where its outcome \
             leads. Where that node runs a script, read it with getAMScript and look for what it \
             logged in am-core.\n\
             5. Explain, in this order: what happened, node by node; why it failed, and how sure you \
             are; what the user can do; what an administrator should change. Change nothing yourself.\n\n\
             {DATA}",
            json!(user),
            input.realm,
        )
    }
}
