use aic_auth::ScopeSet;
use aic_sim::{Fault, FaultKind};
use futures_util::{FutureExt, TryStreamExt};
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::Write;
use crate::esv::EsvQuery;
use crate::idm::ManagedQuery;
use crate::path::ObjectType;
use crate::simulated::{Simulated, answer};
use crate::{Call, ClientBuilder, WithTokens};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Role {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Numbered {
    #[serde(rename = "name")]
    _number: u8,
}

fn roles() -> ObjectType {
    "alpha_role".parse().unwrap()
}

/// A tenant with this many roles, and a call on it.
async fn with_roles(count: usize) -> (Simulated, Call<Write>) {
    let tenant = Simulated::start().await;
    let builder: ClientBuilder<WithTokens> = tenant.builder();
    let call = builder.build().writing(ScopeSet::EMPTY);
    for number in 0..count {
        let role = json!({ "name": format!("role {number}") });
        let created = call.managed(&roles()).create(role.as_object().unwrap().clone()).await;
        created.unwrap();
    }
    tenant.take_requests();
    (tenant, call)
}

fn two_at_a_time() -> ManagedQuery {
    let sort_keys = Some("name".to_owned());
    ManagedQuery { page_size: Some(2), sort_keys, ..ManagedQuery::default() }
}

#[tokio::test]
async fn pages_are_asked_for_one_by_one_as_they_are_needed() {
    let (tenant, call) = with_roles(5).await;
    let roles = roles();
    let mut pages = call.managed(&roles).pages(two_at_a_time());
    assert!(tenant.take_requests().is_empty(), "nothing is sent before somebody waits");
    for size in [2, 2, 1] {
        assert_eq!(pages.try_next().await.unwrap().unwrap().objects.len(), size);
        assert_eq!(tenant.take_requests().len(), 1);
    }
    assert!(pages.try_next().await.unwrap().is_none());
    assert!(pages.try_next().await.unwrap().is_none());
    assert!(tenant.take_requests().is_empty(), "the last page says that it is the last");
}

#[tokio::test]
async fn items_come_page_after_page_and_no_page_before_it_is_needed() {
    let (tenant, call) = with_roles(5).await;
    let roles = roles();
    let mut items = call.managed(&roles).pages(two_at_a_time()).items_as::<Role>();
    let mut requests = Vec::new();
    let mut names = Vec::new();
    while let Some(role) = items.try_next().await.unwrap() {
        names.push(role.name);
        requests.push(tenant.take_requests().len());
    }
    assert_eq!(names, ["role 0", "role 1", "role 2", "role 3", "role 4"]);
    assert_eq!(requests, [1, 0, 1, 0, 1]);
}

#[tokio::test]
async fn a_stream_that_is_dropped_asks_for_nothing_more() {
    let (tenant, call) = with_roles(5).await;
    let roles = roles();
    let mut items = call.managed(&roles).pages(two_at_a_time()).items();
    assert!(items.try_next().await.unwrap().is_some());
    drop(items);
    assert_eq!(tenant.take_requests().len(), 1);

    let mut pages = call.managed(&roles).pages(two_at_a_time());
    tenant.sim.inject(Fault::new(FaultKind::Hang).on("GET"));
    assert!(pages.try_next().now_or_never().is_none());
    drop(pages);
    // The call goes on as if nothing had been.
    let pages = call.managed(&roles).pages(two_at_a_time());
    tenant.sim.clear_faults();
    assert_eq!(pages.try_collect::<Vec<_>>().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_page_that_comes_again_ends_the_stream() {
    let (tenant, call) = with_roles(0).await;
    let page = |cookie: &str| {
        let body = json!({ "result": [{ "name": "r" }], "pagedResultsCookie": cookie });
        tenant.sim.inject(Fault::new(answer(200, &[], &body.to_string())).on("GET"));
    };
    for cookies in [&["a", "a"][..], &["a", "b", "c", "a"], &["a", "b", "b"]] {
        tenant.take_requests();
        for cookie in cookies {
            page(cookie);
        }
        let roles = roles();
        let mut pages = call.managed(&roles).pages(two_at_a_time());
        for _ in cookies {
            assert!(pages.try_next().await.unwrap().is_some());
        }
        let error = pages.try_next().await.unwrap_err();
        assert!(matches!(error, ApiError::Unreadable { .. }), "{error}");
        assert!(pages.try_next().await.unwrap().is_none(), "nothing comes after an error");
        assert_eq!(tenant.take_requests().len(), cookies.len());
    }
    page("start");
    let query = ManagedQuery { cookie: Some("start".to_owned()), ..two_at_a_time() };
    let roles = roles();
    let mut pages = call.managed(&roles).pages(query);
    assert!(pages.try_next().await.unwrap().is_some() && pages.try_next().await.is_err());
}

#[tokio::test]
async fn a_failure_is_the_last_that_a_stream_has() {
    let (tenant, call) = with_roles(5).await;
    let roles = roles();
    let mut items = call.managed(&roles).pages(two_at_a_time()).items();
    items.try_next().await.unwrap();
    items.try_next().await.unwrap();
    tenant.refuse("GET", 403, 1);
    assert!(items.try_next().await.is_err());
    assert!(items.try_next().await.unwrap().is_none());

    let mut items = call.managed(&roles).pages(two_at_a_time()).items_as::<Numbered>();
    let error = items.try_next().await.unwrap_err();
    assert!(error.to_string().contains("at name, a string in place of u8"), "{error}");
    assert!(items.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn variables_secrets_and_logs_have_pages_too() {
    let (_tenant, call) = with_roles(0).await;
    let one = || EsvQuery { page_size: Some(1), ..EsvQuery::default() };
    let variables = call.variables();
    assert_eq!(variables.pages(one()).try_collect::<Vec<_>>().await.unwrap().len(), 2);
    let secrets = call.secrets().pages(one()).items();
    assert!(secrets.try_collect::<Vec<_>>().await.unwrap().is_empty());
    let query = crate::logs::LogQuery {
        sources: vec!["idm-access".parse().unwrap()],
        ..crate::logs::LogQuery::default()
    };
    let entries = call.logs().pages(query).items();
    assert!(entries.try_collect::<Vec<_>>().await.is_ok());
}
