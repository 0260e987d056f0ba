//! Creating journeys.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{FAILURE, SUCCESS, alpha, create, get, graph, nodes, puts, tree};
use crate::support::{assert_explained, logins_and_exchanges, served, writes};

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

    let put = puts(&sim).pop().unwrap();
    assert_eq!(put["_id"], "Sign in");
    assert_eq!(put["staticNodes"]["startNode"], json!({ "x": 50, "y": 250 }));
    assert_eq!(put["staticNodes"][SUCCESS], json!({ "x": 860, "y": 150 }));
    assert_eq!(put["staticNodes"][FAILURE], json!({ "x": 860, "y": 350 }));
    assert_eq!(put.get("identityResource"), None);
    assert_eq!(created["nodeIdMapping"], created["nodeIds"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_resource_is_written_by_itself_and_in_order() {
    let (sim, mut client) = served().await;
    let created = create(&mut client, "Sign in").await;
    let sent: Vec<_> =
        writes(&sim).into_iter().map(|write| write.trim_start_matches("PUT ").to_owned()).collect();
    let path = |kind: &str, name: &str| {
        nodes(&format!("{kind}/{}", created["nodeIds"][name].as_str().unwrap()))
    };
    let in_any_order = |paths: &[String]| paths.iter().cloned().collect::<BTreeSet<_>>();
    let children =
        [path("ValidatedUsernameNode", "name"), path("ValidatedPasswordNode", "password")];
    let others = [
        path("PageNode", "signIn"),
        path("DataStoreDecisionNode", "check"),
        path("RetryLimitDecisionNode", "retry"),
    ];
    assert_eq!(in_any_order(&sent[..2]), in_any_order(&children));
    assert_eq!(in_any_order(&sent[2..5]), in_any_order(&others));
    assert_eq!(sent[5..], [tree("Sign%20in")]);
    let bodies = puts(&sim);
    let allowed = ["nodeType", "version", "displayName", "connections", "x", "y"];
    for node in bodies[5]["nodes"].as_object().unwrap().values() {
        assert!(node.as_object().unwrap().keys().all(|name| allowed.contains(&name.as_str())));
    }
    assert!(bodies[..5].iter().all(|body| body.get("_rev").is_none()));
    assert_eq!(logins_and_exchanges(&sim), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_that_is_replaced_leaves_nodes_behind() {
    let (sim, mut client) = served().await;
    let first = create(&mut client, "Twice").await;
    let state = sim.fingerprint();
    let again = create(&mut client, "Twice").await;
    assert_eq!((&again["existed"], &again["nodeIds"]), (&json!(true), &first["nodeIds"]));
    assert_eq!(again.get("orphanedNodes"), None);
    assert_eq!(sim.fingerprint(), state, "the same names are the same nodes");

    let only = json!({ "entryNodeId": "only", "nodes": { "only": { "nodeType": "MessageNode",
        "connections": { "true": "success", "false": "failure" } } } });
    let arguments = json!({ "realm": "alpha", "journeyName": "Twice", "journeyData": only });
    let second = client.call("createJourney", arguments).await.ok();
    let left = second["orphanedNodes"].as_array().unwrap();
    let left: BTreeSet<_> = left.iter().map(|node| node["nodeId"].as_str().unwrap()).collect();
    let all = first["nodeIds"].as_object().unwrap().values();
    assert_eq!(left, all.map(|id| id.as_str().unwrap()).collect());
    assert!(second["note"].as_str().unwrap().contains("deleteJourneyNodes"));
    let arguments = json!({ "realm": "alpha", "nodes": second["orphanedNodes"] });
    let deleted = client.call("deleteJourneyNodes", arguments).await.ok();
    assert_eq!((&deleted["deleted"], &deleted["failed"]), (&json!(5), &json!(0)));
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
    let (sim, mut client) = served().await;
    let state = sim.fingerprint();
    let mut journey = graph();
    journey["nodes"]["check"]["nodeType"] = json!("NoSuchNode");
    let arguments = json!({ "realm": "alpha", "journeyName": "X", "journeyData": journey });
    let failure = client.call("createJourney", arguments).await.failed();
    assert_explained(&failure, 404, &["NoSuchNode", "listNodeTypes"]);
    let mut journey = graph();
    journey["nodes"]["retry"]["config"] = json!({ "retryLimit": 3, "colour": "red" });
    let arguments = json!({ "realm": "alpha", "journeyName": "X", "journeyData": journey });
    let failure = client.call("createJourney", arguments).await.failed();
    let parts = ["RetryLimitDecisionNode \"retry\"", "unknown attributes: colour"];
    assert_explained(&failure, 400, &parts);
    let mut journey = graph();
    journey["nodes"]["retry"]["config"] = json!({ "retryLimit": "many" });
    let arguments = json!({ "realm": "alpha", "journeyName": "X", "journeyData": journey });
    let failure = client.call("createJourney", arguments).await.failed();
    let parts = ["RetryLimitDecisionNode \"retry\"", "getNodeTypeDetails", "changed: nothing"];
    assert_explained(&failure, 400, &parts);
    assert_eq!(sim.fingerprint(), state);
    for tool in ["getJourney", "deleteJourney", "setDefaultJourney"] {
        let failure = client.call(tool, alpha("None")).await.failed();
        assert_explained(&failure, 404, &["listJourneys"]);
    }
    let arguments = json!({ "realm": "alpha", "journeyName": "None", "enabled": true });
    let failure = client.call("updateJourney", arguments).await.failed();
    assert_explained(&failure, 404, &["listJourneys"]);
}
