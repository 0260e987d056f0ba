//! The tools for journeys.

mod changing;
mod creating;
mod nodes;
mod reading;
mod recipes;
mod validating;
mod warnings;
mod writing;

use aic_e2e::Client;
use aic_sim::{RequestRecord, Sim};
use serde_json::{Value, json};

use crate::support::{api_requests, served, settled};

const AUTHENTICATION: &str = "/am/json/realms/root/realms/alpha/realm-config/authentication";
const SUCCESS: &str = "70e691a5-1e33-4ac3-a356-e7b6d60d92e0";
const FAILURE: &str = "e301438c-0bd0-429c-ab0c-66126501069a";

fn tree(name: &str) -> String {
    format!("{AUTHENTICATION}/authenticationtrees/trees/{name}")
}

fn nodes(rest: &str) -> String {
    format!("{AUTHENTICATION}/authenticationtrees/nodes/{rest}")
}

fn alpha(name: &str) -> Value {
    json!({ "realm": "alpha", "journeyName": name })
}

fn body(request: &RequestRecord) -> Value {
    serde_json::from_slice(&request.body).expect("a body of JSON")
}

/// The bodies of the requests that put something.
fn puts(sim: &Sim) -> Vec<Value> {
    api_requests(sim).iter().filter(|request| request.method == "PUT").map(body).collect()
}

async fn get(client: &mut Client, name: &str) -> Value {
    client.call("getJourney", alpha(name)).await.ok()
}

/// A journey with a page, all nodes with readable names.
pub(crate) fn graph() -> Value {
    json!({
        "entryNodeId": "signIn",
        "nodes": {
            "signIn": {
                "nodeType": "PageNode", "displayName": "Sign in",
                "connections": { "outcome": "check" },
                "config": { "pageHeader": { "en": "Hello" }, "pageDescription": {}, "nodes": [
                    { "_id": "name", "nodeType": "ValidatedUsernameNode", "displayName": "Name",
                        "nodeProperties": { "validateInput": false } },
                    { "_id": "password", "nodeType": "ValidatedPasswordNode",
                        "displayName": "Password", "nodeProperties": { "validateInput": false } },
                ] },
            },
            "check": {
                "nodeType": "DataStoreDecisionNode", "displayName": "Check",
                "connections": { "true": "SUCCESS", "false": "retry" }, "config": {},
            },
            "retry": {
                "nodeType": "RetryLimitDecisionNode", "displayName": "Retry",
                "connections": { "Retry": "signIn", "Reject": "failure" },
                "config": { "retryLimit": 4 },
            },
        },
    })
}

async fn create(client: &mut Client, name: &str) -> Value {
    let arguments = json!({ "realm": "alpha", "journeyName": name, "description": "A test",
        "journeyData": graph() });
    client.call("createJourney", arguments).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn results_have_these_shapes() {
    let (_sim, mut client) = served().await;
    let created = create(&mut client, "Shape").await;
    has_shape("createJourney", created.clone());
    let found = get(&mut client, "Shape").await;
    has_shape("getJourney", found);
    let arguments = json!({ "realm": "alpha", "journeyName": "Shape", "enabled": false });
    let changed = client.call("updateJourney", arguments).await.ok();
    has_shape("updateJourney", changed);
    let mut listed = client.call("listJourneys", json!({ "realm": "alpha" })).await.ok();
    listed["journeys"].as_array_mut().unwrap().retain(|j| j["description"] == "A test");
    listed["count"] = json!("<count>");
    has_shape("listJourneys", listed);
    let changed = client.call("setDefaultJourney", alpha("Login")).await.ok();
    has_shape("setDefaultJourney", changed);
    let arguments = json!({ "realm": "alpha", "nodeType": "RetryLimitDecisionNode",
        "nodeId": created["nodeIds"]["retry"], "config": { "retryLimit": 2 } });
    let changed = client.call("updateJourneyNode", arguments).await.ok();
    has_shape("updateJourneyNode", changed);
    let deleted = client.call("deleteJourney", alpha("Shape")).await.ok();
    let nodes = json!({ "realm": "alpha", "nodes": deleted["orphanedNodes"] });
    has_shape("deleteJourney", deleted);
    let deleted = client.call("deleteJourneyNodes", nodes).await.ok();
    has_shape("deleteJourneyNodes", deleted);
    let arguments = json!({ "realm": "alpha", "nodeTypes": ["RetryLimitDecisionNode", "None"] });
    let details = client.call("getNodeTypeDetails", arguments).await.ok();
    has_shape("getNodeTypeDetails", details);
    let arguments = json!({ "realm": "alpha", "nodeType": "ChoiceCollectorNode",
        "config": { "choices": ["a"] } });
    let outcomes = client.call("getDynamicNodeOutcomes", arguments).await.ok();
    has_shape("getDynamicNodeOutcomes", outcomes);
}

/// Holds a result to its snapshot, but for what differs from run to run.
fn has_shape(tool: &str, result: Value) {
    let uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    insta::with_settings!({ filters => vec![(uuid, "<uuid>")] }, {
        insta::assert_json_snapshot!(tool, settled(result));
    });
}
