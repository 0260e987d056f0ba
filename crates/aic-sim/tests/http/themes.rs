use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Tenant, filter};

const DOCUMENT: &str = "/openidm/config/ui/themerealm";

async fn themes(tenant: &Tenant, realm: &str, query: &str) -> Vec<Value> {
    let target = format!("/openidm/ui/theme/?realm={realm}&{query}");
    let list = tenant.get(&target).await.json();
    list["result"].as_array().unwrap().clone()
}

#[tokio::test]
async fn themes_are_listed_by_realm_with_the_fields_asked_for() {
    let tenant = Tenant::demo().await;
    let fields = format!("{}&_fields=name,isDefault", filter("true"));
    let alpha = themes(&tenant, "alpha", &fields).await;
    assert_eq!(alpha.len(), 4);
    assert_eq!(
        alpha[0].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["_id", "name", "isDefault"]
    );
    assert_eq!(alpha.iter().filter(|theme| theme["isDefault"] == true).count(), 1);
    let found =
        themes(&tenant, "bravo", &filter("_id eq \"x\" or name eq \"Customer Portal\"")).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].as_object().unwrap().len() > 40);
    assert!(themes(&tenant, "charlie", &fields).await.is_empty());
    let no_realm = tenant.get("/openidm/ui/theme/?_queryFilter=true").await;
    assert_eq!(no_realm.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_document_is_replaced_whole_and_may_hold_nulls() {
    let tenant = Tenant::demo().await;
    let mut document = tenant.get(DOCUMENT).await.json();
    assert_eq!(document["_id"], "ui/themerealm");
    document["realm"]["alpha"].as_array_mut().unwrap().insert(0, Value::Null);
    document["realm"]["/"] = json!([]);
    document["extra"] = json!({"kept": true});
    let replaced = tenant.send(Method::PUT, DOCUMENT, document.clone()).await;
    assert_eq!((replaced.status, replaced.json()), (StatusCode::OK, document.clone()));
    assert_eq!(tenant.get(DOCUMENT).await.json(), document);
    assert_eq!(themes(&tenant, "alpha", "_queryFilter=true").await.len(), 4);
    let refused = tenant.send(Method::PUT, DOCUMENT, json!({"realm": {"alpha": {}}})).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}
