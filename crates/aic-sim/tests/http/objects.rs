//! The properties of managed objects in recordings, besides the requests themselves: headers, policies,
//! counts, and objects of the platform's own.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{ROLES, Tenant, USERS, answer, create, filter, text, user};

#[tokio::test]
async fn a_write_that_changes_nothing_says_so_and_keeps_the_revision() {
    let tenant = Tenant::demo().await;
    let role = create(&tenant, ROLES, json!({"name": "auditor"})).await.json();
    let reference = json!({"_ref": format!("managed/alpha_role/{}", text(&role["_id"]))});
    let mut body = user("new.user");
    body["roles"] = json!([reference]);
    let object = create(&tenant, USERS, body).await.json();
    let target = format!("{USERS}/{}", text(&object["_id"]));
    let replace = |field: &str, value: Value| json!([{"operation": "replace", "field": field, "value": value}]);
    for (method, body) in [
        (Method::PATCH, replace("/sn", "User".into())),
        (Method::PATCH, replace("/roles", json!([reference]))),
        (Method::PATCH, json!([{"operation": "remove", "field": "/city"}])),
        (Method::PUT, object.clone()),
    ] {
        let same = tenant.send(method, &target, body.clone()).await;
        assert_eq!((same.status, same.header("x-not-modified")), (StatusCode::OK, "true"));
        assert_eq!(same.json()["_rev"], object["_rev"], "{body}");
    }
    for body in [
        replace("/sn", "Other".into()),
        replace("/roles", json!([])),
        replace("/password", "Secret-1!".into()),
    ] {
        let changed = tenant.send(Method::PATCH, &target, body).await;
        assert_eq!((changed.status, changed.header("x-not-modified")), (StatusCode::OK, ""));
    }
}

#[tokio::test]
async fn answers_name_their_version_where_they_have_no_entity_tag() {
    let tenant = Tenant::demo().await;
    let list = tenant.get(&format!("{USERS}?{}", filter("true"))).await;
    let id = text(&list.json()["result"][0]["_id"]);
    let version = "protocol=2.1,resource=1.0";
    for (answer, expected) in [
        (list, version),
        (tenant.get(&format!("{USERS}/{id}")).await, ""),
        (tenant.get(&format!("{USERS}/none")).await, version),
        (tenant.get("/openidm/config/managed").await, version),
        (tenant.send(Method::POST, "/openidm/managed/teammember", json!({})).await, ""),
    ] {
        assert_eq!(answer.header("content-api-version"), expected, "{answer:?}");
    }
    let object = tenant.get(&format!("{USERS}/{id}")).await;
    assert_eq!(object.header("content-type"), "application/json;charset=utf-8");
}

#[tokio::test]
async fn an_object_in_place_of_a_list_fails_its_policy() {
    let tenant = Tenant::demo().await;
    let object = create(&tenant, USERS, user("new.user")).await.json();
    let target = format!("{USERS}/{}", text(&object["_id"]));
    let role = create(&tenant, ROLES, json!({"name": "auditor"})).await.json();
    let reference = json!({"_ref": format!("managed/alpha_role/{}", text(&role["_id"]))});
    let add = json!([{"operation": "add", "field": "/roles", "value": reference}]);
    let refused = tenant.send(Method::PATCH, &target, add).await.json();
    assert_eq!(
        (&refused["code"], &refused["message"]),
        (&json!(403), &json!("Failed policy validation"))
    );
    assert_eq!(
        refused["detail"],
        json!({"result": false, "failedPolicyRequirements": [{"policyRequirements": [
            {"params": {"invalidType": "object", "validTypes": ["array"]},
                "policyRequirement": "VALID_TYPE"}], "property": "roles"}]})
    );
}

#[tokio::test]
async fn blanks_belong_to_the_names_of_fields() {
    let tenant = Tenant::demo().await;
    let target = format!("{USERS}?{}&_pageSize=1&_fields=sn,%20mail", filter("true"));
    let shown = tenant.get(&target).await.json()["result"][0].take();
    assert!(shown.get("sn").is_some() && shown.get("mail").is_none(), "{shown}");
}

#[tokio::test]
async fn objects_are_counted_and_estimated() {
    let tenant = Tenant::demo().await;
    let all = format!("{USERS}?{}&_totalPagedResultsPolicy=EXACT", filter("true"));
    let exact = tenant.get(&all).await.json()["totalPagedResults"].clone();
    let only = tenant.get(&format!("{all}&_countOnly=true")).await.json();
    assert_eq!(only, json!({"resultCount": exact}));
    tenant.sim.set_estimated_total(Some(3));
    let estimate = tenant.get(&format!("{all}&_pageSize=5")).await.json();
    assert_eq!(estimate["totalPagedResultsPolicy"], "ESTIMATE");
    assert_eq!((&estimate["totalPagedResults"], &estimate["resultCount"]), (&json!(3), &json!(5)));
}

#[tokio::test]
async fn service_accounts_are_there_without_being_configured() {
    let tenant = Tenant::demo().await;
    let accounts = "/openidm/managed/svcacct";
    let created = create(&tenant, accounts, json!({"name": "pipeline", "scopes": ["fr:am:*"]}));
    let created = created.await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(created.json()["accountStatus"], "active");
    let found = tenant.get(&format!("{accounts}?{}", filter("name eq 'pipeline'"))).await.json();
    assert_eq!(found["resultCount"], 1);
    let config = tenant.get("/openidm/config/managed").await;
    assert!(!config.text.contains("svcacct"));
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_in_front() {
    let tenant = Tenant::demo().await;
    let request = tenant.request(Method::PUT, "/openidm/config/managed").bearer_auth(&tenant.token);
    let body = "{\"objects\": []} trailing";
    let refused = answer(request.header("content-type", "application/json").body(body)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let error = refused.json();
    assert_eq!(error.as_object().unwrap().keys().next().unwrap(), "Strict-Transport-Security");
    assert_eq!((&error["code"], &error["detail"]), (&json!(400), &json!(body)));
    assert!(refused.header("etag").starts_with("W/\""));
    assert_eq!(refused.header("content-type"), "application/json; charset=utf-8");
}

#[tokio::test]
async fn what_is_tracked_of_a_user_is_shown_when_it_is_asked_for() {
    let tenant = Tenant::demo().await;
    let object = create(&tenant, USERS, user("new.user")).await.json();
    assert_eq!(object.get("_meta"), None);
    let target = format!("{USERS}/{}", text(&object["_id"]));
    let meta = async |fields: &str| {
        tenant.get(&format!("{target}?_fields={fields}")).await.json()["_meta"].take()
    };
    let reference = meta("_meta").await;
    assert!(text(&reference["_ref"]).starts_with("managed/alpha_usermeta/"));
    assert_eq!(reference.get("createDate"), None);
    let created = meta("_meta/*").await;
    assert_eq!(created["createDate"], created["lastChanged"]["date"]);
    tenant.sim.advance_clock(std::time::Duration::from_mins(1));
    let patch = json!([{"operation": "replace", "field": "/sn", "value": "Patched"}]);
    tenant.send(Method::PATCH, &target, patch).await;
    let changed = meta("_meta/*").await;
    assert_eq!(changed["createDate"], created["createDate"]);
    assert_ne!(changed["lastChanged"], created["lastChanged"]);
}
