//! Questions that would tell a secret bit by bit.

use aic_api::query::fields;
use serde_json::Value;

use super::leads_to_secret;
use crate::tool::JsonObject;

/// An argument that asks for a secret without naming its value: by the order or the number of what
/// matches, by whether a test holds, or by having it written where it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Probe {
    /// The argument or the operation that asks, such as `queryFilter`.
    pub(crate) by: String,
    /// The field that is asked for.
    pub(crate) field: String,
}

impl Probe {
    /// Finds one in the arguments of a call. Filters are looked for among the parameters alone, not in
    /// what is to be stored, where they ask for nothing yet.
    pub(crate) fn find(arguments: &Value) -> Option<Self> {
        let parameter = |name: &str| arguments.get(name).and_then(Value::as_str);
        let by_filter = |name| Self::among(name, fields(parameter(name)?));
        let by_order = |name| {
            let keys = parameter(name)?.split(',');
            Self::among(name, keys.map(|key| key.trim().trim_start_matches(['-', '+'])))
        };
        by_filter("queryFilter")
            .or_else(|| by_filter("filter"))
            .or_else(|| by_order("sortKeys"))
            .or_else(|| Self::in_operations(arguments))
    }

    fn in_operations(value: &Value) -> Option<Self> {
        match value {
            Value::Array(items) => items.iter().find_map(Self::in_operations),
            Value::Object(members) => Self::in_operation(members)
                .or_else(|| members.values().find_map(Self::in_operations)),
            _ => None,
        }
    }

    fn in_operation(members: &JsonObject) -> Option<Self> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        match text("operation").or_else(|| text("op"))? {
            "copy" | "move" => Self::among("from", text("from").into_iter()),
            "test" => Self::among("test", text("field").or_else(|| text("path")).into_iter()),
            _ => None,
        }
    }

    fn among<'a>(by: &str, mut fields: impl Iterator<Item = &'a str>) -> Option<Self> {
        let field = fields.find(|field| leads_to_secret(field))?;
        Some(Self { by: by.to_owned(), field: field.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_asks_for_a_secret_without_its_value_is_found() {
        for (arguments, by) in [
            (json!({ "queryFilter": r#"userName eq "a" and !(/password sw "c")"# }), "queryFilter"),
            (json!({ "queryFilter": r#"/devices[clientSecret sw "c"]"# }), "queryFilter"),
            (
                json!({ "filter": r#"/payload/http/request/headers/authorization co "x""# }),
                "filter",
            ),
            (json!({ "sortKeys": "sn, -authToken" }), "sortKeys"),
            (
                json!({ "operations": [{ "operation": "copy", "from": "/pin", "field": "/sn" }] }),
                "from",
            ),
            (json!([{ "op": "move", "from": "core/clientSecret/value", "path": "/x" }]), "from"),
            (json!([{ "operation": "test", "field": "/password", "value": "a" }]), "test"),
        ] {
            assert_eq!(
                Probe::find(&arguments).map(|probe| probe.by).as_deref(),
                Some(by),
                "{arguments}"
            );
        }
    }

    #[test]
    fn values_and_other_fields_are_no_questions() {
        for arguments in [
            json!({ "queryFilter": r#"description co "password" and passwordPolicy pr"# }),
            json!({ "sortKeys": "sn" }),
            json!({ "objectData": { "privileges": [{ "filter": "password pr" }] } }),
            json!([{ "operation": "copy", "from": "/mail", "field": "/password" }]),
            json!([{ "operation": "replace", "field": "/password", "value": "x" }]),
        ] {
            assert_eq!(Probe::find(&arguments), None, "{arguments}");
        }
    }
}
