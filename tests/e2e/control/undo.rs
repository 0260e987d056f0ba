//! The way back from a change.

use std::collections::BTreeSet;

use aic_e2e::{Client, Start};
use aic_sim::{Fault, FaultKind, Sim};
use serde_json::{Value, json};

use crate::faults::arguments;
use crate::support::{
    ATTEMPTS, api_requests, create_user, newest_change, served, tenant, until, user, writes,
};

async fn undo(client: &mut Client, change: &Value) -> aic_e2e::Outcome {
    client.call("undoChange", json!({ "changeId": change["changeId"] })).await
}

/// A tool's view of something, without what differs each time it is written.
async fn seen(client: &mut Client, tool: &str, arguments: Value) -> Value {
    fn settle(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| {
                    ![
                        "_rev",
                        "transactionIds",
                        "loaded",
                        "creationDate",
                        "note",
                        "lastChangeDate",
                        "lastChangedBy",
                        "lastModifiedDate",
                    ]
                    .contains(&name.as_str())
                });
                members.iter_mut().for_each(|(_, member)| settle(member));
            }
            Value::Array(items) => {
                items.iter_mut().for_each(settle);
                // What was made anew is listed last.
                items.sort_by_key(ToString::to_string);
            }
            _ => {}
        }
    }
    let mut value = client.call(tool, arguments).await.ok();
    settle(&mut value);
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_a_replacement_and_a_deletion_are_undone() {
    let (_sim, mut client) = served().await;
    let (id, revision) = create_user(&mut client, "ada").await;
    let one = json!({ "objectType": "alpha_user", "objectId": id });
    let patched = json!({ "objectType": "alpha_user", "objectId": id, "revision": revision,
        "operations": [
            { "operation": "replace", "field": "/sn", "value": "Changed" },
            { "operation": "add", "field": "/city", "value": "Bristol" },
        ] });
    let login = json!({ "realm": "alpha", "journeyName": "Login" });
    let beta = json!({ "variableId": "esv-beta-features" });
    let variable = seen(&mut client, "getVariable", beta.clone()).await;
    let set = json!({ "variableId": "esv-beta-features",
        "type": variable["variable"]["expressionType"], "value": variable["value"] });
    let cases = [
        ("getManagedObject", one.clone(), "patchManagedObject", patched),
        ("getManagedObject", one.clone(), "deleteManagedObject", one),
        (
            "getJourney",
            login.clone(),
            "updateJourney",
            json!({ "realm": "alpha", "journeyName": "Login", "description": "Changed" }),
        ),
        ("getVariable", beta.clone(), "setVariable", set),
        ("getVariable", beta.clone(), "deleteVariable", beta),
    ];
    for (look, at, tool, arguments) in cases {
        let before = seen(&mut client, look, at.clone()).await;
        client.call(tool, arguments).await.ok();
        let change = newest_change(&mut client).await;
        assert_eq!(
            (&change["tool"], &change["undoable"]),
            (&json!(tool), &json!(true)),
            "{change}"
        );
        let undone = undo(&mut client, &change).await.ok();
        assert_eq!(undone["undone"], change["effects"]);
        assert_eq!(seen(&mut client, look, at).await, before, "{tool}");
        let failure = undo(&mut client, &change).await.failed();
        assert!(failure.contains("undone already"), "{failure}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_of_nodes_that_a_journey_took_along_come_back() {
    let (_sim, mut client) = served().await;
    let login = json!({ "realm": "alpha", "journeyName": "Login" });
    let before = seen(&mut client, "getJourney", login.clone()).await;
    let mut nodes = serde_json::Map::new();
    for (id, node) in before["journey"]["nodes"].as_object().unwrap() {
        let mut node = node.clone();
        let mut config = before["nodeConfigs"][id].clone();
        if let Some(text) = config.get_mut("pageHeader") {
            *text = json!({ "en": "Changed" });
        }
        for own in ["_id", "_type", "_outcomes"] {
            config.as_object_mut().unwrap().remove(own);
        }
        node["config"] = config;
        for own in ["x", "y", "version", "_outcomes"] {
            node.as_object_mut().unwrap().remove(own);
        }
        nodes.insert(id.clone(), node);
    }
    let mut update = login.clone();
    update["nodes"] = nodes.into();
    update["entryNodeId"] = before["journey"]["entryNodeId"].clone();
    client.call("updateJourney", update).await.ok();
    let changed = seen(&mut client, "getJourney", login.clone()).await;
    assert_ne!(changed["nodeConfigs"], before["nodeConfigs"]);
    let change = newest_change(&mut client).await;
    undo(&mut client, &change).await.ok();
    assert_eq!(seen(&mut client, "getJourney", login).await["nodeConfigs"], before["nodeConfigs"]);
}

/// All that the tools show of a tenant, as far as they change it.
async fn everything(client: &mut Client) -> Vec<Value> {
    let mut all = Vec::new();
    for (tool, arguments) in [
        ("listManagedObjects", json!({})),
        (
            "getManagedObjectSchema",
            json!({ "objectType": "alpha_user", "includeFullDefinition": true }),
        ),
        (
            "queryManagedObjects",
            json!({ "objectType": "alpha_user", "pageSize": 250, "sortKeys": "_id" }),
        ),
        ("listJourneys", json!({ "realm": "alpha" })),
        ("getJourney", json!({ "realm": "alpha", "journeyName": "Login" })),
        ("listScripts", json!({ "realm": "alpha" })),
        ("getThemes", json!({ "realm": "alpha" })),
        ("getTheme", json!({ "realm": "alpha", "themeIdentifier": "Northlight" })),
        ("listOidcApps", json!({ "realm": "alpha" })),
        ("queryESVs", json!({ "type": "variable", "pageSize": 100 })),
        ("getVariable", json!({ "variableId": "esv-beta-features" })),
    ] {
        all.push(seen(client, tool, arguments).await);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_tools_change_is_undone_or_said_to_be_one_way() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let mut one_way = BTreeSet::new();
    for tool in client.tools().await {
        let name = tool["name"].as_str().unwrap();
        if tool["annotations"]["readOnlyHint"] == true || name == "undoChange" {
            continue;
        }
        sim.remember();
        let arguments = arguments(name, &mut client).await.expect("arguments");
        let before = everything(&mut client).await;
        client.call(name, arguments).await.ok();
        let change = newest_change(&mut client).await;
        assert_eq!(change["tool"], name);
        if change["undoable"] == false {
            one_way.insert(name.to_owned());
            continue;
        }
        undo(&mut client, &change).await.ok();
        for (now, before) in everything(&mut client).await.iter().zip(&before) {
            assert_eq!(now, before, "{name}");
        }
        sim.restore();
    }
    let known = ["enableAiAgent", "installIdmFeature"].map(str::to_owned);
    assert_eq!(one_way, BTreeSet::from(known));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_has_changed_since_stays() {
    let (sim, mut client) = served().await;
    let (id, revision) = create_user(&mut client, "ada").await;
    let mut patch = json!({ "objectType": "alpha_user", "objectId": id, "revision": revision,
        "operations": [{ "operation": "replace", "field": "/sn", "value": "Ours" }] });
    let patched = client.call("patchManagedObject", patch.clone()).await.ok();
    let change = newest_change(&mut client).await;
    let mut other = Start::serve(&sim).connect().await;
    patch["revision"] = patched["revision"].clone();
    patch["operations"][0]["value"] = json!("Theirs");
    other.call("patchManagedObject", patch).await.ok();
    sim.clear_requests();
    let failure = undo(&mut client, &change).await.failed();
    assert!(failure.contains("has been changed again since"), "{failure}");
    assert!(writes(&sim).is_empty());

    // What was deleted and made anew by somebody else is not written over either.
    client.call("deleteVariable", json!({ "variableId": "esv-beta-features" })).await.ok();
    let change = newest_change(&mut client).await;
    let theirs = json!({ "variableId": "esv-beta-features", "type": "string", "value": "theirs" });
    other.call("setVariable", theirs).await.ok();
    let failure = undo(&mut client, &change).await.failed();
    assert!(failure.contains("has been changed again since"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_a_creation_is_a_deletion_and_is_confirmed_as_one() {
    let sim = tenant().await;
    let start = Start::serve(&sim).confirming();
    let mut client = start.at_home("/dev/null").connect().await;
    create_user(&mut client, "ada").await;
    let change = newest_change(&mut client).await;
    let failure = undo(&mut client, &change).await.failed();
    assert!(
        failure.contains("would: undoChange on 127.0.0.1") && failure.contains("delete"),
        "{failure}"
    );
    client
        .call("setVariable", json!({ "variableId": "esv-smtp-port", "type": "int", "value": 1 }))
        .await
        .ok();
    // Putting back what was there is an update, which passes.
    let change = newest_change(&mut client).await;
    undo(&mut client, &change).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_nobody_knows_the_fate_of_is_not_undone() {
    let (sim, mut client) = served().await;
    let set = json!({ "variableId": "esv-smtp-port", "type": "int", "value": 1 });
    sim.inject(Fault::new(FaultKind::DisconnectAfter).on("PUT").path_contains("/environment/"));
    client.call("setVariable", set.clone()).await.failed();
    let change = newest_change(&mut client).await;
    assert_eq!(change["reason"], "whether it was done is not known");
    undo(&mut client, &change).await.failed();

    // An undoing that fails has changed nothing, or says that it may have.
    client
        .call("setVariable", json!({ "variableId": "esv-smtp-port", "type": "int", "value": 2 }))
        .await
        .ok();
    let change = newest_change(&mut client).await;
    for (kind, changed) in
        [(FaultKind::Html403, "changed: nothing"), (FaultKind::DisconnectAfter, "changed: unknown")]
    {
        sim.clear_requests();
        sim.inject(Fault::new(kind).on("PUT").path_contains("/environment/"));
        let failure = undo(&mut client, &change).await.failed();
        assert!(failure.contains(changed), "{failure}");
        assert_eq!(writes(&sim).len(), 1);
        sim.clear_faults();
    }
}

/// A tenant that cannot say what is there before a write: of what, and for how many requests.
fn unreadable(sim: &Sim, path: &str) {
    let kind = FaultKind::Status { status: 503, headers: Vec::new(), body: "{}".to_owned() };
    sim.inject(Fault::new(kind).on("GET").path_contains(path).times(ATTEMPTS));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_previous_state_that_cannot_be_read_is_not_taken_for_none() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let (id, _) = create_user(&mut client, "ada").await;
    let one = json!({ "objectType": "alpha_user", "objectId": id });
    let set = json!({ "variableId": "esv-smtp-port", "type": "int", "value": 1 });
    let mut dry = Start::serve(&sim).arg("--dry-run").connect().await;
    for (tool, arguments, path) in [
        ("setVariable", set, "/environment/variables/esv-smtp-port"),
        ("deleteManagedObject", one, &format!("/openidm/managed/alpha_user/{id}")),
    ] {
        // A rehearsal that cannot tell what it would do says nothing else.
        unreadable(&sim, path);
        sim.clear_requests();
        let failure = dry.call(tool, arguments.clone()).await.failed();
        assert!(failure.contains("status: 503"), "{failure}");
        sim.clear_faults();

        // A call does its work, and says that there is no way back.
        unreadable(&sim, path);
        client.call(tool, arguments).await.ok();
        let change = newest_change(&mut client).await;
        assert_eq!((&change["tool"], &change["undoable"]), (&json!(tool), &json!(false)));
        assert_eq!(change["reason"], "what was there before could not be read");
        sim.clear_faults();
        sim.clear_requests();
        let failure = undo(&mut client, &change).await.failed();
        assert!(failure.contains("what was there before could not be read"), "{failure}");
        assert!(writes(&sim).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_now_is_not_taken_for_gone() {
    let (sim, mut client) = served().await;
    let (id, _) = create_user(&mut client, "ada").await;
    let path = format!("/openidm/managed/alpha_user/{id}");
    client
        .call("deleteManagedObject", json!({ "objectType": "alpha_user", "objectId": id }))
        .await
        .ok();
    let change = newest_change(&mut client).await;
    sim.clear_requests();
    unreadable(&sim, &path);
    let failure = undo(&mut client, &change).await.failed();
    assert!(failure.contains("status: 503"), "{failure}");
    assert!(writes(&sim).is_empty());
    sim.clear_faults();
    undo(&mut client, &change).await.ok();
    assert_eq!(writes(&sim), [format!("PUT {path}")]);
}

fn in_folder(sim: &Sim, folder: &std::path::Path) -> Start {
    Start::serve(sim).env("AIC_UNDO_DIR", folder.to_str().unwrap())
}

/// Across processes it takes a keychain, with which `desktop::undo` tries it.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_a_directory_is_of_use_to_the_process_that_wrote_it_only() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("undo");
    let mut client = in_folder(&sim, &folder).connect().await;
    let set = json!({ "variableId": "esv-smtp-port", "type": "int", "value": 1 });
    client.call("setVariable", set.clone()).await.ok();
    let change = newest_change(&mut client).await;
    let log = client.process().log();
    assert_eq!(log.matches("cannot be undone by later processes").count(), 1, "{log}");
    let [file] = &std::fs::read_dir(&folder).unwrap().collect::<Vec<_>>()[..] else {
        panic!("one change is kept")
    };
    let text = std::fs::read_to_string(file.as_ref().unwrap().path()).unwrap();
    assert!(text.starts_with("{\"mac\":\""), "{text}");

    sim.clear_requests();
    let mut later = in_folder(&sim, &folder).connect().await;
    assert_eq!(newest_change(&mut later).await, Value::Null);
    let failure = undo(&mut later, &change).await.failed();
    assert!(failure.contains("There is no such change"), "{failure}");
    let log = later.process().log();
    assert_eq!(log.matches("is not signed by this user's aic-mcp").count(), 1, "{log}");
    assert!(writes(&sim).is_empty());

    undo(&mut client, &change).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_written_to_the_directory() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("undo");
    let mut client = in_folder(&sim, &folder).connect().await;
    let mut data = user("ada");
    data["password"] = json!("Canary!1234");
    data["description"] =
        json!("-----BEGIN PRIVATE KEY-----\nMIIcanary\n-----END PRIVATE KEY-----");
    let created = json!({ "objectType": "alpha_user", "objectData": data });
    client.call("createManagedObject", created).await.ok();
    let change = newest_change(&mut client).await;
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    let mut app = arguments("createOidcApp", &mut client).await.unwrap();
    app["oauth2Client"] = json!({ "coreOAuth2ClientConfig": { "userpassword": "canary" } });
    client.call("createOidcApp", app).await.ok();
    let mut plain = user("eve");
    plain["description"] = json!("Nothing to hide");
    let created = json!({ "objectType": "alpha_user", "objectData": plain });
    client.call("createManagedObject", created).await.ok();
    let written: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert!(written.iter().any(|text| text.contains("Nothing to hide")), "{written:?}");
    for text in &written {
        assert!(!text.to_lowercase().contains("canary"), "{text}");
    }
    // It is remembered as long as the process lives.
    undo(&mut client, &change).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_call_changes_meanwhile_what_is_being_undone() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    let created = json!({ "objectType": "alpha_user", "objectData": user("ada.undone") });
    let id = client.call("createManagedObject", created).await.ok()["objectId"].clone();
    let got = json!({ "objectType": "alpha_user", "objectId": id });
    let object = async |client: &mut Client| {
        client.call("getManagedObject", got.clone()).await.ok()["object"].take()
    };
    let patch = |value: &str, revision: &Value| {
        json!({ "objectType": "alpha_user", "objectId": id, "revision": revision,
            "operations": [{ "operation": "replace", "field": "/city", "value": value }] })
    };
    let revision = object(&mut client).await["_rev"].take();
    client.call("patchManagedObject", patch("Paris", &revision)).await.ok();
    let change = newest_change(&mut client).await;
    let revision = object(&mut client).await["_rev"].take();

    // The undo has looked at the object and not written it yet.
    sim.clear_requests();
    sim.inject(Fault::new(FaultKind::Withhold).on("GET").path_contains("/managed/alpha_user/"));
    let undoing = client.start_call("undoChange", json!({ "changeId": change["changeId"] })).await;
    until(|| !api_requests(&sim).is_empty()).await;
    let patching = client.start_call("patchManagedObject", patch("Rome", &revision)).await;
    // It waits, though others go on.
    for _ in 0..3 {
        client.call("listManagedObjects", json!({})).await.ok();
    }
    assert!(!client.is_answered(patching) && writes(&sim).is_empty());
    sim.release();
    client.outcome("undoChange", undoing).await.ok();
    let failure = client.outcome("patchManagedObject", patching).await.failed();
    assert!(failure.contains("HTTP 412"), "it finds the object undone: {failure}");
    assert_eq!(object(&mut client).await.get("city"), None);
}
