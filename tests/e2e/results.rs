//! The shapes of results, held by snapshots, and their size.

use aic_e2e::Start;
use serde_json::{Value, json};

use crate::support::{ATTEMPTS, create_user, served, settled, tenant};

/// A result without the bulk of what the tenant holds.
fn brief(mut value: Value, bulk: &str) -> Value {
    match &mut value[bulk] {
        Value::Array(items) => items.truncate(1),
        Value::Object(members) => members.retain(|name, _| name == "userName" || name == "mail"),
        _ => {}
    }
    settled(value)
}

#[tokio::test(flavor = "multi_thread")]
async fn results_have_these_shapes() {
    let (_sim, mut client) = served().await;
    let user = json!({ "objectType": "alpha_user" });
    let (id, revision) = create_user(&mut client, "shape").await;

    let result = client.call("listManagedObjects", json!({})).await.ok();
    insta::assert_json_snapshot!("listManagedObjects", brief(result, "objectTypes"), {
        ".count" => "<count>"
    });
    let result = client.call("getManagedObjectSchema", user.clone()).await.ok();
    insta::assert_json_snapshot!("getManagedObjectSchema", brief(result, "properties"));
    let arguments = json!({ "objectType": "alpha_user", "pageSize": 2, "fields": "userName",
        "sortKeys": "userName" });
    let result = client.call("queryManagedObjects", arguments).await.ok();
    insta::assert_json_snapshot!("queryManagedObjects", settled(result));
    let object = json!({ "objectType": "alpha_user", "objectId": id });
    let result = client.call("getManagedObject", object.clone()).await.ok();
    insta::assert_json_snapshot!("getManagedObject", settled(result));
    let arguments = json!({ "objectType": "alpha_user", "objectId": id, "revision": revision,
        "operations": [{ "operation": "replace", "field": "/sn", "value": "Shape" }] });
    let result = client.call("patchManagedObject", arguments).await.ok();
    insta::assert_json_snapshot!("patchManagedObject", settled(result));
    let result = client.call("deleteManagedObject", object.clone()).await.ok();
    insta::assert_json_snapshot!("deleteManagedObject", settled(result));
    let arguments =
        json!({ "objectType": "alpha_user", "objectData": crate::support::user("shape") });
    let result = client.call("createManagedObject", arguments).await.ok();
    insta::assert_json_snapshot!("createManagedObject", settled(result));

    let definition = json!({ "schema": { "type": "object", "properties": {} } });
    let arguments = json!({ "objectName": "alpha_device", "objectDefinition": definition });
    let result = client.call("createManagedObjectDefinition", arguments).await.ok();
    insta::assert_json_snapshot!("createManagedObjectDefinition", settled(result));
    let arguments = json!({ "objectName": "alpha_device", "operations": [
        { "operation": "add", "field": "/schema/title", "value": "Device" }] });
    let result = client.call("patchManagedObjectDefinition", arguments).await.ok();
    insta::assert_json_snapshot!("patchManagedObjectDefinition", settled(result));
    let definition = json!({ "type": "relationship", "resourceCollection": [
        { "path": "managed/alpha_user" }] });
    let arguments = json!({ "objectType": "alpha_device", "propertyName": "custom_owner",
        "action": "add", "propertyDefinition": definition });
    let result = client.call("patchManagedObjectRelationship", arguments).await.ok();
    insta::assert_json_snapshot!("patchManagedObjectRelationship", settled(result));
    let result = client
        .call("deleteManagedObjectDefinition", json!({ "objectName": "alpha_device" }))
        .await
        .ok();
    insta::assert_json_snapshot!("deleteManagedObjectDefinition", settled(result));

    let result = client.call("getManagedObject", object).await.failed();
    let result = result.replace(&id, "<id>");
    insta::with_settings!({ filters => vec![(r"aic-mcp-[0-9a-f-]{36}", "<transaction>")] }, {
        insta::assert_snapshot!("failure", result);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_over_the_budget_is_cut_at_whole_items() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).arg("--max-result").arg("4000").connect().await;
    let outcome = client
        .call("queryManagedObjects", json!({ "objectType": "alpha_user", "pageSize": 50 }))
        .await;
    assert!(outcome.text.chars().count() <= 4000);
    let page = outcome.ok();
    let shown = page["objects"].as_array().unwrap().len();
    assert!(shown >= 1);
    assert_eq!(page["count"], shown);
    assert_eq!(page.get("pagedResultsCookie"), None, "it would lead past what was left out");
    assert!(page["note"].as_str().unwrap().contains(&format!("Only {shown} of this page's 50")));
    let schema = client.call("getManagedObjectSchema", json!({ "objectType": "alpha_user" })).await;
    assert!(schema.text.chars().count() <= 4000);
    assert!(
        schema.ok()["note"].as_str().unwrap().starts_with("Left out, for length: the properties")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_over_the_limit_is_given_up() {
    let sim = tenant().await;
    sim.inject(
        aic_sim::Fault::new(aic_sim::FaultKind::Huge(64 * 1024 * 1024)).path_contains("/openidm/"),
    );
    let mut client = Start::serve(&sim).arg("--max-response").arg("65536").connect().await;
    let failure = client.call("listManagedObjects", json!({})).await.failed();
    assert!(failure.contains("larger than the limit of 65536 bytes"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_make_no_sense_are_said_to() {
    use aic_sim::FaultKind::{EmptyOk, Status, Truncate};
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    let page = |content_type: &str, body: &str| Status {
        status: 200,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.to_owned(),
    };
    for (fault, times, problem) in [
        (EmptyOk, 1, "it is empty"),
        (page("text/html", "<html>Sign in"), 1, "it is a web page"),
        (page("application/json", "{\"objects\":[{\"name\":"), 1, "it ends in the middle"),
        (page("application/json", "{\"objects\":3}"), 1, "another shape"),
        (page("application/json", "canary"), 1, "not JSON"),
        (Truncate, ATTEMPTS, "could not be reached"),
    ] {
        sim.inject(aic_sim::Fault::new(fault).path_contains("/openidm/").times(times));
        let failure = client.call("listManagedObjects", json!({})).await.failed();
        assert!(failure.contains(problem), "no {problem:?} in {failure}");
        assert!(!failure.contains("canary"), "{failure}");
    }
}
