use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Tenant, filter, text};

const USERS: &str = "/openidm/managed/alpha_user";
const ROLES: &str = "/openidm/managed/alpha_role";

async fn user(tenant: &Tenant, name: &str) -> String {
    let mail = format!("{name}@northlight.example");
    let body = json!({"userName": name, "givenName": "A", "sn": "B", "mail": mail});
    let created = tenant.send(Method::POST, &format!("{USERS}?_action=create"), body).await.json();
    text(&created["_id"])
}

async fn role(tenant: &Tenant, id: &str) {
    let created = tenant.send(Method::PUT, &format!("{ROLES}/{id}"), json!({"name": id})).await;
    assert_eq!(created.status, StatusCode::CREATED);
}

async fn patch(tenant: &Tenant, target: &str, operation: Value) -> Answer {
    tenant.send(Method::PATCH, target, json!([operation])).await
}

async fn add(tenant: &Tenant, target: &str, field: &str, reference: &str) -> Answer {
    let value = json!({"_ref": reference, "_refProperties": {}});
    patch(tenant, target, json!({"operation": "add", "field": field, "value": value})).await
}

async fn field(tenant: &Tenant, target: &str, field: &str) -> Value {
    tenant.get(&format!("{target}?_fields={field}")).await.json()[field].clone()
}

#[tokio::test]
async fn both_sides_of_a_relationship_are_kept_in_step() {
    let tenant = Tenant::demo().await;
    let id = user(&tenant, "linked").await;
    let target = format!("{USERS}/{id}");
    role(&tenant, "auditor").await;
    let added = add(&tenant, &target, "/roles/-", "managed/alpha_role/auditor").await;
    assert_eq!(added.status, StatusCode::OK);
    assert_eq!(added.json().get("roles"), None, "relationships show only when asked for");

    let roles = field(&tenant, &target, "roles").await;
    let properties = &roles[0]["_refProperties"];
    assert!(properties["_id"].is_string() && properties["_rev"].is_string());
    assert_eq!(
        roles,
        json!([{"_ref": "managed/alpha_role/auditor", "_refResourceCollection": "managed/alpha_role",
            "_refResourceId": "auditor", "_refProperties": properties}])
    );
    let members = field(&tenant, &format!("{ROLES}/auditor"), "members").await;
    assert_eq!(members[0]["_refResourceId"], json!(id));
    assert_eq!(members[0]["_refProperties"]["_id"], properties["_id"]);

    let remove = json!({"operation": "remove", "field": "/members", "value": members[0]});
    patch(&tenant, &format!("{ROLES}/auditor"), remove).await;
    assert_eq!(field(&tenant, &target, "roles").await, json!([]));
}

#[tokio::test]
async fn a_remove_that_does_not_match_exactly_is_silently_ignored() {
    let tenant = Tenant::demo().await;
    let target = format!("{USERS}/{}", user(&tenant, "linked").await);
    role(&tenant, "auditor").await;
    add(&tenant, &target, "/roles/-", "managed/alpha_role/auditor").await;
    let bare = json!({"_ref": "managed/alpha_role/auditor"});
    let remove = json!({"operation": "remove", "field": "/roles", "value": bare});
    assert_eq!(patch(&tenant, &target, remove).await.status, StatusCode::OK);
    assert_eq!(field(&tenant, &target, "roles").await.as_array().unwrap().len(), 1);
    let whole = json!({"operation": "remove", "field": "/roles"});
    assert_eq!(patch(&tenant, &target, whole).await.status, StatusCode::OK);
    assert_eq!(field(&tenant, &target, "roles").await, json!([]));
}

#[tokio::test]
async fn a_single_relationship_gives_way_to_a_new_one() {
    let tenant = Tenant::demo().await;
    let (worker, first, second) = (
        user(&tenant, "worker").await,
        user(&tenant, "first").await,
        user(&tenant, "second").await,
    );
    let manager = |id: &str| json!({"_ref": format!("managed/alpha_user/{id}")});
    let replace =
        |id: &str| json!({"operation": "replace", "field": "/manager", "value": manager(id)});
    let target = format!("{USERS}/{worker}");
    patch(&tenant, &target, replace(&first)).await;
    patch(&tenant, &target, replace(&second)).await;
    assert_eq!(field(&tenant, &format!("{USERS}/{first}"), "reports").await, json!([]));
    let reports = field(&tenant, &format!("{USERS}/{second}"), "reports").await;
    assert_eq!(reports[0]["_refResourceId"], json!(worker));

    add(
        &tenant,
        &format!("{USERS}/{first}"),
        "/reports/-",
        &format!("managed/alpha_user/{worker}"),
    )
    .await;
    assert_eq!(field(&tenant, &target, "manager").await["_refResourceId"], json!(first));
    assert_eq!(field(&tenant, &format!("{USERS}/{second}"), "reports").await, json!([]));

    tenant.send(Method::DELETE, &format!("{USERS}/{first}"), Value::Null).await;
    assert_eq!(field(&tenant, &target, "manager").await, Value::Null);
}

