use aic_sim::{Options, Seed};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, ROLES, Tenant, USERS, answer, create, filter, text, user};

async fn with_if_match(
    tenant: &Tenant,
    method: Method,
    target: &str,
    tag: &str,
    body: Value,
) -> Answer {
    answer(tenant.call(method, target, &body).header("If-Match", tag)).await
}

#[tokio::test]
async fn what_is_created_is_read_replaced_patched_and_deleted() {
    let tenant = Tenant::demo().await;
    let mut body = user("new.user");
    body["password"] = json!("Secret-1!");
    let created = create(&tenant, USERS, body).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let object = created.json();
    let target = format!("{USERS}/{}", text(&object["_id"]));
    assert_eq!(created.header("location"), format!("{}{target}", tenant.sim.base_url()));
    assert_eq!(created.header("etag"), format!("\"{}\"", text(&object["_rev"])));
    assert_eq!(object["accountStatus"], "active", "the schema's default");
    assert_eq!(object.get("password"), None);

    let read = tenant.get(&target).await;
    assert_eq!(read.json(), object);
    assert_eq!(read.header("etag"), created.header("etag"));

    let replaced = tenant.send(Method::PUT, &target, user("other.user")).await;
    assert_eq!(replaced.status, StatusCode::OK);
    assert_ne!(replaced.json()["_rev"], object["_rev"]);

    let patch = json!([{"operation": "replace", "field": "/sn", "value": "Patched"}]);
    let patched = tenant.send(Method::PATCH, &target, patch).await;
    assert_eq!(patched.status, StatusCode::OK);
    assert_eq!(patched.json()["sn"], "Patched");
    assert_ne!(patched.json()["_rev"], replaced.json()["_rev"]);

    let deleted = tenant.send(Method::DELETE, &target, Value::Null).await;
    assert_eq!((deleted.status, deleted.json()), (StatusCode::OK, patched.json()));
    assert_eq!(tenant.get(&target).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_missing_object_is_named_in_an_escaped_message() {
    let tenant = Tenant::demo().await;
    let missing = tenant.get(&format!("{USERS}/absent")).await;
    assert_eq!(
        missing.json(),
        json!({"code": 404, "reason": "Not Found", "message":
            "No Such Entry: The search base entry &#39;fr-idm-uuid&#61;absent,ou&#61;user,\
             o&#61;alpha,o&#61;root,ou&#61;identities&#39; does not exist"})
    );
    for method in [Method::PATCH, Method::DELETE] {
        let body = if method == Method::PATCH { json!([]) } else { Value::Null };
        let answer = tenant.send(method, &format!("{USERS}/absent"), body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_unknown_type_is_not_found() {
    let tenant = Tenant::demo().await;
    let query = tenant.get("/openidm/managed/alpha_robot?_queryFilter=true").await;
    assert_eq!(query.status, StatusCode::NOT_FOUND);
    assert_eq!(query.json()["message"], "Resource &#39;managed/alpha_robot&#39; not found");
    let created = create(&tenant, "/openidm/managed/alpha_robot", json!({})).await;
    assert_eq!(created.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn put_creates_unless_told_to_match_and_replaces_unless_told_not_to() {
    let tenant = Tenant::demo().await;
    let target = format!("{ROLES}/auditor");
    let role = json!({"name": "auditor"});
    let absent = with_if_match(&tenant, Method::PUT, &target, "*", role.clone()).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
    let none_match = || tenant.call(Method::PUT, &target, &role).header("If-None-Match", "*");
    let created = answer(none_match()).await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(created.json()["_id"], "auditor");
    let again = answer(none_match()).await;
    assert_eq!(again.status, StatusCode::PRECONDITION_FAILED);
    assert!(text(&again.json()["message"]).starts_with("Entry Already Exists: The entry &#39;"));
    let upserted = tenant.send(Method::PUT, &target, role.clone()).await;
    assert_eq!(upserted.status, StatusCode::OK);
    let body = json!({"_id": "auditor", "name": "auditor"});
    assert_eq!(create(&tenant, ROLES, body).await.status, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn a_stale_revision_is_refused_by_every_write() {
    let tenant = Tenant::demo().await;
    let target = format!("{ROLES}/auditor");
    let first = tenant.send(Method::PUT, &target, json!({"name": "auditor"})).await;
    let stale = first.header("etag").to_owned();
    let other = json!({"name": "auditor", "description": "reads"});
    let current = tenant.send(Method::PUT, &target, other).await;
    let current = text(&current.json()["_rev"]);
    let patch = json!([{"operation": "add", "field": "/description", "value": "x"}]);
    for (method, body) in [
        (Method::PUT, json!({"name": "auditor"})),
        (Method::PATCH, patch.clone()),
        (Method::DELETE, Value::Null),
    ] {
        let refused = with_if_match(&tenant, method, &target, &stale, body).await;
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED);
        assert!(text(&refused.json()["message"]).starts_with("Update rejected"));
    }
    let bare = with_if_match(&tenant, Method::PATCH, &target, &current, patch.clone()).await;
    assert_eq!(bare.status, StatusCode::OK);
    let any = with_if_match(&tenant, Method::PATCH, &target, "*", patch).await;
    assert_eq!(any.status, StatusCode::OK);
}

#[tokio::test]
async fn users_have_uuids_and_other_objects_any_id() {
    let tenant = Tenant::demo().await;
    let refused = tenant.send(Method::PUT, &format!("{USERS}/someone"), user("someone")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(text(&refused.json()["message"]).starts_with("Invalid Attribute Syntax"));
    let id = "0f6a1c1e-2b3d-4c5e-8f90-123456789abc";
    let created = tenant.send(Method::PUT, &format!("{USERS}/{id}"), user("someone")).await;
    assert_eq!(created.status, StatusCode::CREATED);
}

#[tokio::test]
async fn path_segments_are_decoded_exactly_once() {
    let tenant = Tenant::demo().await;
    for (encoded, id) in
        [("a%2Fb", "a/b"), ("a%252Fb", "a%2Fb"), ("%C3%A9%20x", "é x"), ("a+b", "a+b")]
    {
        let target = format!("{ROLES}/{encoded}");
        let created = tenant.send(Method::PUT, &target, json!({"name": "x"})).await;
        assert_eq!(created.status, StatusCode::CREATED, "{encoded}");
        assert_eq!(tenant.get(&target).await.json()["_id"], id);
        let location = created.header("location");
        let own = location.strip_prefix(&tenant.sim.base_url()).unwrap();
        assert_eq!(tenant.get(own).await.json()["_id"], id, "{location}");
    }
}

#[tokio::test]
async fn queries_filter_sort_page_and_project() {
    let tenant = Tenant::demo().await;
    let query = filter(r#"/city eq "göteborg" and !(accountStatus eq 'inactive')"#);
    let target = format!("{USERS}?{query}&_sortKeys=-sn&_fields=sn,city");
    let all = tenant.get(&target).await.json();
    let all = all["result"].as_array().unwrap();
    assert!(all.len() > 5);
    for user in all {
        let names: Vec<&String> = user.as_object().unwrap().keys().collect();
        assert_eq!(names, ["_id", "_rev", "sn", "city"]);
        assert_eq!(user["city"], "Göteborg");
    }
    let mut paged = Vec::new();
    let mut cookie = String::new();
    loop {
        let page = format!("{target}&_pageSize=4&_pagedResultsCookie={cookie}");
        let page = tenant.get(&page).await.json();
        paged.extend(page["result"].as_array().unwrap().clone());
        match page["pagedResultsCookie"].as_str() {
            Some(next) => next.clone_into(&mut cookie),
            None => break,
        }
    }
    assert_eq!(&paged, all);
}

#[tokio::test]
async fn the_envelope_counts_when_asked_to() {
    let tenant = Tenant::demo().await;
    let mut page = tenant.get(&format!("{USERS}?_queryFilter=true&_pageSize=2")).await.json();
    assert_eq!(page["result"].as_array().unwrap().len(), 2);
    assert!(page["pagedResultsCookie"].is_string());
    page["result"] = json!([]);
    page["pagedResultsCookie"] = json!("...");
    assert_eq!(
        page,
        json!({"result": [], "resultCount": 2, "pagedResultsCookie": "...",
            "totalPagedResultsPolicy": "NONE", "totalPagedResults": -1,
            "remainingPagedResults": -1})
    );
    let exact = format!("{USERS}?_queryFilter=true&_pageSize=2&_totalPagedResultsPolicy=EXACT");
    let exact = tenant.get(&exact).await.json();
    assert_eq!(exact["totalPagedResults"], 60);
    assert_eq!(exact["totalPagedResultsPolicy"], "EXACT");
}

#[tokio::test]
async fn bad_requests_are_told_what_is_wrong() {
    let tenant = Tenant::demo().await;
    for target in [
        format!("{USERS}?{}", filter("not (sn pr)")),
        format!("{USERS}?{}", filter("sn eq")),
        USERS.to_owned(),
        format!("{USERS}?_queryFilter=true&_pageSize=many"),
        format!("{USERS}/%ff"),
    ] {
        let refused = tenant.get(&target).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{target}");
        assert_eq!(refused.json()["reason"], "Bad Request");
    }
    for (target, body) in [
        (ROLES.to_owned(), json!({"name": "x"})),
        (format!("{ROLES}?_action=explode"), json!({"name": "x"})),
        (format!("{ROLES}?_action=create"), json!(["x"])),
        (format!("{ROLES}?_action=create"), json!({"_id": 7, "name": "x"})),
    ] {
        let refused = tenant.send(Method::POST, &target, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{target}");
    }
    let target = format!("{ROLES}?_action=create");
    let plain = tenant.call(Method::POST, &target, &Value::Null).body("{\"name\":\"x\"}");
    assert_eq!(answer(plain).await.status, StatusCode::BAD_REQUEST);
    let deep = tenant.call(Method::POST, &target, &Value::Null);
    let deep = deep.header("content-type", "application/json").body("[".repeat(1_000_000));
    assert_eq!(answer(deep).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn objects_may_be_large() {
    let tenant = Tenant::demo().await;
    let description = "x".repeat(3 << 20);
    let body = json!({"name": "large", "description": description});
    let created = tenant.send(Method::PUT, &format!("{ROLES}/large"), body).await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(created.json()["description"].as_str().unwrap().len(), description.len());
}

#[tokio::test]
async fn a_patch_happens_as_a_whole_or_not_at_all() {
    let tenant = Tenant::demo().await;
    let target = format!("{ROLES}/auditor");
    let before = tenant.send(Method::PUT, &target, json!({"name": "auditor"})).await.json();
    let failing = json!([
        {"operation": "replace", "field": "/name", "value": "changed"},
        {"operation": "test", "field": "/name", "value": "unchanged"},
    ]);
    let refused = tenant.send(Method::PATCH, &target, failing).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    for field in ["/_id", "/_rev"] {
        let patch = json!([{"operation": "replace", "field": field, "value": "x"}]);
        let refused = tenant.send(Method::PATCH, &target, patch).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(tenant.get(&target).await.json(), before);
}

#[tokio::test]
async fn passwords_are_never_shown() {
    let tenant = Tenant::demo().await;
    let created = create(&tenant, USERS, user("secretive")).await.json();
    let target = format!("{USERS}/{}", text(&created["_id"]));
    let patch = json!([{"operation": "add", "field": "/password", "value": "Secret-1!"}]);
    let patched = tenant.send(Method::PATCH, &target, patch).await;
    assert_eq!(patched.status, StatusCode::OK);
    for answer in [patched, tenant.get(&format!("{target}?_fields=*,password")).await] {
        assert!(!answer.text.contains("Secret-1!"));
        assert_eq!(answer.json().get("password"), None);
    }
}

#[tokio::test]
async fn the_demo_tenant_is_the_same_in_every_run() {
    let (one, other) = (Tenant::demo().await, Tenant::demo().await);
    for kind in ["user", "role", "group", "organization", "assignment", "application"] {
        for realm in ["alpha", "bravo"] {
            let target =
                format!("/openidm/managed/{realm}_{kind}?_queryFilter=true&_fields=*,*_ref");
            let objects = one.get(&target).await;
            assert_eq!(objects.status, StatusCode::OK);
            assert_eq!(objects.text, other.get(&target).await.text, "{target}");
        }
    }
}

#[tokio::test]
async fn an_empty_tenant_has_types_and_no_objects() {
    let tenant = Tenant::start(Options::default().seed(Seed::Empty)).await;
    let users = tenant.get(&format!("{USERS}?_queryFilter=true")).await.json();
    assert_eq!(users["resultCount"], 0);
    assert_eq!(create(&tenant, USERS, user("first")).await.status, StatusCode::CREATED);
}
