//! MCP itself, apart from what the tools do.

use aic_e2e::{Client, Start};
use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{served, tenant};

#[tokio::test(flavor = "multi_thread")]
async fn each_served_version_is_agreed_on_and_others_are_not() {
    let sim = tenant().await;
    for (asked, agreed) in [
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2024-11-05", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let mut process = Start::serve(&sim).spawn();
        let hello = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": asked, "capabilities": {},
            "clientInfo": { "name": "t", "version": "1" } } });
        process.send(&hello.to_string()).await;
        let answer: Value = serde_json::from_str(&process.line().await.unwrap()).unwrap();
        assert_eq!(answer["result"]["protocolVersion"], agreed, "{asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_2026_calls_without_a_handshake() {
    let sim = tenant().await;
    let mut process = Start::serve(&sim).spawn();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": { "name": "t", "version": "1" },
    });
    let mut ask = async |id: u32, method: &str, mut params: Value| -> Value {
        params["_meta"] = meta.clone();
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        process.send(&message.to_string()).await;
        let answer: Value = serde_json::from_str(&process.line().await.unwrap()).unwrap();
        assert_eq!(answer["id"], id);
        answer.get("result").or(answer.get("error")).cloned().unwrap()
    };
    let discovered = ask(1, "server/discover", json!({})).await;
    assert_eq!(discovered["supportedVersions"], json!(["2025-06-18", "2025-11-25", "2026-07-28"]));
    let listed = ask(2, "tools/list", json!({})).await;
    assert_eq!(listed["resultType"], "complete");
    assert_eq!(listed["cacheScope"], "private");
    let called =
        ask(3, "tools/call", json!({ "name": "listManagedObjects", "arguments": {} })).await;
    assert_eq!(called["isError"], false);
    assert!(called["structuredContent"]["count"].as_u64().unwrap() > 10);
    for (id, removed) in [(4, "initialize"), (5, "ping"), (6, "logging/setLevel")] {
        assert_eq!(ask(id, removed, json!({})).await["code"], -32601, "{removed}");
    }
    let level = json!({ "level": "info" });
    assert_eq!(ask(7, "logging/setLevel", level).await["code"], -32601);
}

#[tokio::test(flavor = "multi_thread")]
async fn misuse_is_answered_and_ends_nothing() {
    let (_sim, mut client) = served().await;
    let unknown = client.request("tools/call", json!({ "name": "rm -rf", "arguments": {} })).await;
    assert_eq!(unknown["error"]["code"], -32602);
    assert!(unknown["error"]["message"].as_str().unwrap().contains("no tool named \"rm -rf\""));
    for (method, params) in [
        ("tools/call", json!({ "name": 5 })),
        ("prompts/get", json!({ "name": 5 })),
        ("resources/read", json!({ "uri": 5 })),
        ("completion/complete", json!({ "ref": "Login" })),
        ("logging/setLevel", json!({ "level": "loud" })),
    ] {
        let ill_typed = client.request(method, params).await;
        assert_eq!(ill_typed["error"]["code"], -32602, "{method}: {ill_typed}");
    }
    let method = client.request("no/such", json!({})).await;
    assert_eq!(method["error"]["code"], -32601);
    for line in ["", "{", "nonsense", "\u{feff}", "[]", "{\"jsonrpc\":\"2.0\"}", "null"] {
        client.process().send(line).await;
    }
    client.call("listManagedObjects", json!({})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_output_carries_messages_only_whatever_is_logged() {
    for format in ["text", "json"] {
        let sim = tenant().await;
        let start = Start::serve(&sim).env("AIC_LOG", "trace").env("AIC_LOG_FORMAT", format);
        let mut client = start.connect().await;
        // The client fails on any line that is no message.
        client.call("listManagedObjects", json!({})).await.ok();
        client.process().close();
        assert!(client.process().ended().await.success());
        assert_eq!(client.process().line().await, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_goes_to_a_client_that_asks_for_it() {
    let (sim, mut client) = served().await;
    let repeated = async |client: &mut Client| {
        sim.inject(Fault::new(FaultKind::Disconnect).on("GET").path_contains("/openidm/config"));
        client.call("listManagedObjects", json!({})).await.ok();
    };
    repeated(&mut client).await;
    assert_eq!(client.notifications(), 0);
    let level = async |client: &mut Client, level: &str| {
        client.request("logging/setLevel", json!({ "level": level })).await["result"].clone()
    };
    assert_eq!(level(&mut client, "info").await, json!({}));
    repeated(&mut client).await;
    let message = client.notification("notifications/message").await;
    let params = &message["params"];
    assert_eq!((&params["level"], &params["logger"]), (&json!("info"), &json!("aic-mcp")));
    assert!(params["data"].as_str().unwrap().starts_with("repeating a request "), "{message}");
    level(&mut client, "warning").await;
    repeated(&mut client).await;
    assert_eq!(client.notifications(), 0);
    // Standard error has its own level.
    assert!(!client.process().log().contains("repeating"), "{}", client.process().log());
}

#[tokio::test(flavor = "multi_thread")]
async fn instructions_are_short_and_name_the_tenant() {
    let (sim, client) = served().await;
    let instructions = client.server["instructions"].as_str().unwrap();
    assert!(instructions.chars().count() < 2000);
    assert!(instructions.contains(sim.base_url().trim_start_matches("http://")));
}
