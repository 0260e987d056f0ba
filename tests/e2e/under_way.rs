//! Calls that are under way while a login is missing.

use aic_e2e::{Browser, Client};
use aic_sim::{Fault, FaultKind, Sim};
use serde_json::{Value, json};

use crate::device::{device_codes, list, listed, not_listed, page_and_code, tenant_and_start};
use crate::journeys::graph;
use crate::support::{until, user, writes};

/// A server whose client cannot ask anybody, logged in by code.
async fn logged_in(audit_log: &str) -> (Sim, Client) {
    let (sim, start) = tenant_and_start().await;
    let start = start.arg("--toolsets=all").arg("--audit-log").arg(audit_log);
    let mut client = start.connect_as("2025-11-25", json!({})).await;
    let call = list(&mut client).await;
    let (page, _) = page_and_code(&not_listed(&mut client, call).await);
    Browser::new().open(&page).await.unwrap();
    until(|| sim.logins() == 1).await;
    let call = list(&mut client).await;
    listed(&mut client, call).await;
    (sim, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_another_call_waits_for_ends_no_call_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let (sim, mut client) = logged_in(log.to_str().unwrap()).await;
    sim.inject(Fault::new(FaultKind::Withhold).on("POST").path_contains("/openidm/managed/"));
    sim.clear_requests();
    let arguments = json!({ "objectType": "alpha_user", "objectData": user("ada.under.way") });
    let creating = client.start_call("createManagedObject", arguments).await;
    until(|| !writes(&sim).is_empty()).await;
    sim.revoke_logins();
    let call = list(&mut client).await;
    let failure = not_listed(&mut client, call).await;
    assert!(failure.starts_with("listManagedObjects was not carried out"), "{failure}");

    sim.release();
    let created = client.outcome("createManagedObject", creating).await.ok();
    assert!(created["transactionIds"].is_array(), "{created}");
    let records = std::fs::read_to_string(log).unwrap();
    let outcomes: Vec<_> = records
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|record| format!("{} {}", record["tool"], record["outcome"]).replace('"', ""))
        .collect();
    let (listed, created) = ("listManagedObjects sign-in-needed", "createManagedObject succeeded");
    assert_eq!(outcomes[outcomes.len() - 2..], [listed, created]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_token_is_refused_half_way_tells_what_became_of_what_it_sent() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let (sim, mut client) = logged_in(log.to_str().unwrap()).await;
    let before = sim.held();
    // The token is refused at the second write, and there is no login for another by then.
    sim.inject(Fault::new(FaultKind::Withhold).on("PUT").path_contains("/nodes/"));
    sim.clear_requests();
    let arguments = json!({ "realm": "alpha", "journeyName": "Half way", "journeyData": graph() });
    let creating = client.start_call("createJourney", arguments).await;
    until(|| !writes(&sim).is_empty()).await;
    sim.revoke_logins();
    sim.revoke_access_tokens();
    sim.release();
    // It waits for a login, and does not end without saying what it has done.
    until(|| device_codes(&sim) == 1).await;
    let call = list(&mut client).await;
    let (page, _) = page_and_code(&not_listed(&mut client, call).await);
    Browser::new().open(&page).await.unwrap();
    let made = client.outcome("createJourney", creating).await.ok();
    assert_eq!(made["journeyName"], "Half way", "{made}");
    assert_ne!(sim.held(), before);
}
