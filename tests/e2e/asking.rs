//! How the user of a browser login is asked, apart from the browser that opens.

use aic_e2e::{Browser, Client, Start};
use aic_sim::Sim;
use serde_json::json;

use crate::support::{logins_and_exchanges, tenant, until};

/// A tenant, and how to start a server for it on a machine on which no browser can be opened.
async fn without_browser() -> (Sim, Start) {
    let sim = tenant().await;
    let start = Start::serve(&sim).not_signing_in().env("BROWSER", "false").env("PATH", "/nowhere");
    (sim, start)
}

async fn list(client: &mut Client) -> u64 {
    client.start_call("listManagedObjects", json!({})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_opens_pages_is_asked_and_the_question_taken_back() {
    let sim = tenant().await;
    let capabilities = json!({ "elicitation": { "url": {} } });
    let start = Start::serve(&sim).not_signing_in();
    let mut client = start.connect_as("2025-11-25", capabilities).await;
    let call = list(&mut client).await;
    let question = client.question().await;
    let page = client.process().sign_in_page().await;
    assert_eq!(question["params"]["url"], page);
    Browser::new().open(&page).await.unwrap();
    client.outcome("listManagedObjects", call).await.ok();
    let cancelled = client.notification("notifications/cancelled").await;
    assert_eq!(cancelled["params"]["requestId"], question["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_declines_ends_the_login_and_frees_the_port() {
    let sim = tenant().await;
    let capabilities = json!({ "elicitation": { "url": {} } });
    let start = Start::serve(&sim).not_signing_in();
    let mut client = start.connect_as("2025-11-25", capabilities).await;
    let call = list(&mut client).await;
    let question = client.question().await;
    let callback = Browser::new().callback_of(question["params"]["url"].as_str().unwrap()).await;
    client.reply(&question, json!({ "action": "decline" })).await;
    let failure = client.outcome("listManagedObjects", call).await.failed();
    assert!(failure.contains("declined to sign in"), "{failure}");
    Browser::new().open(&callback).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_browser_opens_the_page_in_the_failed_call_is_enough() {
    for version in ["2025-06-18", "2026-07-28"] {
        let (sim, start) = without_browser().await;
        let mut client = start.connect_as(version, json!({})).await;
        let call = list(&mut client).await;
        let failure = client.outcome("listManagedObjects", call).await.failed();
        let page = failure.lines().find_map(|line| line.strip_prefix("page: ")).unwrap();
        assert_eq!(page, client.process().sign_in_page().await);
        let (status, _) = Browser::new().open(page).await.unwrap();
        assert_eq!(status, 200);
        until(|| sim.logins() == 1).await;
        let call = list(&mut client).await;
        client.outcome("listManagedObjects", call).await.ok();
        assert_eq!(logins_and_exchanges(&sim), (1, 1));
        assert!(client.process().log().contains("no browser could be opened"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_browser_opens_a_client_of_2026_is_asked_by_the_result() {
    let (sim, start) = without_browser().await;
    let capabilities = json!({ "elicitation": { "url": {} } });
    let mut client = start.connect_as("2026-07-28", capabilities).await;
    let call = list(&mut client).await;
    let result = client.answer(call).await["result"].take();
    assert_eq!(result["resultType"], "input_required", "{result}");
    let (key, request) = result["inputRequests"].as_object().unwrap().iter().next().unwrap();
    Browser::new().open(request["params"]["url"].as_str().unwrap()).await.unwrap();
    let again = json!({
        "name": "listManagedObjects",
        "arguments": {},
        "inputResponses": { key: { "action": "accept" } },
    });
    let call = client.start("tools/call", again).await;
    client.outcome("listManagedObjects", call).await.ok();
    assert_eq!(logins_and_exchanges(&sim), (1, 1));
}
