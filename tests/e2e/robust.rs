//! Nothing on standard input ends the server, or makes anybody wait for an answer that never comes.

use aic_e2e::{Client, Start};
use serde_json::{Value, json};

use crate::support::{api_requests, served, tenant, until};

async fn still_works(client: &mut Client) {
    client.call("listManagedObjects", json!({})).await.ok();
}

/// Sends a line as it is, and returns the error that answers the request in it.
async fn refused(client: &mut Client, id: u64, line: &str) -> Value {
    client.process().send(line).await;
    client.answer(id).await["error"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_cannot_be_read_are_answered_by_their_id() {
    let (_sim, mut client) = served().await;
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let long = "x".repeat(5 * 1024 * 1024);
    for (id, line, problem) in [
        (
            9001,
            format!(
                r#"{{"jsonrpc":"2.0","id":9001,"method":"tools/call","params":{{"name":"listManagedObjects","arguments":{{"x":{deep}}}}}}}"#
            ),
            "nested too deeply",
        ),
        (
            9002,
            format!(
                r#"{{"jsonrpc":"2.0","method":"tools/call","params":{{"x":"{long}"}},"id":9002}}"#
            ),
            "longer than 4 MiB",
        ),
        (
            9003,
            r#"{"jsonrpc":"2.0","id":9003,"method":"tools/list","params":nonsense}"#.to_owned(),
            "not JSON",
        ),
        (9004, r#"{"jsonrpc":"1.0","id":9004,"method":"tools/list"}"#.to_owned(), "JSON-RPC 2.0"),
        (9005, r#"{"id":9005,"method":"tools/list"}"#.to_owned(), "JSON-RPC 2.0"),
    ] {
        let error = refused(&mut client, id, &line).await;
        assert_eq!(error["code"], -32600, "{error}");
        assert!(error["message"].as_str().unwrap().contains(problem), "{error}");
        still_works(&mut client).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_are_no_messages_are_passed_over() {
    let (_sim, mut client) = served().await;
    let long = "x".repeat(6 * 1024 * 1024);
    for line in [
        "",
        "   ",
        "\r",
        "{",
        "}",
        "nonsense",
        "\u{feff}",
        "\u{0}",
        &"[".repeat(300_000),
        &"{\"a\":".repeat(300_000),
        &long,
        r#"{"jsonrpc":"2.0","id":1"#,
        r#"{"jsonrpc":"2.0","method":"window/logMessage","params":{}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/of/tomorrow","params":[1]}"#,
        r#"{"jsonrpc":"2.0","id":77,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":78,"error":{"code":1,"message":"?"}}"#,
        r#"{"jsonrpc":"2.0","id":79,"result":5}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":4711}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}"#,
    ] {
        client.process().send(line).await;
    }
    still_works(&mut client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_before_the_handshake_does_not_end_the_server() {
    let sim = tenant().await;
    let mut process = Start::serve(&sim).spawn();
    for line in [
        "junk",
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
        r#"{"jsonrpc":"2.0","id":5,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":5,"error":{"code":1,"message":"?"}}"#,
    ] {
        process.send(line).await;
    }
    let mut client = Client::connect(process).await;
    still_works(&mut client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_line_at_the_end_is_no_message() {
    let (sim, mut client) = served().await;
    sim.clear_requests();
    let half =
        r#"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"listManagedObjects"}}"#;
    client.process().send_part(half).await;
    client.process().close();
    assert!(client.process().ended().await.success());
    assert!(api_requests(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_in_use_is_refused_and_the_first_request_answered() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    let call = |id: u64| {
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": "listManagedObjects", "arguments": {} } })
        .to_string()
    };
    client.process().send(&call(500)).await;
    let page = client.process().sign_in_page().await;
    let error = refused(&mut client, 500, &call(500)).await;
    assert!(error["message"].as_str().unwrap().contains("this id"), "{error}");
    aic_e2e::Browser::new().open(&page).await.unwrap();
    client.outcome("listManagedObjects", 500).await.ok();
    assert_eq!(api_requests(&sim).len(), 1, "the second was not carried out");
    // Once answered, the id is free; and so it is once cancelled.
    client.process().send(&call(500)).await;
    client.outcome("listManagedObjects", 500).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_floods_is_told_and_served_again_afterwards() {
    let sim = tenant().await;
    // The calls wait for a login that nobody makes.
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    let mut ids = Vec::new();
    for _ in 0..2_100 {
        ids.push(client.start_call("listManagedObjects", json!({})).await);
    }
    let refusals = &ids[2_000..];
    for id in refusals {
        let error = client.answer(*id).await["error"].take();
        assert!(error["message"].as_str().unwrap().contains("Too many requests"), "{error}");
    }
    // The first keeps the login.
    for id in &ids[1..2_000] {
        client.notify("notifications/cancelled", json!({ "requestId": id })).await;
    }
    let id = client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    aic_e2e::Browser::new().open(&page).await.unwrap();
    client.outcome("listManagedObjects", id).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_stops_reading_for_a_while_loses_nothing() {
    let (_sim, mut client) = served().await;
    still_works(&mut client).await;
    client.process().pause_output(true);
    let mut ids = Vec::new();
    for _ in 0..200 {
        ids.push(client.start_call("listManagedObjects", json!({})).await);
    }
    client.process().pause_output(false);
    for id in ids {
        client.outcome("listManagedObjects", id).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_closed_its_end_of_the_output_does_not_hold_up_the_end() {
    let (_sim, mut client) = served().await;
    client.process().close_output();
    for _ in 0..50 {
        client.start_call("listManagedObjects", json!({})).await;
    }
    client.process().close();
    assert!(client.process().ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn others_are_answered_while_a_call_computes() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).arg("--dry-run").connect().await;
    let scripts = client.call("listScripts", json!({ "realm": "alpha" })).await.ok();
    let mut arguments = json!({ "realm": "alpha", "scriptId": scripts["scripts"][0]["_id"] });
    let lines =
        |of: &str| (0..60_000).map(|n| format!("{of}{}\n", n * 7919 % 60_000)).collect::<String>();
    let mut change = arguments.clone();
    change["script"] = lines("a").into();
    let mut plain = Start::serve(&sim).connect().await;
    plain.call("updateScript", change).await.ok();
    arguments["script"] = lines("b").into();
    sim.clear_requests();
    let call = client.start_call("updateScript", arguments).await;
    // From then on there is nothing to be done but to compare the two.
    until(|| api_requests(&sim).iter().any(|request| request.status.is_some())).await;
    let mut meanwhile = 0;
    while !client.is_answered(call) {
        client.request("ping", json!({})).await["result"].as_object().unwrap();
        assert!(!client.tools().await.is_empty());
        meanwhile += 1;
    }
    assert!(meanwhile > 1, "they waited for the call");
    client.answer(call).await;
}
