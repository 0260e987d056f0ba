//! The parts of the schemas of managed object types.

use serde_json::{Value, json};

use crate::crest::Object;

/// A property and its name.
pub(super) type Property = (String, Value);

/// The schema of a type, in the shape that the administration console keeps it in.
pub(super) fn schema(
    realm: &str,
    title: &str,
    icon: &str,
    properties: impl IntoIterator<Item = Property>,
    required: &[&str],
) -> Value {
    let mut all = members([("_id", property(&format!("{title} ID"), "string"))]);
    all.extend(properties);
    let order: Vec<String> = all.keys().cloned().collect();
    let realm = format!("{}{}", realm[..1].to_uppercase(), &realm[1..]);
    json!({
        "$schema": "http://forgerock.org/json-schema#",
        "type": "object",
        "title": format!("{realm} realm - {title}"),
        "icon": icon,
        "mat-icon": icon,
        "order": order,
        "properties": all,
        "required": required,
    })
}

/// A property with a single string.
pub(super) fn text(name: &str, title: &str) -> Property {
    scalar(name, title, "string")
}

/// A property with a single value of a JSON type.
pub(super) fn scalar(name: &str, title: &str, json_type: &str) -> Property {
    (name.to_owned(), property(title, json_type))
}

/// A property with several values of a JSON type.
pub(super) fn list(name: &str, title: &str, json_type: &str) -> Property {
    let mut list = property(title, "array");
    list["items"] = json!({ "type": json_type });
    (name.to_owned(), list)
}

/// A relationship to one object of the realm.
pub(super) fn one(name: &str, title: &str, realm: &str, kind: &str, reverse: &str) -> Property {
    let mut relationship = relationship(title, realm, kind, reverse);
    relationship["searchable"] = json!(false);
    (name.to_owned(), relationship)
}

/// A relationship to several objects of the realm.
pub(super) fn many(name: &str, title: &str, realm: &str, kind: &str, reverse: &str) -> Property {
    let mut list = property(title, "array");
    list["searchable"] = json!(false);
    list["items"] = relationship(&format!("{title} Items"), realm, kind, reverse);
    list["returnByDefault"] = json!(false);
    (name.to_owned(), list)
}

fn relationship(title: &str, realm: &str, kind: &str, reverse: &str) -> Value {
    let (label, fields) = match kind {
        "user" => ("User", json!(["userName", "givenName", "sn"])),
        "role" => ("Role", json!(["name"])),
        "organization" => ("Organization", json!(["name", "description"])),
        "assignment" => ("Assignment", json!(["name"])),
        "application" => ("Application", json!(["name"])),
        _ => ("Group", json!(["name"])),
    };
    json!({
        "title": title,
        "type": "relationship",
        "viewable": true,
        "userEditable": false,
        "reverseRelationship": true,
        "reversePropertyName": reverse,
        "notifySelf": true,
        "validate": true,
        "properties": {
            "_ref": {"type": "string"},
            "_refProperties": {"type": "object", "properties": {}},
        },
        "resourceCollection": [{
            "path": format!("managed/{realm}_{kind}"),
            "label": label,
            "notify": true,
            "query": {"queryFilter": "true", "fields": fields, "sortKeys": fields},
        }],
    })
}

/// The members that every property has.
pub(super) fn property(title: &str, json_type: &str) -> Value {
    json!({"title": title, "type": json_type, "viewable": true, "searchable": true, "userEditable": false})
}

/// An object with these members.
pub(super) fn members<const N: usize>(members: [(&str, Value); N]) -> Object {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