#[tokio::test]
async fn a_reference_to_nothing_is_refused_and_changes_nothing() {
    let tenant = Tenant::demo().await;
    let target = format!("{USERS}/{}", user(&tenant, "linked").await);
    for reference in
        ["managed/alpha_role/absent", "managed/alpha_user/absent", "internal/role/x", ""]
    {
        let refused = add(&tenant, &target, "/roles/-", reference).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{reference}");
    }
    assert_eq!(field(&tenant, &target, "roles").await, json!([]));
}

#[tokio::test]
async fn fields_lead_into_related_objects() {
    let tenant = Tenant::demo().await;
    let query = filter("userName eq 'dokonkwo'");
    let fields = "_fields=userName,manager/userName,roles/name,roles/description,*_ref";
    let found = tenant.get(&format!("{USERS}?{query}&{fields}")).await.json();
    let user = &found["result"][0];
    assert_eq!(user["manager"]["userName"], "alindqvist");
    assert_eq!(user["manager"]["_refResourceCollection"], "managed/alpha_user");
    assert_eq!(user["roles"][0]["name"], "employee");
    assert!(user["roles"][0]["description"].is_string());
    assert!(user["reports"].as_array().unwrap().len() > 3);
    assert_eq!(user["assignments"], json!([]));
    assert_eq!(user.get("sn"), None);
}

#[tokio::test]
async fn the_relationships_of_a_property_can_be_queried() {
    let tenant = Tenant::demo().await;
    let query = filter("name eq 'employee'");
    let roles = tenant.get(&format!("{ROLES}?{query}")).await.json();
    let members = format!("{ROLES}/{}/members", text(&roles["result"][0]["_id"]));
    let page = tenant.get(&format!("{members}?_queryFilter=true&_pageSize=10")).await.json();
    assert_eq!(page["resultCount"], 10);
    let member = page["result"][0].as_object().unwrap();
    let names: Vec<&String> = member.keys().collect();
    let expected =
        ["_id", "_rev", "_ref", "_refResourceCollection", "_refResourceId", "_refProperties"];
    assert_eq!(names, expected);
    let query = filter("userName eq 'okovalenko'");
    let one = tenant.get(&format!("{members}?{query}&_fields=userName,city")).await.json();
    assert_eq!(one["resultCount"], 1);
    assert_eq!(one["result"][0]["userName"], "okovalenko");
    let unknown = format!("{USERS}/{}/shoes?_queryFilter=true", user(&tenant, "x").await);
    assert_eq!(tenant.get(&unknown).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn put_leaves_relationships_alone_that_it_does_not_mention() {
    let tenant = Tenant::demo().await;
    role(&tenant, "auditor").await;
    let target = format!("{USERS}/{}", user(&tenant, "linked").await);
    add(&tenant, &target, "/roles/-", "managed/alpha_role/auditor").await;
    let before = field(&tenant, &target, "roles").await;
    let mut body = json!({"userName": "linked", "givenName": "A", "sn": "B", "mail": "c@d.e"});
    tenant.send(Method::PUT, &target, body.clone()).await;
    assert_eq!(field(&tenant, &target, "roles").await, before);
    body["roles"] = json!([]);
    tenant.send(Method::PUT, &target, body).await;
    assert_eq!(field(&tenant, &target, "roles").await, json!([]));
}

#[tokio::test]
async fn a_second_reference_to_the_same_object_is_one() {
    let tenant = Tenant::demo().await;
    role(&tenant, "auditor").await;
    let target = format!("{USERS}/{}", user(&tenant, "linked").await);
    add(&tenant, &target, "/roles/-", "managed/alpha_role/auditor").await;
    let before = field(&tenant, &target, "roles").await;
    add(&tenant, &target, "/roles/-", "managed/alpha_role/auditor").await;
    assert_eq!(field(&tenant, &target, "roles").await, before);
}
