use aic_sim::{Fault, FaultKind, Options};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Tenant, answer};

const SETTINGS: &str = "/am/json/alpha/realm-config/authentication";
const PROVIDER: &str = "/am/json/alpha/realm-config/services/oauth-oidc";

#[tokio::test]
async fn a_realm_has_two_paths_and_root_is_out_of_bounds() {
    let tenant = Tenant::demo_of_am().await;
    let short = tenant.get(SETTINGS).await;
    let long = tenant.get("/am/json/realms/root/realms/alpha/realm-config/authentication").await;
    assert_eq!((short.status, &short.text), (StatusCode::OK, &long.text));
    assert_eq!(short.header("content-api-version"), "");
    assert_eq!(short.header("content-type"), "application/json;charset=UTF-8");
    assert_eq!(short.header("cache-control"), "private");
    for path in [
        "/am/json/realms/root/realm-config/authentication",
        "/am/json/realms/root/scripts?_queryFilter=true",
        "/am/json/realm-config/agents/OAuth2Client?_queryFilter=true",
        "/am/json/global-config/secrets/stores/GoogleSecretManagerSecretStoreProvider/ESV",
        "/am/json/global-config/services/session",
    ] {
        let refused = tenant.get(path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(
            refused.json()["message"],
            "This operation is not available in PingOne Advanced Identity Cloud."
        );
    }
    let unknown = tenant.get("/am/json/gamma/realm-config/authentication").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_root_realm_shows_what_policies_are_made_of() {
    let tenant = Tenant::demo_of_am().await;
    let conditions = tenant.get("/am/json/realms/root/conditiontypes?_queryFilter=true").await;
    assert_eq!(conditions.header("content-api-version"), "protocol=2.1,resource=1.0, resource=1.0");
    let conditions = conditions.json();
    assert_eq!(
        (&conditions["resultCount"], &conditions["remainingPagedResults"]),
        (&json!(21), &json!(0))
    );
    for service in ["policies", "applications", "resourcetypes", "subjectattributes"] {
        let listed = tenant.get(&format!("/am/json/{service}?_queryFilter=true")).await;
        assert_eq!(listed.status, StatusCode::OK, "{service}");
    }
}

#[tokio::test]
async fn a_tenant_lists_its_realms_and_what_is_the_same_in_each() {
    let tenant = Tenant::demo_of_am().await;
    let realms = tenant.get("/am/json/global-config/realms/?_queryFilter=true").await;
    assert_eq!(realms.header("content-api-version"), "protocol=2.0,resource=1.0, resource=1.0");
    let realms = realms.json();
    assert_eq!(realms["resultCount"], 3);
    let alpha = tenant.get("/am/json/global-config/realms/L2FscGhh").await.json();
    assert_eq!((&alpha["name"], &alpha), (&json!("alpha"), &realms["result"][1]));

    let contexts = "/am/json/global-config/services/scripting/contexts";
    let listed = tenant.get(&format!("{contexts}?_queryFilter=true")).await.json();
    assert_eq!(listed["resultCount"], 40);
    let engine = format!("{contexts}/LIBRARY/engineConfiguration");
    assert_eq!(tenant.get(&engine).await.json()["idleTimeout"], 60);
    let none = format!("{contexts}/AUTHENTICATION_CLIENT_SIDE/engineConfiguration");
    assert_eq!(tenant.get(&none).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn services_of_the_whole_tenant_cannot_be_deleted() {
    let tenant = Tenant::demo_of_am().await;
    let services = "/am/json/global-config/services";
    let all = format!("{services}?_action=nextdescendents");
    let all = tenant.send(Method::POST, &all, json!({})).await.json();
    assert_eq!(all["result"][0]["_id"], "CorsService");
    let cors = format!("{services}/CorsService");
    let before = tenant.get(&cors).await.json();
    let same = tenant.send(Method::PUT, &cors, json!({"_id": "", "_type": before["_type"]})).await;
    assert_eq!((same.status, same.json()), (StatusCode::OK, before));
    let off = tenant.send(Method::PUT, &cors, json!({"enabled": false})).await;
    assert_eq!(off.json()["enabled"], false);
    assert_eq!(tenant.get(&cors).await.json(), off.json());
    let refused = tenant.send(Method::DELETE, &cors, Value::Null).await;
    assert_eq!(
        (refused.status, &refused.json()["message"]),
        (StatusCode::BAD_REQUEST, &json!("The singleton resource cannot be deleted"))
    );
}

#[tokio::test]
async fn am_says_what_it_is_to_everybody() {
    let tenant = Tenant::demo_of_am().await;
    let info = answer(tenant.request(Method::GET, "/am/json/serverinfo/*")).await;
    assert_eq!((info.status, &info.json()["_id"]), (StatusCode::OK, &json!("*")));
    assert_eq!(info.json()["oauth2AIAgentsEnabled"], false);
    let version = tenant.get("/am/json/serverinfo/version").await;
    assert_eq!(version.json()["version"], "9.0.0-SNAPSHOT");
}

#[tokio::test]
async fn a_body_that_is_no_json_does_not_reach_am() {
    let tenant = Tenant::demo_of_am().await;
    let request = tenant.call(Method::PUT, SETTINGS, &json!({})).body("{\"a\"");
    let refused = answer(request).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.header("content-type"), "application/json; charset=utf-8");
    let refused = refused.json();
    assert_eq!(
        refused["message"],
        "The request could not be processed because the provided content is not valid JSON"
    );
    assert_eq!(refused["detail"], "{\"a\"");
    assert!(refused["Strict-Transport-Security"].is_string());
}

#[tokio::test]
async fn am_demands_its_own_scope() {
    let tenant = Tenant::start(Options::default()).await;
    assert_eq!(tenant.get(SETTINGS).await.status, StatusCode::FORBIDDEN);
    let anonymous = answer(tenant.request(Method::GET, SETTINGS)).await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_default_journey_can_be_set_in_either_shape() {
    let tenant = Tenant::demo_of_am().await;
    let before = tenant.get(SETTINGS).await.json();
    assert_eq!(before["core"]["orgConfig"], "Login");
    assert_eq!(before["trees"]["authenticationSessionsMaxDuration"], 5);

    let flat = json!({"orgConfig": "Onboarding", "adminAuthModule": "Login"});
    let set = tenant.send(Method::PUT, SETTINGS, flat).await;
    assert_eq!(
        (set.status, &set.json()["core"]["orgConfig"]),
        (StatusCode::OK, &json!("Onboarding"))
    );
    let nested = json!({"core": {"orgConfig": "Registration"}});
    let set = tenant.send(Method::PUT, SETTINGS, nested).await;
    assert_eq!(
        set.json()["core"],
        json!({"orgConfig": "Registration", "adminAuthModule": "Login"})
    );

    for body in [json!({"orgConfig": "Nowhere"}), json!({"orgConfig": 1}), json!({"other": 1})] {
        let refused = tenant.send(Method::PUT, SETTINGS, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
    let after = tenant.get(SETTINGS).await.json();
    assert_eq!(after["core"]["orgConfig"], "Registration");
    let bravo = tenant.get("/am/json/bravo/realm-config/authentication").await.json();
    assert_eq!(bravo["core"]["orgConfig"], "Login");
}

#[tokio::test]
async fn ai_agents_are_off_until_they_are_turned_on() {
    let tenant = Tenant::demo_of_am().await;
    let enabled = async |realm: &str| {
        let path = PROVIDER.replace("alpha", realm);
        tenant.get(&path).await.json()["aiAgentsConfig"]["aiAgentsEnabled"].clone()
    };
    assert_eq!(enabled("alpha").await, false);
    let on = json!({"aiAgentsConfig": {"aiAgentsEnabled": true}});
    let set = tenant.send(Method::PUT, PROVIDER, on).await;
    assert_eq!(set.status, StatusCode::OK);
    assert_eq!((enabled("alpha").await, enabled("bravo").await), (json!(true), json!(false)));
    let enable = "/environment/aiagent?_action=enable";
    assert_eq!(tenant.send(Method::POST, enable, json!({})).await.status, StatusCode::OK);
    assert_eq!(enabled("bravo").await, true);
    let provider = tenant.get(PROVIDER).await.json();
    assert_eq!(provider["_type"]["_id"], "oauth-oidc");
    assert_eq!(provider["aiAgentsConfig"]["aiAgentsIdentityObjectName"], "managed/alpha_aiagent");
    let schema = tenant.send(Method::POST, &format!("{PROVIDER}?_action=schema"), json!({})).await;
    assert_eq!(
        schema.json()["properties"]["aiAgentsConfig"]["properties"]["aiAgentsEnabled"]["type"],
        "boolean"
    );
}

#[tokio::test]
async fn settings_can_be_written_as_they_are_read() {
    let tenant = Tenant::demo_of_am().await;
    for path in [SETTINGS, PROVIDER] {
        let before = tenant.get(path).await.json();
        let written = tenant.send(Method::PUT, path, before.clone()).await;
        assert_eq!((written.status, written.json()), (StatusCode::OK, before), "{path}");
    }
    let settings = tenant.get(SETTINGS).await.json();
    let secret = &settings["security"]["sharedSecret"];
    assert_eq!(secret, &json!({"$string": "&{am.authentication.shared.secret}"}));
    let second = tenant.call(Method::GET, SETTINGS, &Value::Null);
    let second = answer(second.header("Accept-API-Version", "protocol=1.0,resource=2.0")).await;
    assert_eq!(second.json().get("_rev"), None);
    assert!(second.header("etag").contains(settings["_rev"].as_str().unwrap()));
}

#[tokio::test]
async fn a_provider_can_be_deleted_and_made_anew() {
    let tenant = Tenant::demo_of_am().await;
    let services = "/am/json/alpha/realm-config/services?_action=nextdescendents";
    let kinds = async || {
        let all = tenant.send(Method::POST, services, json!({})).await.json();
        let all = all["result"].as_array().unwrap().clone();
        all.iter().map(|it| it["_type"]["_id"].clone()).collect::<Vec<_>>()
    };
    assert!(kinds().await.contains(&json!("oauth-oidc")));
    let before = tenant.get(PROVIDER).await.json();
    let deleted = tenant.send(Method::DELETE, PROVIDER, Value::Null).await;
    assert_eq!((deleted.status, &deleted.json()), (StatusCode::OK, &before));
    assert_eq!(tenant.get(PROVIDER).await.status, StatusCode::NOT_FOUND);
    assert!(!kinds().await.contains(&json!("oauth-oidc")));
    let created = tenant.send(Method::PUT, PROVIDER, before.clone()).await;
    assert_eq!((created.status, created.json()), (StatusCode::CREATED, before));
    assert_eq!(created.header("location"), "");
    let below = format!("{PROVIDER}?_action=nextdescendents");
    let below = tenant.send(Method::POST, &below, json!({})).await;
    assert_eq!(below.json(), json!({"result": []}));
}

#[tokio::test]
async fn a_lost_update_loses_am_too() {
    let tenant = Tenant::demo_of_am().await;
    tenant.sim.inject(Fault::new(FaultKind::LostUpdate));
    let set = tenant.send(Method::PUT, SETTINGS, json!({"orgConfig": "Onboarding"})).await;
    assert_eq!(set.json()["core"]["orgConfig"], "Onboarding");
    tenant.sim.clear_faults();
    assert_eq!(tenant.get(SETTINGS).await.json()["core"]["orgConfig"], "Login");
}

#[tokio::test]
async fn methods_that_a_resource_lacks_are_refused() {
    let tenant = Tenant::demo_of_am().await;
    let refused = tenant.send(Method::DELETE, SETTINGS, Value::Null).await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
}
