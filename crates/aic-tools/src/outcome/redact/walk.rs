//! Going through a value and masking the secrets in it.

use serde_json::{Map, Value};

use super::names::{is_secret, is_secret_header, leads_to_secret};
use super::{MASK, Places, holds_nothing, masked_text};

/// The members of a key (RFC 7518) that must stay with its owner.
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The members that name what another member of the same object is the value of.
const NAMING: [&str; 10] =
    ["name", "key", "id", "_id", "field", "path", "attribute", "property", "header", "variableId"];
/// The members that hold the value of what another one names.
const NAMED: [&str; 5] = ["value", "values", "valueBase64", "newValue", "oldValue"];

/// The types of JSON Schema, and the one that IDM adds.
const TYPES: [&str; 8] =
    ["string", "number", "integer", "boolean", "array", "object", "null", "relationship"];
/// The members of a schema that describe a property without giving a value of it.
const DESCRIBING: [&str; 22] = [
    "type",
    "title",
    "description",
    "format",
    "pattern",
    "enum",
    "options",
    "enumNames",
    "propertyOrder",
    "order",
    "required",
    "items",
    "properties",
    "policies",
    "conditionalPolicies",
    "fallbackPolicies",
    "scope",
    "encryption",
    "secureHash",
    "usageDescription",
    "onStore",
    "deriveRelationshipFields",
];

/// Masks the secrets within a value that is not a secret as a whole.
pub(super) fn value(value: &mut Value, places: &mut Places) {
    match value {
        // IDM's form of an encrypted value.
        Value::Object(members) if members.contains_key("$crypto") => hide(value, places),
        Value::Object(object) => members(object, &[], places),
        Value::Array(items) => places.inside_each(items, self::value),
        Value::String(text) => {
            if let Some(masked) = masked_text(text) {
                *text = masked;
                places.note();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Masks the secrets in the members of an object, but for those of these names.
pub(super) fn members(object: &mut Map<String, Value>, but: &[&str], places: &mut Places) {
    let is_key = is_key(object);
    let names_a_secret = names_a_secret(object);
    for (name, member) in object.iter_mut().filter(|(name, _)| !but.contains(&name.as_str())) {
        let is_whole = is_secret(name)
            || is_key && PRIVATE_MEMBERS.contains(&name.as_str())
            || names_a_secret && NAMED.contains(&name.as_str());
        places.inside(name, |places| match member {
            _ if is_whole => whole(member, places),
            Value::String(_) | Value::Array(_) if is_secret_header(name) => whole(member, places),
            Value::Object(ways) if name == "connections" => connections(ways, places),
            _ => value(member, places),
        });
    }
}

/// Masks the value of a secret: what stands for one, not whether there is one.
fn whole(value: &mut Value, places: &mut Places) {
    match value {
        Value::String(text) if holds_nothing(text) => {}
        Value::String(_) | Value::Number(_) => hide(value, places),
        Value::Array(items) => places.inside_each(items, whole),
        Value::Object(members) if members.contains_key("$crypto") => hide(value, places),
        Value::Object(members) => {
            let is_schema = is_schema(members);
            for (name, member) in members.iter_mut() {
                let describes = is_schema && DESCRIBING.contains(&name.as_str());
                places.inside(name, |places| {
                    if describes { self::value(member, places) } else { whole(member, places) }
                });
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn hide(value: &mut Value, places: &mut Places) {
    *value = MASK.into();
    places.note();
}

/// Where a journey goes from a node. The outcomes have whatever names their node gives them, and
/// lead to ids.
fn connections(ways: &mut Map<String, Value>, places: &mut Places) {
    let is_node = |way: &Value| {
        let id = way.as_str().unwrap_or_default();
        matches!(id, "success" | "failure" | "startNode") || uuid::Uuid::try_parse(id).is_ok()
    };
    let to_nodes: Vec<_> =
        ways.iter().filter(|(_, way)| is_node(way)).map(|(name, _)| name.clone()).collect();
    let to_nodes: Vec<_> = to_nodes.iter().map(String::as_str).collect();
    members(ways, &to_nodes, places);
}

/// Whether an object is a JSON Web Key (RFC 7517).
fn is_key(object: &Map<String, Value>) -> bool {
    // One look at each name costs less than several searches among all of them.
    let (mut modulus, mut exponent) = (false, false);
    let (mut p, mut q) = (false, false);
    for name in object.keys() {
        match name.as_str() {
            "kty" | "crv" => return true,
            "n" => modulus = true,
            "e" => exponent = true,
            "dp" => p = true,
            "dq" => q = true,
            _ => {}
        }
    }
    modulus && exponent || p && q
}

/// Whether an object says the name of a secret beside its value, as headers, settings and the
/// operations of a patch are written.
fn names_a_secret(object: &Map<String, Value>) -> bool {
    if !object.keys().any(|name| NAMED.contains(&name.as_str())) {
        return false;
    }
    let named = |name: &str| {
        let text = object.get(name).and_then(Value::as_str);
        text.is_some_and(leads_to_secret)
    };
    // An environment variable's value stands beside the rest of it.
    let variable = || object.get("variable")?.get("_id")?.as_str();
    NAMING.iter().any(|name| named(name)) || variable().is_some_and(leads_to_secret)
}

/// Whether an object says of what type a property is.
fn is_schema(object: &Map<String, Value>) -> bool {
    let is_type = |value: &Value| value.as_str().is_some_and(|name| TYPES.contains(&name));
    match object.get("type") {
        Some(Value::Array(types)) => !types.is_empty() && types.iter().all(is_type),
        Some(one) => is_type(one),
        None => false,
    }
}
