use std::time::Duration;

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
    assert_eq!(added.header("content-api-version"), "protocol=2.1,resource=2.0");
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
    assert_eq!(unversioned.status, StatusCode::CREATED);
    let first = any(&tenant, Method::GET, custom, &Value::Null);
    let first = answer(first.header("Accept-API-Version", "resource=1.0")).await;
    assert_eq!(first.status, StatusCode::NOT_FOUND);
    let unknown = "/openidm/schema/managed/alpha_robot/properties/custom_x";
    let unknown = versioned(&tenant, Method::PUT, unknown, property).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_type_has_five_custom_relationships_at_most() {
    let tenant = Tenant::demo().await;
    let relationship = json!({"type": "relationship",
        "resourceCollection": [{"path": "managed/alpha_user"}]});
    let target =
        |number: u8| format!("/openidm/schema/managed/alpha_role/properties/custom_{number}");
    for number in 0..5 {
        let added = tenant.send(Method::PUT, &target(number), relationship.clone()).await;
        assert_eq!(added.status, StatusCode::CREATED);
    }
    let refused = tenant.send(Method::PUT, &target(5), relationship.clone()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let again = tenant.send(Method::PUT, &target(4), relationship).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(tenant.get(&target(5)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn configuration_is_shown_when_its_time_has_come() {
    let tenant = Tenant::demo().await;
    tenant.sim.set_configuration_delay(Duration::from_secs(9));
    let add = |name: &str| {
        let definition = json!({"name": name, "schema": {"properties": {}}});
        json!([{"operation": "add", "field": "/objects/-", "value": definition}])
    };
    for name in ["first", "second"] {
        let added = answer(any(&tenant, Method::PATCH, CONFIG, &add(name))).await;
        assert!(names(&added.json()).contains(&name), "the answer shows what was written");
    }
    let property = "/openidm/schema/managed/alpha_role/properties/custom_x";
    let added = tenant.send(Method::PUT, property, json!({"type": "string"})).await;
    assert_eq!(added.status, StatusCode::CREATED);
    let mut themes = tenant.get("/openidm/config/ui/themerealm").await.json();
    themes["realm"]["alpha"] = json!([]);
    tenant.send(Method::PUT, "/openidm/config/ui/themerealm", themes).await;

    let query = "/openidm/managed/second?_queryFilter=true";
    let list = "/openidm/ui/theme/?realm=alpha&_queryFilter=true";
    assert!(!names(&tenant.get(CONFIG).await.json()).contains(&"first"));
    assert_eq!(tenant.get(query).await.status, StatusCode::NOT_FOUND);
    assert_eq!(tenant.get(property).await.status, StatusCode::NOT_FOUND);
    assert_ne!(tenant.get(list).await.json()["resultCount"], 0);
    tenant.sim.advance_clock(Duration::from_secs(9));
    let shown = tenant.get(CONFIG).await.json();
    assert!(names(&shown).contains(&"first") && names(&shown).contains(&"second"));
    assert_eq!(tenant.get(query).await.status, StatusCode::OK);
    assert_eq!(tenant.get(property).await.status, StatusCode::OK);
    assert_eq!(tenant.get(list).await.json()["resultCount"], 0);
}

#[tokio::test]
async fn a_write_can_wait_until_it_is_shown() {
    let tenant = Tenant::demo().await;
    tenant.sim.set_configuration_delay(Duration::from_secs(4));
    let waiting = format!("{CONFIG}?waitForCompletion=true");
    let document = json!({"objects": [{"name": "only"}]});
    let write = answer(any(&tenant, Method::PUT, &waiting, &document));
    let advance = async {
        while tenant.sim.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        tenant.sim.advance_clock(Duration::from_secs(4));
    };
    let (written, ()) = tokio::join!(write, advance);
    assert_eq!(written.status, StatusCode::OK);
    assert_eq!(names(&tenant.get(CONFIG).await.json()), ["only"]);
}

#[tokio::test]
async fn configuration_that_is_not_there_is_not_found() {
    let tenant = Tenant::demo().await;
    let missing = tenant.get("/openidm/config/emailTemplate/none").await;
    assert_eq!(missing.json(), json!({"code": 404, "reason": "Not Found", "message": "Not Found"}));
    assert_eq!(missing.header("content-api-version"), "protocol=2.1,resource=1.0");
}
