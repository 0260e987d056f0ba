//! Arguments for every tool with which it succeeds.

use aic_e2e::Client;
use serde_json::{Value, json};

use crate::support::user;

/// The tools that the server has no other arguments for fail the test that looks for them here.
///
/// Where a tool needs something that the tenant does not hold from the start, it is made first.
pub(crate) async fn arguments(tool: &str, client: &mut Client) -> Option<Value> {
    let alpha = json!({ "realm": "alpha" });
    let patch = json!([{ "operation": "replace", "field": "/title", "value": "T" }]);
    Some(match tool {
        "listManagedObjects" | "getThemeSchema" | "listFeatures" | "enableAiAgent"
        | "getLogSources" | "listChanges" | "traceMcpActivity" => json!({}),
        "listJourneys"
        | "listNodeTypes"
        | "listScripts"
        | "listOidcApps"
        | "getThemes"
        | "getOidcAppSchema"
        | "getJourneyPreviewUrl"
        | "getScriptedDecisionNodeBindings" => alpha,
        "getManagedObjectSchema" | "queryManagedObjects" => json!({ "objectType": "alpha_user" }),
        "getManagedObject" | "deleteManagedObject" => object(client).await.0,
        "createManagedObject" => json!({ "objectType": "alpha_user", "objectData": user("new") }),
        "patchManagedObject" => {
            let (mut arguments, revision) = object(client).await;
            arguments["revision"] = revision;
            arguments["operations"] =
                json!([{ "operation": "replace", "field": "/sn", "value": "Changed" }]);
            arguments
        }
        "createManagedObjectDefinition" => definition(),
        "patchManagedObjectDefinition" => {
            json!({ "objectName": "alpha_user", "operations": patch })
        }
        "deleteManagedObjectDefinition" => {
            client.call("createManagedObjectDefinition", definition()).await.ok();
            json!({ "objectName": "alpha_device" })
        }
        "patchManagedObjectRelationship" => json!({
            "objectType": "alpha_user", "propertyName": "custom_mentor", "action": "add",
            "propertyDefinition": { "type": "relationship", "title": "Mentor",
                "resourceCollection": [{ "path": "managed/alpha_user", "label": "User",
                    "query": { "queryFilter": "true", "fields": ["userName"] } }] },
        }),
        "getJourney" | "validateJourney" => journey("Login"),
        "getJourneyNode" => {
            json!({ "realm": "alpha", "journeyName": "Login", "node": "Data Store Decision" })
        }
        "createJourney" => draft(),
        "updateJourney" | "deleteJourney" | "updateJourneyNode" | "deleteJourneyNodes" => {
            of_journey(tool, client).await
        }
        "setDefaultJourney" => journey("Registration"),
        "getNodeTypeDetails" => {
            json!({ "realm": "alpha", "nodeTypes": ["RetryLimitDecisionNode"] })
        }
        "getDynamicNodeOutcomes" => json!({ "realm": "alpha",
            "nodeType": "ChoiceCollectorNode", "config": { "choices": ["a"] } }),
        "getAMScript" | "deleteScript" => script(client).await,
        "createScript" => new_script(),
        "updateScript" => {
            let mut arguments = script(client).await;
            arguments["description"] = "Changed".into();
            arguments
        }
        "getOidcApp" | "deleteOidcApp" => app(),
        "createOidcApp" => {
            let (owner, _) = object(client).await;
            let owner = format!("managed/alpha_user/{}", owner["objectId"].as_str()?);
            json!({ "realm": "alpha", "name": "New", "clientId": "new",
                "owners": [{ "_ref": owner }] })
        }
        "updateOidcApp" => {
            let found = client.call("getOidcApp", app()).await.ok();
            let mut arguments = app();
            arguments["oauth2Client"] = json!({ "coreOAuth2ClientConfig": {
                "clientName": { "inherited": false, "value": ["Changed"] } } });
            arguments["managedApplication"] = json!({
                "_rev": found["managedApplication"]["_rev"],
                "operations": [{ "operation": "replace", "field": "/url", "value": "https://x.example/" }],
            });
            arguments
        }
        "getTheme" => theme("Northlight"),
        "setDefaultTheme" | "deleteTheme" => theme("Contractors"),
        "createTheme" => json!({ "realm": "alpha", "themeData": { "name": "New" } }),
        "updateTheme" => {
            let mut arguments = theme("Contractors");
            arguments["themeUpdates"] = json!({ "boldLinks": true });
            arguments
        }
        "queryESVs" => json!({ "type": "variable" }),
        "setVariable" => json!({ "variableId": "esv-new", "type": "string", "value": "x" }),
        "getVariable" | "deleteVariable" => json!({ "variableId": "esv-beta-features" }),
        "validateIdmFeature" | "installIdmFeature" => {
            json!({ "featureName": "password/timestamps" })
        }
        "queryLogs" => json!({ "sources": ["am-access"] }),
        _ => return None,
    })
}

/// A user and its revision.
async fn object(client: &mut Client) -> (Value, Value) {
    let query = json!({ "objectType": "alpha_user", "pageSize": 1, "fields": "userName" });
    let found = client.call("queryManagedObjects", query).await.ok();
    let user = &found["objects"][0];
    (json!({ "objectType": "alpha_user", "objectId": user["_id"] }), user["_rev"].clone())
}

fn definition() -> Value {
    let schema = json!({ "type": "object", "properties": { "name": { "type": "string" } } });
    json!({ "objectName": "alpha_device", "objectDefinition": { "schema": schema } })
}

fn journey(name: &str) -> Value {
    json!({ "realm": "alpha", "journeyName": name })
}

/// A journey to create.
fn draft() -> Value {
    let retry = json!({
        "nodeType": "RetryLimitDecisionNode", "displayName": "Retry",
        "connections": { "Retry": "SUCCESS", "Reject": "FAILURE" }, "config": { "retryLimit": 4 },
    });
    let mut draft = journey("Draft");
    draft["journeyData"] = json!({ "entryNodeId": "retry", "nodes": { "retry": retry } });
    draft
}

/// Arguments for a tool that changes a journey, which is created first.
async fn of_journey(tool: &str, client: &mut Client) -> Value {
    let created = client.call("createJourney", draft()).await.ok();
    let id = &created["nodeIds"]["retry"];
    let node = json!({ "nodeType": "RetryLimitDecisionNode", "nodeId": id });
    match tool {
        "updateJourneyNode" => json!({ "realm": "alpha", "nodeType": node["nodeType"],
            "nodeId": id, "config": { "retryLimit": 2 } }),
        "deleteJourneyNodes" => {
            client.call("deleteJourney", journey("Draft")).await.ok();
            json!({ "realm": "alpha", "nodes": [node] })
        }
        "updateJourney" => {
            let mut arguments = journey("Draft");
            arguments["description"] = "Changed".into();
            arguments
        }
        _ => journey("Draft"),
    }
}

fn new_script() -> Value {
    json!({ "realm": "alpha", "name": "New", "script": "action.goTo(\"true\");" })
}

async fn script(client: &mut Client) -> Value {
    let created = client.call("createScript", new_script()).await.ok();
    json!({ "realm": "alpha", "scriptId": created["scriptId"] })
}

fn app() -> Value {
    json!({ "realm": "alpha", "name": "Expense Portal" })
}

fn theme(name: &str) -> Value {
    json!({ "realm": "alpha", "themeIdentifier": name })
}
