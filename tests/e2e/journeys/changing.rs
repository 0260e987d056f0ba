//! Changing journeys.

use aic_sim::{Fault, FaultKind};
use serde_json::json;

use super::{AUTHENTICATION, FAILURE, alpha, body, create, get, nodes, puts, tree};
use crate::support::{api_requests, served, writes};

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_changed_and_the_rest_is_kept() {
    let (sim, mut client) = served().await;
    let before = get(&mut client, "Login").await["journey"].clone();
    sim.clear_requests();
    let arguments = json!({ "realm": "alpha", "journeyName": "Login", "description": "New",
        "mustRun": true, "maximumIdleTime": 15.0, "uiConfig": { "categories": ["A"] } });
    let changed = client.call("updateJourney", arguments).await.ok();
    assert_eq!(
        changed["changed"],
        json!(["description", "mustRun", "uiConfig", "maximumIdleTime"])
    );
    assert_eq!(changed["durable"], true);
    let after = get(&mut client, "Login").await["journey"].clone();
    let mut expected = before.clone();
    expected["description"] = json!("New");
    expected["mustRun"] = json!(true);
    expected["maximumIdleTime"] = json!(15);
    expected["uiConfig"] = json!({ "categories": "[\"A\"]" });
    expected["_rev"] = after["_rev"].clone();
    assert_eq!(after, expected);
    let put = &puts(&sim)[0];
    assert_eq!(put.get("_rev"), None);
    assert_eq!(put["nodes"], before["nodes"]);
    let methods: Vec<_> = api_requests(&sim).into_iter().take(3).map(|r| r.method).collect();
    assert_eq!(methods, ["GET", "PUT", "GET"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_is_changed_and_nothing_beside_it() {
    let (sim, mut client) = served().await;
    let created = create(&mut client, "Wired").await;
    let before = get(&mut client, "Wired").await;
    let whole = sim.held();
    sim.clear_requests();
    let mut arguments = alpha("Wired");
    arguments["connections"] = json!([
        { "from": "Check", "outcome": "False", "to": "failure" },
        { "from": created["nodeIds"]["retry"], "outcome": "Reject", "to": "Sign in" },
    ]);
    let changed = client.call("updateJourney", arguments).await.ok();
    assert_eq!((&changed["changed"], &changed["durable"]), (&json!(["connections"]), &json!(true)));
    assert_eq!(writes(&sim), [format!("PUT {}", tree("Wired"))]);

    let after = get(&mut client, "Wired").await;
    let id = |name: &str| created["nodeIds"][name].as_str().unwrap();
    let mut expected = before["journey"].clone();
    expected["nodes"][id("check")]["connections"]["false"] = json!(FAILURE);
    expected["nodes"][id("retry")]["connections"]["Reject"] = json!(id("signIn"));
    expected["_rev"] = after["journey"]["_rev"].clone();
    assert_eq!(after["journey"], expected);
    assert_eq!(after["nodeConfigs"], before["nodeConfigs"]);
    let now = sim.held();
    let differing: Vec<_> =
        now.iter().filter(|(path, held)| whole.get(*path) != Some(held)).collect();
    assert_eq!(differing.len(), 1, "{differing:?}");

    // On a page, the plain name of an outcome is enough; what is not there is refused, and told.
    sim.clear_requests();
    for (from, outcome, to, told) in [
        ("Check", "maybe", "failure", "\"true\""),
        ("No node", "true", "failure", "Sign in"),
        ("Check", "true", "No node", "Retry"),
    ] {
        let mut arguments = alpha("Wired");
        arguments["connections"] = json!([{ "from": from, "outcome": outcome, "to": to }]);
        let failure = client.call("updateJourney", arguments).await.failed();
        assert!(failure.contains(told), "{failure}");
    }
    assert_eq!(writes(&sim), [""; 0]);
    let mut arguments = alpha("Wired");
    arguments["connections"] = json!([{ "from": "Sign in", "outcome": "outcome", "to": "Retry" }]);
    client.call("updateJourney", arguments).await.ok();
    let connections =
        get(&mut client, "Wired").await["journey"]["nodes"][id("signIn")]["connections"].clone();
    let before = expected["nodes"][id("signIn")]["connections"].as_object().unwrap();
    assert_eq!(
        connections.as_object().unwrap().keys().collect::<Vec<_>>(),
        before.keys().collect::<Vec<_>>()
    );
    assert!(connections.as_object().unwrap().values().all(|to| to == id("retry")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_graph_keeps_what_stays() {
    let (sim, mut client) = served().await;
    let created = create(&mut client, "Changed").await;
    let id = |name: &str| created["nodeIds"][name].as_str().unwrap().to_owned();
    let before = get(&mut client, "Changed").await;
    let (check, page) = (id("check"), id("signIn"));
    let page_config = before["nodeConfigs"][&page].clone();
    let arguments = json!({ "realm": "alpha", "journeyName": "Changed", "entryNodeId": page,
        "nodes": {
            &page: { "nodeType": "PageNode", "displayName": "Sign in",
                "connections": { "outcome": check }, "config": page_config },
            &check: { "nodeType": "DataStoreDecisionNode", "displayName": "Check",
                "connections": { "true": "success", "false": "sorry" }, "config": {} },
            "sorry": { "nodeType": "MessageNode", "displayName": "Sorry",
                "connections": { "true": "failure", "false": "failure" }, "config": {} },
        } });
    let changed = client.call("updateJourney", arguments).await.ok();
    assert_eq!(changed["changed"], json!(["entryNodeId", "nodes"]));
    assert_eq!(changed["nodeIds"].as_object().unwrap().len(), 1);
    assert_eq!(
        changed["orphanedNodes"],
        json!([{ "nodeType": "RetryLimitDecisionNode", "nodeId": id("retry") }])
    );
    let sent = writes(&sim);
    let message = changed["nodeIds"]["sorry"].as_str().unwrap();
    assert_eq!(
        sent[sent.len() - 2..],
        [
            format!("PUT {}", nodes(&format!("MessageNode/{message}"))),
            format!("PUT {}", tree("Changed"))
        ],
        "what stays as it is is not written"
    );
    let after = get(&mut client, "Changed").await;
    assert_eq!(after.get("note"), None, "{after}");
    assert_eq!(after["journey"]["description"], "A test");
    assert_eq!(after["nodeConfigs"][&page]["nodes"], page_config["nodes"]);
    let sorry = changed["nodeIds"]["sorry"].as_str().unwrap();
    assert_eq!(after["journey"]["nodes"][&check]["connections"]["false"], sorry);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_update_is_noticed() {
    let (sim, mut client) = served().await;
    sim.inject(Fault::new(FaultKind::LostUpdate).on("PUT").path_contains("/trees/"));
    let created = create(&mut client, "Lost").await;
    assert_eq!(created["durable"], false);
    assert!(created["note"].as_str().unwrap().contains("getJourney"));
    sim.inject(Fault::new(FaultKind::LostUpdate).on("PUT").path_contains("/RetryLimit"));
    let created = create(&mut client, "Lost too").await;
    assert_eq!(created["durable"], false);
    let note = created["note"].as_str().unwrap();
    assert!(note.contains("RetryLimitDecisionNode \"retry\" (not there)"), "{note}");
    sim.inject(Fault::new(FaultKind::LostUpdate).on("PUT"));
    let arguments = json!({ "realm": "alpha", "journeyName": "Login", "enabled": false });
    assert_eq!(client.call("updateJourney", arguments).await.ok()["durable"], false);
    sim.inject(Fault::new(FaultKind::LostUpdate).on("PUT"));
    let changed = client.call("setDefaultJourney", alpha("Registration")).await.ok();
    assert_eq!(changed["durable"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_the_same_time_do_not_undo_each_other() {
    let (_sim, mut client) = served().await;
    let mut ids = Vec::new();
    for change in [
        json!({ "description": "D" }),
        json!({ "mustRun": true }),
        json!({ "maximumIdleTime": 7 }),
        json!({ "maximumSessionTime": 9 }),
    ] {
        let mut arguments = alpha("Login");
        arguments.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        ids.push(client.start_call("updateJourney", arguments).await);
    }
    for id in ids {
        assert_eq!(client.outcome("updateJourney", id).await.ok()["durable"], true);
    }
    let journey = &get(&mut client, "Login").await["journey"];
    assert_eq!(journey["description"], "D");
    assert_eq!(journey["mustRun"], true);
    assert_eq!(
        (&journey["maximumIdleTime"], &journey["maximumSessionTime"]),
        (&json!(7), &json!(9))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_becomes_the_default() {
    let (sim, mut client) = served().await;
    create(&mut client, "Mine").await;
    sim.clear_requests();
    let changed = client.call("setDefaultJourney", alpha("Mine")).await.ok();
    assert_eq!(changed["previous"], "Login");
    assert_eq!((&changed["defaultJourney"], &changed["durable"]), (&json!("Mine"), &json!(true)));
    let put = api_requests(&sim).into_iter().find(|request| request.method == "PUT").unwrap();
    assert_eq!(put.target, AUTHENTICATION);
    assert_eq!(put.header("accept-api-version"), Some("protocol=1.0,resource=1.0"));
    assert_eq!(body(&put), json!({ "orgConfig": "Mine", "adminAuthModule": "Login" }));
    let listed = client.call("listJourneys", json!({ "realm": "alpha" })).await.ok();
    assert_eq!(listed["defaultJourney"], "Mine");

    sim.clear_requests();
    client.call("setDefaultJourney", alpha("None")).await.failed();
    assert!(writes(&sim).is_empty(), "a journey that is not there is not made the default");
    let arguments = json!({ "realm": "alpha", "journeyName": "Login", "enabled": false });
    client.call("updateJourney", arguments).await.ok();
    let changed = client.call("setDefaultJourney", alpha("Login")).await.ok();
    assert!(changed["note"].as_str().unwrap().contains("not enabled"));
}
