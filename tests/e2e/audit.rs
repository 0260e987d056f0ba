//! The local audit log.

use std::fs;
use std::path::Path;

use aic_e2e::Start;
use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{api_requests, tenant, until, user};

const INGRID: &str = "5b0e9c1e-7d0f-4c57-9a53-2f6f3c1d8a01";

fn records(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_leaves_a_line_that_says_who_what_and_how_it_ended() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let start = Start::serve(&sim).arg("--audit-log").arg(file.to_str().unwrap());
    let mut client = start.connect().await;
    let mut ada = user("ada.audited");
    ada["password"] = "Canary.2026".into();
    let arguments = json!({ "objectType": "alpha_user", "objectData": ada });
    let created = client.call("createManagedObject", arguments).await.ok();
    let missing = json!({ "objectType": "alpha_user", "objectId": "nobody" });
    client.call("getManagedObject", missing).await.failed();
    client.call("getManagedObject", json!({ "objectType": "a/b" })).await.failed();

    let records = records(&file);
    assert_eq!(records.len(), 3);
    let first = &records[0];
    assert_eq!(first["tool"], "createManagedObject");
    assert_eq!(first["toolset"], "managed-objects");
    assert_eq!(first["effect"], "creates");
    assert_eq!(first["tenant"], sim.base_url());
    assert_eq!(first["administrator"], INGRID);
    assert_eq!(first["client"], "aic-e2e 1");
    assert_eq!(first["arguments"]["objectData"]["userName"], "ada.audited");
    assert_eq!(first["arguments"]["objectData"]["password"], "[masked]");
    assert_eq!(first["outcome"], "succeeded");
    assert_eq!(first["transactionIds"], created["transactionIds"]);
    // One of them asks what the environment is, before the first write.
    assert_eq!(first["requests"], 2);
    assert!(first["time"].as_str().unwrap().ends_with('Z') && first["durationMs"].is_u64());
    assert_eq!(records[1]["outcome"], "failed");
    assert!(records[1]["problem"].as_str().unwrap().contains("HTTP 404"), "{}", records[1]);
    assert_eq!((&records[2]["outcome"], &records[2]["requests"]), (&"failed".into(), &0.into()));
    assert!(!fs::read_to_string(&file).unwrap().contains("Canary"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let whose = sim.requests().iter().filter(|r| r.path().ends_with("/userinfo")).count();
    assert_eq!(whose, 1, "asked once per login");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_was_given_up_on_is_there_with_the_transaction_it_was_sent_with() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let start = Start::serve(&sim).arg("--audit-log").arg(file.to_str().unwrap());
    let mut client = start.connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.clear_requests();
    sim.inject(Fault::new(FaultKind::Hang).path_contains("/openidm/"));
    let arguments = json!({ "objectType": "alpha_user", "objectData": user("ada.lost") });
    let id = client.start_call("createManagedObject", arguments).await;
    until(|| !api_requests(&sim).is_empty()).await;
    client.notify("notifications/cancelled", json!({ "requestId": id })).await;
    until(|| records(&file).len() == 2).await;
    let record = &records(&file)[1];
    assert_eq!(record["outcome"], "cancelled");
    let sent = api_requests(&sim)[0].header("x-forgerock-transactionid").unwrap().to_owned();
    assert_eq!(record["transactionIds"], json!([sent]));
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_from_the_shell_are_in_it_and_what_was_in_it_stays() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    for _ in 0..2 {
        let start = Start::new(&["call", "listManagedObjects"])
            .at(&sim)
            .env("AIC_AUDIT_LOG", file.to_str().unwrap())
            .signing_in();
        let (status, _, log) = start.run().await;
        assert!(status.success(), "{log}");
    }
    let records = records(&file);
    assert_eq!(records.len(), 2);
    assert!(records[1]["client"].as_str().unwrap().starts_with("aic-mcp call"));
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_no_trail_is_not_written() {
    let sim = tenant().await;
    let start = Start::serve(&sim).arg("--audit-log").arg("/nowhere/audit.jsonl");
    let (status, _, log) = start.run().await;
    assert_eq!(status.code(), Some(2));
    assert!(log.contains("--audit-log /nowhere/audit.jsonl cannot be written"), "{log}");
}
