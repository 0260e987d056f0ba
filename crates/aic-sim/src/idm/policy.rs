//! The policies that a schema implies.

use serde_json::{Value, json};

use super::model::{ObjectType, Property};
use crate::crest::Object;

/// The requirements that properties failed, as IDM lists them.
#[derive(Debug, Default)]
pub(super) struct Failures(Vec<Value>);

impl Failures {
    /// Notes that a property failed a requirement.
    pub(super) fn add(&mut self, property: &str, requirement: &str, params: Option<Value>) {
        let mut failed = json!({ "policyRequirement": requirement });
        if let Some(params) = params {
            failed = json!({ "params": params, "policyRequirement": requirement });
        }
        self.0.push(json!({ "policyRequirements": [failed], "property": property }));
    }

    /// The `detail` of the error, unless nothing failed.
    pub(super) fn into_detail(self) -> Option<Value> {
        let failed = !self.0.is_empty();
        failed.then(|| json!({ "result": false, "failedPolicyRequirements": self.0 }))
    }
}

/// Checks the properties of an object that `is_checked` selects.
///
/// Assumption: a property that the schema does not know is accepted and kept. A null counts as
/// absent, and so does an empty string where a property is required. Creating users with an unknown
/// property and with an empty name would settle it.
pub(super) fn check(
    object_type: &ObjectType,
    object: &Object,
    is_checked: impl Fn(&str) -> bool,
) -> Failures {
    let mut failures = Failures::default();
    for name in object_type.required.iter().filter(|name| is_checked(name)) {
        let absent = object.get(name).is_none_or(|value| value.is_null() || *value == "");
        if absent && !object_type.is_private(name) {
            failures.add(name, "REQUIRED", None);
        }
    }
    for (name, property) in object_type.properties.iter().filter(|(name, _)| is_checked(name)) {
        if let Some(value) = object.get(name).filter(|value| !value.is_null()) {
            check_value(name, property, value, &mut failures);
        }
    }
    failures
}

fn check_value(name: &str, property: &Property, value: &Value, failures: &mut Failures) {
    let is_of_type = |valid: &String| is_of_type(value, valid);
    if !property.types.is_empty() && !property.types.iter().any(is_of_type) {
        let params = json!({ "invalidType": type_name(value), "validTypes": property.types });
        failures.add(name, "VALID_TYPE", Some(params));
        return;
    }
    // Assumption: the name of this requirement is known, its parameters are not. Writing a value
    // that an enumeration lacks would settle them.
    if property.choices.as_ref().is_some_and(|choices| !choices.contains(value)) {
        let params = json!({ "validValues": property.choices });
        failures.add(name, "VALID_ENUM_VALUE", Some(params));
    }
}

fn is_of_type(value: &Value, valid: &str) -> bool {
    match valid {
        "integer" => value.is_i64() || value.is_u64(),
        "relationship" => value.is_object(),
        // A type that JSON does not have says nothing about the value.
        "string" | "number" | "boolean" | "array" | "object" | "null" => type_name(value) == valid,
        _ => true,
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::compile;
    use super::*;

    fn failures(object: &Value, is_checked: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let document = json!({"objects": [{"name": "pet", "schema": {
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "legs": {"type": "integer"},
                "kind": {"type": "string", "enum": ["cat", "dog"]},
                "tags": {"type": ["array", "null"]},
                "owner": {"type": "relationship"},
            },
        }}]});
        let types = compile(document.as_object().unwrap()).unwrap();
        let detail = check(&types["pet"], object.as_object().unwrap(), is_checked).into_detail();
        let failed = detail.map_or(json!([]), |detail| detail["failedPolicyRequirements"].clone());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        failed
            .as_array()
            .unwrap()
            .iter()
            .map(|failure| {
                let requirement = &failure["policyRequirements"][0]["policyRequirement"];
                (text(&failure["property"]), text(requirement))
            })
            .collect()
    }

    #[test]
    fn a_valid_object_fails_nothing() {
        let pet = json!({"name": "Tom", "legs": 4, "kind": "cat", "tags": null, "other": 1});
        assert_eq!(failures(&pet, |_| true), []);
    }

    #[test]
    fn each_policy_is_named() {
        for (object, property, requirement) in [
            (json!({}), "name", "REQUIRED"),
            (json!({"name": null}), "name", "REQUIRED"),
            (json!({"name": 1}), "name", "VALID_TYPE"),
            (json!({"name": "x", "legs": 1.5}), "legs", "VALID_TYPE"),
            (json!({"name": "x", "kind": "cow"}), "kind", "VALID_ENUM_VALUE"),
            (json!({"name": "x", "tags": {}}), "tags", "VALID_TYPE"),
            (json!({"name": "x", "owner": []}), "owner", "VALID_TYPE"),
        ] {
            let expected = [(property.to_owned(), requirement.to_owned())];
            assert_eq!(failures(&object, |_| true), expected, "{object}");
        }
    }

    #[test]
    fn only_selected_properties_are_checked() {
        assert_eq!(failures(&json!({"legs": "x"}), |name| name == "kind"), []);
    }
}
