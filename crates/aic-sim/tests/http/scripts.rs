use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Tenant, filter, text};

const SCRIPTS: &str = "/am/json/alpha/scripts";
const DECISION: &str = "AUTHENTICATION_TREE_DECISION_NODE";

fn script(name: &str) -> Value {
    json!({"name": name, "description": "", "context": DECISION, "language": "JAVASCRIPT",
        "evaluatorVersion": "2.0", "script": STANDARD.encode("action.goTo('true');")})
}

async fn create(tenant: &Tenant, body: Value) -> Answer {
    tenant.send(Method::POST, &format!("{SCRIPTS}?_action=create"), body).await
}

#[tokio::test]
async fn the_official_servers_list_is_answered() {
    let tenant = Tenant::demo_of_am().await;
    let wanted = filter(&format!("context eq \"{DECISION}\" and evaluatorVersion eq \"2.0\""));
    let fields = "_id,name,description,language,context,evaluatorVersion,creationDate";
    let listed = tenant.get(&format!("{SCRIPTS}?{wanted}&_pageSize=-1&_fields={fields}")).await;
    assert_eq!(listed.header("content-api-version"), "protocol=2.0,resource=1.1, resource=1.1");
    let listed = listed.json();
    assert_eq!(listed["resultCount"], 3);
    for script in listed["result"].as_array().unwrap() {
        assert_eq!((&script["evaluatorVersion"], script.get("script")), (&json!("2.0"), None));
        assert!(script["creationDate"].is_u64());
    }
    let all = tenant.get(&format!("{SCRIPTS}?_queryFilter=true")).await.json();
    assert_eq!((&all["resultCount"], &all["remainingPagedResults"]), (&json!(11), &json!(0)));
    let page = tenant.get(&format!("{SCRIPTS}?_queryFilter=true&_pageSize=4")).await.json();
    assert_eq!(
        (&page["remainingPagedResults"], &page["pagedResultsCookie"]),
        (&json!(7), &Value::Null)
    );
}

#[tokio::test]
async fn a_script_is_created_changed_and_deleted() {
    let tenant = Tenant::demo_of_am().await;
    let created = create(&tenant, script("One")).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let id = text(&created.json()["_id"]);
    let path = format!("{SCRIPTS}/{id}");
    let kept = tenant.get(&path).await.json();
    assert_eq!((kept.get("_rev"), &kept["default"]), (None, &json!(false)));
    assert!(text(&kept["createdBy"]).starts_with("id=5b0e9c1e-"));

    let mut changed = kept.clone();
    changed["description"] = json!("Other");
    let replaced = tenant.send(Method::PUT, &path, changed).await;
    assert_eq!(
        (replaced.status, &replaced.json()["description"]),
        (StatusCode::OK, &json!("Other"))
    );
    assert_eq!((replaced.header("etag"), replaced.json().get("_rev")), ("", None));
    assert_eq!(replaced.json()["creationDate"], kept["creationDate"]);

    let deleted = tenant.send(Method::DELETE, &path, Value::Null).await;
    assert_eq!((deleted.status, deleted.json()), (StatusCode::OK, json!({"_id": id})));
    let gone = tenant.get(&path).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(
        gone.json()["message"],
        format!("Script with UUID {id} could not be found in realm /alpha")
    );
}

