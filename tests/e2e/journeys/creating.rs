//! Creating journeys.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{FAILURE, SUCCESS, alpha, body, create, get, graph, tree};
use crate::support::{api_requests, assert_explained, served};

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_created_as_it_is_read() {
    let (sim, mut client) = served().await;
    let created = create(&mut client, "Sign in").await;
    assert_eq!((&created["existed"], &created["durable"]), (&json!(false), &json!(true)));
    let ids = created["nodeIds"].as_object().unwrap();
    assert_eq!(ids.keys().collect::<Vec<_>>(), ["check", "name", "password", "retry", "signIn"]);
    let id = |name: &str| ids[name].clone();
    assert_eq!(created["entryNodeId"], id("signIn"));

    let found = get(&mut client, "Sign in").await;
    let journey = &found["journey"];
    assert_eq!(journey["entryNodeId"], id("signIn"));
    assert_eq!(journey["description"], "A test");
    let at = |name: &str| &journey["nodes"][ids[name].as_str().unwrap()];
    assert_eq!(at("signIn")["connections"], json!({ "outcome": id("check") }));
    assert_eq!(at("check")["connections"], json!({ "true": SUCCESS, "false": id("retry") }));
    assert_eq!(at("retry")["connections"], json!({ "Retry": id("signIn"), "Reject": FAILURE }));
    let config = |name: &str| &found["nodeConfigs"][ids[name].as_str().unwrap()];
    assert_eq!(config("retry")["retryLimit"], 4);
    assert_eq!(config("name")["validateInput"], false);
    let children: Vec<_> =
        config("signIn")["nodes"].as_array().unwrap().iter().map(|c| c["_id"].clone()).collect();
    assert_eq!(children, [id("name"), id("password")]);

    let requests = api_requests(&sim);
    let sent: Vec<_> = requests.iter().take(3).map(|r| (&*r.method, r.target.clone())).collect();
    let path = tree("Sign%20in");
    assert_eq!(sent, [("GET", path.clone()), ("PUT", path.clone()), ("GET", path)]);
    let put = body(&requests[1]);
    assert_eq!(put["_id"], "Sign in");
    assert_eq!(put["staticNodes"]["startNode"], json!({ "x": 50, "y": 250 }));
    assert_eq!(put["staticNodes"][SUCCESS], json!({ "x": 550, "y": 150 }));
    assert_eq!(put["staticNodes"][FAILURE], json!({ "x": 550, "y": 350 }));
    assert_eq!(put.get("identityResource"), None);
    let retry = &put["nodes"][ids["retry"].as_str().unwrap()];
    assert_eq!(retry["config"], json!({ "retryLimit": 4, "_id": id("retry") }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_that_is_replaced_leaves_nodes_behind() {
    let (_sim, mut client) = served().await;
    let first = create(&mut client, "Twice").await;
    let second = create(&mut client, "Twice").await;
    assert_eq!(second["existed"], true);
    let left = second["orphanedNodes"].as_array().unwrap();
    let left: BTreeSet<_> = left.iter().map(|node| node["nodeId"].as_str().unwrap()).collect();
    let ids = |names: &[&str]| {
        names.iter().map(|name| first["nodeIds"][name].as_str().unwrap()).collect::<BTreeSet<_>>()
    };
    assert_eq!(left, ids(&["signIn", "check", "retry"]));
    assert!(second["note"].as_str().unwrap().contains("deleteJourneyNodes"));
    let arguments = json!({ "realm": "alpha", "nodes": second["orphanedNodes"] });
    let deleted = client.call("deleteJourneyNodes", arguments).await.ok();
    assert_eq!((&deleted["deleted"], &deleted["failed"]), (&json!(3), &json!(0)));
    assert_eq!(get(&mut client, "Twice").await.get("note"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_faults_of_a_graph_are_named_and_nothing_is_sent() {
    let (sim, mut client) = served().await;
    let node = |connections: Value| json!({ "nodeType": "DebugNode", "displayName": "D", "connections": connections, "config": {} });
    let journey = json!({ "entryNodeId": "start", "nodes": {
        "a": node(json!({ "outcome": "a" })),
        "b": node(json!({ "outcome": "nowhere" })),
        "failure": node(json!({})),
    } });
    let arguments = json!({ "realm": "alpha", "journeyName": "X", "journeyData": journey });
    let failure = client.call("createJourney", arguments).await.failed();
    for part in [
        "4 in all",
        "fault: \"failure\" is a name of the journey's own end",
        "fault: the entry node \"start\" is not among the nodes",
        "fault: the outcome \"outcome\" of node \"a\" leads to the node itself",
        "fault: the outcome \"outcome\" of node \"b\" leads to \"nowhere\"",
        "Nothing was sent.",
    ] {
        assert!(failure.contains(part), "no {part} in {failure}");
    }
    let many: serde_json::Map<String, Value> =
        (0..100).map(|n| (format!("n{n}"), node(json!({ "o": "x".repeat(900) })))).collect();
    let journey = json!({ "entryNodeId": "n1", "nodes": many });
    let arguments = json!({ "realm": "alpha", "journeyName": "X", "journeyData": journey });
    let failure = client.call("createJourney", arguments).await.failed();
    assert!(failure.contains("88 more") && failure.contains("next: "), "{failure}");
    for (change, problem) in [
        (json!({}), "nothing to change"),
        (json!({ "entryNodeId": "a" }), "both nodes and entryNodeId"),
        (json!({ "nodes": {} }), "both nodes and entryNodeId"),
        (json!({ "nodes": {}, "entryNodeId": "a" }), "not among the nodes"),
        (json!({ "enabled": "yes" }), "`enabled`"),
        (json!({ "name": "x" }), "unknown field `name`"),
    ] {
        let mut arguments = alpha("Login");
        arguments.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let failure = client.call("updateJourney", arguments).await.failed();
        assert!(failure.contains(problem), "no {problem} in {failure}");
        assert!(failure.contains("Nothing was sent."), "{failure}");
    }
    assert!(sim.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_am_does_not_take_is_explained() {
    let (_sim, mut client) = served().await;
    let mut journey = graph();
    journey["nodes"]["check"]["nodeType"] = json!("NoSuchNode");
    let arguments = json!({ "realm": "alpha", "journeyName": "X", "journeyData": journey });
    let failure = client.call("createJourney", arguments).await.failed();
    assert_explained(&failure, 400, &["Data validation failed", "getNodeTypeDetails"]);
    for tool in ["getJourney", "deleteJourney", "setDefaultJourney"] {
        let failure = client.call(tool, alpha("None")).await.failed();
        assert_explained(&failure, 404, &["listJourneys"]);
    }
    let arguments = json!({ "realm": "alpha", "journeyName": "None", "enabled": true });
    let failure = client.call("updateJourney", arguments).await.failed();
    assert_explained(&failure, 404, &["listJourneys"]);
}
