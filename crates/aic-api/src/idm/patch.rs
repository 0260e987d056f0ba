use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// The verb of a patch operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Sets a field, or appends to an array whose pointer ends in `/-`.
    Add,
    /// Removes a field, or of an array the element equal to `value`.
    Remove,
    /// Sets a field, whatever it was before.
    Replace,
    /// Moves the value of `from` to `field`.
    Move,
    /// Copies the value of `from` to `field`.
    Copy,
    /// Checks that `field` has the value.
    Test,
}

impl Operation {
    fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
            Self::Move => "move",
            Self::Copy => "copy",
            Self::Test => "test",
        }
    }
}

/// One operation of a CREST patch.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PatchOperation {
    /// The action.
    pub operation: Operation,
    /// JSON pointer of the field, such as `/mail`; `/roles/-` appends.
    pub field: String,
    /// The new value.
    #[serde(default, deserialize_with = "given")]
    pub value: Option<Value>,
    /// For move and copy: the field to take the value from.
    #[serde(default)]
    pub from: Option<String>,
}

/// Tells `null`, which is a value, from a value that is not there.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl PatchOperation {
    /// The operation as it is sent, its fields below `prefix`.
    pub(crate) fn to_json(&self, prefix: &str) -> Value {
        let below = |field: &str| match field.strip_prefix('/') {
            Some(_) => format!("{prefix}{field}"),
            None if prefix.is_empty() => field.to_owned(),
            None => format!("{prefix}/{field}"),
        };
        let mut json = Map::new();
        json.insert("operation".to_owned(), self.operation.as_str().into());
        json.insert("field".to_owned(), below(&self.field).into());
        if let Some(value) = &self.value {
            json.insert("value".to_owned(), value.clone());
        }
        if let Some(from) = &self.from {
            json.insert("from".to_owned(), below(from).into());
        }
        json.into()
    }
}

/// The body of a patch request.
pub(crate) fn body(operations: &[PatchOperation], prefix: &str) -> Value {
    operations.iter().map(|operation| operation.to_json(prefix)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_is_a_value_and_absence_is_none() {
        let read = |json: Value| serde_json::from_value::<PatchOperation>(json).unwrap();
        let null = read(json!({"operation": "replace", "field": "/a", "value": null}));
        assert_eq!(null.value, Some(Value::Null));
        let absent = read(json!({"operation": "remove", "field": "/a"}));
        assert_eq!(absent.value, None);
        assert_eq!(
            body(&[null, absent], ""),
            json!([
                {"operation": "replace", "field": "/a", "value": null},
                {"operation": "remove", "field": "/a"}
            ])
        );
    }

    #[test]
    fn fields_go_below_the_prefix_with_or_without_their_slash() {
        let operation = |field: &str| PatchOperation {
            operation: Operation::Add,
            field: field.to_owned(),
            value: Some(1.into()),
            from: None,
        };
        let field = |field: &str| operation(field).to_json("/objects/3")["field"].clone();
        assert_eq!(field("/schema/order/-"), "/objects/3/schema/order/-");
        assert_eq!(field("schema/title"), "/objects/3/schema/title");
    }
}
