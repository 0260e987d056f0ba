//! Changing and deleting nodes.

use serde_json::json;

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
    assert_eq!(left.len(), 3);
    left.push(json!({ "nodeType": "MessageNode", "nodeId": "none" }));
    // Once is enough for each.
    left.push(left[0].clone());
    sim.clear_requests();
    let arguments = json!({ "realm": "alpha", "nodes": left });
    let done = client.call("deleteJourneyNodes", arguments.clone()).await.ok();
    assert_eq!((&done["deleted"], &done["failed"]), (&json!(3), &json!(1)));
    let failed = &done["nodes"][3];
    assert_eq!((&failed["nodeId"], &failed["deleted"]), (&json!("none"), &json!(false)));
    assert!(failed["error"].as_str().unwrap().contains("404"));
    assert_eq!(writes(&sim).len(), 4);
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

    // Where versions are not known, it is found and changed without.
    sim.without_versioned_nodes();
    client.call("updateJourneyNode", arguments).await.ok();
    assert_eq!(writes(&sim).last(), Some(&format!("PUT {}", path.replace("/2.0/", "/"))));
}
