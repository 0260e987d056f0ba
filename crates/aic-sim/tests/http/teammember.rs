use aic_sim::{Options, Seed};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Tenant, text};

const FIRST: &str = "/openidm/managed/teammember/5b0e9c1e-7d0f-4c57-9a53-2f6f3c1d8a01";

#[tokio::test]
async fn an_administrator_can_be_read_by_the_subject_of_the_login() {
    let mut tenant = Tenant::start(Options::default().seed(Seed::Empty)).await;
    let login = tenant.login().await;
    let token = std::mem::replace(&mut tenant.token, login);
    let subject = text(&tenant.get("/am/oauth2/userinfo").await.json()["sub"]);
    tenant.token = token;
    let answer = tenant.get(&format!("/openidm/managed/teammember/{subject}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let administrator = answer.json();
    let revision = text(&administrator["_rev"]);
    assert_eq!(answer.header("etag"), format!("\"{revision}\""));
    assert_eq!(
        administrator,
        json!({
            "_id": subject,
            "_rev": revision,
            "userName": "ingrid.halvorsen@northlight.example",
            "mail": "ingrid.halvorsen@northlight.example",
            "givenName": "Ingrid",
            "sn": "Halvorsen",
            "accountStatus": "active",
        })
    );
    assert_eq!(tenant.get(FIRST).await.json(), administrator);
}

#[tokio::test]
async fn fields_of_an_administrator_can_be_chosen() {
    let tenant = Tenant::demo().await;
    let shown = tenant.get(&format!("{FIRST}?_fields=userName,sn")).await.json();
    let fields: Vec<_> = shown.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["_id", "_rev", "userName", "sn"]);
}

#[tokio::test]
async fn an_administrator_who_is_not_there_is_not_found() {
    let tenant = Tenant::demo().await;
    let missing = tenant.get("/openidm/managed/teammember/nobody").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(text(&missing.json()["message"]).starts_with("No Such Entry: "));
}

#[tokio::test]
async fn administrators_cannot_be_changed_here() {
    let tenant = Tenant::demo().await;
    let patch = json!([{"operation": "replace", "field": "/sn", "value": "Nobody"}]);
    let create = "/openidm/managed/teammember?_action=create";
    for (method, target, body) in [
        (Method::PATCH, FIRST, patch),
        (Method::PUT, FIRST, json!({"sn": "Nobody"})),
        (Method::DELETE, FIRST, Value::Null),
        (Method::POST, create, json!({"userName": "nobody"})),
    ] {
        let refused = tenant.send(method, target, body).await;
        let expected = json!({"code": 403, "reason": "Forbidden", "message": "Access denied"});
        assert_eq!((refused.status, refused.json()), (StatusCode::FORBIDDEN, expected));
    }
    assert_eq!(tenant.get(FIRST).await.json()["sn"], "Halvorsen");
}

#[tokio::test]
async fn administrators_are_no_managed_type_and_need_the_scope_of_idm() {
    let mut tenant = Tenant::demo().await;
    let document = tenant.get("/openidm/config/managed").await.text;
    assert!(!document.contains("teammember"));
    tenant.token = tenant.token_for("fr:am:*").await;
    assert_eq!(tenant.get(FIRST).await.status, StatusCode::FORBIDDEN);
    tenant.token = String::new();
    assert_eq!(tenant.get(FIRST).await.status, StatusCode::UNAUTHORIZED);
}
