//! Logging in, and what a login is good for.

use std::time::Duration;

use aic_e2e::{Browser, Start};
use aic_sim::{Fault, FaultKind};
use serde_json::json;

use crate::support::{ATTEMPTS, INGRID, api_requests, logins_and_exchanges, served, tenant, until};

#[tokio::test(flavor = "multi_thread")]
async fn one_login_serves_all_calls_and_each_call_has_its_own_token() {
    let (sim, mut client) = served().await;
    assert!(sim.requests().is_empty(), "nothing is asked of the tenant before the first call");
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(client.start_call("listManagedObjects", json!({})).await);
    }
    for id in ids {
        client.outcome("listManagedObjects", id).await.ok();
    }
    assert_eq!(logins_and_exchanges(&sim), (1, 20));
    let authorize = sim.requests().into_iter().filter(|r| r.path().ends_with("/authorize")).count();
    assert_eq!(authorize, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_traceable_to_their_call() {
    let (sim, mut client) = served().await;
    let types = client.call("listManagedObjects", json!({})).await.ok();
    let request = &api_requests(&sim)[0];
    let id = request.header("x-forgerock-transactionid").unwrap();
    assert_eq!(types["transactionIds"], json!([id]));
    assert!(request.header("user-agent").unwrap().starts_with("aic-mcp-server/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_scopes_that_are_needed_are_asked_for() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    let id = client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    let browser = Browser::new();
    let url = url::Url::parse(&browser.redirect_of(&page).await).unwrap();
    let value = |name: &str| {
        url.query_pairs().find(|(known, _)| known == name).unwrap_or_default().1.into_owned()
    };
    assert_eq!(
        value("scope"),
        "fr:idm:* fr:am:* fr:idc:esv:read fr:idc:esv:update fr:idc:monitoring:*"
    );
    assert_eq!(value("client_id"), "AICMCPClient");
    assert_eq!(value("code_challenge_method"), "S256");
    assert_eq!(value("code_challenge").len(), 43);
    assert!(value("state").len() >= 22, "128 bits at least");
    assert!(value("redirect_uri").starts_with("http://localhost:"));

    let (status, text) = browser.open(&page).await.unwrap();
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("You are signed in"), "{text}");
    assert!(text.contains(INGRID), "{text}");
    let said = format!("aic-mcp: signed in as {INGRID}");
    until(|| client.process().log().contains(&said)).await;
    client.outcome("listManagedObjects", id).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_login_asks_for_the_five_scopes_of_the_reference_and_no_other() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    let requests = sim.requests();
    let authorize: Vec<_> =
        requests.iter().filter(|request| request.path().ends_with("/authorize")).collect();
    let [authorize] = authorize.as_slice() else { panic!("{authorize:?}") };
    let url = url::Url::parse(&format!("http://x{}", authorize.target)).unwrap();
    let scope = url.query_pairs().find(|(name, _)| name == "scope").unwrap().1;
    let asked: std::collections::BTreeSet<_> = scope.split(' ').collect();
    // One scope that a tenant does not know would have it refuse the login as a whole.
    let known =
        ["fr:am:*", "fr:idc:esv:read", "fr:idc:esv:update", "fr:idc:monitoring:*", "fr:idm:*"];
    assert_eq!(asked.into_iter().collect::<Vec<_>>(), known);
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_that_are_not_given_out_fail_their_tool_only() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.clear_requests();
    sim.inject(
        Fault::new(refused("invalid_scope", "Unknown/invalid scope(s): [fr:idc:monitoring:*]"))
            .path_contains("/access_token"),
    );
    let failure = client.call("getLogSources", json!({})).await.failed();
    assert!(failure.contains("no token for the scopes fr:idc:monitoring:*"), "{failure}");
    assert!(failure.contains("next: The tenant does not know these scopes"), "{failure}");
    client.call("listManagedObjects", json!({})).await.ok();
    assert_eq!(logins_and_exchanges(&sim), (0, 2), "the login is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_that_a_new_login_does_not_help_leaves_the_login_to_other_tools() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    // What AM answers to scopes that its exchange client may not have, and to much else.
    let unclear = refused("invalid_request", "Invalid token exchange.");
    let no_fault = FaultKind::SlowDrip { pieces: 1, pause: Duration::ZERO };
    let token = |fault: &FaultKind| Fault::new(fault.clone()).path_contains("/access_token");
    sim.clear_requests();
    // The exchange, the new login's code, and its exchange.
    for fault in [&unclear, &no_fault, &unclear] {
        sim.inject(token(fault));
    }
    let failure = client.call("getLogSources", json!({})).await.failed();
    assert!(failure.contains("invalid_request (Invalid token exchange)"), "{failure}");
    assert_eq!(logins_and_exchanges(&sim), (1, 2));

    sim.clear_requests();
    sim.inject(token(&unclear));
    client.call("getLogSources", json!({})).await.failed();
    client.call("listManagedObjects", json!({})).await.ok();
    assert_eq!(logins_and_exchanges(&sim), (0, 2), "nobody has to log in again");
}

/// The token endpoint's answer to what it does not give out.
fn refused(error: &str, description: &str) -> FaultKind {
    FaultKind::Status {
        status: 400,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: json!({ "error": error, "error_description": description }).to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_reads_asks_for_no_scope_to_write() {
    let sim = tenant().await;
    let start = Start::serve(&sim).arg("--read-only").not_signing_in();
    let mut client = start.connect().await;
    client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    let page = url::Url::parse(&Browser::new().redirect_of(&page).await).unwrap();
    let scope = page.query_pairs().find(|(name, _)| name == "scope").unwrap().1;
    assert!(scope.contains("fr:idc:esv:read") && !scope.contains("fr:idc:esv:update"), "{scope}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_type_is_not_used() {
    let (sim, mut client) = served().await;
    let answer = |members: serde_json::Value| FaultKind::Status {
        status: 200,
        headers: Vec::new(),
        body: members.to_string(),
    };
    let token = |kind: FaultKind| Fault::new(kind).path_contains("/access_token");
    let login = json!({ "access_token": "canary", "token_type": "DPoP", "expires_in": 900 });
    sim.inject(token(answer(login)));
    let failure = client.call("listManagedObjects", json!({})).await.failed();
    assert!(
        failure.contains("a token of the type \"dpop\" while completing the login"),
        "{failure}"
    );
    assert_eq!(logins_and_exchanges(&sim), (1, 0));

    client.call("listManagedObjects", json!({})).await.ok();
    let id_token = "urn:ietf:params:oauth:token-type:id_token";
    for (kind, issued, named) in [("N_A", None, "n_a"), ("Bearer", Some(id_token), id_token)] {
        sim.clear_requests();
        let exchanged = json!({ "access_token": "canary", "token_type": kind, "expires_in": 900,
            "issued_token_type": issued });
        sim.inject(token(answer(exchanged)));
        let failure = client.call("listManagedObjects", json!({})).await.failed();
        assert!(failure.contains(&format!("a token of the type \"{named}\"")), "{failure}");
        assert!(!failure.contains("canary"), "{failure}");
        assert!(api_requests(&sim).is_empty(), "it was never sent");
    }
    // How it is spelled does not matter, and neither does leaving out what was asked for.
    let known = json!({ "access_token": "unknown-here", "token_type": "bEARER" });
    sim.inject(token(answer(known)));
    client.call("listManagedObjects", json!({})).await.ok();
    let sent = api_requests(&sim);
    let sent = sent[0].header("authorization");
    assert_eq!(sent, Some("Bearer unknown-here"), "taken as it came, and refused by the tenant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_tells_why_and_the_next_call_can_log_in() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    sim.refuse_next_sign_in("access_denied", "no <b>entry</b> for you");
    let id = client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    let (status, text) = Browser::new().open(&page).await.unwrap();
    assert_eq!(status, 400);
    assert!(text.contains("no &lt;b&gt;entry&lt;/b&gt; for you"), "{text}");
    let failure = client.outcome("listManagedObjects", id).await.failed();
    assert!(failure.contains("access_denied (no <b>entry</b> for you)"), "{failure}");
    assert!(failure.contains("next: Call the tool again"), "{failure}");

    let id = client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    Browser::new().open(&page).await.unwrap();
    client.outcome("listManagedObjects", id).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_login_is_renewed_once() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.revoke_logins();
    client.call("listManagedObjects", json!({})).await.ok();
    assert_eq!(logins_and_exchanges(&sim).0, 2);
    client.call("listManagedObjects", json!({})).await.ok();
    assert_eq!(logins_and_exchanges(&sim).0, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_login_is_renewed() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.advance_clock(Duration::from_hours(2));
    client.call("listManagedObjects", json!({})).await.ok();
    assert_eq!(logins_and_exchanges(&sim).0, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_that_keeps_failing_fails_clearly() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.clear_requests();
    let body = r#"{"error":"invalid_request","error_description":"Invalid token exchange."}"#;
    let refusal = FaultKind::Status {
        status: 400,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_owned(),
    };
    // The first exchange of the call, the login after it, and the exchange after that.
    sim.inject(Fault::new(refusal.clone()).path_contains("/access_token"));
    let id = client.start_call("listManagedObjects", json!({})).await;
    client.process().sign_in_page().await;
    client.outcome("listManagedObjects", id).await.ok();
    assert_eq!(logins_and_exchanges(&sim), (1, 2), "one new login helped");

    sim.clear_requests();
    let scope = "fr:idm:*";
    sim.inject(Fault::new(refusal).path_contains("/access_token").times(1));
    sim.inject(
        Fault::new(FaultKind::Status {
            status: 400,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: r#"{"error":"invalid_grant","error_description":"no code"}"#.to_owned(),
        })
        .path_contains("/access_token")
        .times(1),
    );
    let failure = client.call("listManagedObjects", json!({})).await.failed();
    assert!(failure.contains("did not complete the login: invalid_grant (no code)"), "{failure}");
    assert!(!failure.contains(scope), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_exchange_that_may_fail_for_its_login_costs_the_login() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    for (status, error, logins) in [
        (401, "invalid_token", 1),
        (400, "invalid_grant", 1),
        (400, "invalid_scope", 0),
        (403, "access_denied", 0),
    ] {
        sim.clear_requests();
        let refusal = FaultKind::Status {
            status,
            headers: Vec::new(),
            body: json!({ "error": error }).to_string(),
        };
        sim.inject(Fault::new(refusal).path_contains("/access_token"));
        let outcome = client.call("listManagedObjects", json!({})).await;
        assert_eq!(outcome.is_error, logins == 0, "{status} {error}: {}", outcome.text);
        if outcome.is_error {
            assert!(outcome.text.contains(error), "{}", outcome.text);
        }
        assert_eq!(logins_and_exchanges(&sim), (logins, 1 + logins), "{status} {error}");
        client.call("listManagedObjects", json!({})).await.ok();
        assert_eq!(logins_and_exchanges(&sim).0, logins, "the login is kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_connection_is_explained_and_the_next_call_works() {
    let (sim, mut client) = served().await;
    for (path, times, doing) in [
        ("/access_token", 1, "completing the login"),
        ("/access_token", ATTEMPTS, "exchanging the login"),
        ("/openidm/", ATTEMPTS, "identity management"),
    ] {
        sim.inject(Fault::new(FaultKind::Disconnect).path_contains(path).times(times));
        let failure = client.call("listManagedObjects", json!({})).await.failed();
        assert!(failure.contains("could not be reached") && failure.contains(doing), "{failure}");
        assert!(failure.contains("next: Check the tenant's name"), "{failure}");
        client.call("listManagedObjects", json!({})).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_renewed_once_and_a_write_is_then_done_once() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    let refusal = FaultKind::Status {
        status: 401,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: r#"{"code":401,"reason":"Unauthorized","message":"Access Denied"}"#.to_owned(),
    };
    sim.clear_requests();
    sim.inject(Fault::new(refusal.clone()).path_contains("/openidm/"));
    crate::support::create_user(&mut client, "renewed").await;
    assert_eq!(logins_and_exchanges(&sim), (0, 2));

    sim.clear_requests();
    sim.inject(Fault::new(refusal).path_contains("/openidm/").times(5));
    let failure = client.call("listManagedObjects", json!({})).await.failed();
    assert!(failure.contains("status: 401"), "{failure}");
    assert_eq!(api_requests(&sim).len(), 2, "never a loop");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_keychain_means_one_warning_and_one_login() {
    let sim = tenant().await;
    // No session bus can be reached from an empty environment.
    let mut client = Start::serve(&sim)
        .env("AIC_CREDENTIAL_STORE", "keychain")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .connect()
        .await;
    for _ in 0..3 {
        client.call("listManagedObjects", json!({})).await.ok();
    }
    assert_eq!(logins_and_exchanges(&sim).0, 1);
    let log = client.process().log();
    assert_eq!(log.matches("kept in memory only").count(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_call_leaves_the_login_to_the_others() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    let first = client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    let second = json!({ "name": "listManagedObjects", "arguments": {},
        "_meta": { "progressToken": "second" } });
    let second = client.start("tools/call", second).await;
    // It waits for the same login once it says where to sign in.
    client.notification("notifications/progress").await;
    client.notify("notifications/cancelled", json!({ "requestId": first })).await;
    // The server has read the cancellation once it answers what came after it.
    client.request("ping", json!({})).await;
    Browser::new().open(&page).await.unwrap();
    client.outcome("listManagedObjects", second).await.ok();
    assert_eq!(logins_and_exchanges(&sim), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_to_sign_in_at_is_reported_as_progress() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    let id = client
        .start(
            "tools/call",
            json!({ "name": "listManagedObjects", "arguments": {},
                "_meta": { "progressToken": "here" } }),
        )
        .await;
    let progress = client.notification("notifications/progress").await;
    assert_eq!(progress["params"]["progressToken"], "here");
    let message = progress["params"]["message"].as_str().unwrap();
    let page = message.strip_prefix("Waiting for you to sign in at ").unwrap();
    Browser::new().open(page).await.unwrap();
    client.outcome("listManagedObjects", id).await.ok();
}
