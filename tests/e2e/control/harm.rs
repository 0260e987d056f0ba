//! A call is asked about for what it would do, and not for its tool.

use std::collections::HashSet;

use aic_e2e::{Client, Start};
use aic_sim::Sim;
use serde_json::{Value, json};

use crate::support::{api_requests, create_user, tenant, user as user_of};

/// A tenant, and a client that asks its user.
async fn asking() -> (Sim, Client) {
    let sim = tenant().await;
    let client = asking_at(&sim).await;
    (sim, client)
}

async fn asking_at(sim: &Sim) -> Client {
    Start::serve(sim).confirming().connect_with_forms("2025-11-25").await
}

/// Makes a call that is asked about, and declines it. Nothing has changed then, and the question
/// has these parts.
async fn asked(
    sim: &Sim,
    client: &mut Client,
    tool: &str,
    arguments: Value,
    parts: &[&str],
) -> String {
    let before = sim.held();
    let call = client.start_call(tool, arguments).await;
    let question = client.question().await;
    let message = question["params"]["message"].as_str().unwrap().to_owned();
    client.decide(&question, json!({ "action": "decline" })).await;
    let failure = client.outcome(tool, call).await.failed();
    assert!(failure.contains("the user declined"), "{tool}: {failure}");
    for part in parts {
        assert!(message.contains(part), "{tool}: no {part:?} in\n{message}");
    }
    assert!(sim.held() == before, "{tool} was declined");
    message
}

fn alpha(members: &Value) -> Value {
    let mut all = json!({ "realm": "alpha" });
    all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    all
}

async fn patch(client: &mut Client, object_type: &str, id: &Value, operations: Value) -> Value {
    let one = json!({ "objectType": object_type, "objectId": id });
    let found = client.call("getManagedObject", one).await.ok();
    json!({ "objectType": object_type, "objectId": id, "revision": found["object"]["_rev"],
        "operations": operations })
}

