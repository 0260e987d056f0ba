//! Faults that AM stores without a word are pointed out: names of outcomes as the vendor's material has
//! them, names in place of ids, and what is not there.

use std::sync::Arc;

use aic_api::Realm;
use aic_api::journey::JourneyDraft;
use aic_auth::{Scope, ScopeSet};
use aic_e2e::Start;
use serde_json::{Value, json};

use super::alpha;
use crate::administrator;
use crate::support::tenant;

const SCRIPT: &str = "Northlight Device Check";

fn decision(script: &str) -> Value {
    json!({ "nodeType": "ScriptedDecisionNode",
        "connections": { "known": "success", "Nope": "failure" },
        "config": { "script": script, "outcomes": ["known", "Error"] } })
}

fn journey() -> Value {
    json!({
        "journeyName": "Odd",
        "realm": "alpha",
        "journeyData": { "entryNodeId": "page", "nodes": {
            "page": { "nodeType": "PageNode", "version": "2.0",
                "connections": { "Yes": "store" },
                "config": { "nodes": [{ "_id": "choice", "nodeType": "ChoiceCollectorNode",
                    "config": { "choices": ["yes", "no"], "defaultChoice": "yes", "prompt": "?" } }] } },
            "store": { "nodeType": "DataStoreDecisionNode", "connections": { "True": "named", "False": "unknown" },
                "config": {} },
            "named": decision(SCRIPT),
            "unknown": decision("6fb91b84-0c07-4b0c-9a3d-0b8f6d3a0b11"),
            "inner": { "nodeType": "InnerTreeEvaluatorNode", "config": { "tree": "NoSuchTree" },
                "connections": { "true": "success", "false": "failure" } },
        }}
    })
}

fn assert_one(warnings: &[String], parts: &[&str]) {
    let found = warnings.iter().filter(|one| parts.iter().all(|part| one.contains(part)));
    assert_eq!(found.count(), 1, "{parts:?} in {warnings:#?}");
}

fn warnings(answer: &Value) -> Vec<String> {
    serde_json::from_value(answer["warnings"].clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_login_gets_past_is_pointed_out() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let created = client.call("createJourney", journey()).await.ok();
    let found = warnings(&created);
    for parts in [
        ["\"page\"", "no outcome \"Yes\": its own are \"yes\", \"no\""],
        ["\"page\"", "the outcome \"yes\" leads nowhere"],
        ["\"page\"", "the outcome \"no\" leads nowhere"],
        [
            "\"store\" (DataStoreDecisionNode)",
            "no outcome \"True\": its own are \"true\", \"false\"",
        ],
        ["\"store\"", "no outcome \"False\""],
        ["\"store\"", "the outcome \"true\" leads nowhere"],
        ["\"store\"", "the outcome \"false\" leads nowhere"],
        ["\"named\"", "no outcome \"Nope\""],
        ["\"named\"", "the outcome \"Error\" leads nowhere"],
        ["\"named\"", "is the name of a script, and `script` takes its id"],
        ["\"unknown\"", "no script with the id \"6fb91b84"],
        ["\"inner\"", "no journey \"NoSuchTree\""],
    ] {
        assert_one(&found, &parts);
    }
    assert_eq!(found.len(), 14, "{found:#?}");

    let mut update = alpha("Odd");
    update["entryNodeId"] = json!("store");
    update["nodes"] = json!({ "store": { "nodeType": "DataStoreDecisionNode",
        "connections": { "true": "success" }, "config": {} } });
    let updated = client.call("updateJourney", update).await.ok();
    assert_eq!(
        warnings(&updated),
        [
            "\"store\" (DataStoreDecisionNode): the outcome \"false\" leads nowhere, and a login ends \
          there."
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_by_itself_and_a_sound_journey() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let created = super::create(&mut client, "Sound").await;
    assert!(created.get("warnings").is_none(), "{created}");

    let created = client.call("createJourney", journey()).await.ok();
    let change = |name: &str, kind: &str, config: Value| json!({ "realm": "alpha", "nodeType": kind, "nodeId": created["nodeIds"][name], "config": config });
    let scripted = change("named", "ScriptedDecisionNode", json!({ "script": SCRIPT }));
    let answer = client.call("updateJourneyNode", scripted).await.ok();
    assert_one(&warnings(&answer), &["is the name of a script"]);
    let inner = change("inner", "InnerTreeEvaluatorNode", json!({ "tree": "login" }));
    let answer = client.call("updateJourneyNode", inner).await.ok();
    assert_one(&warnings(&answer), &["no journey \"login\""]);
    let inner = change("inner", "InnerTreeEvaluatorNode", json!({ "tree": "Login" }));
    let answer = client.call("updateJourneyNode", inner).await.ok();
    assert!(answer.get("warnings").is_none(), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_of_the_other_engine_is_pointed_out() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let script = json!({ "realm": "alpha", "name": "Old ways",
        "script": "var n = sharedState.get('username');\naction.goTo('true');" });
    let created = client.call("createScript", script).await.ok();
    assert_one(&warnings(&created), &["`sharedState` is of the legacy engine"]);
    let update = |source: &str| json!({ "realm": "alpha", "scriptId": created["scriptId"], "script": source });
    let sound = client.call("updateScript", update("action.goTo('true');")).await.ok();
    assert!(sound.get("warnings").is_none(), "{sound}");
    let odd = client.call("updateScript", update("logger.info('x');")).await.ok();
    assert_one(&warnings(&odd), &["names no outcome"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_that_shares_the_node_is_named() {
    let sim = Arc::new(tenant().await);
    let mut client = Start::serve(&sim).connect().await;
    let created = super::create(&mut client, "Sound").await;
    let mut tree = super::get(&mut client, "Sound").await["journey"].take();
    tree["_id"] = json!("Sharing");
    let scopes = ScopeSet::of(&[Scope::Am]);
    let call = administrator::client(&sim, scopes).writing(scopes);
    let tree = tree.as_object().cloned().expect("a tree");
    let edit = call.journeys(Realm::Alpha).edit(&"Sharing".parse().unwrap()).await.unwrap();
    edit.write(JourneyDraft { tree, children: Vec::new(), nodes: Vec::new() }).await.unwrap();

    let mut update = alpha("Sound");
    let mut graph = super::graph();
    graph["nodes"]["retry"]["config"]["retryLimit"] = json!(9);
    let ids = created["nodeIds"].as_object().unwrap();
    let mut text = graph.to_string();
    for (name, id) in ids {
        text = text.replace(&format!("\"{name}\""), &id.to_string());
    }
    let graph: Value = serde_json::from_str(&text).unwrap();
    update["entryNodeId"] = graph["entryNodeId"].clone();
    update["nodes"] = graph["nodes"].clone();
    let updated = client.call("updateJourney", update).await.ok();
    let found = warnings(&updated);
    assert_one(&found, &["RetryLimitDecisionNode", "has changed in \"Sharing\" too"]);
    let is_of_page = |warning: &String| warning.contains("PageNode");
    assert!(!found.iter().any(is_of_page), "what stays as it is changes nowhere: {found:#?}");
}
