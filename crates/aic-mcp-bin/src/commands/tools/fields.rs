//! The fields of a tool's arguments, as its schema has them.

use std::fmt::Write as _;

use aic_tools::JsonObject;
use serde_json::Value;

/// A field, and the fields in it.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) is_required: bool,
    /// Its type in words, with what is allowed.
    pub(super) kind: String,
    pub(super) description: Option<&'a str>,
    /// The fields of its value, or of each of its items.
    pub(super) inner: Vec<Field<'a>>,
    /// Whether the inner fields are those of each item.
    pub(super) is_collection: bool,
}

impl Field<'_> {
    /// Its type, and whether it has to be given.
    pub(super) fn need_and_kind(&self) -> String {
        format!("{}{}", if self.is_required { "required " } else { "" }, self.kind)
    }
}

/// The fields of an object.
pub(super) fn fields(schema: &Value) -> Vec<Field<'_>> {
    let members = members(schema).into_iter().flatten();
    members
        .map(|(name, member)| {
            let item = [&member["items"], &member["additionalProperties"]];
            let item = item.into_iter().find(|schema| self::members(schema).is_some());
            let is_collection = self::members(member).is_none() && item.is_some();
            Field {
                name,
                is_required: is_required(schema, name),
                kind: kind(member),
                description: member["description"].as_str(),
                inner: fields(item.filter(|_| is_collection).unwrap_or(member)),
                is_collection,
            }
        })
        .collect()
}

pub(super) fn members(schema: &Value) -> Option<&JsonObject> {
    schema["properties"].as_object()
}

pub(super) fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name))
}

/// A value's type in words, with what is allowed.
pub(super) fn kind(schema: &Value) -> String {
    let mut text = match schema["type"].as_str() {
        Some("array") => match schema["items"]["type"].as_str() {
            Some(item) => format!("list of {item}s"),
            None => "list".to_owned(),
        },
        Some(kind) => kind.to_owned(),
        None => "any value".to_owned(),
    };
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> = values.iter().filter_map(Value::as_str).collect();
        let _ = write!(text, ": {}", values.join(", "));
    }
    if let (Some(least), Some(most)) = (schema["minimum"].as_u64(), schema["maximum"].as_u64()) {
        let _ = write!(text, ", {least} to {most}");
    }
    if let Some(default) = schema.get("default") {
        let _ = write!(text, ", {default} by default");
    }
    text
}
