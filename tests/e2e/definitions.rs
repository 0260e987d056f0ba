//! The tools for the definitions of managed object types.

use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{api_requests, assert_explained, served, writes};

fn device() -> Value {
    json!({
        "name": "ignored",
        "schema": {
            "type": "object",
            "properties": { "serial": { "type": "string", "title": "Serial number" } },
            "required": ["serial"],
            "order": ["serial"],
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn types_are_listed_and_described() {
    let (sim, mut client) = served().await;
    let types = client.call("listManagedObjects", json!({})).await.ok();
    let names: Vec<_> = types["objectTypes"].as_array().unwrap().clone();
    assert!(names.contains(&json!("alpha_user")) && names.contains(&json!("bravo_role")));
    assert_eq!(types["count"], names.len());

    let schema =
        client.call("getManagedObjectSchema", json!({ "objectType": "alpha_user" })).await.ok();
    assert_eq!(schema["name"], "alpha_user");
    assert!(schema["required"].as_array().unwrap().contains(&json!("userName")));
    assert_eq!(schema["properties"]["mail"]["type"], "string");
    assert_eq!(schema.get("definition"), None);

    let arguments = json!({ "objectType": "alpha_role", "includeFullDefinition": true });
    let whole = client.call("getManagedObjectSchema", arguments).await.ok();
    assert_eq!(whole["definition"]["name"], "alpha_role");
    let targets: Vec<_> = api_requests(&sim).into_iter().map(|request| request.target).collect();
    assert_eq!(targets, ["/openidm/config/managed"; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_type_is_answered_with_those_there_are() {
    let (_sim, mut client) = served().await;
    for (tool, arguments) in [
        ("getManagedObjectSchema", json!({ "objectType": "alpha_usr" })),
        ("deleteManagedObjectDefinition", json!({ "objectName": "alpha_usr" })),
        (
            "patchManagedObjectDefinition",
            json!({ "objectName": "alpha_usr",
                "operations": [{ "operation": "remove", "field": "/x" }] }),
        ),
    ] {
        let failure = client.call(tool, arguments).await.failed();
        assert!(failure.contains("no managed object type named alpha_usr"), "{failure}");
        assert!(failure.contains("alpha_user, "), "{failure}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_is_defined_changed_used_and_deleted() {
    let (sim, mut client) = served().await;
    let arguments = json!({ "objectName": "alpha_device", "objectDefinition": device() });
    let defined = client.call("createManagedObjectDefinition", arguments.clone()).await.ok();
    assert_eq!(defined["objectName"], "alpha_device");
    assert_eq!(defined["durable"], true);
    assert!(defined["note"].as_str().unwrap().contains("ten seconds"));
    let again = client.call("createManagedObjectDefinition", arguments).await.failed();
    assert!(again.contains("alpha_device already"), "{again}");

    let operations = json!([
        { "operation": "add", "field": "/schema/properties/color",
            "value": { "type": "string", "title": "Color" } },
        { "operation": "add", "field": "schema/order/-", "value": "color" },
    ]);
    let arguments = json!({ "objectName": "alpha_device", "operations": operations });
    let changed = client.call("patchManagedObjectDefinition", arguments).await.ok();
    assert_eq!((&changed["operations"], &changed["durable"]), (&json!(2), &json!(true)));
    let schema =
        client.call("getManagedObjectSchema", json!({ "objectType": "alpha_device" })).await.ok();
    assert_eq!(schema["properties"]["color"]["title"], "Color");

    let arguments = json!({ "objectType": "alpha_device", "objectData": { "serial": "1" } });
    client.call("createManagedObject", arguments).await.ok();

    let arguments = json!({ "objectName": "alpha_device" });
    let deleted = client.call("deleteManagedObjectDefinition", arguments).await.ok();
    assert_eq!(deleted["durable"], true);
    assert_eq!(deleted["definition"]["name"], "alpha_device");
    assert_eq!(deleted["definition"]["schema"]["order"], json!(["serial", "color"]));

    let writes = writes(&sim);
    assert_eq!(writes[0], "PATCH /openidm/config/managed");
    assert_eq!(writes[1], "PATCH /openidm/config/managed");
    assert_eq!(writes[3], "PUT /openidm/config/managed");
    let config: Vec<_> = api_requests(&sim)
        .into_iter()
        .filter(|r| r.method != "GET" && r.path() == "/openidm/config/managed")
        .collect();
    assert!(config.iter().all(|request| request.header("if-match") == Some("*")));
    let added: Value = serde_json::from_slice(&config[0].body).unwrap();
    assert_eq!(added[0]["field"], "/objects/-");
    assert_eq!(added[0]["value"]["name"], "alpha_device", "the argument names the type");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_others_refer_to_is_not_deleted() {
    let (sim, mut client) = served().await;
    let arguments = json!({ "objectName": "alpha_role" });
    let failure = client.call("deleteManagedObjectDefinition", arguments).await.failed();
    assert!(failure.contains("alpha_user.roles"), "{failure}");
    assert!(writes(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn relationships_are_left_to_their_own_tool() {
    let (sim, mut client) = served().await;
    for operation in [
        json!({ "operation": "add", "field": "/schema/properties/custom_boss",
            "value": { "type": "relationship" } }),
        json!({ "operation": "replace", "field": "/schema/properties/mail",
            "value": { "type": "array", "items": { "type": "relationship" } } }),
        json!({ "operation": "remove", "field": "/schema/properties/manager" }),
        json!({ "operation": "remove", "field": "/schema" }),
    ] {
        let arguments = json!({ "objectName": "alpha_user", "operations": [operation] });
        let failure = client.call("patchManagedObjectDefinition", arguments).await.failed();
        assert!(failure.contains("patchManagedObjectRelationship"), "{failure}");
    }
    for (operations, problem) in [
        (json!([]), "nothing to change"),
        (json!([{ "operation": "replace", "field": "/" , "value": {} }]), "not a JSON pointer"),
        (json!([{ "operation": "add", "field": "/x" }]), "has no value"),
    ] {
        let arguments = json!({ "objectName": "alpha_user", "operations": operations });
        let failure = client.call("patchManagedObjectDefinition", arguments).await.failed();
        assert!(failure.contains(problem), "{failure}");
    }
    assert!(writes(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relationship_is_added_and_removed() {
    let (sim, mut client) = served().await;
    let definition = json!({
        "type": "relationship",
        "title": "Mentor",
        "resourceCollection": [{
            "path": "managed/alpha_user", "label": "User",
            "query": { "queryFilter": "true", "fields": ["userName"], "sortKeys": ["userName"] },
        }],
    });
    let arguments = |action: &str| {
        json!({ "objectType": "alpha_user", "propertyName": "custom_mentor", "action": action,
            "propertyDefinition": definition })
    };
    let added = client.call("patchManagedObjectRelationship", arguments("add")).await.ok();
    assert_eq!(added["present"], true);
    let schema =
        client.call("getManagedObjectSchema", json!({ "objectType": "alpha_user" })).await.ok();
    assert_eq!(schema["properties"]["custom_mentor"]["title"], "Mentor");
    client.call("patchManagedObjectRelationship", arguments("update")).await.ok();
    let removed = client
        .call(
            "patchManagedObjectRelationship",
            json!({ "objectType": "alpha_user", "propertyName": "custom_mentor",
                "action": "remove" }),
        )
        .await
        .ok();
    assert_eq!(removed["present"], false);

    let path = "/openidm/schema/managed/alpha_user/properties/custom_mentor";
    assert_eq!(
        writes(&sim),
        [format!("PUT {path}"), format!("PUT {path}"), format!("DELETE {path}")]
    );
    let put = api_requests(&sim).into_iter().find(|request| request.method == "PUT").unwrap();
    assert_eq!(put.header("accept-api-version"), Some("resource=2.0"));
    assert_eq!(put.header("if-match"), Some("*"));
}

#[tokio::test(flavor = "multi_thread")]
async fn relationships_are_custom_and_need_their_definition() {
    let (sim, mut client) = served().await;
    let call = |name: &str, action: &str| json!({ "objectType": "alpha_user", "propertyName": name, "action": action });
    let failure =
        client.call("patchManagedObjectRelationship", call("manager", "remove")).await.failed();
    assert!(failure.contains("`propertyName`") && failure.contains("custom_"), "{failure}");
    let failure =
        client.call("patchManagedObjectRelationship", call("custom_x", "add")).await.failed();
    assert!(failure.contains("`propertyDefinition` is missing"), "{failure}");
    assert!(sim.requests().is_empty());
    let failure =
        client.call("patchManagedObjectRelationship", call("custom_x", "remove")).await.failed();
    assert_explained(&failure, 404, &["getManagedObjectSchema"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_update_is_noticed() {
    let (sim, mut client) = served().await;
    sim.inject(Fault::new(FaultKind::LostUpdate).on("PATCH").path_contains("/config/managed"));
    let arguments = json!({ "objectName": "alpha_device", "objectDefinition": device() });
    let defined = client.call("createManagedObjectDefinition", arguments).await.ok();
    assert_eq!(defined["durable"], false);
    assert!(defined["note"].as_str().unwrap().contains("is not there"), "{defined}");
    assert_eq!(writes(&sim).len(), 1, "a patch that adds is not repeated");

    let arguments = json!({ "objectName": "alpha_device", "objectDefinition": device() });
    client.call("createManagedObjectDefinition", arguments).await.ok();
    sim.inject(Fault::new(FaultKind::LostUpdate).on("PUT").path_contains("/config/managed"));
    let arguments = json!({ "objectName": "alpha_device" });
    let deleted = client.call("deleteManagedObjectDefinition", arguments).await.ok();
    assert_eq!(deleted["durable"], true, "the whole document is written again");
    assert_eq!(writes(&sim).len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_the_same_time_do_not_undo_each_other() {
    let (_sim, mut client) = served().await;
    let mut ids = Vec::new();
    for number in 0..8 {
        let name = format!("alpha_device{number}");
        let arguments = json!({ "objectName": name, "objectDefinition": device() });
        ids.push(client.start_call("createManagedObjectDefinition", arguments).await);
    }
    for id in ids {
        client.outcome("createManagedObjectDefinition", id).await.ok();
    }
    // Deleting puts the whole document, so it is what could lose somebody else's change.
    let mut ids = Vec::new();
    for number in 0..8 {
        let arguments = json!({ "objectName": format!("alpha_device{number}") });
        ids.push(client.start_call("deleteManagedObjectDefinition", arguments).await);
    }
    for id in ids {
        client.outcome("deleteManagedObjectDefinition", id).await.ok();
    }
    let types = client.call("listManagedObjects", json!({})).await.ok();
    assert!(!types.to_string().contains("alpha_device"), "{types}");
}
