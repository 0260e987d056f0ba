use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Tenant, answer, filter};

const ESV: &str = "fr:idc:esv:read fr:idc:esv:update fr:idc:esv:restart";
const VARIABLES: &str = "/environment/variables";

async fn tenant() -> Tenant {
    Tenant::scoped(ESV).await
}

/// A request to version 2.0 of a service.
async fn v2(tenant: &Tenant, target: &str) -> Answer {
    let request = tenant.call(Method::GET, target, &Value::Null);
    answer(request.header("Accept-API-Version", "resource=2.0")).await
}

async fn put(tenant: &Tenant, id: &str, kind: &str, value: &str) -> Answer {
    let body = json!({"_id": id, "description": "", "expressionType": kind,
        "valueBase64": STANDARD.encode(value)});
    tenant.send(Method::PUT, &format!("{VARIABLES}/{id}"), body).await
}

fn ids(list: &Value) -> Vec<&str> {
    let result = list["result"].as_array().unwrap();
    result.iter().map(|item| item["_id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_variable_is_written_read_described_and_deleted() {
    let tenant = tenant().await;
    let target = format!("{VARIABLES}/esv-new");
    let written = put(&tenant, "esv-new", "int", "42").await;
    assert_eq!(written.status, StatusCode::OK);
    let shown = written.json();
    assert_eq!(shown["valueBase64"], "NDI=");
    assert_eq!(shown["loaded"], false);
    assert_eq!(shown["lastChangedBy"], "ingrid.halvorsen@northlight.example");
    assert_eq!(tenant.get(&target).await.json(), shown);

    let describe = format!("{target}?_action=setDescription");
    let described = tenant.send(Method::POST, &describe, json!({"description": "x"})).await;
    assert_eq!((described.status, described.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(tenant.get(&target).await.json()["description"], "x");

    let deleted = tenant.send(Method::DELETE, &target, Value::Null).await;
    assert_eq!((deleted.status, &deleted.json()["_id"]), (StatusCode::OK, &json!("esv-new")));
    let missing = tenant.get(&target).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.json(), json!({"code": 404, "message": "The variable does not exist"}));
}

#[tokio::test]
async fn lists_hide_values_and_page_in_version_2_only() {
    let tenant = tenant().await;
    let first = v2(&tenant, &format!("{VARIABLES}?_pageSize=10")).await.json();
    assert_eq!(first["resultCount"], 10);
    assert!(first["result"][0].get("valueBase64").is_none());
    let cookie = first["pagedResultsCookie"].as_str().unwrap();
    let rest = format!("{VARIABLES}?_pageSize=10&_pagedResultsCookie={cookie}");
    let rest = v2(&tenant, &rest).await.json();
    assert_eq!(rest["resultCount"], 4);
    assert_eq!(rest["pagedResultsCookie"], Value::Null);

    let all = tenant.get(&format!("{VARIABLES}?_pageSize=2")).await.json();
    assert_eq!(all["resultCount"], 14);
    assert!(all["result"][0]["valueBase64"].is_string());
}

#[tokio::test]
async fn lists_are_filtered_and_sorted() {
    let tenant = tenant().await;
    let target = format!("{VARIABLES}?{}&_sortKeys=-_id", filter("/_id co \"smtp\""));
    assert_eq!(ids(&v2(&tenant, &target).await.json()), ["esv-smtp-port", "esv-smtp-host"]);
    // Descriptions repeat: paging by them must lose nothing.
    let mut seen = 0;
    let mut cookie = String::new();
    loop {
        let target =
            format!("{VARIABLES}?_sortKeys=description&_pageSize=1&_pagedResultsCookie={cookie}");
        let page = v2(&tenant, &target).await.json();
        seen += page["resultCount"].as_u64().unwrap();
        match page["pagedResultsCookie"].as_str() {
            Some(next) => next.clone_into(&mut cookie),
            None => break,
        }
    }
    assert_eq!(seen, 14);
    for size in ["0", "101", "x"] {
        let refused = v2(&tenant, &format!("{VARIABLES}?_pageSize={size}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{size}");
    }
}

#[tokio::test]
async fn bad_variables_are_refused_with_the_services_texts() {
    let tenant = tenant().await;
    let id = put(&tenant, "esv-Upper", "int", "1").await;
    assert_eq!(id.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        id.json()["message"],
        "parameter \"variableId\" in path has an error: string doesn't match the regular \
         expression \"^esv-[a-z0-9_-]{1,124}$\""
    );
    let kind = put(&tenant, "esv-new", "text", "1").await.json();
    let message = kind["message"].as_str().unwrap();
    assert!(message.starts_with("request body has an error: doesn't match schema"), "{message}");
    assert!(
        message.contains(
            "Error at \"/expressionType\": value is not one of the allowed values [\"string\""
        ),
        "{message}"
    );
    let changed = put(&tenant, "esv-smtp-port", "string", "1").await;
    assert_eq!(changed.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        changed.json()["message"],
        "Changing the type of an existing variable is not permitted"
    );
    let large = put(&tenant, "esv-new", "string", &"x".repeat(65_536)).await;
    assert_eq!(large.status, StatusCode::BAD_REQUEST);
    assert_eq!(put(&tenant, "esv-new", "string", &"x".repeat(65_535)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_restart_loads_what_is_pending() {
    let tenant = tenant().await;
    let pending = "/environment/count?_onlyPending=true";
    assert_eq!(tenant.get(pending).await.json(), json!({"secrets": 0, "variables": 0}));
    assert_eq!(tenant.get("/environment/count").await.json()["variables"], 14);
    put(&tenant, "esv-new", "int", "1").await;
    assert_eq!(tenant.get(pending).await.json()["variables"], 1);
    let list = v2(&tenant, &format!("{VARIABLES}?_onlyPending=true")).await.json();
    assert_eq!(ids(&list), ["esv-new"]);

    let startup = "/environment/startup";
    assert_eq!(tenant.get(startup).await.json(), json!({"restartStatus": "ready"}));
    let restart = format!("{startup}?_action=restart");
    let started = tenant.send(Method::POST, &restart, Value::Null).await;
    assert_eq!(started.json(), json!({"restartStatus": "restarting"}));
    assert_eq!(tenant.get(startup).await.json(), json!({"restartStatus": "restarting"}));
    assert_eq!(tenant.get(pending).await.json()["variables"], 1);
    tenant.sim.advance_clock(Duration::from_secs(100));
    assert_eq!(tenant.get(startup).await.json(), json!({"restartStatus": "restarting"}));
    assert_eq!(put(&tenant, "esv-other", "int", "1").await.status, StatusCode::OK);
    tenant.sim.advance_clock(Duration::from_secs(7));
    assert_eq!(tenant.get(startup).await.json(), json!({"restartStatus": "ready"}));
    assert_eq!(tenant.get(pending).await.json()["variables"], 0);
    assert_eq!(tenant.get(&format!("{VARIABLES}/esv-new")).await.json()["loaded"], true);
}

#[tokio::test]
async fn a_restart_takes_as_long_as_it_is_told() {
    let tenant = tenant().await;
    tenant.sim.set_restart_duration(Duration::ZERO);
    let restart = "/environment/startup?_action=restart";
    tenant.send(Method::POST, restart, Value::Null).await;
    let status = tenant.get("/environment/startup").await.json();
    assert_eq!(status, json!({"restartStatus": "ready"}));
}

#[tokio::test]
async fn a_new_variable_needs_a_type_that_there_is() {
    let tenant = tenant().await;
    let untyped = json!({"valueBase64": STANDARD.encode("1")});
    let target = format!("{VARIABLES}/esv-new");
    let refused = tenant.send(Method::PUT, &target, untyped.clone()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        refused.json()["message"],
        "Variable type required; expressionType cannot be empty when creating new variables"
    );
    let unknown = put(&tenant, "esv-new", "float", "1").await.json();
    let message = unknown["message"].as_str().unwrap();
    assert!(message.contains("esvVariableCreateUpdateRequest: Error at \"/expressionType\""));
    for kind in [
        "string",
        "array",
        "object",
        "bool",
        "int",
        "number",
        "list",
        "base64encodedinlined",
        "keyvaluelist",
    ] {
        let id = format!("esv-{kind}-{}", "x".repeat(124 - kind.len() - 1));
        assert_eq!(put(&tenant, &id, kind, "1").await.status, StatusCode::OK, "{kind}");
    }
    put(&tenant, "esv-new", "int", "1").await;
    let again = tenant.send(Method::PUT, &target, untyped).await;
    assert_eq!(again.status, StatusCode::OK, "the type is known by now");
}

#[tokio::test]
async fn every_service_demands_its_scope() {
    let mut tenant = Tenant::scoped("fr:idc:esv:read").await;
    let refused = put(&tenant, "esv-new", "int", "1").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.json(), json!({"code": 403, "message": "insufficient scope"}));
    let restart = "/environment/startup?_action=restart";
    let refused = tenant.send(Method::POST, restart, Value::Null).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(tenant.get("/environment/startup").await.status, StatusCode::OK);
    tenant.token = tenant.token_for("fr:idm:*").await;
    assert_eq!(tenant.get(VARIABLES).await.status, StatusCode::FORBIDDEN);
    assert_eq!(tenant.get("/environment/info").await.status, StatusCode::OK);
    tenant.token = "none".to_owned();
    assert_eq!(tenant.get("/environment/info").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_kind_of_environment_can_be_chosen() {
    let tenant = tenant().await;
    let info = tenant.get("/environment/info").await.json();
    assert_eq!((&info["tier"], &info["immutable"]), (&json!("development"), &json!(false)));
    assert_eq!(info["message_variant"], "");
    assert!(tenant.get("/environment/info").await.header("etag").starts_with("W/\""));
    tenant.sim.set_environment("staging", true, true);
    let info = tenant.get("/environment/info").await.json();
    assert_eq!(info["tier"], "staging");
    assert_eq!((&info["immutable"], &info["locked"]), (&json!(true), &json!(true)));
    assert_eq!(info["promotionTierInfo"]["upperTierDisplayName"], "production");
    assert_eq!(info["promotionTierInfo"]["lowerTierDisplayName"], "development");
}

#[tokio::test]
async fn an_immutable_environment_takes_identities_and_values_only() {
    let mut tenant = Tenant::demo().await;
    let themes = "/openidm/config/ui/themerealm";
    let document = tenant.get(themes).await.json();
    for (immutable, locked) in [(true, false), (false, true)] {
        tenant.sim.set_environment("production", immutable, locked);
        let refused = tenant.send(Method::PUT, themes, document.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(tenant.get(themes).await.status, StatusCode::OK);
    }
    let role = "/openidm/managed/alpha_role?_action=create";
    let created = tenant.send(Method::POST, role, json!({"name": "auditor"})).await;
    assert_eq!(created.status, StatusCode::CREATED);
    tenant.token = tenant.token_for("fr:idc:esv:update").await;
    assert_eq!(put(&tenant, "esv-new", "int", "1").await.status, StatusCode::OK);
}
