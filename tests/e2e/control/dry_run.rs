//! A server that shows what it would do.

use std::collections::BTreeMap;

use aic_e2e::Start;
use serde_json::{Value, json};

use crate::faults::arguments;
use crate::support::{create_user, settled, tenant, writes};

#[tokio::test(flavor = "multi_thread")]
async fn no_tool_changes_anything_and_each_shows_what_it_would() {
    let sim = tenant().await;
    let mut plain = Start::serve(&sim).connect().await;
    let mut dry = Start::serve(&sim).arg("--dry-run").connect().await;
    assert!(dry.server["instructions"].as_str().unwrap().contains("dry run"));
    let tools = dry.tools().await;
    let mut shown = BTreeMap::new();
    for tool in tools.iter().filter(|tool| tool["annotations"]["readOnlyHint"] != true) {
        let name = tool["name"].as_str().unwrap();
        if name == "undoChange" {
            continue;
        }
        sim.remember();
        let arguments = arguments(name, &mut plain).await.expect("arguments");
        let before = sim.fingerprint();
        sim.clear_requests();
        let preview = dry.call(name, arguments.clone()).await.ok();
        let posts = writes(&sim);
        assert!(posts.iter().all(|post| post.contains("_action=schema")), "{name}: {posts:?}");
        assert_eq!(sim.fingerprint(), before, "{name}");
        assert_eq!(preview["dryRun"], true);
        let steps = preview["wouldSend"].as_array().unwrap();
        assert!(!steps.is_empty(), "{name}");
        // What is shown is what is sent when it is meant.
        sim.clear_requests();
        plain.call(name, arguments).await.ok();
        let sent = writes(&sim);
        let would: Vec<_> = steps.iter().map(|step| step["request"].as_str().unwrap()).collect();
        assert_eq!(would, sent, "{name}");
        sim.restore();
        let effects: Vec<_> = steps.iter().map(|step| step["effect"].clone()).collect();
        shown.insert(name.to_owned(), Value::from(effects));
    }
    assert!(shown.len() > 20, "{}", shown.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_is_shown_by_its_difference() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).arg("--dry-run").connect().await;
    let scripts = client.call("listScripts", json!({ "realm": "alpha" })).await.ok();
    let id = &scripts["scripts"][0]["_id"];
    let read = json!({ "realm": "alpha", "scriptId": id });
    let script = client.call("getAMScript", read).await.ok();
    let source = script["script"]["script"].as_str().unwrap();
    let arguments = json!({ "realm": "alpha", "scriptId": id,
        "script": format!("{source}\n// the end\n"), "description": "Changed" });
    let preview = client.call("updateScript", arguments).await.ok();
    let step = &preview["wouldSend"][0];
    assert!(step["sourceDifference"].as_str().unwrap().contains("+// the end"), "{step}");
    let patch = step["difference"].as_array().unwrap();
    let replaced = patch.iter().any(|op| op["path"] == "/description" && op["value"] == "Changed");
    assert!(replaced, "{step}");

    let arguments = json!({ "realm": "alpha", "journeyName": "Login", "description": "Changed" });
    let preview = client.call("updateJourney", arguments).await.ok();
    let difference = preview["wouldSend"][0]["difference"].as_array().unwrap();
    assert_eq!(difference.len(), 1, "{preview}");
    assert_eq!(difference[0]["path"], "/description");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aic_would_refuse_is_refused_and_secrets_are_masked() {
    let sim = tenant().await;
    let mut plain = Start::serve(&sim).connect().await;
    let (id, revision) = create_user(&mut plain, "ada").await;
    let mut dry = Start::serve(&sim).arg("--dry-run").connect().await;
    let mut arguments = json!({ "objectType": "alpha_user", "objectId": id, "revision": "0",
        "operations": [{ "operation": "replace", "field": "/password", "value": "C4nary!canary" }] });
    let failure = dry.call("patchManagedObject", arguments.clone()).await.failed();
    assert!(failure.contains("status: 412"), "{failure}");
    arguments["revision"] = json!(revision);
    let outcome = dry.call("patchManagedObject", arguments).await;
    assert!(!outcome.text.contains("canary"), "{}", outcome.text);
    let preview = settled(outcome.ok());
    assert_eq!(preview["wouldSend"][0]["body"][0]["value"], "[masked]");
    let failure = dry
        .call("deleteManagedObject", json!({ "objectType": "alpha_user", "objectId": "none" }))
        .await
        .failed();
    assert!(failure.contains("status: 404"), "{failure}");
}