#[tokio::test]
async fn names_are_unique_in_a_realm() {
    let tenant = Tenant::demo_of_am().await;
    let first = create(&tenant, script("One")).await.json();
    let taken = create(&tenant, script("One")).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert_eq!(taken.json()["message"], "Script with name One already exist in realm /alpha");
    let second = create(&tenant, script("Two")).await.json();
    let path = format!("{SCRIPTS}/{}", text(&second["_id"]));
    let renamed = tenant.send(Method::PUT, &path, script("One")).await;
    assert_eq!(renamed.status, StatusCode::CONFLICT);
    let elsewhere = "/am/json/bravo/scripts?_action=create";
    let elsewhere = tenant.send(Method::POST, elsewhere, script("One")).await;
    assert_eq!(elsewhere.status, StatusCode::CREATED);
    let same = format!("{SCRIPTS}/{}", text(&first["_id"]));
    assert_eq!(tenant.send(Method::PUT, &same, script("One")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn default_scripts_can_be_changed_but_not_deleted() {
    let tenant = Tenant::demo_of_am().await;
    let path = format!("{SCRIPTS}/01e1a3c0-038b-4c16-956a-6c9d89328cff");
    let mut body = tenant.get(&path).await.json();
    body["default"] = json!(false);
    let changed = tenant.send(Method::PUT, &path, body).await;
    assert_eq!((changed.status, &changed.json()["default"]), (StatusCode::OK, &json!(true)));
    let refused = tenant.send(Method::DELETE, &path, Value::Null).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let internal = create(&tenant, script("ForgeRock Internal: x")).await;
    assert_eq!(internal.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_put_with_a_new_id_creates() {
    let tenant = Tenant::demo_of_am().await;
    let path = format!("{SCRIPTS}/11111111-1111-4111-8111-111111111111");
    let created = tenant.send(Method::PUT, &path, script("One")).await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert!(
        created.header("location").ends_with("/alpha/scripts/11111111-1111-4111-8111-111111111111")
    );
    assert_eq!(created.header("etag"), format!("\"{}\"", text(&created.json()["_rev"])));
    let mut broken = script("One");
    broken["script"] = json!("not base64!");
    assert_eq!(tenant.send(Method::PUT, &path, broken).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn scripts_of_every_context_are_taken() {
    let tenant = Tenant::demo_of_am().await;
    for (context, engine) in [("SAML2_IDP_ATTRIBUTE_MAPPER", "1.0"), ("CACHE_LOADER", "2.0")] {
        let mut body = script(context);
        body["context"] = json!(context);
        let created = create(&tenant, body).await;
        assert_eq!(created.status, StatusCode::CREATED, "{context}");
        assert_eq!(created.json()["evaluatorVersion"], engine, "{context}");
    }
}

#[tokio::test]
async fn a_library_says_what_it_exports() {
    let tenant = Tenant::demo_of_am().await;
    let mut body = script("Sums");
    body["context"] = json!("LIBRARY");
    body["exports"] = json!([]);
    // exports.MSG = 'sum';
    body["script"] = json!("ZXhwb3J0cy5NU0cgPSAnc3VtJzs=");
    let created = create(&tenant, body).await;
    assert_eq!((created.status, created.json().get("exports")), (StatusCode::CREATED, None));
    let found = filter("name eq \"Sums\"");
    let found = tenant.get(&format!("/am/json/alpha/libraries?{found}")).await.json();
    assert_eq!(found["result"][0]["exports"], json!([{"id": "MSG", "type": "String"}]));
}

#[tokio::test]
async fn scripts_of_the_product_are_in_lists_only() {
    let tenant = Tenant::demo_of_am().await;
    let named = filter("name sw \"ForgeRock Internal:\"");
    let listed = tenant.get(&format!("{SCRIPTS}?{named}")).await.json();
    assert_eq!(listed["resultCount"], 2);
    let path = format!("{SCRIPTS}/{}", text(&listed["result"][0]["_id"]));
    for (method, body) in [
        (Method::GET, Value::Null),
        (Method::PUT, script("Mine now")),
        (Method::DELETE, Value::Null),
    ] {
        let refused = tenant.send(method.clone(), &path, body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method}");
        assert_eq!(
            refused.json()["message"],
            "This operation is not available in PingOne Advanced Identity Cloud."
        );
    }
}

#[tokio::test]
async fn bindings_are_described_in_a_realm_and_outside() {
    let tenant = Tenant::demo_of_am().await;
    let outside = tenant.get("/am/json/contexts/SCRIPTED_DECISION_NODE").await;
    let inside = tenant.get("/am/json/alpha/contexts/SCRIPTED_DECISION_NODE").await;
    assert_eq!((inside.status, &inside.text), (StatusCode::OK, &outside.text));
    assert_eq!(
        (outside.header("content-api-version"), outside.header("etag")),
        ("resource=1.0", "")
    );
    let context = outside.json();
    assert_eq!(context["evaluatorVersions"], json!({"JAVASCRIPT": ["2.0"]}));
    let bindings = context["bindings"].as_array().unwrap();
    let state = bindings.iter().find(|binding| binding["name"] == "nodeState").unwrap();
    assert!(state["javaClass"].is_string());
    let get = &state["elements"][1];
    assert_eq!((&get["name"], &get["parameters"][0]["name"]), (&json!("get"), &json!("key")));
    let legacy = tenant.get(&format!("/am/json/contexts/{DECISION}")).await.json();
    assert_eq!(legacy["bindings"], json!([]));
    assert_eq!(tenant.get("/am/json/contexts/NOWHERE").await.status, StatusCode::NOT_FOUND);
}
