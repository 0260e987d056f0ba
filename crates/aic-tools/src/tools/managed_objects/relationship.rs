//! The definition of a relationship before it is sent: what it must have, and what it may leave
//! out.

use aic_api::idm::{Definition, ManagedConfigDocument, is_relationship};
use serde_json::{Map, Value, json};

use super::unknown_type;
use crate::outcome::ToolError;
use crate::tool::JsonObject;

/// Checks a relationship against the types there are, completes it, and returns it with what to
/// mind.
pub(super) fn complete(
    document: &ManagedConfigDocument,
    definition: JsonObject,
) -> Result<(JsonObject, Vec<String>), ToolError> {
    let mut property = Value::Object(definition);
    if !is_relationship(&property) {
        return Err(ToolError::refused(
            "`propertyDefinition` is no relationship: its type must be relationship, or array \
             with items of type relationship.",
            "Correct the type, or use patchManagedObjectDefinition for a property that refers to \
             no objects.",
        ));
    }
    let many = property.get("items").is_some_and(is_relationship);
    let part = if many { &mut property["items"] } else { &mut property };
    let reverse = reverse_name(part)?;
    let collections = part.get_mut("resourceCollection").and_then(Value::as_array_mut);
    let collections = collections.filter(|all| !all.is_empty()).ok_or_else(|| {
        ToolError::refused(
            "The relationship has no resourceCollection, which says what it leads to.",
            "Give it beside the type relationship, such as [{\"path\": \"managed/alpha_user\"}].",
        )
    })?;
    let mut notes = Vec::new();
    for collection in collections {
        let target = complete_collection(document, collection)?;
        let described = collection.get("reverseProperty").is_some();
        if let (Some(reverse), Some(target)) = (&reverse, target.filter(|_| !described))
            && target.properties().is_none_or(|all| !all.contains_key(reverse))
        {
            notes.push(format!(
                "{} has no property {reverse}: add it there too, as the reverse of this one.",
                target.name().unwrap_or_default()
            ));
        }
    }
    let Value::Object(property) = property else {
        return Err(ToolError::Internal("a definition is no object any more"));
    };
    Ok((property, notes))
}

/// The property that leads back, which must be named where there is one.
fn reverse_name(relationship: &Value) -> Result<Option<String>, ToolError> {
    if relationship["reverseRelationship"] != true {
        return Ok(None);
    }
    let name = relationship["reversePropertyName"].as_str().filter(|name| !name.is_empty());
    name.map(|name| Some(name.to_owned())).ok_or_else(|| {
        ToolError::refused(
            "reverseRelationship is true, and reversePropertyName is missing.",
            "Name the property of the other type that leads back, or set reverseRelationship to \
             false.",
        )
    })
}

/// Checks that the type that a collection names is there, and says how its objects are found where
/// that is missing: without a query, the console cannot open objects that have the relationship.
fn complete_collection<'a>(
    document: &'a ManagedConfigDocument,
    collection: &mut Value,
) -> Result<Option<Definition<'a>>, ToolError> {
    let path = collection["path"].as_str().unwrap_or_default();
    let target = match path.split_once('/') {
        Some(("managed", name)) => {
            Some(document.find(name).ok_or_else(|| unknown_type(document, name))?)
        }
        Some((_, name)) if !name.is_empty() => None,
        _ => {
            return Err(ToolError::refused(
                format!("The path {path:?} of a resourceCollection leads nowhere."),
                "Write it as managed/<type>, such as managed/alpha_user.",
            ));
        }
    };
    let shown = target.map_or("name", shown_property).to_owned();
    let members = collection
        .as_object_mut()
        .map(|members| members.entry("query").or_insert_with(|| Map::new().into()));
    if let Some(query) = members.and_then(Value::as_object_mut) {
        for (member, value) in [
            ("queryFilter", json!("true")),
            ("fields", json!([&shown])),
            ("sortKeys", json!([&shown])),
        ] {
            query.entry(member).or_insert(value);
        }
    }
    Ok(target)
}

