//! The property at the other side of a relationship.

use serde_json::{Value, json};

use super::properties;
use crate::crest::Object;

/// The relationship that a property stands for, singly or as an array.
pub(super) fn relationship(property: &Value) -> Option<&Value> {
    [property, &property["items"]].into_iter().find(|part| part["type"] == "relationship")
}

/// Adds the property that leads back to those of the other type, where the relationship describes
/// it as `reverseProperty` of a collection, as the documentation shows, and that type lacks it.
///
/// Assumption: what else the new property has. A tenant's `config/managed` after such a request
/// would settle it.
pub(super) fn add(document: &mut Object, type_name: &str, name: &str, property: &Value) {
    let Some(relationship) = relationship(property) else { return };
    let Some(reverse_name) = relationship["reversePropertyName"].as_str() else { return };
    if relationship["reverseRelationship"] != true {
        return;
    }
    let collections = relationship["resourceCollection"].as_array();
    for collection in collections.into_iter().flatten() {
        let target = collection["path"].as_str().and_then(|path| path.strip_prefix("managed/"));
        let (Some(target), Some(described)) = (target, collection["reverseProperty"].as_object())
        else {
            continue;
        };
        if let Ok(properties) = properties(document, target) {
            properties
                .entry(reverse_name)
                .or_insert_with(|| leading_back(described, reverse_name, (type_name, name)));
        }
    }
}

fn leading_back(described: &Object, name: &str, (type_name, back): (&str, &str)) -> Value {
    let many = described.get("type").is_some_and(|kind| kind == "array");
    let details = described.get("resourceCollection");
    let relationship = json!({
        "type": "relationship",
        "reverseRelationship": true,
        "reversePropertyName": back,
        "notifySelf": false,
        "validate": described.get("validate"),
        "resourceCollection": [{
            "path": format!("managed/{type_name}"),
            "notify": details.and_then(|details| details.get("notify")),
            "query": details.and_then(|details| details.get("query")),
        }],
    });
    if many {
        json!({"title": name, "viewable": true, "type": "array", "items": relationship})
    } else {
        let mut single = relationship;
        single["title"] = name.into();
        single["viewable"] = true.into();
        single
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_side_is_added_as_it_is_described() {
        let mut document = json!({"objects": [
            {"name": "a", "schema": {"properties": {}}},
            {"name": "b", "schema": {"properties": {}}},
        ]})
        .as_object()
        .cloned()
        .unwrap();
        let property = json!({"type": "array", "items": {
            "type": "relationship", "reverseRelationship": true,
            "reversePropertyName": "custom_back",
            "resourceCollection": [
                {"path": "managed/b", "reverseProperty": {"type": "array", "validate": true}},
                {"path": "managed/a"},
                {"path": "internal/role", "reverseProperty": {"type": "array"}},
            ],
        }});
        add(&mut document, "a", "custom_there", &property);
        let added = &document["objects"][1]["schema"]["properties"]["custom_back"];
        assert_eq!(added["type"], "array");
        assert_eq!(added["items"]["reversePropertyName"], "custom_there");
        assert_eq!(added["items"]["resourceCollection"][0]["path"], "managed/a");
        assert_eq!(document["objects"][0]["schema"]["properties"], json!({}));

        let again = json!({"type": "relationship", "reverseRelationship": true,
            "reversePropertyName": "custom_back",
            "resourceCollection": [{"path": "managed/b", "reverseProperty": {"type": "x"}}]});
        add(&mut document, "a", "custom_other", &again);
        let kept = &document["objects"][1]["schema"]["properties"]["custom_back"];
        assert_eq!(kept["items"]["reversePropertyName"], "custom_there", "what is there stays");
    }
}
