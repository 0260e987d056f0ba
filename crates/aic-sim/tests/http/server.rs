use std::time::Duration;

use aic_sim::{Options, Seed, Sim};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Tenant, answer};

#[tokio::test]
async fn every_answer_carries_the_tenants_headers() {
    let tenant = Tenant::demo().await;
    for target in ["/openidm/managed/alpha_role?_queryFilter=true", "/openidm/x", "/x"] {
        let answer = tenant.get(target).await;
        for name in [
            "x-forgerock-transactionid",
            "strict-transport-security",
            "x-content-type-options",
            "cache-control",
            "via",
        ] {
            assert_ne!(answer.header(name), "", "{target} {name}");
        }
    }
}

#[tokio::test]
async fn the_clients_transaction_id_comes_back() {
    let tenant = Tenant::demo().await;
    let request = tenant.call(Method::GET, "/openidm/config/managed", &Value::Null);
    let answer = answer(request.header("X-ForgeRock-TransactionId", "mine-1")).await;
    assert_eq!(answer.header("x-forgerock-transactionid"), "mine-1");
}

#[tokio::test]
async fn unknown_paths_are_json() {
    let tenant = Tenant::demo().await;
    for target in ["/", "/openidm", "/openidm/managed", "/openidm/config/other", "/am/x"] {
        let answer = tenant.get(target).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{target}");
        assert_eq!(answer.json()["reason"], "Not Found", "{target}");
    }
}

#[tokio::test]
async fn the_log_keeps_requests_as_they_were_sent() {
    let tenant = Tenant::demo().await;
    let target = "/openidm/managed/alpha_role/a%2Fb?_fields=%2A";
    tenant.send(Method::PUT, target, json!({"name": "x"})).await;
    let records = tenant.sim.requests();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].method, "PUT");
    assert_eq!(records[0].target, target);
    assert_eq!(records[0].path(), "/openidm/managed/alpha_role/a%2Fb");
    assert_eq!(records[0].header("content-type"), Some("application/json"));
    assert_eq!(&records[0].body[..], br#"{"name":"x"}"#);
    assert_eq!(records[0].status, Some(201));
    tenant.sim.clear_requests();
    assert!(tenant.sim.requests().is_empty());
}

#[tokio::test]
async fn a_dropped_tenant_stops_serving() {
    let tenant = Tenant::demo().await;
    let port = tenant.sim.base_url().rsplit_once(':').unwrap().1.parse().unwrap();
    drop(tenant);
    // The abort takes effect when the runtime next gets to the server's task.
    let reopened = async {
        loop {
            match Sim::start(Options::default().port(port)).await {
                Ok(sim) => return sim,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    let sim = tokio::time::timeout(Duration::from_secs(10), reopened).await.unwrap();
    assert!(sim.base_url().ends_with(&port.to_string()));
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let tenant = Tenant::signed_out(Options::default().seed(Seed::Empty)).await;
    let port = tenant.sim.base_url().rsplit_once(':').unwrap().1.parse().unwrap();
    let refused = Sim::start(Options::default().port(port)).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn two_tenants_know_nothing_of_each_other() {
    let (one, mut other) = (Tenant::demo().await, Tenant::demo().await);
    other.token.clone_from(&one.token);
    assert_eq!(other.get("/openidm/config/managed").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn many_requests_are_served_at_once() {
    let tenant = Tenant::demo().await;
    tenant.sim.set_latency(Duration::from_millis(1));
    let target = "/openidm/managed/alpha_user?_queryFilter=true&_pageSize=5";
    let all = futures_util::future::join_all((0..100).map(|_| tenant.get(target))).await;
    assert!(all.iter().all(|answer| answer.status == StatusCode::OK));
}

#[tokio::test]
async fn a_body_too_large_is_refused() {
    let tenant = Tenant::demo().await;
    let request = tenant.request(Method::POST, "/am/oauth2/access_token");
    let body = vec![b'x'; (32 << 20) + 1];
    let answer = request.body(body).send().await;
    // The tenant may close the connection before it has read the whole body.
    assert!(answer.is_err() || answer.unwrap().status() == StatusCode::PAYLOAD_TOO_LARGE);
}
