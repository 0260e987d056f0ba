//! The users' type: the only one that tracks metadata.

use serde_json::{Value, json};

use super::property::{Property, list, many, one, property, scalar, schema, text};

pub(super) fn definition(realm: &str) -> Value {
    let mut properties = person();
    properties.extend(relationships(realm));
    properties.extend(generic());
    properties.push(text("custom_costCenter", "Cost Center"));
    json!({
        "name": format!("{realm}_user"),
        "type": "Managed Object",
        "lastSync": {
            "effectiveAssignmentsProperty": "effectiveAssignments",
            "lastSyncProperty": "lastSync",
        },
        "meta": {
            "property": "_meta",
            "resourceCollection": format!("managed/{realm}_usermeta"),
            "trackedProperties": ["createDate", "lastChanged"],
        },
        "notifications": {},
        "schema": schema(realm, "User", "person", properties, &["userName", "givenName", "sn", "mail"]),
    })
}

fn person() -> Vec<Property> {
    vec![
        user_name(),
        password(),
        editable("givenName", "First Name"),
        text("cn", "Common Name"),
        editable("sn", "Last Name"),
        mail(),
        editable("profileImage", "Profile Image"),
        editable("description", "Description"),
        account_status(),
        editable("telephoneNumber", "Telephone Number"),
        editable("postalAddress", "Address 1"),
        editable("city", "City"),
        editable("postalCode", "Postal Code"),
        editable("country", "Country"),
        editable("stateProvince", "State/Province"),
        list("aliasList", "User Alias Names List", "string"),
        list("kbaInfo", "KBA Info", "object"),
        scalar("preferences", "Preferences", "object"),
        list("consentedMappings", "Consented Mappings", "object"),
        list("effectiveRoles", "Effective Roles", "object"),
        list("effectiveAssignments", "Effective Assignments", "object"),
        list("assignedDashboard", "Assigned Dashboard", "string"),
        scalar("lastSync", "Last Sync timestamp", "object"),
    ]
}

fn relationships(realm: &str) -> [Property; 10] {
    [
        many("roles", "Provisioning Roles", realm, "role", "members"),
        many("assignments", "Assignments", realm, "assignment", "members"),
        many("groups", "Groups", realm, "group", "members"),
        many("applications", "Applications", realm, "application", "members"),
        one("manager", "Manager", realm, "user", "reports"),
        many("reports", "Direct Reports", realm, "user", "manager"),
        many("ownerOfOrg", "Organizations I Own", realm, "organization", "owners"),
        many("adminOfOrg", "Organizations I Administer", realm, "organization", "admins"),
        many("memberOfOrg", "Organizations to which I Belong", realm, "organization", "members"),
        many("ownerOfApp", "Applications I Own", realm, "application", "owners"),
    ]
}

/// The attributes that a stock tenant keeps free for its customers.
fn generic() -> Vec<Property> {
    let mut properties = Vec::new();
    for (indexing, word) in [("Indexed", "Indexed"), ("Unindexed", "Unindexed")] {
        let strings = if indexing == "Indexed" { 20 } else { 5 };
        for number in 1..=strings {
            let title = format!("Generic {word} String {number}");
            properties.push(editable(&format!("fr{indexing}String{number}"), &title));
        }
        for number in 1..=5 {
            let title = |kind: &str| format!("Generic {word} {kind} {number}");
            let name = |kind: &str| format!("fr{indexing}{kind}{number}");
            properties.extend([
                list(&name("Multivalued"), &title("Multivalue"), "string"),
                editable(&name("Date"), &title("Date")),
                scalar(&name("Integer"), &title("Integer"), "number"),
            ]);
        }
    }
    properties
}

fn user_name() -> Property {
    let mut property = property("Username", "string");
    property["usageDescription"] = json!("Username");
    property["policies"] = json!([
        {"policyId": "valid-username"},
        {"policyId": "unique"},
        {"policyId": "no-internal-user-conflict"},
        {"policyId": "cannot-contain-characters", "params": {"forbiddenChars": ["/"]}},
        {"policyId": "minimum-length", "params": {"minLength": 1}},
        {"policyId": "maximum-length", "params": {"maxLength": 255}},
    ]);
    ("userName".to_owned(), property)
}

fn password() -> Property {
    let mut property = property("Password", "string");
    for (name, value) in [
        ("viewable", json!(false)),
        ("searchable", json!(false)),
        ("userEditable", json!(true)),
        ("scope", json!("private")),
        ("isProtected", json!(true)),
    ] {
        property[name] = value;
    }
    ("password".to_owned(), property)
}

fn mail() -> Property {
    let (name, mut property) = editable("mail", "Email Address");
    property["policies"] = json!([
        {"policyId": "valid-email-address-format"},
        {"policyId": "maximum-length", "params": {"maxLength": 255}},
    ]);
    (name, property)
}

fn account_status() -> Property {
    let mut property = property("Status", "string");
    property["default"] = json!("active");
    property["enum"] = json!(["active", "inactive"]);
    ("accountStatus".to_owned(), property)
}

/// A string that users may edit themselves.
fn editable(name: &str, title: &str) -> Property {
    let mut property = property(title, "string");
    property["userEditable"] = json!(true);
    (name.to_owned(), property)
}
