use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Tenant, answer, text};

const CLIENTS: &str = "/am/json/alpha/realm-config/agents/OAuth2Client";

fn own(value: &Value) -> Value {
    json!({"inherited": false, "value": value})
}

fn client(name: &str) -> Value {
    json!({"coreOAuth2ClientConfig": {
        "userpassword": "secret",
        "clientName": own(&json!([name])),
        "redirectionUris": own(&json!(["https://app.example/"])),
    }})
}

async fn create(tenant: &Tenant, id: &str, body: &Value) -> Answer {
    let request = tenant.call(Method::PUT, &format!("{CLIENTS}/{id}"), body);
    answer(request.header("If-None-Match", "*")).await
}

#[tokio::test]
async fn every_application_that_signs_in_has_its_client() {
    let tenant = Tenant::demo_of_am().await;
    for realm in ["alpha", "bravo"] {
        let clients = CLIENTS.replace("alpha", realm);
        let target = format!("/openidm/managed/{realm}_application?_queryFilter=true");
        let applications = tenant.get(&target).await.json();
        let applications = applications["result"].as_array().unwrap();
        let mut linked = 0;
        for id in applications.iter().filter_map(|it| it["ssoEntities"]["oidcId"].as_str()) {
            linked += 1;
            let client = tenant.get(&format!("{clients}/{id}")).await;
            assert_eq!(client.status, StatusCode::OK, "{id}");
        }
        let listed = tenant.get(&format!("{clients}?_queryFilter=true")).await.json();
        assert_eq!(listed["resultCount"], linked);
        assert_eq!(
            (&listed["totalPagedResultsPolicy"], &listed["totalPagedResults"]),
            (&json!("EXACT"), &json!(linked))
        );
        let status = &listed["result"][0]["coreOAuth2ClientConfig"]["status"];
        assert_eq!(status, "Active", "a list shows bare values");
    }
}

