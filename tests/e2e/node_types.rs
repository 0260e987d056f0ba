//! The tools for types of nodes.

use serde_json::{Value, json};

use crate::support::{api_requests, assert_explained, served};

const NODES: &str =
    "/am/json/realms/root/realms/alpha/realm-config/authentication/authenticationtrees/nodes";

fn ids(outcomes: &Value) -> Vec<&str> {
    let outcomes = outcomes.as_array().expect("a list");
    outcomes.iter().map(|outcome| outcome["id"].as_str().expect("an id")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn types_are_listed() {
    let (sim, mut client) = served().await;
    let listed = client.call("listNodeTypes", json!({ "realm": "alpha" })).await.ok();
    let types = listed["nodeTypes"].as_array().unwrap();
    assert!(types.iter().any(|one| one["_id"] == "PageNode"));
    assert_eq!(listed["count"], types.len());
    let request = &api_requests(&sim)[0];
    assert_eq!(request.target, format!("{NODES}?_action=getAllTypes"));
    assert_eq!((request.method.as_str(), &request.body[..]), ("POST", &b"{}"[..]));
    assert_eq!(request.header("accept-api-version"), Some("protocol=2.1,resource=1.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn types_are_described_even_where_one_is_unknown() {
    let (sim, mut client) = served().await;
    let types = ["ChoiceCollectorNode", "None", "DataStoreDecisionNode", "None"];
    let arguments = json!({ "realm": "alpha", "nodeTypes": types });
    let details = client.call("getNodeTypeDetails", arguments).await.ok();
    assert_eq!((&details["found"], &details["failed"]), (&json!(2), &json!(1)));
    let found = details["nodeTypes"].as_array().unwrap();
    assert_eq!(found.len(), 3, "each once");
    assert!(found[0]["schema"]["properties"].is_object() && found[0]["template"].is_object());
    assert_eq!(found[1]["nodeType"], "None");
    assert!(found[1]["error"].as_str().unwrap().contains("404"), "{details}");
    assert_eq!(found[1].get("schema"), None);
    assert_eq!(ids(&found[2]["outcomes"]), ["true", "false"]);
    assert!(details["note"].as_str().unwrap().contains("listNodeTypes"));
    let mut targets: Vec<_> = api_requests(&sim).into_iter().map(|r| r.target).collect();
    targets.retain(|target| target.contains("/DataStoreDecisionNode?"));
    targets.sort();
    assert_eq!(
        targets,
        ["listOutcomes", "schema", "template"]
            .map(|action| format!("{NODES}/DataStoreDecisionNode?_action={action}"))
    );

    let arguments = json!({ "realm": "alpha", "nodeTypes": ["None"] });
    let failure = client.call("getNodeTypeDetails", arguments).await.failed();
    assert_explained(&failure, 404, &["listNodeTypes"]);
    for (types, problem) in
        [(json!([]), "`nodeTypes`: it is empty"), (json!(["a/b"]), "`nodeTypes[0]`")]
    {
        let arguments = json!({ "realm": "alpha", "nodeTypes": types });
        let failure = client.call("getNodeTypeDetails", arguments).await.failed();
        assert!(failure.contains(problem), "{failure}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_follow_from_the_config() {
    let (sim, mut client) = served().await;
    let arguments = |node_type: &str, config: Value| json!({ "realm": "alpha", "nodeType": node_type, "config": config });
    let choices = json!({ "choices": ["now", "later"], "defaultChoice": "now", "prompt": "?" });
    let found = client
        .call("getDynamicNodeOutcomes", arguments("ChoiceCollectorNode", choices.clone()))
        .await
        .ok();
    assert_eq!(ids(&found["outcomes"]), ["now", "later"]);
    assert_eq!(found["count"], 2);

    let page = json!({ "nodes": [
        { "nodeType": "ValidatedUsernameNode", "displayName": "Name" },
        { "_id": "", "nodeType": "MessageNode", "displayName": "Odd" },
        { "_id": "kept", "nodeType": "ChoiceCollectorNode", "displayName": "When",
            "nodeProperties": choices.clone() },
    ] });
    let found = client.call("getDynamicNodeOutcomes", arguments("PageNode", page)).await.ok();
    assert_eq!(ids(&found["outcomes"]), ["now", "later"]);
    let request = api_requests(&sim).pop().unwrap();
    assert_eq!(request.target, format!("{NODES}/ChoiceCollectorNode?_action=listOutcomes"));
    for (version, word, expected) in
        [(None, "_properties", "now"), (Some("2.0"), "config", "kept-now")]
    {
        let page = json!({ "nodes": [{ "_id": "kept", "nodeType": "ChoiceCollectorNode",
            "displayName": "When", word: choices }] });
        let mut arguments = arguments("PageNode", page);
        arguments["nodeVersion"] = json!(version);
        let found = client.call("getDynamicNodeOutcomes", arguments).await.ok();
        assert_eq!(ids(&found["outcomes"])[0], expected);
    }

    // A page whose last node has no settings here is asked about as it is.
    let page = json!({ "nodes": [
        { "_id": "", "nodeType": "MessageNode", "displayName": "Odd" },
        { "_id": "kept", "nodeType": "DataStoreDecisionNode", "displayName": "Check" },
    ] });
    let found = client.call("getDynamicNodeOutcomes", arguments("PageNode", page)).await.ok();
    assert_eq!(ids(&found["outcomes"]), ["true", "false"]);
    let request = api_requests(&sim).pop().unwrap();
    assert_eq!(request.target, format!("{NODES}/PageNode?_action=listOutcomes"));
    let sent: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(sent["nodes"][0]["_id"].as_str().unwrap().len(), 36);
    assert_eq!(sent["nodes"][1]["_id"], "kept");
    let empty = arguments("PageNode", json!({ "nodes": [] }));
    let found = client.call("getDynamicNodeOutcomes", empty).await.ok();
    assert_eq!(found["count"], 0);
    assert!(found["note"].as_str().unwrap().contains("while it is empty"), "{found}");

    let failure =
        client.call("getDynamicNodeOutcomes", arguments("None", json!({}))).await.failed();
    assert_explained(&failure, 404, &["listNodeTypes"]);
    let failure =
        client.call("getDynamicNodeOutcomes", arguments("..%2ftrees", json!({}))).await.failed();
    assert!(failure.contains("`nodeType`"), "{failure}");
}
