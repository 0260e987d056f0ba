//! A sign-in that takes longer than the client waits for its call.

use aic_e2e::{Browser, Client, Start};
use serde_json::json;

use crate::device::{device_codes, list, listed, tenant_and_start};
use crate::support::{logins_and_exchanges, tenant, until};

/// Gives up a call, as a client does whose time for it is over, and waits until that is known.
async fn give_up(client: &mut Client, call: u64) {
    client.notify("notifications/cancelled", json!({ "requestId": call })).await;
    // The server has read the cancellation once it answers what came after it.
    if client.server["protocolVersion"].is_string() {
        client.request("ping", json!({})).await;
    } else {
        client.tools().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_login_goes_on_and_the_next_call_finds_it_done() {
    for version in ["2025-06-18", "2025-11-25", "2026-07-28"] {
        let sim = tenant().await;
        let start = Start::serve(&sim).not_signing_in();
        let mut client = start.connect_as(version, json!({})).await;
        let call = list(&mut client).await;
        let page = client.process().sign_in_page().await;
        give_up(&mut client, call).await;
        let (status, text) = Browser::new().open(&page).await.unwrap();
        assert_eq!(status, 200, "{version}: {text}");
        assert!(text.contains("You are signed in"), "{version}: {text}");
        let call = list(&mut client).await;
        listed(&mut client, call).await;
        assert_eq!(logins_and_exchanges(&sim), (1, 1), "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_during_the_sign_in_joins_the_login_of_one_that_was_given_up() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    let mut call = list(&mut client).await;
    let page = client.process().sign_in_page().await;
    for _ in 0..3 {
        give_up(&mut client, call).await;
        let again = json!({ "name": "listManagedObjects", "arguments": {},
            "_meta": { "progressToken": "again" } });
        call = client.start("tools/call", again).await;
        let progress = client.notification("notifications/progress").await;
        let message = progress["params"]["message"].as_str().unwrap();
        assert!(message.contains(&page), "the same page is waited for: {message}");
    }
    Browser::new().open(&page).await.unwrap();
    listed(&mut client, call).await;
    assert_eq!(logins_and_exchanges(&sim), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_by_code_goes_on_and_the_next_call_finds_it_done() {
    let (sim, start) = tenant_and_start().await;
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    let call = list(&mut client).await;
    let question = client.question().await;
    give_up(&mut client, call).await;
    let page = client.process().sign_in_page().await;
    let (status, text) = Browser::new().open(&page).await.unwrap();
    assert_eq!(status, 200, "{text}");
    // The dialog goes when the login is there, although no call waits for it any more.
    let cancelled = client.notification("notifications/cancelled").await;
    assert_eq!(cancelled["params"]["requestId"], question["id"]);
    let call = list(&mut client).await;
    listed(&mut client, call).await;
    assert_eq!((device_codes(&sim), client.questions()), (1, 0));
    assert_eq!(logins_and_exchanges(&sim).1, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_fails_meanwhile_is_told_to_the_next_call() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    let call = list(&mut client).await;
    let page = client.process().sign_in_page().await;
    give_up(&mut client, call).await;
    sim.refuse_next_sign_in("access_denied", "not today");
    assert_eq!(Browser::new().open(&page).await.unwrap().0, 400);
    until(|| sim.requests().iter().any(|request| request.path().ends_with("/authorize"))).await;
    let failure = client.call("listManagedObjects", json!({})).await.failed();
    assert!(failure.contains("access_denied (not today)"), "{failure}");
}
