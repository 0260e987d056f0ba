use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::Tenant;

const LIST: &str = "/openidm/feature?_queryFilter=true";

async fn act(tenant: &Tenant, feature: &str, action: &str) -> (StatusCode, Value) {
    let target = format!("/openidm/feature/{feature}?_action={action}");
    let answer = tenant.send(Method::POST, &target, json!({})).await;
    (answer.status, answer.json())
}

async fn installed(tenant: &Tenant) -> Vec<String> {
    let list = tenant.get(LIST).await.json();
    let features = list["result"].as_array().unwrap().iter();
    let installed = features.filter(|feature| !feature["installedVersion"].is_null());
    installed.map(|feature| feature["_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_feature_is_validated_installed_and_then_in_the_way() {
    let tenant = Tenant::demo().await;
    assert_eq!(installed(&tenant).await, ["groups", "indexed/strings/6thru20"]);
    let valid = json!({"status": 200, "success": true, "message": "Validate complete."});
    assert_eq!(act(&tenant, "am/2fa/profiles", "validate").await, (StatusCode::OK, valid));
    let done = json!({"status": 200, "message": "Install complete."});
    assert_eq!(act(&tenant, "am/2fa/profiles", "install").await, (StatusCode::OK, done));
    let (status, again) = act(&tenant, "am/2fa/profiles", "validate").await;
    assert_eq!((status, &again["success"]), (StatusCode::OK, &json!(false)));
    assert_eq!(act(&tenant, "am/2fa/profiles", "install").await.0, StatusCode::BAD_REQUEST);
    let schema = tenant.get("/openidm/schema/managed/alpha_user").await.json();
    assert!(schema["properties"].get("oathDeviceProfiles").is_some());
}

#[tokio::test]
async fn unknown_features_and_actions_are_refused() {
    let tenant = Tenant::demo().await;
    assert_eq!(act(&tenant, "time/travel", "install").await.0, StatusCode::NOT_FOUND);
    assert_eq!(act(&tenant, "groups", "remove").await.0, StatusCode::BAD_REQUEST);
    let one = tenant.get("/openidm/feature/indexed/strings/6thru20").await.json();
    assert_eq!(one["installedVersion"], "1");
}

#[tokio::test]
async fn enabling_ai_agents_installs_the_feature() {
    let mut tenant = Tenant::demo().await;
    let enable = "/environment/aiagent?_action=enable";
    let refused = tenant.send(Method::POST, enable, json!({})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    tenant.token = tenant.token_for("fr:am:* fr:idm:*").await;
    for _ in 0..2 {
        let enabled = tenant.send(Method::POST, enable, json!({})).await;
        assert_eq!((enabled.status, enabled.text.as_str()), (StatusCode::OK, ""));
    }
    assert!(installed(&tenant).await.contains(&"aiagent".to_owned()));
    let agents = tenant.get("/openidm/managed/alpha_aiagent?_queryFilter=true").await;
    assert_eq!(agents.status, StatusCode::OK);
    let schema = tenant.get("/openidm/schema/managed/alpha_aiagentprivilege").await.json();
    assert_eq!(schema["required"], json!(["agent"]));

    let create = |kind: &str| format!("/openidm/managed/alpha_{kind}?_action=create");
    let incomplete = json!({"name": "helper"});
    let refused = tenant.send(Method::POST, &create("aiagent"), incomplete).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "it lacks its client");
    let agent = json!({"name": "helper", "oauth2ClientId": "helper"});
    let agent = tenant.send(Method::POST, &create("aiagent"), agent).await.json();
    let reference = format!("managed/alpha_aiagent/{}", agent["_id"].as_str().unwrap());
    let privilege = json!({"agent": {"_ref": reference},
        "permissions": [{"type": "scopes", "values": ["read"]}]});
    let privilege = tenant.send(Method::POST, &create("aiagentprivilege"), privilege).await;
    assert_eq!(privilege.status, StatusCode::CREATED);
    let shown = tenant.get(&format!("/openidm/{reference}?_fields=privileges")).await.json();
    assert_eq!(shown["privileges"].as_array().unwrap().len(), 1);
}
