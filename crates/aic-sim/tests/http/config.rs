use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Tenant, answer};

const CONFIG: &str = "/openidm/config/managed";

fn any(tenant: &Tenant, method: Method, target: &str, body: &Value) -> reqwest::RequestBuilder {
    tenant.call(method, target, body).header("If-Match", "*")
}

async fn versioned(tenant: &Tenant, method: Method, target: &str, body: Value) -> Answer {
    answer(any(tenant, method, target, &body).header("Accept-API-Version", "resource=2.0")).await
}

fn names(document: &Value) -> Vec<&str> {
    let objects = document["objects"].as_array().unwrap();
    objects.iter().map(|object| object["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_stock_types_are_there() {
    let tenant = Tenant::demo().await;
    let document = tenant.get(CONFIG).await.json();
    assert_eq!(document["_id"], "managed");
    assert_eq!(document.get("_rev"), None);
    assert_eq!(names(&document).len(), 12);
    for object in document["objects"].as_array().unwrap() {
        assert_eq!(object["type"], "Managed Object");
        let is_user = object["name"].as_str().unwrap().ends_with("_user");
        assert_eq!(object.get("meta").is_some(), is_user);
    }
}

#[tokio::test]
async fn a_new_type_can_be_used_and_a_removed_one_cannot() {
    let tenant = Tenant::demo().await;
    let device = json!({"name": "device", "schema": {"required": ["serial"],
        "properties": {"serial": {"type": "string"}}}});
    let add = json!([{"operation": "add", "field": "/objects/-", "value": device}]);
    let added = answer(any(&tenant, Method::PATCH, CONFIG, &add)).await;
    assert_eq!(added.status, StatusCode::OK);
    assert!(names(&added.json()).contains(&"device"));

    let devices = "/openidm/managed/device";
    let create = format!("{devices}?_action=create");
    let created = tenant.send(Method::POST, &create, json!({"serial": "1"})).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let refused = tenant.send(Method::POST, &create, json!({})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let mut document = added.json();
    document["objects"].as_array_mut().unwrap().retain(|object| object["name"] != "device");
    let replaced = answer(any(&tenant, Method::PUT, CONFIG, &document)).await;
    assert_eq!((replaced.status, &replaced.json()), (StatusCode::OK, &document));
    let gone = tenant.get(&format!("{devices}?_queryFilter=true")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_document_that_makes_no_sense_changes_nothing() {
    let tenant = Tenant::demo().await;
    let before = tenant.get(CONFIG).await.text;
    for body in [json!({}), json!({"objects": [{}]}), json!([])] {
        let refused = tenant.send(Method::PUT, CONFIG, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
    let remove = json!([{"operation": "remove", "field": "/objects"}]);
    let refused = tenant.send(Method::PATCH, CONFIG, remove).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let stale = tenant.call(Method::PUT, CONFIG, &json!({"objects": []})).header("If-Match", "1");
    assert_eq!(answer(stale).await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(tenant.get(CONFIG).await.text, before);
}

#[tokio::test]
async fn custom_properties_are_added_changed_and_removed() {
    let tenant = Tenant::demo().await;
    let target = "/openidm/schema/managed/alpha_user/properties/custom_buddy";
    let property = json!({"type": "relationship", "reverseRelationship": false,
        "resourceCollection": [{"path": "managed/alpha_user"}]});
    assert_eq!(
        versioned(&tenant, Method::GET, target, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    let added = versioned(&tenant, Method::PUT, target, property.clone()).await;
    assert_eq!((added.status, added.json()), (StatusCode::CREATED, property.clone()));
    assert_eq!(added.header("content-api-version"), "resource=2.0");
    let again = versioned(&tenant, Method::PUT, target, property.clone()).await;
    assert_eq!(again.status, StatusCode::OK);

    let schema = tenant.get("/openidm/schema/managed/alpha_user").await.json();
    assert_eq!(schema["properties"]["custom_buddy"], property);
    let config = tenant.get(CONFIG).await.json();
    assert_eq!(config["objects"][0]["schema"], schema);

    let removed = versioned(&tenant, Method::DELETE, target, Value::Null).await;
    assert_eq!((removed.status, removed.json()), (StatusCode::OK, property));
    let gone = versioned(&tenant, Method::DELETE, target, Value::Null).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_schema_service_guards_its_properties() {
    let tenant = Tenant::demo().await;
    let property = json!({"type": "string"});
    let stock = "/openidm/schema/managed/alpha_user/properties/sn";
    for (method, body) in [(Method::PUT, property.clone()), (Method::DELETE, Value::Null)] {
        let refused = versioned(&tenant, method, stock, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(
        versioned(&tenant, Method::GET, stock, Value::Null).await.json()["title"],
        "Last Name"
    );
    let custom = "/openidm/schema/managed/alpha_user/properties/custom_x";
    let unversioned = tenant.send(Method::PUT, custom, property.clone()).await;
    assert_eq!(unversioned.status, StatusCode::BAD_REQUEST);
    let unknown = "/openidm/schema/managed/alpha_robot/properties/custom_x";
    let unknown = versioned(&tenant, Method::PUT, unknown, property).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
