//! How the user of a browser login is asked, apart from the browser that opens.

use aic_e2e::{Browser, Client, Start};
use aic_sim::Sim;
use serde_json::{Value, json};

use crate::support::{logins_and_exchanges, tenant, until};

/// A tenant, and how to start a server for it on a machine on which there is no browser.
async fn without_browser() -> (Sim, Start) {
    let sim = tenant().await;
    let start = Start::serve(&sim).not_signing_in().env("BROWSER", "false").env("PATH", "/nowhere");
    (sim, start)
}

/// The client can show a dialog that opens a page.
fn opens_pages() -> Value {
    json!({ "elicitation": { "url": {} } })
}

async fn list(client: &mut Client) -> u64 {
    client.start_call("listManagedObjects", json!({})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_opens_pages_is_asked_and_the_question_taken_back() {
    let (_sim, start) = without_browser().await;
    let mut client = start.connect_as("2025-11-25", opens_pages()).await;
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
async fn nobody_is_asked_in_the_client_while_a_browser_shows_the_page() {
    for (version, capabilities) in [
        ("2025-11-25", opens_pages()),
        ("2025-11-25", json!({ "elicitation": { "form": {} } })),
        ("2026-07-28", opens_pages()),
    ] {
        let sim = tenant().await;
        let start = Start::serve(&sim).not_signing_in();
        let mut client = start.connect_as(version, capabilities).await;
        let call = json!({ "name": "listManagedObjects", "arguments": {},
            "_meta": { "progressToken": "here" } });
        let call = client.start("tools/call", call).await;
        let page = client.process().sign_in_page().await;
        // The page is told all the same, to whoever looks for it.
        let progress = client.notification("notifications/progress").await;
        assert!(progress["params"]["message"].as_str().unwrap().contains(&page), "{progress}");
        Browser::new().open(&page).await.unwrap();
        client.outcome("listManagedObjects", call).await.ok();
        // A call that needs no login asks for none either.
        client.call("listManagedObjects", json!({})).await.ok();
        assert_eq!(client.questions(), 0, "{version}");
        assert_eq!(client.notifications(), 0, "there was nothing to take back");
        assert_eq!(logins_and_exchanges(&sim), (1, 2));
    }
}

/// The client is asked, the log says why, and the page that the question names is the way in.
async fn asks_because(start: Start, why: &str) {
    let mut client = start.connect_as("2025-11-25", opens_pages()).await;
    let call = list(&mut client).await;
    let question = client.question().await;
    assert!(client.process().log().contains(why));
    Browser::new().open(question["params"]["url"].as_str().unwrap()).await.unwrap();
    client.outcome("listManagedObjects", call).await.ok();
}

/// There the name of a program that fails is known.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_does_not_open_is_as_good_as_none() {
    let (_sim, start) = without_browser().await;
    asks_because(start.env("BROWSER", "/bin/false"), "no browser could be opened").await;
}

/// The launcher succeeds, as one may that has nothing to show a page with.
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_never_asks_for_the_page_is_as_good_as_none() {
    let sim = tenant().await;
    let start = Start::serve(&sim).not_signing_in();
    asks_because(start, "no browser has opened the page yet").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_declines_ends_the_login_and_frees_the_port() {
    let (_sim, start) = without_browser().await;
    let mut client = start.connect_as("2025-11-25", opens_pages()).await;
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
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_browser_opens_a_client_of_2026_is_asked_by_the_result() {
    let (sim, start) = without_browser().await;
    let mut client = start.connect_as("2026-07-28", opens_pages()).await;
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
