//! What results do not show, and what is not written back.

use aic_e2e::{Client, Start};
use serde_json::{Value, json};

use crate::support::{tenant, user, writes};

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
    assert_eq!(description, "ada<U+202E><U+E0041> [masked]");
    let script = json!({ "realm": "alpha", "scriptId": script });
    let read = client.call("getAMScript", script.clone()).await.ok();
    assert!(read.to_string().contains("var key = `[masked]`;"), "{read}");

    sim.clear_requests();
    let mut change = script;
    change["script"] = "var key = `[masked]`; // better".into();
    let failure = client.call("updateScript", change).await.failed();
    assert!(failure.contains("[masked] at /script"), "{failure}");
    assert!(writes(&sim).is_empty());

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
