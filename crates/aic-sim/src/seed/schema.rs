//! The managed object types of a stock tenant.

use serde_json::{Value, json};

use super::property::{Property, list, many, members, one, scalar, schema, text};
use super::user;
use crate::crest::Object;

/// `config/managed` with the types of both realms.
pub(super) fn document() -> Object {
    let objects: Vec<Value> = ["alpha", "bravo"].into_iter().flat_map(types).collect();
    members([("_id", json!("managed")), ("objects", json!(objects))])
}

fn types(realm: &str) -> [Value; 6] {
    [
        user::definition(realm),
        role(realm),
        group(realm),
        organization(realm),
        assignment(realm),
        application(realm),
    ]
}

fn role(realm: &str) -> Value {
    let properties = [
        text("name", "Name"),
        text("description", "Description"),
        many("members", "Role Members", realm, "user", "roles"),
        many("assignments", "Managed Assignments", realm, "assignment", "roles"),
        many("applications", "Applications", realm, "application", "roles"),
        text("condition", "Condition"),
        list("temporalConstraints", "Temporal Constraints", "object"),
    ];
    definition(realm, "role", "Role", "assignment-ind", properties, &["name"])
}

fn group(realm: &str) -> Value {
    let properties = [
        text("name", "Name"),
        text("description", "Description"),
        text("condition", "Condition"),
        many("members", "Members", realm, "user", "groups"),
    ];
    definition(realm, "group", "Group", "group", properties, &["name"])
}

fn organization(realm: &str) -> Value {
    let properties = [
        text("name", "Name"),
        text("description", "Description"),
        many("owners", "Owner", realm, "user", "ownerOfOrg"),
        many("admins", "Administrators", realm, "user", "adminOfOrg"),
        many("members", "Members", realm, "user", "memberOfOrg"),
        one("parent", "Parent Organization", realm, "organization", "children"),
        many("children", "Child Organizations", realm, "organization", "parent"),
    ];
    definition(realm, "organization", "Organization", "domain", properties, &["name"])
}

fn assignment(realm: &str) -> Value {
    let properties = [
        text("name", "Name"),
        text("description", "Description"),
        text("type", "Type"),
        text("mapping", "Mapping"),
        list("attributes", "Assignment Attributes", "object"),
        many("roles", "Managed Roles", realm, "role", "assignments"),
        many("members", "Assignment Members", realm, "user", "assignments"),
    ];
    definition(realm, "assignment", "Assignment", "key", properties, &["name", "description"])
}

fn application(realm: &str) -> Value {
    let properties = [
        text("name", "Name"),
        text("description", "Description"),
        text("url", "Url"),
        text("icon", "Icon"),
        list("mappingNames", "Sync Mapping Names", "string"),
        many("owners", "Owners", realm, "user", "ownerOfApp"),
        many("roles", "Roles", realm, "role", "applications"),
        many("members", "Members", realm, "user", "applications"),
        text("templateName", "Template Name"),
        text("templateVersion", "Template Version"),
        scalar("uiConfig", "UI Config", "object"),
        scalar("authoritative", "Authoritative", "boolean"),
        scalar("ssoEntities", "SSO Entity Id", "object"),
    ];
    definition(realm, "application", "Application", "folder", properties, &["name"])
}

/// The definition of a type other than the users.
fn definition(
    realm: &str,
    kind: &str,
    title: &str,
    icon: &str,
    properties: impl IntoIterator<Item = Property>,
    required: &[&str],
) -> Value {
    json!({
        "name": format!("{realm}_{kind}"),
        "type": "Managed Object",
        "schema": schema(realm, title, icon, properties, required),
    })
}
