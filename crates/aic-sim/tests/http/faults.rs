use aic_sim::{Fault, FaultKind};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Tenant, answer};

const ROLES: &str = "/openidm/managed/alpha_role?_queryFilter=true";

async fn roles(tenant: &Tenant) -> u64 {
    tenant.get(ROLES).await.json()["resultCount"].as_u64().unwrap()
}

fn create(tenant: &Tenant) -> reqwest::RequestBuilder {
    let body = json!({"name": "new"});
    tenant.call(Method::POST, "/openidm/managed/alpha_role?_action=create", &body)
}

#[tokio::test]
async fn a_scripted_status_is_answered_the_times_asked_for() {
    let tenant = Tenant::demo().await;
    let headers = vec![("retry-after".to_owned(), "7".to_owned())];
    let kind = FaultKind::Status { status: 429, headers, body: "{\"code\":429}".to_owned() };
    tenant.sim.inject(Fault::new(kind).on("GET").path_contains("alpha_role").times(2));
    assert_eq!(tenant.get("/openidm/config/managed").await.status, StatusCode::OK);
    for _ in 0..2 {
        let refused = tenant.get(ROLES).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.header("retry-after"), "7");
        assert_eq!(refused.json(), json!({"code": 429}));
    }
    assert_eq!(tenant.get(ROLES).await.status, StatusCode::OK);
    let statuses: Vec<_> = tenant.sim.requests().iter().map(|record| record.status).collect();
    assert_eq!(statuses, [Some(200), Some(429), Some(429), Some(200)]);
}

#[tokio::test]
async fn a_cut_connection_loses_the_request_or_only_its_answer() {
    let tenant = Tenant::demo().await;
    let before = roles(&tenant).await;
    tenant.sim.inject(Fault::new(FaultKind::Disconnect).on("POST"));
    assert!(create(&tenant).send().await.is_err());
    assert_eq!(roles(&tenant).await, before);
    tenant.sim.inject(Fault::new(FaultKind::DisconnectAfter).on("POST"));
    assert!(create(&tenant).send().await.is_err());
    assert_eq!(roles(&tenant).await, before + 1);
}

#[tokio::test]
async fn a_request_that_hangs_is_logged_without_a_status() {
    let tenant = Tenant::demo().await;
    tenant.sim.inject(Fault::new(FaultKind::Hang));
    let hanging = tokio::spawn(tenant.call(Method::GET, ROLES, &Value::Null).send());
    while tenant.sim.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(roles(&tenant).await, 5);
    assert!(!hanging.is_finished());
    assert_eq!(tenant.sim.requests()[0].status, None);
    hanging.abort();
}

#[tokio::test]
async fn a_truncated_answer_ends_halfway() {
    let tenant = Tenant::demo().await;
    let whole = tenant.get(ROLES).await.text;
    tenant.sim.inject(Fault::new(FaultKind::Truncate));
    let mut response = tenant.call(Method::GET, ROLES, &Value::Null).send().await.unwrap();
    assert_eq!(response.content_length(), Some(whole.len() as u64));
    let mut received = Vec::new();
    let failure = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => received.extend_from_slice(&chunk),
            end => break end,
        }
    };
    assert!(failure.is_err());
    assert_eq!(received, whole.as_bytes()[..whole.len() / 2]);
}

#[tokio::test]
async fn the_edge_refuses_in_html_without_a_transaction_id() {
    let tenant = Tenant::demo().await;
    tenant.sim.inject(Fault::new(FaultKind::Html403));
    let refused = answer(create(&tenant)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.header("content-type"), "text/html; charset=UTF-8");
    assert!(!refused.headers.contains_key("x-forgerock-transactionid"));
    assert!(refused.text.contains("<title>403</title>"));
    assert_eq!(refused.text.len(), 134);
}

#[tokio::test]
async fn a_huge_answer_is_as_large_as_asked_for() {
    let tenant = Tenant::demo().await;
    tenant.sim.inject(Fault::new(FaultKind::Huge(3_000_000)));
    assert_eq!(tenant.get(ROLES).await.text.len(), 3_000_000);
}

#[tokio::test]
async fn an_empty_answer_follows_a_request_that_was_carried_out() {
    let tenant = Tenant::demo().await;
    tenant.sim.inject(Fault::new(FaultKind::EmptyOk).on("POST"));
    let empty = answer(create(&tenant)).await;
    assert_eq!((empty.status, empty.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(roles(&tenant).await, 6);
}

#[tokio::test]
async fn a_lost_update_is_answered_like_one_that_was_made() {
    let tenant = Tenant::demo().await;
    tenant.sim.inject(Fault::new(FaultKind::LostUpdate).on("POST"));
    let lost = answer(create(&tenant)).await;
    assert_eq!(lost.status, StatusCode::CREATED);
    assert_eq!(roles(&tenant).await, 5);
    assert_eq!(answer(create(&tenant)).await.status, StatusCode::CREATED);
    assert_eq!(roles(&tenant).await, 6);
}

#[tokio::test]
async fn cleared_faults_harm_nobody() {
    let tenant = Tenant::demo().await;
    tenant.sim.inject(Fault::new(FaultKind::Disconnect));
    tenant.sim.clear_faults();
    assert_eq!(tenant.get(ROLES).await.status, StatusCode::OK);
}
