//! A server that shows what it would do.

use std::collections::BTreeMap;

use aic_e2e::Start;
use aic_sim::Sim;
use serde_json::{Value, json};

use crate::faults::arguments;
use crate::support::{api_requests, create_user, settled, tenant, writes};

type Held = BTreeMap<String, String>;

/// Asserts that what is shown of a body is what is sent, but for what is masked. The masks are
/// counted.
fn hold(tool: &str, shown: &Value, sent: &Value) -> usize {
    match (shown, sent) {
        (Value::String(text), _) if text == "[masked]" => 1,
        (Value::String(text), Value::String(_)) if text.contains("[masked]") => 1,
        (Value::Object(shown), Value::Object(sent)) => {
            let (names, sent_names): (Vec<_>, Vec<_>) =
                (shown.keys().collect(), sent.keys().collect());
            assert_eq!(names, sent_names, "{tool}");
            shown.iter().map(|(name, value)| hold(tool, value, &sent[name])).sum()
        }
        (Value::Array(shown), Value::Array(sent)) => {
            assert_eq!(shown.len(), sent.len(), "{tool}");
            shown.iter().zip(sent).map(|(shown, sent)| hold(tool, shown, sent)).sum()
        }
        _ => {
            assert_eq!(shown, sent, "{tool}");
            0
        }
    }
}

/// The requests that change something: `METHOD target`, and the body.
fn sent(sim: &Sim) -> Vec<(String, Value)> {
    let requests = api_requests(sim).into_iter().filter(|request| request.method != "GET");
    let body = |body: &[u8]| serde_json::from_slice(body).unwrap_or_default();
    requests
        .map(|request| (format!("{} {}", request.method, request.target), body(&request.body)))
        .collect()
}

/// Holds the steps of a rehearsal to what was sent when the same was meant, and to what was there.
fn hold_steps(tool: &str, steps: &[Value], sent: &[(String, Value)], before: &Held) {
    let requests: Vec<_> = steps.iter().map(|step| step["request"].as_str().unwrap()).collect();
    let expected: Vec<_> = sent.iter().map(|(request, _)| request.as_str()).collect();
    assert_eq!(requests, expected, "{tool}");
    let mut masks = 0;
    for (step, (request, body)) in steps.iter().zip(sent) {
        masks += hold(tool, &step["body"], body);
        let (method, target) = request.split_once(' ').unwrap();
        let path = target.split('?').next().unwrap_or_default();
        // Requests leave out the first version of a node's type.
        let is_held = before.keys().any(|held| held.replace("/1.0/", "/") == path);
        let deletes = method == "DELETE" && step["deletes"].is_object();
        assert_eq!(deletes, method == "DELETE", "{tool}: {request}");
        let difference = step.get("difference").or(step.get("sourceDifference")).is_some();
        assert_eq!(difference, method == "PUT" && is_held, "{tool}: {request}");
        assert!(step["effect"].as_str().is_some_and(|effect| !effect.is_empty()), "{tool}");
    }
    assert!(masks < 100, "{tool}: {masks} values are masked, so that little is compared");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_tool_changes_anything_and_each_shows_what_it_would() {
    let sim = tenant().await;
    let mut plain = Start::serve(&sim).connect().await;
    let start = Start::serve(&sim).arg("--dry-run").env("AIC_MAX_RESULT_CHARS", "10000000");
    let mut dry = start.connect().await;
    assert!(dry.server["instructions"].as_str().unwrap().contains("dry run"));
    let tools = dry.tools().await;
    let mut shown = Vec::new();
    for tool in tools.iter().filter(|tool| tool["annotations"]["readOnlyHint"] != true) {
        let name = tool["name"].as_str().unwrap();
        if name == "undoChange" {
            continue;
        }
        sim.remember();
        let arguments = arguments(name, &mut plain).await.expect("arguments");
        let before = sim.held();
        sim.clear_requests();
        let preview = dry.call(name, arguments.clone()).await.ok();
        let posts = writes(&sim);
        assert!(posts.iter().all(|post| post.contains("_action=schema")), "{name}: {posts:?}");
        assert_eq!(sim.held(), before, "{name}");
        assert_eq!(preview["dryRun"], true);
        let steps = preview["wouldSend"].as_array().unwrap();
        assert!(!steps.is_empty(), "{name}");
        sim.clear_requests();
        plain.call(name, arguments).await.ok();
        assert_ne!(sim.held(), before, "{name} is tried with something that it changes");
        hold_steps(name, steps, &sent(&sim), &before);
        sim.restore();
        shown.push(name.to_owned());
    }
    assert!(shown.len() > 20, "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_shows_what_is_deleted() {
    let sim = tenant().await;
    let mut plain = Start::serve(&sim).connect().await;
    let (id, _) = create_user(&mut plain, "ada").await;
    let one = json!({ "objectType": "alpha_user", "objectId": id });
    let read = plain.call("getManagedObject", one.clone()).await.ok();
    let mut dry = Start::serve(&sim).arg("--dry-run").connect().await;
    let preview = dry.call("deleteManagedObject", one).await.ok();
    let step = &preview["wouldSend"][0];
    let object = read["object"].as_object().unwrap();
    assert!(object.contains_key("userName"));
    for (name, value) in object {
        assert_eq!(&step["deletes"][name], value, "{name}");
    }
    assert!(step.get("body").is_none() && step.get("difference").is_none(), "{step}");
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
