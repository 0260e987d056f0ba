//! JSON Schemas in the dialect that every client takes.
//!
//! Clients differ in what they accept, and some drop a tool, or a whole session, over a keyword
//! that they do not know. So there is no `$schema`, no reference, no `format` that only Rust
//! knows, no union where a plain type or an `enum` says the same, and nothing that is nullable
//! because it is optional.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

/// A JSON object.
pub type JsonObject = Map<String, Value>;

/// The schema of a tool's arguments.
pub(crate) fn of_input<T: JsonSchema>() -> JsonObject {
    let mut generator = settings().into_generator();
    let schema = T::json_schema(&mut generator);
    plain(schema, &mut generator, &mut Plain)
}

/// The schema of a tool's result, which carries the transaction ids too.
pub(crate) fn of_output<T: JsonSchema>() -> JsonObject {
    let mut generator = settings().for_serialize().into_generator();
    let schema = T::json_schema(&mut generator);
    with_transaction_ids(plain(schema, &mut generator, &mut Unlimited))
}

fn with_transaction_ids(mut schema: JsonObject) -> JsonObject {
    let ids = serde_json::json!({
        "type": "array",
        "items": { "type": "string" },
    });
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert(crate::outcome::result::TRANSACTION_IDS.to_owned(), ids);
    }
    schema
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    })
}

/// The schema of a type, in a dialect.
fn plain(
    mut schema: Schema,
    generator: &mut SchemaGenerator,
    dialect: &mut dyn Transform,
) -> JsonObject {
    for transform in generator.transforms_mut() {
        transform.transform(&mut schema);
    }
    dialect.transform(&mut schema);
    let mut object = match schema.to_value() {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    };
    // The name and the comment of a Rust type tell a model nothing.
    object.remove("title");
    object.remove("description");
    object.entry("properties").or_insert_with(|| JsonObject::new().into());
    object
}

/// Rewrites what `schemars` writes in the plain dialect.
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if schema.as_bool() == Some(true) {
            *schema = Schema::default();
        }
        let Some(object) = schema.as_object_mut() else { return };
        object.remove("format");
        // Comments are wrapped for those who read the code.
        if let Some(Value::String(description)) = object.get_mut("description") {
            *description = description.replace('\n', " ");
        }
        if object.get("default").is_some_and(Value::is_null) {
            object.remove("default");
        }
        // It says no more than its absence does, and the list of tools has to be small.
        if object.get("additionalProperties").is_some_and(accepts_all) {
            object.remove("additionalProperties");
        }
        drop_null_type(object);
        merge_single_alternative(object);
        constants_to_enum(object);
    }
}

/// The plain dialect for results: what limits a parameter tells nothing about a result.
struct Unlimited;

impl Transform for Unlimited {
    fn transform(&mut self, schema: &mut Schema) {
        Plain.transform(schema);
        unlimit(schema);
    }
}

fn unlimit(schema: &mut Schema) {
    transform_subschemas(&mut unlimit, schema);
    if let Some(object) = schema.as_object_mut() {
        for limit in ["minLength", "maxLength", "pattern", "minimum", "maximum", "minItems"] {
            object.remove(limit);
        }
    }
}

fn accepts_all(schema: &Value) -> bool {
    *schema == Value::Bool(true) || schema.as_object().is_some_and(Map::is_empty)
}

/// `"type": ["string", "null"]` becomes `"type": "string"`.
fn drop_null_type(object: &mut JsonObject) {
    let Some(Value::Array(types)) = object.get_mut("type") else { return };
    types.retain(|name| name != "null");
    if let [only] = types.as_mut_slice() {
        let only = only.take();
        object.insert("type".to_owned(), only);
    }
}

/// `"anyOf": [X, {"type": "null"}]` becomes `X`.
fn merge_single_alternative(object: &mut JsonObject) {
    let Some(Value::Array(alternatives)) = object.get_mut("anyOf") else { return };
    alternatives.retain(|alternative| alternative["type"] != "null");
    if let [Value::Object(only)] = alternatives.as_mut_slice() {
        let only = std::mem::take(only);
        object.remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}

/// `"oneOf": [{"const": "a"}, ...]`, an enum with documented variants, becomes `"enum": ["a", ...]`.
fn constants_to_enum(object: &mut JsonObject) {
    let Some(Value::Array(alternatives)) = object.get("oneOf") else { return };
    let constants: Option<Vec<Value>> =
        alternatives.iter().map(|alternative| alternative.get("const").cloned()).collect();
    if let Some(constants) = constants {
        object.remove("oneOf");
        object.insert("type".to_owned(), "string".into());
        object.insert("enum".to_owned(), constants.into());
    }
}

#[cfg(test)]
mod tests {
    use aic_api::idm::PatchOperation;
    use serde_json::json;

    use super::*;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is of interest")]
    struct Sample {
        /// A count.
        count: Option<u64>,
        operation: Option<PatchOperation>,
        anything: Value,
        document: JsonObject,
    }

    #[test]
    fn schemas_are_plain() {
        let schema = Value::Object(of_input::<Sample>());
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "properties": {
                    "count": { "type": "integer", "minimum": 0, "description": "A count." },
                    "operation": {
                        "type": "object",
                        "properties": {
                            "operation": {
                                "type": "string",
                                "enum": ["add", "remove", "replace", "move", "copy", "test"],
                                "description": "The action.",
                            },
                            "field": {
                                "type": "string",
                                "description":
                                    "JSON pointer of the field, such as `/mail`; `/roles/-` appends.",
                            },
                            "value": { "description": "The new value." },
                            "from": {
                                "type": "string",
                                "description": "For move and copy: the field to take the value from.",
                            },
                        },
                        "required": ["operation", "field"],
                        "additionalProperties": false,
                        "description": "One operation of a CREST patch.",
                    },
                    "anything": {},
                    "document": { "type": "object" },
                },
                "required": ["anything", "document"],
            })
        );
        let schema = of_output::<Sample>();
        assert_eq!(
            schema["properties"]["count"],
            json!({ "type": "integer", "description": "A count." })
        );
    }
}
