use serde_json::{Map, Value};

/// The definition of a managed object type, as it stands in `config/managed`.
#[derive(Debug, Clone, Copy)]
pub struct Definition<'a>(&'a Value);

/// A property that refers to objects.
#[derive(Debug, Clone, PartialEq)]
pub struct RelationshipProperty<'a> {
    /// The property's name.
    pub name: &'a str,
    /// Its definition.
    pub definition: &'a Value,
}

impl<'a> Definition<'a> {
    /// Looks at a definition. Anything that lacks a part a definition has counts as without it.
    pub fn new(definition: &'a Value) -> Self {
        Self(definition)
    }

    /// The type's name.
    pub fn name(self) -> Option<&'a str> {
        self.0.get("name")?.as_str()
    }

    /// The whole definition.
    pub fn as_json(self) -> &'a Value {
        self.0
    }

    /// The properties by name.
    pub fn properties(self) -> Option<&'a Map<String, Value>> {
        self.0.pointer("/schema/properties")?.as_object()
    }

    /// The names of the required properties.
    pub fn required(self) -> Vec<&'a str> {
        let required = self.0.pointer("/schema/required").and_then(Value::as_array);
        required.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The properties that refer to objects, singly or as an array.
    pub fn relationships(self) -> impl Iterator<Item = RelationshipProperty<'a>> {
        self.properties().into_iter().flatten().filter_map(|(name, definition)| {
            is_relationship(definition).then_some(RelationshipProperty { name, definition })
        })
    }
}

impl RelationshipProperty<'_> {
    /// Whether it may refer to objects of a managed object type.
    pub fn refers_to(&self, object_type: &str) -> bool {
        [self.definition, &self.definition["items"]]
            .into_iter()
            .filter_map(|part| part.get("resourceCollection")?.as_array())
            .flatten()
            .filter_map(|collection| collection.get("path")?.as_str())
            .any(|path| path.strip_prefix("managed/") == Some(object_type))
    }
}

/// Whether a property refers to objects, singly or as an array.
pub fn is_relationship(property: &Value) -> bool {
    has_type(property, "relationship")
        || (has_type(property, "array") && has_type(&property["items"], "relationship"))
}

/// `type` is a name or a list of names, as in JSON Schema.
fn has_type(property: &Value, name: &str) -> bool {
    match &property["type"] {
        Value::String(only) => only == name,
        Value::Array(names) => names.iter().any(|one| one == name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn relationships_are_found_singly_and_in_arrays() {
        let definition = json!({
            "name": "alpha_pet",
            "schema": { "required": ["name"], "properties": {
                "name": { "type": "string" },
                "tags": { "type": "array", "items": { "type": "string" } },
                "owner": { "type": ["relationship", "null"],
                    "resourceCollection": [{ "path": "managed/alpha_user" }] },
                "vets": { "type": "array", "items": { "type": "relationship",
                    "resourceCollection": [{ "path": "managed/alpha_vet" }] } },
            } },
        });
        let definition = Definition::new(&definition);
        let found: Vec<_> = definition.relationships().collect();
        assert_eq!(
            found.iter().map(|property| property.name).collect::<Vec<_>>(),
            ["owner", "vets"]
        );
        assert!(found[0].refers_to("alpha_user"));
        assert!(!found[0].refers_to("alpha_use"));
        assert!(found[1].refers_to("alpha_vet"));
        assert_eq!(definition.required(), ["name"]);
    }

    #[test]
    fn odd_definitions_have_no_parts() {
        for odd in
            [Value::Null, json!([]), json!({"schema": 3}), json!({"schema": {"properties": []}})]
        {
            let definition = Definition::new(&odd);
            assert_eq!(definition.relationships().count(), 0);
            assert!(definition.required().is_empty());
            assert_eq!(definition.name(), None);
        }
    }
}
