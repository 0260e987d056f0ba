//! Four tools in place of all.

use aic_e2e::{Client, Start};
use serde_json::{Value, json};

use crate::support::{tenant, user, writes};

async fn compact(sim: &aic_sim::Sim) -> Client {
    Start::serve(sim).arg("--surface").arg("compact").connect().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_small_and_everything_is_reached_through_it() {
    let sim = tenant().await;
    let mut client = compact(&sim).await;
    let tools = client.tools().await;
    let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["findTools", "describeTool", "callReadingTool", "callWritingTool"]);
    let size = Value::from(tools.clone()).to_string().len();
    assert!(size <= 6_000, "{size}");
    assert!(client.server["instructions"].as_str().unwrap().contains("findTools"));

    let found = client.call("findTools", json!({ "query": "create user" })).await.ok();
    let found = found["tools"].as_array().unwrap();
    assert!(found.iter().any(|tool| tool["tool"] == "createManagedObject"), "{found:?}");
    let described =
        client.call("describeTool", json!({ "tool": "createManagedObject" })).await.ok();
    assert_eq!(described["inputSchema"]["required"], json!(["objectType", "objectData"]));
    let arguments = json!({ "objectType": "alpha_user", "objectData": user("compact") });
    let call = json!({ "tool": "createManagedObject", "arguments": arguments });
    let created = client.call("callWritingTool", call).await.ok();
    let call = json!({ "tool": "getManagedObject",
        "arguments": { "objectType": "alpha_user", "objectId": created["objectId"] } });
    let read = client.call("callReadingTool", call).await.ok();
    assert_eq!(read["object"]["userName"], "compact");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_wrongly_is_not_started() {
    let sim = tenant().await;
    let mut client = compact(&sim).await;
    let delete =
        json!({ "tool": "deleteVariable", "arguments": { "variableId": "esv-smtp-port" } });
    for (tool, arguments, part) in [
        ("callReadingTool", delete, "writes, so it is called with callWritingTool"),
        ("callWritingTool", json!({ "tool": "listManagedObjects" }), "only reads"),
        ("callReadingTool", json!({ "tool": "rm" }), "There is no tool named \"rm\""),
        ("callReadingTool", json!({}), "missing field `tool`"),
        ("callReadingTool", json!({ "tool": "getTheme", "arguments": 1 }), "invalid type"),
        ("describeTool", json!({ "tool": "rm" }), "There is no tool named"),
        ("findTools", json!({ "q": "x" }), "unknown field `q`"),
        ("listManagedObjects", json!({}), "is called through callReadingTool"),
    ] {
        let failure = client.call(tool, arguments).await.failed();
        assert!(failure.contains(part), "{failure}");
    }
    assert!(writes(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn selection_confirmation_and_audit_hold_here_too() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let start = Start::serve(&sim)
        .confirming()
        .env("AIC_SURFACE", "compact")
        .arg("--exclude-tools")
        .arg("deleteTheme")
        .env("AIC_AUDIT_LOG", log.to_str().unwrap());
    let mut client = start.connect_with_forms("2025-11-25").await;
    let off = json!({ "tool": "deleteTheme", "arguments": {} });
    let failure = client.call("callWritingTool", off).await.failed();
    assert!(failure.contains("--exclude-tools"), "{failure}");
    let delete =
        json!({ "tool": "deleteVariable", "arguments": { "variableId": "esv-smtp-port" } });
    let call = client.start_call("callWritingTool", delete).await;
    let question = client.question().await;
    let message = question["params"]["message"].as_str().unwrap();
    assert!(message.contains("delete the variable \"esv-smtp-port\""), "{message}");
    client.decide(&question, json!({ "action": "decline" })).await;
    client.outcome("callWritingTool", call).await.failed();
    assert!(writes(&sim).is_empty());
    let record: Value =
        serde_json::from_str(std::fs::read_to_string(&log).unwrap().lines().last().unwrap())
            .unwrap();
    assert_eq!(
        (&record["tool"], &record["outcome"]),
        (&json!("deleteVariable"), &json!("declined"))
    );

    let read_only = Start::serve(&sim).env("AIC_SURFACE", "compact").arg("--read-only");
    let tools = read_only.connect().await.tools().await;
    assert_eq!(tools.len(), 3);
}
