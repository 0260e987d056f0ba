//! Changing and deleting nodes.

use serde_json::{Value, json};

use super::{SUCCESS, alpha, create, get, nodes, puts};
use crate::support::{assert_explained, served, writes};

#[tokio::test(flavor = "multi_thread")]
async fn the_default_journey_is_not_deleted() {
    let (sim, mut client) = served().await;
    let failure = client.call("deleteJourney", alpha("Login")).await.failed();
    assert!(failure.contains("default journey of alpha"), "{failure}");
    assert!(failure.contains("setDefaultJourney"), "{failure}");
    assert!(writes(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_journey_names_the_nodes_it_leaves() {
    let (sim, mut client) = served().await;
    let created = create(&mut client, "Short").await;
    let deleted = client.call("deleteJourney", alpha("Short")).await.ok();
    assert_eq!(deleted["deleted"]["entryNodeId"], created["entryNodeId"]);
    let mut left = deleted["orphanedNodes"].as_array().unwrap().clone();
    assert_eq!(left.len(), 5, "those on its page too");
    left.push(json!({ "nodeType": "MessageNode", "nodeId": "none" }));
    // Once is enough for each.
    left.push(left[0].clone());
    sim.clear_requests();
    let arguments = json!({ "realm": "alpha", "nodes": left });
    let done = client.call("deleteJourneyNodes", arguments.clone()).await.ok();
    assert_eq!((&done["deleted"], &done["failed"]), (&json!(5), &json!(1)));
    let failed = &done["nodes"][5];
    assert_eq!((&failed["nodeId"], &failed["deleted"]), (&json!("none"), &json!(false)));
    assert!(failed["error"].as_str().unwrap().contains("404"));
    assert_eq!(writes(&sim).len(), 6);
    let failure = client.call("deleteJourneyNodes", arguments).await.failed();
    assert_explained(&failure, 404, &["getJourney"]);
    let arguments = json!({ "realm": "alpha", "nodes": [] });
    let failure = client.call("deleteJourneyNodes", arguments).await.failed();
    assert!(failure.contains("`nodes`: it is empty"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_changed_only_where_it_is() {
    let (sim, mut client) = served().await;
    let created = create(&mut client, "One").await;
    let id = created["nodeIds"]["retry"].as_str().unwrap();
    let mut config = get(&mut client, "One").await["nodeConfigs"][id].clone();
    config["retryLimit"] = json!(9);
    let arguments = |id: &str| {
        json!({ "realm": "alpha", "nodeType": "RetryLimitDecisionNode", "nodeId": id,
            "config": config })
    };
    sim.clear_requests();
    let changed = client.call("updateJourneyNode", arguments(id)).await.ok();
    assert_eq!(changed["node"]["retryLimit"], 9);
    assert_eq!(get(&mut client, "One").await["nodeConfigs"][id]["retryLimit"], 9);
    let put = &puts(&sim)[0];
    assert_eq!((&put["_id"], put.get("_rev")), (&json!(id), None));

    sim.clear_requests();
    let failure = client.call("updateJourneyNode", arguments(SUCCESS)).await.failed();
    assert_explained(&failure, 404, &["nodeVersion"]);
    assert!(writes(&sim).is_empty());
    let failure = client.call("updateJourneyNode", arguments("retry")).await.failed();
    assert!(failure.contains("`nodeId`: this is not a node's UUID"), "{failure}");
    let mut wrong = arguments(id);
    wrong["config"] = json!({ "retryLimit": "many" });
    let failure = client.call("updateJourneyNode", wrong).await.failed();
    assert_explained(&failure, 400, &["getNodeTypeDetails", "changed: nothing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_a_later_version_is_changed_under_its_version() {
    let (sim, mut client) = served().await;
    let found = get(&mut client, "Onboarding").await;
    let journey = found["journey"]["nodes"].as_object().unwrap();
    let (id, node) = journey.iter().find(|(_, node)| node["version"] == "2.0").unwrap();
    let mut arguments = json!({ "realm": "alpha", "nodeType": node["nodeType"], "nodeId": id,
        "config": found["nodeConfigs"][id] });
    let failure = client.call("updateJourneyNode", arguments.clone()).await.failed();
    assert_explained(&failure, 404, &["nodeVersion"]);
    arguments["nodeVersion"] = json!("2.0");
    client.call("updateJourneyNode", arguments.clone()).await.ok();
    let path = nodes(&format!("{}/2.0/{id}", node["nodeType"].as_str().unwrap()));
    assert_eq!(writes(&sim).last(), Some(&format!("PUT {path}")));

    // Where versions are not known, no other node is changed in its place.
    sim.without_versioned_nodes();
    let failure = client.call("updateJourneyNode", arguments.clone()).await.failed();
    assert_explained(&failure, 404, &["getJourney"]);
    arguments.as_object_mut().unwrap().remove("nodeVersion");
    client.call("updateJourneyNode", arguments).await.ok();
    assert_eq!(writes(&sim).last(), Some(&format!("PUT {}", path.replace("/2.0/", "/"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_are_not_named_stay() {
    let (_sim, mut client) = served().await;
    let created = create(&mut client, "One").await;
    let page = created["nodeIds"]["signIn"].as_str().unwrap();
    let before = get(&mut client, "One").await["nodeConfigs"][page].clone();
    let change = |config: Value| json!({ "realm": "alpha", "nodeType": "PageNode", "nodeId": page, "config": config });
    let changed = client.call("updateJourneyNode", change(json!({ "stage": "one" }))).await.ok();
    assert_eq!(changed["node"]["nodes"], before["nodes"]);
    assert_eq!(changed["node"]["pageHeader"], before["pageHeader"]);
    assert_eq!(changed["node"]["stage"], "one");
    let changed = client.call("updateJourneyNode", change(json!({ "stage": null }))).await.ok();
    for (name, value) in before.as_object().unwrap() {
        assert_eq!(changed["node"][name], *value, "{name}");
    }
    assert_eq!(changed["node"].get("stage"), before.get("stage"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_in_use_are_not_deleted_by_mistake() {
    let (sim, mut client) = served().await;
    let created = create(&mut client, "Used").await;
    let state = sim.fingerprint();
    let node =
        |name: &str, kind: &str| json!({ "nodeType": kind, "nodeId": created["nodeIds"][name] });
    let arguments = |nodes: Value| json!({ "realm": "alpha", "nodes": nodes });
    let name = node("name", "ValidatedUsernameNode");
    for (nodes, places) in [
        (json!([node("check", "DataStoreDecisionNode")]), vec!["the journey \"Used\""]),
        (json!([name]), vec!["the page ", "of the journey \"Used\""]),
    ] {
        let failure = client.call("deleteJourneyNodes", arguments(nodes)).await.failed();
        assert!(places.iter().all(|place| failure.contains(place)), "{failure}");
        assert!(failure.contains("Nothing was deleted") && failure.contains("force"), "{failure}");
    }
    assert_eq!(sim.fingerprint(), state);
    let mut forced = arguments(json!([name]));
    forced["force"] = json!(true);
    assert_eq!(client.call("deleteJourneyNodes", forced).await.ok()["deleted"], 1);
}
