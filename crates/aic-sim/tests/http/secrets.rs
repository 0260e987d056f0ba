use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Tenant};

const SECRETS: &str = "/environment/secrets";

async fn tenant() -> Tenant {
    Tenant::scoped("fr:idc:esv:read fr:idc:esv:update fr:idc:esv:restart").await
}

async fn create(tenant: &Tenant, id: &str, encoding: &str, placeholders: bool) -> Answer {
    let value = STANDARD.encode("c2VjcmV0");
    let body = json!({"encoding": encoding, "useInPlaceholders": placeholders,
        "valueBase64": value});
    tenant.send(Method::PUT, &format!("{SECRETS}/{id}"), body).await
}

async fn post(tenant: &Tenant, target: &str, body: Value) -> Answer {
    tenant.send(Method::POST, &format!("{SECRETS}/{target}"), body).await
}

#[tokio::test]
async fn a_secret_is_created_once_and_never_shows_its_value() {
    let tenant = tenant().await;
    let created = create(&tenant, "esv-new", "base64aes", true).await;
    assert_eq!(created.status, StatusCode::OK);
    let shown = created.json();
    assert_eq!(shown["activeVersion"], "1");
    assert_eq!((&shown["loadedVersion"], &shown["loaded"]), (&json!(""), &json!(false)));
    let read = tenant.get(&format!("{SECRETS}/esv-new")).await;
    assert_eq!(read.json(), shown);
    let list = tenant.get(SECRETS).await;
    assert_eq!(list.json()["resultCount"], 6);
    for answer in [&created, &read, &list] {
        assert!(!answer.text.contains("value"), "{answer:?}");
    }
    let again = create(&tenant, "esv-new", "base64aes", true).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(again.json()["message"], "Failed to create secret, the secret already exists");
    let deleted = tenant.send(Method::DELETE, &format!("{SECRETS}/esv-new"), Value::Null).await;
    assert_eq!(deleted.status, StatusCode::OK);
    assert_eq!(tenant.get(&format!("{SECRETS}/esv-new")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn bad_secrets_are_refused() {
    let tenant = tenant().await;
    let encoding = create(&tenant, "esv-new", "utf8", true).await;
    assert_eq!(encoding.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        encoding.json(),
        json!({"code": 606,
            "message": "encoding in body should be one of [generic pem base64hmac base64aes]"})
    );
    let pem = create(&tenant, "esv-new", "pem", true).await;
    assert_eq!(pem.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(pem.json()["message"], "Failed to create secret");
    let incomplete = json!({"encoding": "generic", "valueBase64": ""});
    let incomplete = tenant.send(Method::PUT, &format!("{SECRETS}/esv-new"), incomplete).await;
    assert_eq!(incomplete.status, StatusCode::BAD_REQUEST);
    assert!(incomplete.text.contains("useInPlaceholders"));
}

#[tokio::test]
async fn versions_are_added_disabled_and_destroyed() {
    let tenant = tenant().await;
    create(&tenant, "esv-new", "generic", true).await;
    let value = json!({"valueBase64": STANDARD.encode("two")});
    let second = post(&tenant, "esv-new/versions?_action=create", value).await;
    assert_eq!((second.status, &second.json()["version"]), (StatusCode::OK, &json!("2")));
    let change = "esv-new/versions/1?_action=changestatus";
    let disabled = post(&tenant, change, json!({"status": "DISABLED"})).await;
    assert_eq!(disabled.json()["status"], "DISABLED");
    for latest in ["2", "latest"] {
        let target = format!("esv-new/versions/{latest}?_action=changestatus");
        let refused = post(&tenant, &target, json!({"status": "DISABLED"})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["message"], "Cannot disable latest secret version");
    }
    let first = format!("{SECRETS}/esv-new/versions/1");
    let destroyed = tenant.send(Method::DELETE, &first, Value::Null).await;
    assert_eq!(destroyed.json()["status"], "DESTROYED");
    let again = tenant.send(Method::DELETE, &first, Value::Null).await;
    assert_eq!(again.status, StatusCode::INTERNAL_SERVER_ERROR);
    let list = tenant.get(&format!("{SECRETS}/esv-new/versions")).await.json();
    let shown: Vec<_> =
        list.as_array().unwrap().iter().map(|item| (&item["version"], &item["status"])).collect();
    assert_eq!(shown, [(&json!("2"), &json!("ENABLED")), (&json!("1"), &json!("DESTROYED"))]);
}

#[tokio::test]
async fn what_is_not_there_is_refused_in_each_services_words() {
    let tenant = tenant().await;
    let missing = "The secret does not exist or does not have a version";
    let value = json!({"valueBase64": STANDARD.encode("two")});
    let status = json!({"status": "ENABLED"});
    for (method, target, body, code, message) in [
        (Method::GET, "esv-none", Value::Null, 404, missing),
        (Method::DELETE, "esv-none", Value::Null, 404, missing),
        (Method::GET, "esv-none/versions", Value::Null, 404, missing),
        (Method::POST, "esv-none/versions/1?_action=changestatus", status, 404, missing),
        (
            Method::POST,
            "esv-none/versions?_action=create",
            value,
            404,
            "Failed to create secret version",
        ),
        (Method::GET, "esv-none/versions/1", Value::Null, 404, "Failed to get secret version"),
        (
            Method::GET,
            "esv-smtp-password/versions/9",
            Value::Null,
            404,
            "Failed to get secret version",
        ),
        (
            Method::DELETE,
            "esv-smtp-password/versions/9",
            Value::Null,
            500,
            "Failed to delete secret version",
        ),
    ] {
        let refused = tenant.send(method, &format!("{SECRETS}/{target}"), body).await;
        assert_eq!(refused.json(), json!({"code": code, "message": message}), "{target}");
    }
}

#[tokio::test]
async fn only_secrets_in_placeholders_wait_for_a_restart() {
    let tenant = tenant().await;
    let direct = create(&tenant, "esv-direct", "generic", false).await.json();
    assert_eq!((&direct["loaded"], &direct["loadedVersion"]), (&json!(true), &json!("1")));
    create(&tenant, "esv-new", "generic", true).await;
    let pending = "/environment/count?_onlyPending=true";
    assert_eq!(tenant.get(pending).await.json()["secrets"], 1);
    let restart = "/environment/startup?_action=restart";
    tenant.send(Method::POST, restart, Value::Null).await;
    tenant.sim.advance_clock(Duration::from_mins(5));
    assert_eq!(tenant.get(pending).await.json()["secrets"], 0);
    assert_eq!(tenant.get(&format!("{SECRETS}/esv-new")).await.json()["loadedVersion"], "1");
}
