//! Results do not show secrets, and masks are not written back.

use std::collections::BTreeSet;

use aic_e2e::{Client, Start};
use aic_sim::Sim;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{api_requests, served, tenant, user, writes};

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5";
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIICANARY\n-----END PRIVATE KEY-----";

/// A user and a script that hold secrets, and text that says another thing than it seems to.
async fn plant(client: &mut Client) -> (Value, String) {
    let mut ada = user("ada.planted");
    ada["description"] = format!("ada\u{202e}\u{e0041} {TOKEN}").into();
    ada["password"] = "Canary.2026".into();
    ada["frUnindexedString1"] = format!(r#"{{"clientSecret":"CANARY","key":"{TOKEN}"}}"#).into();
    let arguments = json!({ "objectType": "alpha_user", "objectData": ada });
    let created = client.call("createManagedObject", arguments).await.ok();
    let script = json!({
        "realm": "alpha",
        "name": "Planted",
        "script": format!("var key = `{KEY}`;"),
    });
    let script = client.call("createScript", script).await.ok();
    (created["objectId"].clone(), script["scriptId"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_in_results_are_masked_and_masks_are_not_written_back() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).recording().connect().await;
    let (user, script) = plant(&mut client).await;
    let user = json!({ "objectType": "alpha_user", "objectId": user });
    let read = client.call("getManagedObject", user).await.ok();
    let description = read["object"]["description"].as_str().unwrap();
    assert_eq!(description, "ada⟦U+202E⟧⟦U+E0041⟧ [masked]");
    assert_eq!(read["masked"], json!(["/object/description", "/object/frUnindexedString1"]));
    assert_eq!(read["shownAsCodes"], json!(["/object/description"]));
    let script = json!({ "realm": "alpha", "scriptId": script });
    let read = client.call("getAMScript", script.clone()).await.ok();
    assert!(read.to_string().contains("var key = `[masked]`;"), "{read}");

    sim.clear_requests();
    let invented = json!({ "realm": "alpha", "name": "New", "script": "[masked]" });
    let failure = client.call("createScript", invented).await.failed();
    assert!(failure.contains("[masked] at /script"), "{failure}");
    let mut change = script.clone();
    change["script"] = "var other = `[masked]`;".into();
    let failure = client.call("updateScript", change).await.failed();
    assert!(failure.contains("[masked] at /script"), "{failure}");
    assert!(writes(&sim).is_empty());

    let mut change = script;
    change["script"] = "var key = `[masked]`; // better".into();
    client.call("updateScript", change).await.ok();
    let sent = sent_script(&sim);
    assert_eq!(sent, format!("var key = `{KEY}`; // better"));

    let output = client.process().output();
    for secret in [TOKEN, "MIICANARY", "Canary.2026", "CANARY\\\""] {
        assert!(!output.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_shown_where_that_was_asked_for() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).arg("--show-secrets").connect().await;
    let (_, script) = plant(&mut client).await;
    let script = json!({ "realm": "alpha", "scriptId": script });
    let read = client.call("getAMScript", script).await.ok();
    assert!(read.to_string().contains("MIICANARY"), "{read}");
}

/// The source of the script that was written last.
fn sent_script(sim: &Sim) -> String {
    let request = api_requests(sim).into_iter().rfind(|request| request.method == "PUT").unwrap();
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let source = STANDARD.decode(body["script"].as_str().unwrap()).unwrap();
    String::from_utf8(source).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_a_line_leaves_what_nobody_sees_in_the_others() {
    let (sim, mut client) = served().await;
    let source = "var a = 'x\u{200b}y';\nvar b = '\u{202e}';\n// ⟦U+202E⟧ in letters\nrun();\n";
    let script = json!({ "realm": "alpha", "name": "Unseen", "script": source });
    let created = client.call("createScript", script).await.ok();
    let script = json!({ "realm": "alpha", "scriptId": created["scriptId"] });
    let read = client.call("getAMScript", script.clone()).await.ok();
    assert_eq!(read["shownAsCodes"], json!(["/script/script"]));
    let shown = read["script"]["script"].as_str().unwrap();
    assert!(shown.contains("x⟦U+200B⟧y"), "{shown}");

    let mut change = script.clone();
    change["script"] = shown.replace("run();", "run(1);").into();
    client.call("updateScript", change).await.ok();
    assert_eq!(sent_script(&sim), source.replace("run();", "run(1);"));

    let mut change = script;
    change["script"] = "var a = 'x⟦U+200B⟧z ⟦U+2060⟧';".into();
    client.call("updateScript", change).await.ok();
    assert_eq!(sent_script(&sim), "var a = 'x\u{200b}z ⟦U+2060⟧';");
}

#[tokio::test(flavor = "multi_thread")]
async fn masks_and_codes_come_back_as_what_is_stored_where_a_tool_merges() {
    let (sim, mut client) = served().await;
    let theme = json!({ "realm": "alpha", "themeIdentifier": "Contractors" });
    let mut change = theme.clone();
    let tag = format!("<p>a\u{200b}b</p>\n<script>var t = '{TOKEN}';</script>");
    change["themeUpdates"] = json!({ "journeyFooter": tag, "journeyFooterEnabled": true });
    client.call("updateTheme", change).await.ok();
    let read = client.call("getTheme", theme.clone()).await.ok();
    let shown = read["theme"]["journeyFooter"].as_str().unwrap();
    assert_eq!(shown, "<p>a⟦U+200B⟧b</p>\n<script>var t = '[masked]';</script>");
    let mut change = theme;
    change["themeUpdates"] = json!({ "journeyFooter": format!("{shown}\n<!-- more -->") });
    client.call("updateTheme", change).await.ok();
    let stored = String::from_utf8(last_write(&sim)).unwrap();
    let expected = json!(format!("{tag}\n<!-- more -->")).to_string();
    assert!(stored.contains(&expected), "{expected}\n{stored}");

    let operation = |field: &str, value: Value| {
        json!({ "objectName": "alpha_user",
            "operations": [{ "operation": "replace", "field": field, "value": value }] })
    };
    let description = format!("Which\u{2060} {TOKEN} it is");
    let field = "/schema/properties/city/description";
    client.call("patchManagedObjectDefinition", operation(field, json!(description))).await.ok();
    let shown = json!("Which⟦U+2060⟧ [masked] it was");
    client.call("patchManagedObjectDefinition", operation(field, shown)).await.ok();
    let stored = String::from_utf8(last_write(&sim)).unwrap();
    assert!(stored.contains(&description.replace("it is", "it was")), "{stored}");
    let failure = client
        .call(
            "patchManagedObjectDefinition",
            operation("/schema/properties/sn/title", json!("[masked]")),
        )
        .await
        .failed();
    assert!(failure.contains("[masked] at /operations/0/value"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_a_client_and_of_a_node_keep_what_was_masked() {
    let (sim, mut client) = served().await;
    let mut change = json!({ "realm": "alpha", "name": "Northlight Portal" });
    let apps = client.call("listOidcApps", json!({ "realm": "alpha" })).await.ok();
    change["name"] = apps["applications"][0]["name"].clone();
    let client_name = |name: &str| json!({ "advancedOAuth2ClientConfig": { "descriptions": { "inherited": false, "value": [name] } } });
    change["oauth2Client"] = client_name(&format!("keeps {TOKEN}"));
    client.call("updateOidcApp", change.clone()).await.ok();
    change["oauth2Client"] = client_name("keeps [masked] still");
    client.call("updateOidcApp", change).await.ok();
    let stored = String::from_utf8(last_write(&sim)).unwrap();
    assert!(stored.contains(&format!("keeps {TOKEN} still")), "{stored}");

    let node = json!({ "nodeType": "MessageNode", "displayName": "Say",
        "connections": { "true": "SUCCESS", "false": "FAILURE" },
        "config": { "message": { "en": format!("use {TOKEN} \u{200b}") } } });
    let journey = json!({ "realm": "alpha", "journeyName": "Masked",
        "journeyData": { "entryNodeId": "say", "nodes": { "say": node } } });
    let created = client.call("createJourney", journey).await.ok();
    let mut change = json!({ "realm": "alpha", "nodeType": "MessageNode",
        "nodeId": created["nodeIds"]["say"] });
    change["config"] = json!({ "message": { "en": "use [masked] ⟦U+200B⟧ now" } });
    client.call("updateJourneyNode", change).await.ok();
    let stored = String::from_utf8(last_write(&sim)).unwrap();
    assert!(stored.contains(&format!("use {TOKEN} \u{200b} now")), "{stored}");
}

fn last_write(sim: &Sim) -> Vec<u8> {
    let is_write = |method: &str| matches!(method, "PUT" | "PATCH");
    api_requests(sim).into_iter().rfind(|request| is_write(&request.method)).unwrap().body.to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_not_asked_for_without_its_value() {
    let (sim, mut client) = served().await;
    let users = |name: &str, value: &str| json!({ "objectType": "alpha_user", name: value });
    let operation = |operation: Value| json!({ "objectType": "alpha_user", "objectId": "x", "revision": "1", "operations": [operation] });
    for (tool, arguments, by) in [
        ("queryManagedObjects", users("queryFilter", r#"password sw "C""#), "queryFilter"),
        (
            "queryManagedObjects",
            users("queryFilter", r#"sn pr and !(/authToken lt "m")"#),
            "queryFilter",
        ),
        ("queryManagedObjects", users("sortKeys", "-clientSecret"), "sortKeys"),
        (
            "queryLogs",
            json!({ "sources": ["am-access"],
                "queryFilter": r#"/payload/http/request/headers/authorization co "x""# }),
            "queryFilter",
        ),
        (
            "patchManagedObject",
            operation(json!({ "operation": "copy", "from": "/password", "field": "/description" })),
            "from",
        ),
        (
            "patchManagedObject",
            operation(json!({ "operation": "test", "field": "/pin", "value": "1" })),
            "test",
        ),
    ] {
        let failure = client.call(tool, arguments).await.failed();
        assert!(failure.contains(&format!("`{by}` asks for ")), "{failure}");
        assert!(failure.contains("holds a secret"), "{failure}");
    }
    assert!(sim.requests().is_empty());
}

/// The masked parts of an ordinary tenant, by the last name of where they stand.
#[tokio::test(flavor = "multi_thread")]
async fn of_what_an_ordinary_tenant_holds_only_secrets_are_masked() {
    let (_sim, mut client) = served().await;
    let mut masked = BTreeSet::new();
    let mut calls: Vec<(&str, Value)> = vec![
        ("getOidcAppSchema", json!({ "realm": "alpha" })),
        ("getThemeSchema", json!({})),
        ("listFeatures", json!({})),
        ("getScriptedDecisionNodeBindings", json!({ "realm": "alpha" })),
        (
            "queryLogs",
            json!({ "sources": ["am-access", "am-authentication", "idm-activity"], "pageSize": 1000 }),
        ),
        ("traceMcpActivity", json!({})),
        ("queryESVs", json!({ "type": "secret" })),
    ];
    let names = |list: &Value, member: &str| -> Vec<Value> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|item| item.get(member).unwrap_or(item).clone())
            .collect()
    };
    let types = client.call("listManagedObjects", json!({})).await.ok();
    for name in names(&types["objectTypes"], "name") {
        calls.push((
            "getManagedObjectSchema",
            json!({ "objectType": name, "includeFullDefinition": true }),
        ));
        calls.push(("queryManagedObjects", json!({ "objectType": name, "pageSize": 250 })));
    }
    let variables = client.call("queryESVs", json!({ "type": "variable" })).await.ok();
    for id in names(&variables["items"], "_id") {
        calls.push(("getVariable", json!({ "variableId": id })));
    }
    for realm in ["alpha", "bravo"] {
        let of = json!({ "realm": realm });
        let types = client.call("listNodeTypes", of.clone()).await.ok();
        for name in names(&types["nodeTypes"], "_id") {
            calls.push(("getNodeTypeDetails", json!({ "realm": realm, "nodeTypes": [name] })));
        }
        let scripts = client.call("listScripts", of.clone()).await.ok();
        for id in names(&scripts["scripts"], "_id") {
            calls.push(("getAMScript", json!({ "realm": realm, "scriptId": id })));
        }
        let journeys = client.call("listJourneys", of.clone()).await.ok();
        for id in names(&journeys["journeys"], "_id") {
            calls.push(("getJourney", json!({ "realm": realm, "journeyName": id })));
        }
        let apps = client.call("listOidcApps", of.clone()).await.ok();
        for name in names(&apps["applications"], "name") {
            calls.push(("getOidcApp", json!({ "realm": realm, "name": name })));
        }
        let themes = client.call("getThemes", of).await.ok();
        for id in names(&themes["themes"], "_id") {
            calls.push(("getTheme", json!({ "realm": realm, "themeIdentifier": id })));
        }
    }
    assert!(calls.len() > 60, "{}", calls.len());
    for (tool, arguments) in calls {
        let read = client.call(tool, arguments.clone()).await.ok();
        for place in read["masked"].as_array().into_iter().flatten() {
            let place = place.as_str().unwrap();
            let names = place.rsplit('/').filter(|part| part.parse::<usize>().is_err());
            masked.insert(format!("{tool} {}", names.take(2).collect::<Vec<_>>().join(" of ")));
        }
    }
    assert_eq!(masked, BTreeSet::new(), "the seed has no secret that is shown by any tool");
}
