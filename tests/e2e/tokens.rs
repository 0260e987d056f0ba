//! Work that outlives its access tokens.

use std::sync::Arc;
use std::time::Duration;

use aic_api::{Call, Read};
use aic_auth::{Scope, ScopeSet};
use aic_e2e::Start;
use aic_sim::{Fault, FaultKind, Sim};
use serde_json::json;

use crate::administrator;
use crate::support::{api_requests, logins_and_exchanges, served, tenant};

/// A unit of work at a tenant whose clock, and this program's, the test moves.
fn start_call(sim: &Arc<Sim>) -> Call<Read> {
    let scopes = ScopeSet::of(&[Scope::Idm]);
    administrator::client(sim, scopes).reading(scopes)
}

/// Lets time pass for the program and for the tenant.
async fn pass(sim: &Sim, time: Duration) {
    sim.advance_clock(time);
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

fn statuses(sim: &Sim) -> Vec<u16> {
    api_requests(sim).iter().filter_map(|request| request.status).collect()
}

#[tokio::test]
async fn a_long_call_renews_its_token_before_it_is_refused() {
    let sim = Arc::new(tenant().await);
    sim.set_access_token_lifetime(Duration::from_mins(5));
    let call = start_call(&sim);
    for _ in 0..12 {
        call.managed_config().get().await.expect("every request is carried out");
        pass(&sim, Duration::from_mins(2)).await;
    }
    assert_eq!(statuses(&sim), [200; 12], "no token is ever refused");
    assert_eq!(logins_and_exchanges(&sim), (1, 4), "each token serves three requests");
}

#[tokio::test]
async fn a_token_that_expires_sooner_than_stated_is_renewed_each_time() {
    let sim = Arc::new(tenant().await);
    let call = start_call(&sim);
    for _ in 0..4 {
        call.managed_config().get().await.expect("every request is carried out");
        sim.advance_clock(Duration::from_mins(15));
    }
    assert_eq!(statuses(&sim), [200, 401, 200, 401, 200, 401, 200]);
    assert_eq!(logins_and_exchanges(&sim), (1, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_outlives_its_tokens_and_writes_once() {
    let (sim, mut client) = served().await;
    let applications = "/openidm/managed/alpha_application";
    let later = Fault::new(FaultKind::AdvanceClock(Duration::from_mins(15)));
    sim.inject(later.clone().on("GET").path_contains(applications));
    sim.inject(later.clone().on("DELETE").path_contains(applications));
    sim.inject(later.on("DELETE").path_contains("/realm-config/agents/OAuth2Client/"));
    let arguments = json!({ "realm": "alpha", "name": "Expense Portal" });
    let deleted = client.call("deleteOidcApp", arguments).await.ok();
    assert_eq!(deleted["clientDeleted"], true);
    let answered = |method: &str| -> Vec<_> {
        let requests = api_requests(&sim).into_iter();
        requests.filter(|r| r.method == method).filter_map(|r| r.status).collect()
    };
    assert_eq!(answered("DELETE"), [401, 200, 401, 200], "each is done once");
    assert_eq!(answered("GET")[..2], [401, 200]);
    assert_eq!(logins_and_exchanges(&sim), (1, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_come_expired_are_not_asked_for_without_end() {
    let sim = tenant().await;
    sim.set_access_token_lifetime(Duration::ZERO);
    let mut client = Start::serve(&sim).connect().await;
    let failure = client.call("listManagedObjects", json!({})).await.failed();
    assert!(failure.contains("status: 401"), "{failure}");
    assert_eq!(statuses(&sim), [401, 401]);
    assert_eq!(logins_and_exchanges(&sim), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_tenant_echoes_is_not_shown() {
    let sim = tenant().await;
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit.jsonl");
    let start =
        Start::serve(&sim).arg("--audit-log").arg(audit.to_str().unwrap()).arg("--show-secrets");
    let mut client = start.connect().await;
    let echo = |status, body: &str| {
        let kind = FaultKind::EchoToken { status, body: body.to_owned() };
        sim.inject(Fault::new(kind).path_contains("/openidm/managed/"));
    };
    let read = json!({ "objectType": "alpha_user", "objectId": "x" });
    echo(200, r#"{ "_id": "x", "a": "<{}>", "{}": 1, "list": ["Bearer%20{}&x"] }"#);
    let shown = client.call("getManagedObject", read.clone()).await.ok();
    let sent = sim.requests().iter().rev().find_map(|request| {
        let sent = request.header("authorization")?.strip_prefix("Bearer ")?;
        Some(sent.to_owned())
    });
    let sent = sent.expect("a token was sent");
    let text = shown.to_string();
    assert!(!text.contains(&sent), "{text}");
    assert!(text.contains("<[masked]>") && text.contains("Bearer%20[masked]&x"), "{text}");

    for (status, body) in [(400, r#"{"code":400,"message":"bad token {}"}"#), (500, "not json {}")]
    {
        echo(status, body);
        let failure = client.call("getManagedObject", read.clone()).await.failed();
        let sent = sim.requests().last().unwrap().header("authorization").unwrap().to_owned();
        let sent = sent.strip_prefix("Bearer ").unwrap();
        assert!(!failure.contains(sent), "{failure}");
    }
    let lines = std::fs::read_to_string(&audit).unwrap();
    for request in sim.requests() {
        let Some(sent) = request.header("authorization") else { continue };
        let sent = sent.strip_prefix("Bearer ").unwrap();
        assert!(!lines.contains(sent) && !client.process().log().contains(sent));
    }
}
