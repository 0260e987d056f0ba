//! The whole tenant after journeys are written: its state is the judge, and not what
//! the tools say of it.

use aic_e2e::{Client, Start};
use aic_sim::{Fault, FaultKind, Sim};
use serde_json::{Value, json};

use super::{FAILURE, SUCCESS, alpha, create, get, graph};
use crate::support::{ATTEMPTS, served, tenant, writes};

/// A tenant that sources tell us different things about, in each way.
async fn tenants() -> Vec<(&'static str, Sim)> {
    let mut tenants = Vec::new();
    for name in ["as recorded", "dropping settings", "deleting nodes", "without versions"] {
        let sim = tenant().await;
        match name {
            "dropping settings" => sim.drop_settings_in_trees(),
            "deleting nodes" => sim.delete_nodes_with_journeys(),
            "without versions" => sim.without_versioned_nodes(),
            _ => {}
        }
        tenants.push((name, sim));
    }
    tenants
}

async fn newest_change(client: &mut Client) -> Value {
    let listed = client.call("listChanges", json!({})).await.ok();
    json!({ "changeId": listed["changes"][0]["changeId"] })
}

/// Puts a journey as getJourney shows it into the form that createJourney takes.
fn as_shown(found: &Value) -> Value {
    let mut journey = found["journey"].clone();
    journey["nodeConfigs"] = found["nodeConfigs"].clone();
    journey
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_made_changed_undone_and_deleted_leaves_nothing() {
    for (name, sim) in tenants().await {
        let mut client = Start::serve(&sim).connect().await;
        let start = sim.fingerprint();
        let created = create(&mut client, "Passing").await;
        assert_eq!(created["durable"], true, "{name}: {created}");
        let found = get(&mut client, "Passing").await;
        let retry = created["nodeIds"]["retry"].as_str().unwrap();
        assert_eq!(found["nodeConfigs"][retry]["retryLimit"], 4, "{name}");
        let made = sim.fingerprint();

        let mut changed = graph();
        changed["nodes"]["retry"]["config"]["retryLimit"] = json!(7);
        changed["nodes"]["signIn"]["config"]["nodes"].as_array_mut().unwrap().pop();
        let mut update = alpha("Passing");
        update["nodes"] = changed["nodes"].clone();
        update["entryNodeId"] = changed["entryNodeId"].clone();
        let updated = client.call("updateJourney", update).await.ok();
        assert_eq!(updated["durable"], true, "{name}: {updated}");
        assert_eq!(updated["orphanedNodes"][0]["nodeId"], created["nodeIds"]["password"], "{name}");
        let change = newest_change(&mut client).await;
        client.call("undoChange", change).await.ok();
        assert_eq!(sim.fingerprint(), made, "{name}: the update is undone");

        let deleted = client.call("deleteJourney", alpha("Passing")).await.ok();
        let change = newest_change(&mut client).await;
        client.call("undoChange", change).await.ok();
        assert_eq!(sim.fingerprint(), made, "{name}: the deletion is undone");

        let gone = client.call("deleteJourney", alpha("Passing")).await.ok();
        assert_eq!(gone["orphanedNodes"], deleted["orphanedNodes"], "{name}");
        if let Some(nodes) = gone.get("orphanedNodes") {
            let arguments = json!({ "realm": "alpha", "nodes": nodes });
            assert_eq!(client.call("deleteJourneyNodes", arguments).await.ok()["failed"], 0);
        }
        assert_eq!(sim.fingerprint(), start, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_creation_of_a_journey_is_undone_whole() {
    for (name, sim) in tenants().await {
        let mut client = Start::serve(&sim).connect().await;
        let start = sim.fingerprint();
        create(&mut client, "Passing").await;
        let change = newest_change(&mut client).await;
        client.call("undoChange", change).await.ok();
        assert_eq!(sim.fingerprint(), start, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_can_be_given_back() {
    for (name, sim) in tenants().await {
        let mut client = Start::serve(&sim).connect().await;
        for journey in ["Login", "Onboarding"] {
            let found = get(&mut client, journey).await;
            let state = sim.fingerprint();
            let mut update = alpha(journey);
            update["nodes"] = found["journey"]["nodes"].clone();
            update["entryNodeId"] = found["journey"]["entryNodeId"].clone();
            let updated = client.call("updateJourney", update).await.ok();
            assert_eq!(updated["durable"], true, "{name}: {updated}");
            assert_eq!(sim.fingerprint(), state, "{name}: {journey} is as it was");

            let copy = format!("Copy of {journey}");
            let arguments =
                json!({ "realm": "alpha", "journeyName": copy, "journeyData": as_shown(&found) });
            let created = client.call("createJourney", arguments).await.ok();
            assert_eq!(created["durable"], true, "{name}: {created}");
            assert_eq!(get(&mut client, journey).await["journey"], found["journey"], "{name}");
            let copied = get(&mut client, &copy).await;
            assert_same(name, &created["nodeIds"], &found, &copied);
        }
    }
}

/// Holds a copy of a journey to the original: the same but for ids.
fn assert_same(name: &str, ids: &Value, original: &Value, copy: &Value) {
    let renamed = |value: &Value| {
        let mut text = value.to_string();
        for (old, new) in ids.as_object().unwrap() {
            text = text.replace(old, new.as_str().unwrap());
        }
        let mut value: Value = serde_json::from_str(&text).unwrap();
        for config in value.as_object_mut().unwrap().values_mut() {
            config.as_object_mut().unwrap().remove("_rev");
        }
        value
    };
    assert_eq!(renamed(&original["nodeConfigs"]), renamed(&copy["nodeConfigs"]), "{name}");
    assert_eq!(
        renamed(&original["journey"]["nodes"]),
        renamed(&copy["journey"]["nodes"]),
        "{name}"
    );
    for (old, new) in ids.as_object().unwrap() {
        assert_ne!(old, new.as_str().unwrap(), "{name}: no node of another journey is written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_of_other_journeys_are_not_written() {
    let (sim, mut client) = served().await;
    let login = get(&mut client, "Login").await;
    let pages = login["journey"]["nodes"].as_object().unwrap().iter();
    let (page, _) = pages.clone().find(|(_, node)| node["nodeType"] == "PageNode").unwrap();
    let child = login["nodeConfigs"][page]["nodes"][0]["_id"].clone();
    let scratch = |children: Value| {
        json!({ "entryNodeId": page, "nodes": { page: { "nodeType": "PageNode", "displayName": "P",
            "connections": { "outcome": "success" },
            "config": { "pageHeader": { "en": "Mine" }, "nodes": children } } } })
    };
    let children = json!([{ "_id": child, "nodeType": "ValidatedUsernameNode",
        "displayName": "U", "config": { "validateInput": true } }]);
    let arguments = json!({ "realm": "alpha", "journeyName": "Scratch",
        "journeyData": scratch(children.clone()) });
    let created = client.call("createJourney", arguments).await.ok();
    let now = get(&mut client, "Login").await;
    for part in ["journey", "nodeConfigs"] {
        assert_eq!(now[part], login[part], "Login is as it was");
    }
    let ids = created["nodeIds"].as_object().unwrap();
    assert_eq!(ids.len(), 2);
    assert!(ids.contains_key(page) && ids.contains_key(child.as_str().unwrap()));
    let deleted = client.call("deleteJourney", alpha("Scratch")).await.ok();
    let left = deleted["orphanedNodes"].to_string();
    assert!(!left.contains(page.as_str()) && left.contains(ids[page].as_str().unwrap()), "{left}");

    create(&mut client, "Other").await;
    let state = sim.fingerprint();
    let mut update = alpha("Other");
    let given = scratch(children);
    update["nodes"] = given["nodes"].clone();
    update["entryNodeId"] = given["entryNodeId"].clone();
    let failure = client.call("updateJourney", update).await.failed();
    assert!(
        failure.contains("the journey \"Login\"") && failure.contains(page.as_str()),
        "{failure}"
    );
    assert_eq!(sim.fingerprint(), state);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_fails_half_way_is_taken_back() {
    let (sim, mut client) = served().await;
    let refuse = |path: &str| {
        let body = json!({ "code": 400, "reason": "Bad Request", "message": "No." }).to_string();
        let kind = FaultKind::Status { status: 400, headers: Vec::new(), body };
        Fault::new(kind).on("PUT").path_contains(path)
    };
    let arguments =
        |name: &str| json!({ "realm": "alpha", "journeyName": name, "journeyData": graph() });
    let start = sim.fingerprint();
    for (path, taken_back) in [("/trees/", 5), ("/PageNode/", 2)] {
        sim.inject(refuse(path));
        let failure = client.call("createJourney", arguments("New")).await.failed();
        assert!(failure.contains("changed: nothing in the end"), "{failure}");
        assert!(
            path != "/trees/" || failure.contains(&format!("{taken_back} writes")),
            "{failure}"
        );
        assert_eq!(sim.fingerprint(), start, "{path}");
    }
    // In doubt, what is there decides.
    sim.inject(Fault::new(FaultKind::DisconnectAfter).on("PUT").path_contains("/trees/"));
    let failure = client.call("createJourney", arguments("New")).await.failed();
    assert!(failure.contains("changed: nothing in the end"), "{failure}");
    assert_eq!(sim.fingerprint(), start);

    create(&mut client, "Old").await;
    let made = sim.fingerprint();
    let mut changed = graph();
    changed["nodes"]["retry"]["config"]["retryLimit"] = json!(9);
    let mut update = alpha("Old");
    update["nodes"] = changed["nodes"].clone();
    update["entryNodeId"] = changed["entryNodeId"].clone();
    sim.inject(refuse("/trees/"));
    let failure = client.call("updateJourney", update).await.failed();
    assert!(failure.contains("changed: nothing in the end"), "{failure}");
    assert_eq!(sim.fingerprint(), made, "what was replaced is put back");
    let listed = client.call("listChanges", json!({})).await.ok();
    assert_eq!(
        listed["changes"].as_array().unwrap().len(),
        1,
        "nothing of it is left to be undone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_back_is_named() {
    let (sim, mut client) = served().await;
    let start = sim.fingerprint();
    let kind = |status| FaultKind::Status { status, headers: Vec::new(), body: "{}".to_owned() };
    sim.inject(Fault::new(kind(400)).on("PUT").path_contains("/trees/"));
    sim.inject(
        Fault::new(kind(403))
            .on("DELETE")
            .path_contains("/RetryLimitDecisionNode/")
            .times(ATTEMPTS),
    );
    let arguments = json!({ "realm": "alpha", "journeyName": "New", "journeyData": graph() });
    let failure = client.call("createJourney", arguments).await.failed();
    assert!(
        failure.contains("the RetryLimitDecisionNode ")
            && failure.contains("is there now and was not before"),
        "{failure}"
    );
    assert!(!failure.contains("the PageNode "), "{failure}");
    assert_ne!(sim.fingerprint(), start);
    sim.clear_faults();
    let change = newest_change(&mut client).await;
    client.call("undoChange", change).await.ok();
    assert_eq!(sim.fingerprint(), start, "it can still be undone");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_on_pages_are_whole_nodes() {
    let (_sim, mut client) = served().await;
    // The name of a node of the graph on a page is that node, as the vendor's skills have it in two
    // steps, and what has no settings gets its type's template.
    let journey = json!({ "entryNodeId": "p", "nodes": {
        "p": { "nodeType": "PageNode", "connections": { "outcome": "choose" }, "config": { "nodes": [
            { "_id": "u", "nodeType": "ValidatedUsernameNode", "displayName": "U" },
            { "nodeType": "ValidatedPasswordNode", "displayName": "Password" },
        ] } },
        "u": { "nodeType": "ValidatedUsernameNode", "displayName": "U", "connections": {},
            "config": { "validateInput": true } },
        "choose": { "nodeType": "PageNode", "version": "2.0",
            "connections": { "yes": "SuccessNode", "ask-no": "FailureNode" }, "config": { "nodes": [
            { "_id": "ask", "nodeType": "ChoiceCollectorNode", "displayName": "Ask",
                "_properties": { "choices": ["yes", "no"], "defaultChoice": "no", "prompt": "?" } },
        ] } },
    } });
    let arguments = json!({ "realm": "alpha", "journeyName": "Pages", "journeyData": journey });
    let created = client.call("createJourney", arguments).await.ok();
    assert_eq!((&created["durable"], created.get("note")), (&json!(true), None), "{created}");
    let id = |name: &str| created["nodeIds"][name].as_str().unwrap();
    let found = get(&mut client, "Pages").await;
    assert_eq!(found.get("note"), None, "{found}");
    assert_eq!(found["journey"]["nodes"].as_object().unwrap().len(), 2);
    assert_eq!(found["nodeConfigs"][id("u")]["validateInput"], true);
    assert_eq!(
        found["nodeConfigs"][id("p/ValidatedPasswordNode")]["passwordAttribute"],
        "password"
    );
    assert_eq!(found["nodeConfigs"][id("ask")]["choices"], json!(["yes", "no"]));
    let second = &found["journey"]["nodes"][id("choose")];
    let (yes, no) = (format!("{}-yes", id("ask")), format!("{}-no", id("ask")));
    assert_eq!(second["version"], "2.0");
    assert_eq!(second["connections"], json!({ yes: SUCCESS, no: FAILURE }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_in_two_versions_is_two_nodes() {
    let (sim, mut client) = served().await;
    let id = "5b1c3f1e-7f3e-4d0a-9a63-7f3d2f1c0b9a";
    let journey = |version: &str, usable: &str| {
        json!({ "entryNodeId": id, "nodes": { id: { "nodeType": "ValidatedUsernameNode",
            "version": version, "displayName": "U", "connections": { "outcome": "success" },
            "config": { "usernameAttribute": usable } } } })
    };
    let create = |name: &str, version: &str, attribute: &str| json!({ "realm": "alpha", "journeyName": name, "journeyData": journey(version, attribute) });
    client.call("createJourney", create("First", "1.0", "userName")).await.ok();
    let deleted = client.call("deleteJourney", alpha("First")).await.ok();
    assert_eq!(deleted["orphanedNodes"].as_array().unwrap().len(), 1);
    client.call("createJourney", create("Second", "2.0", "mail")).await.ok();
    let found = get(&mut client, "Second").await;
    assert_eq!(found["nodeConfigs"][id]["usernameAttribute"], "mail");
    // The first one is not in use: only it is deleted.
    let state = sim.fingerprint();
    let arguments = json!({ "realm": "alpha", "nodes": deleted["orphanedNodes"] });
    assert_eq!(client.call("deleteJourneyNodes", arguments.clone()).await.ok()["deleted"], 1);
    assert_ne!(sim.fingerprint(), state);
    client.call("deleteJourneyNodes", arguments).await.failed();
    assert_eq!(get(&mut client, "Second").await["nodeConfigs"][id]["usernameAttribute"], "mail");
    assert!(
        !writes(&sim).iter().any(|write| write.starts_with("DELETE") && write.contains("/2.0/"))
    );
}
