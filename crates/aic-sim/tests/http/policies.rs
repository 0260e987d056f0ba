use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Tenant, text};

const USERS: &str = "/openidm/managed/alpha_user";

async fn create(tenant: &Tenant, body: Value) -> Answer {
    tenant.send(Method::POST, &format!("{USERS}?_action=create"), body).await
}

#[track_caller]
fn assert_failed(answer: &Answer, message: &str, failures: &Value) {
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer:?}");
    let detail = json!({"result": false, "failedPolicyRequirements": failures});
    let expected =
        json!({"code": 403, "reason": "Forbidden", "message": message, "detail": detail});
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn required_properties_must_be_there() {
    let tenant = Tenant::demo().await;
    let refused = create(&tenant, json!({"userName": "x", "givenName": "X", "mail": ""})).await;
    let required = |property| json!({"policyRequirements": [{"policyRequirement": "REQUIRED"}], "property": property});
    assert_failed(&refused, "Policy validation failed", &json!([required("sn"), required("mail")]));
}

#[tokio::test]
async fn values_must_have_their_type_and_be_among_the_choices() {
    let tenant = Tenant::demo().await;
    let id = text(
        &tenant.get(&format!("{USERS}?_queryFilter=true&_pageSize=1")).await.json()["result"][0]["_id"],
    );
    let target = format!("{USERS}/{id}");
    let patch = json!([{"operation": "add", "field": "/roles", "value": {"_ref": "x"}}]);
    let refused = tenant.send(Method::PATCH, &target, patch).await;
    let params = json!({"invalidType": "object", "validTypes": ["array"]});
    let requirement = json!([{"params": params, "policyRequirement": "VALID_TYPE"}]);
    let failure = json!([{"policyRequirements": requirement, "property": "roles"}]);
    assert_failed(&refused, "Failed policy validation", &failure);

    let patch = json!([{"operation": "replace", "field": "/accountStatus", "value": "asleep"}]);
    let refused = tenant.send(Method::PATCH, &target, patch).await;
    let failed = &refused.json()["detail"]["failedPolicyRequirements"][0];
    assert_eq!(failed["policyRequirements"][0]["policyRequirement"], "VALID_ENUM_VALUE");
}

#[tokio::test]
async fn user_names_are_unique_whatever_their_case() {
    let tenant = Tenant::demo().await;
    let user = |name: &str| json!({"userName": name, "givenName": "A", "sn": "B", "mail": "c@d.e"});
    let refused = create(&tenant, user("ALindqvist")).await;
    let requirement = json!([{"policyRequirement": "UNIQUE"}]);
    let failure = json!([{"policyRequirements": requirement, "property": "userName"}]);
    assert_failed(&refused, "Policy validation failed", &failure);
    let created = create(&tenant, user("somebody")).await.json();
    let target = format!("{USERS}/{}", text(&created["_id"]));
    assert_eq!(tenant.send(Method::PUT, &target, user("somebody")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_patch_answers_only_for_what_it_writes() {
    let tenant = Tenant::demo().await;
    let narrow = |choices: Value| {
        json!([{"operation": "add", "field": "/objects/-", "value":
            {"name": "thing", "schema": {"properties": {"size": {"type": "string", "enum": choices}}}}}])
    };
    let config = "/openidm/config/managed";
    tenant.send(Method::PATCH, config, narrow(json!(["s", "m", "l"]))).await;
    let target = "/openidm/managed/thing/1";
    assert_eq!(
        tenant.send(Method::PUT, target, json!({"size": "l"})).await.status,
        StatusCode::CREATED
    );
    tenant.send(Method::PATCH, config, narrow(json!(["s"]))).await;
    let patch = json!([{"operation": "add", "field": "/other", "value": 1}]);
    assert_eq!(tenant.send(Method::PATCH, target, patch).await.status, StatusCode::OK);
    let put = tenant.send(Method::PUT, target, json!({"size": "l", "other": 1})).await;
    assert_eq!(put.status, StatusCode::FORBIDDEN);
}