#[tokio::test]
async fn a_client_is_created_once() {
    let tenant = Tenant::demo_of_am().await;
    let created = create(&tenant, "app", &client("App")).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let app = created.json();
    assert_eq!(created.header("etag"), format!("\"{}\"", text(&app["_rev"])));
    assert_eq!(app["coreOAuth2ClientConfig"]["userpassword"], Value::Null);
    assert_eq!(app["coreOAuth2ClientConfig"]["clientName"], own(&json!(["App"])));
    assert_eq!(app["coreOAuth2ClientConfig"]["status"], own(&json!("Active")));
    assert_eq!(app["_type"]["_id"], "OAuth2Client");
    assert_eq!(tenant.get(&format!("{CLIENTS}/app")).await.json(), app);
    let again = create(&tenant, "app", &client("App")).await;
    assert_eq!(again.status, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn an_update_keeps_to_the_revision() {
    let tenant = Tenant::demo_of_am().await;
    let mut app = create(&tenant, "app", &client("App")).await.json();
    let revision = text(&app["_rev"]);
    let path = format!("{CLIENTS}/app");
    let refused = tenant.send(Method::PUT, &path, app.clone()).await;
    assert_eq!(
        (refused.status, &refused.json()["message"]),
        (StatusCode::BAD_REQUEST, &json!("Invalid attribute specified."))
    );

    app.as_object_mut().unwrap().remove("_rev");
    app["coreOAuth2ClientConfig"]["scopes"] = own(&json!(["openid"]));
    let update = tenant.call(Method::PUT, &path, &app).header("If-Match", &revision);
    let updated = answer(update).await;
    assert_eq!(updated.status, StatusCode::OK);
    assert_ne!(text(&updated.json()["_rev"]), revision);
    let stale = tenant.call(Method::PUT, &path, &app).header("If-Match", &revision);
    assert_eq!(answer(stale).await.status, StatusCode::PRECONDITION_FAILED);

    let deleted = tenant.send(Method::DELETE, &path, Value::Null).await;
    assert_eq!((deleted.status, deleted.json()), (StatusCode::OK, updated.json()));
    let gone = tenant.get(&path).await;
    assert_eq!(
        (gone.status, &gone.json()["message"]),
        (StatusCode::NOT_FOUND, &json!("Not Found"))
    );
}

#[tokio::test]
async fn a_bare_value_is_taken_as_the_clients_own() {
    let tenant = Tenant::demo_of_am().await;
    let body = json!({
        "_id": "app",
        "_type": {"_id": "OAuth2Client"},
        "coreOAuth2ClientConfig": {"clientType": "Public", "scopes": ["openid"], "agentgroup": null},
        "advancedOAuth2ClientConfig": {"softwareVersion": null, "treeName": "[Empty]"},
        "overrideOAuth2ClientConfig": {"scopesPolicySet": "oauth2Scopes"},
    });
    let app = create(&tenant, "app", &body).await;
    assert_eq!(app.status, StatusCode::CREATED);
    let app = app.json();
    assert_eq!(app["coreOAuth2ClientConfig"]["clientType"], own(&json!("Public")));
    assert_eq!(app["coreOAuth2ClientConfig"].get("agentgroup"), None);
    assert_eq!(app["advancedOAuth2ClientConfig"]["softwareVersion"], json!({"inherited": false}));
    assert_eq!(app["overrideOAuth2ClientConfig"]["validateScopePluginType"], "PROVIDER");
}

#[tokio::test]
async fn other_agents_have_types_only() {
    let tenant = Tenant::demo_of_am().await;
    let agents = CLIENTS.replace("/OAuth2Client", "");
    let types = format!("{agents}?_action=getAllTypes");
    let types = tenant.send(Method::POST, &types, json!({})).await.json();
    assert_eq!(types["result"].as_array().unwrap().len(), 10);
    let all = tenant.get(&format!("{agents}?_queryFilter=true")).await.json();
    assert_eq!(all["totalPagedResultsPolicy"], "NONE");
    assert_eq!(all["result"][0]["_type"]["_id"], "OAuth2Client");

    let listed = format!("{agents}/AIAgent?_queryFilter=true");
    let second = tenant.call(Method::GET, &listed, &Value::Null);
    let second = answer(second.header("Accept-API-Version", "protocol=2.1,resource=2.0")).await;
    assert_eq!(second.json()["totalPagedResults"], 0);
    let first = tenant.call(Method::GET, &listed, &Value::Null);
    let first = answer(first.header("Accept-API-Version", "protocol=2.1,resource=1.0")).await;
    assert_eq!(first.status, StatusCode::NOT_FOUND);
    for (path, message) in [
        ("AIAgent/nobody", "Not Found"),
        ("OAuth2Thing?_queryFilter=true", "Resource 'OAuth2Thing' not found"),
    ] {
        let missing = tenant.get(&format!("{agents}/{path}")).await;
        assert_eq!(
            (missing.status, &missing.json()["message"]),
            (StatusCode::NOT_FOUND, &json!(message))
        );
    }
}

#[tokio::test]
async fn the_template_can_be_saved_and_fits_the_schema() {
    let tenant = Tenant::demo_of_am().await;
    let ask = async |action: &str| {
        tenant.send(Method::POST, &format!("{CLIENTS}?_action={action}"), json!({})).await.json()
    };
    let (schema, template) = (ask("schema").await, ask("template").await);
    let groups = template.as_object().unwrap();
    assert_eq!(groups.len(), 6);
    for (group, attributes) in groups {
        let properties = schema["properties"][group]["properties"].as_object().unwrap();
        let names: Vec<_> = attributes.as_object().unwrap().keys().collect();
        assert!(names.iter().all(|name| properties.contains_key(*name)), "{group}");
    }
    assert_eq!(create(&tenant, "plain", &template).await.status, StatusCode::CREATED);
}
