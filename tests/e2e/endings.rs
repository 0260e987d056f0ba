//! How the process ends. How fast it does is for `cargo xtask bench` to measure.

use aic_e2e::{Client, Start};
use aic_sim::{Fault, FaultKind, Sim};
use serde_json::json;

use crate::support::tenant;

/// A server in one of the situations in which it may have to end.
async fn situations() -> Vec<(&'static str, Sim, Client)> {
    let mut all = Vec::new();
    let sim = tenant().await;
    let client = Start::serve(&sim).connect().await;
    all.push(("idle", sim, client));

    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    client.start_call("listManagedObjects", json!({})).await;
    client.process().sign_in_page().await;
    all.push(("during a login", sim, client));

    let sim = tenant().await;
    let start = Start::serve(&sim).arg("--login").arg("device").not_signing_in();
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    client.start_call("listManagedObjects", json!({})).await;
    client.question().await;
    all.push(("during a login by code, a question to the user open", sim, client));

    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.inject(Fault::new(FaultKind::Hang).path_contains("/openidm/"));
    sim.clear_requests();
    client.start_call("listManagedObjects", json!({})).await;
    while !sim.requests().iter().any(|request| request.path().starts_with("/openidm/")) {
        tokio::task::yield_now().await;
    }
    all.push(("during a request", sim, client));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_input_ends_it() {
    for (situation, _sim, mut client) in situations().await {
        client.process().close();
        assert!(client.process().ended().await.success(), "{situation}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn signals_end_it() {
    for signal in ["TERM", "INT"] {
        for (situation, _sim, mut client) in situations().await {
            client.process().signal(signal).await;
            assert!(client.process().ended().await.success(), "{situation}, SIG{signal}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn input_that_ends_before_the_handshake_is_no_failure() {
    let sim = tenant().await;
    let (status, output, log) = Start::serve(&sim).run().await;
    assert!(status.success(), "{log}");
    assert_eq!(output, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_under_way_are_answered_when_the_input_ends() {
    let mut client = Start::new(&["demo"]).connect().await;
    let id = client.start_call("listManagedObjects", json!({})).await;
    client.process().close();
    client.outcome("listManagedObjects", id).await.ok();
    assert!(client.process().ended().await.success());
}
