//! The tools for the definitions of managed object types.

use std::time::Duration;

use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{api_requests, assert_explained, served, until, writes};

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
    let config = "/openidm/config/managed?waitForCompletion=true";
    assert_eq!(writes[0], format!("PATCH {config}"));
    assert_eq!(writes[1], format!("PATCH {config}"));
    assert_eq!(writes[3], format!("PUT {config}"));
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
    assert_eq!((&added["present"], &added["durable"]), (&json!(true), &json!(true)));
    assert_eq!(added.get("note"), None);
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
    assert_eq!((&removed["present"], &removed["durable"]), (&json!(false), &json!(true)));

    let path = "/openidm/schema/managed/alpha_user/properties/custom_mentor?waitForCompletion=true";
    assert_eq!(
        writes(&sim),
        [format!("PUT {path}"), format!("PUT {path}"), format!("DELETE {path}")]
    );
    let put = api_requests(&sim).into_iter().find(|request| request.method == "PUT").unwrap();
    assert_eq!(put.header("accept-api-version"), Some("resource=2.0"));
    assert_eq!(put.header("if-match"), Some("*"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relationship_is_checked_and_completed_before_it_is_sent() {
    let (sim, mut client) = served().await;
    let arguments = |definition: Value| {
        json!({ "objectType": "alpha_user", "propertyName": "custom_kit", "action": "add",
            "propertyDefinition": definition })
    };
    let to =
        |path: &str| json!({ "type": "relationship", "resourceCollection": [{ "path": path }] });
    let mut one_sided = to("managed/alpha_role");
    one_sided["reverseRelationship"] = true.into();
    for (definition, problem) in [
        (to("managed/alpha_rol"), "no managed object type named alpha_rol"),
        (one_sided.clone(), "reversePropertyName is missing"),
        (json!({ "type": "string" }), "no relationship"),
        (json!({ "type": "relationship" }), "no resourceCollection"),
    ] {
        let failure =
            client.call("patchManagedObjectRelationship", arguments(definition)).await.failed();
        assert!(failure.contains(problem) && failure.contains("next: "), "{failure}");
    }
    let unknown = json!({ "objectType": "alpha_usr", "propertyName": "custom_kit",
        "action": "add", "propertyDefinition": to("managed/alpha_role") });
    let failure = client.call("patchManagedObjectRelationship", unknown).await.failed();
    assert!(failure.contains("no managed object type named alpha_usr"), "{failure}");
    assert!(writes(&sim).is_empty());

    one_sided["reversePropertyName"] = "custom_owners".into();
    let added =
        client.call("patchManagedObjectRelationship", arguments(one_sided.clone())).await.ok();
    assert_eq!(
        added["definition"]["resourceCollection"][0]["query"],
        json!({ "queryFilter": "true", "fields": ["name"], "sortKeys": ["name"] })
    );
    assert!(added["note"].as_str().unwrap().contains("alpha_role has no property custom_owners"));
    one_sided["resourceCollection"][0]["reverseProperty"] = json!({ "type": "array" });
    let updated = client.call("patchManagedObjectRelationship", arguments(one_sided)).await.ok();
    assert_eq!(updated.get("note"), None, "AIC adds the other side");
    let roles =
        client.call("getManagedObjectSchema", json!({ "objectType": "alpha_role" })).await.ok();
    assert_eq!(roles["properties"]["custom_owners"]["items"]["reversePropertyName"], "custom_kit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_is_not_created_with_relationships() {
    let (sim, mut client) = served().await;
    let mut definition = device();
    definition["schema"]["properties"]["owners"] =
        json!({ "type": "array", "items": { "type": "relationship" } });
    let arguments = json!({ "objectName": "alpha_device", "objectDefinition": definition });
    let failure = client.call("createManagedObjectDefinition", arguments).await.failed();
    assert!(failure.contains("has relationships: owners."), "{failure}");
    assert!(failure.contains("patchManagedObjectRelationship"), "{failure}");
    assert!(sim.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn new_properties_of_users_are_custom_and_stand_in_the_order() {
    let (sim, mut client) = served().await;
    let patch = |operation: &str, property: &str| {
        json!({ "objectName": "alpha_user", "operations": [{ "operation": operation,
            "field": format!("/schema/properties/{property}"), "value": { "type": "boolean" } }] })
    };
    let failure =
        client.call("patchManagedObjectDefinition", patch("add", "passkeyEnrolled")).await.failed();
    assert!(failure.contains("custom_passkeyEnrolled"), "{failure}");
    assert!(writes(&sim).is_empty());

    let name = "custom_passkeyEnrolled";
    let added = client.call("patchManagedObjectDefinition", patch("add", name)).await.ok();
    assert_eq!((&added["operations"], &added["durable"]), (&json!(1), &json!(true)));
    let arguments = json!({ "objectType": "alpha_user", "includeFullDefinition": true });
    let order = async |client: &mut aic_e2e::Client| {
        let schema = client.call("getManagedObjectSchema", arguments.clone()).await.ok();
        schema["definition"]["schema"]["order"].as_array().unwrap().clone()
    };
    assert_eq!(order(&mut client).await.last(), Some(&json!(name)));
    let removed = client.call("patchManagedObjectDefinition", patch("remove", name)).await.ok();
    let note = removed["note"].as_str().unwrap();
    assert!(note.contains("Objects keep the values") && note.contains(name), "{note}");
    assert!(!order(&mut client).await.contains(&json!(name)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_settles_late_is_answered_when_it_is_there() {
    let (sim, mut client) = served().await;
    let delay = Duration::from_secs(4);
    sim.set_configuration_delay(delay);
    let arguments = json!({ "objectName": "alpha_device", "objectDefinition": device() });
    let id = client.start_call("createManagedObjectDefinition", arguments).await;
    until(|| !writes(&sim).is_empty()).await;
    sim.advance_clock(delay);
    let defined = client.outcome("createManagedObjectDefinition", id).await.ok();
    assert_eq!(defined["durable"], true);

    let relationship = json!({ "type": "relationship",
        "resourceCollection": [{ "path": "managed/alpha_user" }] });
    let arguments = json!({ "objectType": "alpha_device", "propertyName": "custom_user",
        "action": "add", "propertyDefinition": relationship });
    let id = client.start_call("patchManagedObjectRelationship", arguments).await;
    until(|| writes(&sim).len() > 1).await;
    sim.advance_clock(delay);
    let added = client.outcome("patchManagedObjectRelationship", id).await.ok();
    assert_eq!(added["durable"], true);
    assert_eq!(writes(&sim).len(), 2, "nothing is written twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_not_there_yet_is_not_called_done() {
    let (sim, mut client) = served().await;
    sim.set_configuration_delay(Duration::from_mins(1));
    let arguments = json!({ "objectName": "alpha_device", "objectDefinition": device() });
    let id = client.start_call("createManagedObjectDefinition", arguments).await;
    until(|| !writes(&sim).is_empty()).await;
    // IDM itself waits no longer than this for a change.
    sim.advance_clock(Duration::from_secs(5));
    let defined = client.outcome("createManagedObjectDefinition", id).await.ok();
    assert_eq!(defined["durable"], false);
    let note = defined["note"].as_str().unwrap();
    assert!(note.contains("not there yet") && note.contains("getManagedObjectSchema"), "{note}");
    assert_eq!(writes(&sim).len(), 1, "it would be added a second time");
    sim.advance_clock(Duration::from_mins(1));
    client.call("getManagedObjectSchema", json!({ "objectType": "alpha_device" })).await.ok();
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