/// The property to know objects of a type by: the first that all have.
fn shown_property(definition: Definition<'_>) -> &str {
    let first = definition.required().into_iter().next();
    let any = || definition.properties().and_then(|all| all.keys().next()).map(String::as_str);
    first.or_else(any).unwrap_or("_id")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> ManagedConfigDocument {
        serde_json::from_value(json!({ "objects": [
            { "name": "alpha_user", "schema": {
                "required": ["userName", "mail"], "properties": { "userName": {}, "mail": {} } } },
            { "name": "alpha_pet", "schema": { "properties": { "call": {}, "custom_owner": {} } } },
            { "name": "alpha_thing" },
        ] }))
        .unwrap()
    }

    fn completed(definition: Value) -> Result<(Value, Vec<String>), String> {
        let Value::Object(definition) = definition else { panic!("not an object") };
        complete(&document(), definition)
            .map(|(definition, notes)| (definition.into(), notes))
            .map_err(|error| error.to_string())
    }

    fn to(path: &str) -> Value {
        json!({ "type": "relationship", "resourceCollection": [{ "path": path }] })
    }

    #[test]
    fn a_missing_query_is_filled_in() {
        let query =
            |path: &str| completed(to(path)).unwrap().0["resourceCollection"][0]["query"].clone();
        assert_eq!(
            query("managed/alpha_user"),
            json!({ "queryFilter": "true", "fields": ["userName"], "sortKeys": ["userName"] })
        );
        assert_eq!(query("managed/alpha_pet")["fields"], json!(["call"]));
        assert_eq!(query("managed/alpha_thing")["fields"], json!(["_id"]));
        assert_eq!(query("internal/role")["fields"], json!(["name"]));

        let many = json!({ "type": "array", "items": { "type": "relationship",
            "resourceCollection": [{ "path": "managed/alpha_user",
                "query": { "queryFilter": "mail pr", "fields": ["mail"] } }] } });
        let (many, notes) = completed(many).unwrap();
        assert_eq!(
            many["items"]["resourceCollection"][0]["query"],
            json!({ "queryFilter": "mail pr", "fields": ["mail"], "sortKeys": ["userName"] })
        );
        assert!(notes.is_empty());
    }

    #[test]
    fn what_cannot_be_a_relationship_is_refused() {
        let mut nameless = to("managed/alpha_user");
        nameless["reverseRelationship"] = true.into();
        for (definition, problem) in [
            (json!({ "type": "string" }), "no relationship"),
            (json!({ "type": "array", "items": { "type": "string" } }), "no relationship"),
            (json!({ "type": "relationship" }), "no resourceCollection"),
            (json!({ "type": "relationship", "resourceCollection": [] }), "no resourceCollection"),
            (to("managed/alpha_usr"), "no managed object type named alpha_usr"),
            (to("alpha_user"), "leads nowhere"),
            (nameless, "reversePropertyName is missing"),
        ] {
            let refusal = completed(definition).unwrap_err();
            assert!(refusal.contains(problem), "no {problem:?} in {refusal}");
        }
    }

    #[test]
    fn a_side_that_is_missing_is_pointed_out() {
        let notes = |path: &str| {
            let mut definition = to(path);
            definition["reverseRelationship"] = true.into();
            definition["reversePropertyName"] = "custom_owner".into();
            completed(definition).unwrap().1
        };
        assert!(notes("managed/alpha_pet").is_empty());
        assert!(
            notes("managed/alpha_user")[0].starts_with("alpha_user has no property custom_owner")
        );
        let mut described = to("managed/alpha_user");
        described["reverseRelationship"] = true.into();
        described["reversePropertyName"] = "custom_owner".into();
        described["resourceCollection"][0]["reverseProperty"] = json!({ "type": "array" });
        assert!(completed(described).unwrap().1.is_empty(), "AIC adds it");
    }
}