async fn first(client: &mut Client, object_type: &str, filter: &str) -> Value {
    let query = json!({ "objectType": object_type, "queryFilter": filter, "pageSize": 1 });
    client.call("queryManagedObjects", query).await.ok()["objects"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn power_is_asked_about() {
    let (sim, mut client) = asking().await;
    let (user, _) = create_user(&mut client, "ada").await;
    let role = first(&mut client, "alpha_role", "true").await;
    let reference =
        json!({ "_ref": format!("managed/alpha_role/{}", role["_id"].as_str().unwrap()) });
    let grant = json!([{ "operation": "add", "field": "/roles/-", "value": reference }]);
    let arguments = patch(&mut client, "alpha_user", &json!(user), grant).await;
    let name = role["name"].as_str().unwrap();
    let parts = ["power: roles", name, "It changes, by relationships:"];
    asked(&sim, &mut client, "patchManagedObject", arguments, &parts).await;

    let member = json!({ "_ref": format!("managed/alpha_user/{user}") });
    let role = json!({ "objectType": "alpha_role", "objectData": { "name": "New", "members": [member, member] } });
    asked(&sim, &mut client, "createManagedObject", role, &["many: it has", "\"ada\""]).await;

    let application =
        alpha(&json!({ "name": "New", "clientId": "new", "owners": [member], "oauth2Client": {
        "coreOAuth2ClientConfig": { "scopes": ["fr:idm:*"] },
        "advancedOAuth2ClientConfig": { "grantTypes": ["client_credentials"] } } }));
    let parts = ["power: its tokens reach AIC's own APIs: fr:idm:*", "client_credentials"];
    asked(&sim, &mut client, "createOidcApp", application, &parts).await;

    let hook =
        json!({ "type": "text/javascript", "source": "object.mail = 'x';\nlogger.info('y');" });
    let definition = json!({ "objectName": "alpha_device", "objectDefinition": { "onCreate": hook,
        "schema": { "type": "object", "properties": { "name": { "type": "string" } } } } });
    let parts = ["power: \"alpha_device\" runs scripts: onCreate", "object.mail = 'x';"];
    asked(&sim, &mut client, "createManagedObjectDefinition", definition, &parts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn live_code_and_what_reaches_many_is_asked_about() {
    let (sim, mut client) = asking().await;
    let script = live_script(&mut client).await;
    let update = alpha(&json!({ "scriptId": script, "script": "action.goTo(\"true\");\n" }));
    let parts = ["live code: the journeys that run it: ", "+action.goTo"];
    asked(&sim, &mut client, "updateScript", update, &parts).await;
    let login = alpha(&json!({ "journeyName": "Login", "description": "Changed" }));
    let parts =
        ["many: it is the default journey of alpha", "replace \"/description\": \"Changed\" (was "];
    asked(&sim, &mut client, "updateJourney", login, &parts).await;
    let default = alpha(&json!({ "journeyName": "Registration" }));
    asked(
        &sim,
        &mut client,
        "setDefaultJourney",
        default,
        &["many: it is how everybody signs in to alpha"],
    )
    .await;
    let header = "<p>Hello</p>\n<script>steal()</script>";
    let theme = alpha(
        &json!({ "themeIdentifier": "Northlight", "themeUpdates": { "journeyHeader": header } }),
    );
    let parts = ["live code: \"Northlight\" is ", "has code in journeyHeader", "steal()"];
    asked(&sim, &mut client, "updateTheme", theme, &parts).await;
    let operations = json!([{ "operation": "replace", "field": "/title", "value": "T" }]);
    let definition = json!({ "objectName": "alpha_user", "operations": operations });
    asked(
        &sim,
        &mut client,
        "patchManagedObjectDefinition",
        definition,
        &["many: every object of \"alpha_user\""],
    )
    .await;
    let role = first(&mut client, "alpha_role", "name eq \"people-manager\"").await;
    let emptied = json!([{ "operation": "remove", "field": "/members" }]);
    let arguments = patch(&mut client, "alpha_role", &role["_id"], emptied).await;
    asked(&sim, &mut client, "patchManagedObject", arguments, &["many: it has"]).await;
}

/// A script that a journey runs.
async fn live_script(client: &mut Client) -> Value {
    let scripts = client.call("listScripts", alpha(&json!({}))).await.ok();
    let source = "action.goTo(\"false\");\n";
    let created =
        client.call("createScript", alpha(&json!({ "name": "Live", "script": source }))).await.ok();
    assert!(scripts["scripts"].is_array() || scripts.is_object());
    let node = json!({ "nodeType": "ScriptedDecisionNode", "connections": { "true": "success", "false": "failure" },
        "config": { "script": created["scriptId"], "outcomes": ["true", "false"] } });
    let journey = alpha(&json!({ "journeyName": "Scripted",
        "journeyData": { "entryNodeId": "s", "nodes": { "s": node } } }));
    client.call("createJourney", journey).await.ok();
    created["scriptId"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn ways_in_and_losses_are_asked_about() {
    let (sim, mut client) = asking().await;
    let (user, _) = create_user(&mut client, "ada").await;
    for (field, value) in [
        ("/mail", "eve@evil.example"),
        ("/userName", "eve"),
        ("/accountStatus", "inactive"),
        ("/password", "Canary!9canary"),
    ] {
        let operations = json!([{ "operation": "replace", "field": field, "value": value }]);
        let arguments = patch(&mut client, "alpha_user", &json!(user), operations).await;
        let way = format!("ways in: {}", &field[1..]);
        let message = asked(&sim, &mut client, "patchManagedObject", arguments, &[&way]).await;
        assert!(!message.contains("anary"), "{message}");
    }
    let uris =
        json!({ "coreOAuth2ClientConfig": { "redirectionUris": ["http://evil.example/cb"] } });
    let update = alpha(&json!({ "name": "Expense Portal", "oauth2Client": uris }));
    let parts = ["ways in: codes go over an open line to http://evil.example/cb"];
    asked(&sim, &mut client, "updateOidcApp", update, &parts).await;
    let variable = json!({ "variableId": "esv-beta-features" });
    asked(&sim, &mut client, "deleteVariable", variable, &["loss: it is deleted"]).await;
    let feature = json!({ "featureName": "password/timestamps" });
    asked(&sim, &mut client, "installIdmFeature", feature, &["loss: there is no way back"]).await;
    // The same name with other nodes: what was there is gone.
    let retry = json!({ "nodeType": "RetryLimitDecisionNode", "config": { "retryLimit": 3 },
        "connections": { "Retry": "success", "Reject": "failure" } });
    let journey = |name: &str| {
        alpha(&json!({ "journeyName": "Mine",
            "journeyData": { "entryNodeId": name, "nodes": { name: retry } } }))
    };
    client.call("createJourney", journey("one")).await.ok();
    let parts = ["loss: it drops the node \"one\""];
    asked(&sim, &mut client, "createJourney", journey("two"), &parts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_plain_is_done_with_and_without_dialogs() {
    for has_dialogs in [true, false] {
        let sim = tenant().await;
        let mut client = if has_dialogs {
            asking_at(&sim).await
        } else {
            Start::serve(&sim).confirming().connect().await
        };
        let (user, _) = create_user(&mut client, "ada").await;
        let owner = json!({ "_ref": format!("managed/alpha_user/{user}") });
        let name = json!([{ "operation": "replace", "field": "/sn", "value": "New" }]);
        let rename = patch(&mut client, "alpha_user", &json!(user), name).await;
        let retry = json!({ "nodeType": "RetryLimitDecisionNode", "config": { "retryLimit": 3 },
            "connections": { "Retry": "success", "Reject": "failure" } });
        for (tool, arguments) in [
            ("patchManagedObject", rename),
            ("setVariable", json!({ "variableId": "esv-new", "type": "string", "value": "x" })),
            ("setVariable", json!({ "variableId": "esv-new", "type": "string", "value": "y" })),
            ("createTheme", alpha(&json!({ "themeData": { "name": "New" } }))),
            (
                "updateTheme",
                alpha(&json!({ "themeIdentifier": "New", "themeUpdates": { "boldLinks": true } })),
            ),
            ("createScript", alpha(&json!({ "name": "New", "script": "action.goTo(\"true\");" }))),
            (
                "createJourney",
                alpha(&json!({ "journeyName": "Mine",
                "journeyData": { "entryNodeId": "one", "nodes": { "one": retry } } })),
            ),
            ("updateJourney", alpha(&json!({ "journeyName": "Mine", "description": "Changed" }))),
            (
                "createOidcApp",
                alpha(&json!({ "name": "New", "clientId": "new", "owners": [owner] })),
            ),
        ] {
            let outcome = client.call(tool, arguments).await;
            assert!(!outcome.is_error, "{tool}: {}", outcome.text);
            assert_eq!(client.questions(), 0, "{tool}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_operations_are_shown_as_ten_the_worst_first() {
    let (sim, mut client) = asking().await;
    let (user, _) = create_user(&mut client, "ada").await;
    let names = [
        "sn",
        "givenName",
        "city",
        "country",
        "description",
        "displayName",
        "postalCode",
        "stateProvince",
    ];
    let mut operations: Vec<_> = names
        .iter()
        .map(|name| json!({ "operation": "replace", "field": format!("/{name}"), "value": format!("{name}!") }))
        .collect();
    operations.push(json!({ "operation": "copy", "from": "/sn", "field": "/mail" }));
    operations.push(json!({ "operation": "replace", "field": "/telephoneNumber", "value": "+1" }));
    let arguments = patch(&mut client, "alpha_user", &json!(user), json!(operations)).await;
    let mut parts: Vec<String> = names.iter().map(|name| format!("\"{name}!\"")).collect();
    parts.push("copy \"/mail\" from \"/sn\"".to_owned());
    parts.push("replace \"/telephoneNumber\": \"+1\"".to_owned());
    let parts: Vec<_> = parts.iter().map(String::as_str).collect();
    let message = asked(&sim, &mut client, "patchManagedObject", arguments, &parts).await;
    assert!(!message.contains("more"), "{message}");
    // Deletion before what is plain.
    let delete = alpha(&json!({ "name": "Expense Portal" }));
    let message = asked(&sim, &mut client, "deleteOidcApp", delete, &["2 changes"]).await;
    assert!(message.matches("loss: it is deleted").count() == 2, "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_for_a_dialog_is_not_asked_in_part() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let start = Start::serve(&sim).confirming().at_home(folder.path());
    let mut client = start.connect_with_forms("2025-11-25").await;
    let script = live_script(&mut client).await;
    let source: String = (0..2_000).map(|line| format!("logger.info('{line}');\n")).collect();
    let update =
        alpha(&json!({ "scriptId": script, "script": format!("{source}action.goTo('true');") }));
    let failure = client.call("updateScript", update).await.failed();
    assert!(failure.contains("too long for a dialog"), "{failure}");
    assert!(failure.contains("\napproval: ") && failure.len() < 6_000, "{}", failure.len());
    assert_eq!(client.questions(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_says_who_still_uses_it() {
    let (sim, mut client) = asking().await;
    let script = live_script(&mut client).await;
    let one = alpha(&json!({ "scriptId": script }));
    sim.clear_requests();
    let parts = ["the journeys that run it: \"Scripted\"", "loss: it is deleted"];
    asked(&sim, &mut client, "deleteScript", one.clone(), &parts).await;
    let mut seen = HashSet::new();
    let again = api_requests(&sim).into_iter().find(|request| !seen.insert(request.target.clone()));
    assert!(again.is_none(), "a rehearsal reads each thing once: {again:?}");
    let inner = json!({ "nodeType": "InnerTreeEvaluatorNode", "config": { "tree": "Scripted" },
        "connections": { "true": "success", "false": "failure" } });
    let outer = alpha(&json!({ "journeyName": "Outer",
        "journeyData": { "entryNodeId": "i", "nodes": { "i": inner } } }));
    client.call("createJourney", outer).await.ok();
    let journey = alpha(&json!({ "journeyName": "Scripted" }));
    asked(
        &sim,
        &mut client,
        "deleteJourney",
        journey.clone(),
        &["the journeys that run it: \"Outer\""],
    )
    .await;

    let mut other = Start::serve(&sim).connect().await;
    let deleted = other.call("deleteScript", one).await.ok();
    assert_eq!(deleted["stillUsedBy"], json!(["Scripted"]));
    let deleted = other.call("deleteJourney", journey).await.ok();
    assert_eq!(deleted["stillUsedBy"], json!(["Outer"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_write_sends_no_more_for_being_looked_at() {
    let mut counts = Vec::new();
    for confirm in ["never", "auto"] {
        let sim = tenant().await;
        let mut client = Start::serve(&sim).env("AIC_CONFIRM", confirm).connect().await;
        let (user, _) = create_user(&mut client, "ada").await;
        let name = json!([{ "operation": "replace", "field": "/sn", "value": "New" }]);
        let rename = patch(&mut client, "alpha_user", &json!(user), name).await;
        let retry = json!({ "nodeType": "RetryLimitDecisionNode", "config": { "retryLimit": 3 },
            "connections": { "Retry": "success", "Reject": "failure" } });
        let mut of_tools = Vec::new();
        for (tool, arguments) in [
            (
                "createManagedObject",
                json!({ "objectType": "alpha_user", "objectData": user_of("bob") }),
            ),
            ("patchManagedObject", rename),
            ("setVariable", json!({ "variableId": "esv-new", "type": "string", "value": "x" })),
            ("setVariable", json!({ "variableId": "esv-new", "type": "string", "value": "y" })),
            ("createTheme", alpha(&json!({ "themeData": { "name": "New" } }))),
            ("createScript", alpha(&json!({ "name": "New", "script": "action.goTo(\"true\");" }))),
            (
                "createJourney",
                alpha(&json!({ "journeyName": "Mine",
                "journeyData": { "entryNodeId": "one", "nodes": { "one": retry } } })),
            ),
        ] {
            sim.clear_requests();
            client.call(tool, arguments).await.ok();
            of_tools.push((tool, api_requests(&sim).len()));
        }
        counts.push(of_tools);
    }
    assert_eq!(counts[0], counts[1]);
}
