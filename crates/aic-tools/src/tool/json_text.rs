//! Arguments as they come from clients that write objects and arrays as JSON text.

use serde_json::Value;

use crate::tool::JsonObject;

/// Whether a text among the arguments may be the JSON of an object or an array.
pub(super) fn may_be_in(arguments: &Value) -> bool {
    match arguments {
        Value::String(text) => text.trim_start().starts_with(['{', '[']),
        Value::Array(items) => items.iter().any(may_be_in),
        Value::Object(members) => members.values().any(may_be_in),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Puts an object or an array in place of its JSON text wherever the schema wants one and takes no
/// text. A text that is the JSON of nothing such stays, and is refused for what it is.
pub(super) fn take(value: &mut Value, schema: &Value) {
    if let Value::String(text) = value
        && let Some(wanted) = schema["type"].as_str()
        && matches!(wanted, "object" | "array")
        && let Ok(parsed) = serde_json::from_str::<Value>(text)
        && (parsed.is_object() && wanted == "object" || parsed.is_array() && wanted == "array")
    {
        *value = parsed;
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                take(member, of_member(schema, name));
            }
        }
        Value::Array(items) => {
            for item in items {
                take(item, &schema["items"]);
            }
        }
        _ => {}
    }
}

fn of_member<'a>(schema: &'a Value, name: &str) -> &'a Value {
    let declared = schema["properties"].as_object().and_then(|all: &JsonObject| all.get(name));
    declared.unwrap_or(&schema["additionalProperties"])
}

/// A parser's message about a value of the wrong type, in the words of JSON. The value is left out,
/// because it may hold a secret.
pub(super) fn without_value(problem: &str) -> String {
    let expected = |text: &str| {
        let text = text.replace("a map", "an object").replace("a sequence", "an array");
        text.replace("struct ", "an object as described: ")
    };
    let Some((kind, rest)) = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|kind| Some((*kind, problem.strip_prefix(kind)?)))
    else {
        return problem.to_owned();
    };
    // The value may say anything, the words after it do not.
    let Some((value, wanted)) = rest.rsplit_once(", expected ") else { return problem.to_owned() };
    let type_of_value = value.split([' ', '`', '"']).next().unwrap_or_default();
    let type_of_value = match type_of_value {
        "map" => "object",
        "sequence" => "array",
        other => other,
    };
    format!("{kind}{type_of_value}, expected {}", expected(wanted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tool::Registry;

    #[test]
    fn what_is_wanted_as_an_object_or_array_may_be_its_text() {
        let schema = json!({ "type": "object", "properties": {
            "object": { "type": "object" },
            "list": { "type": "array", "items": { "type": "object", "properties": {
                "inner": { "type": "array" }, "value": {} } } },
            "map": { "type": "object", "additionalProperties": { "type": "object" } },
            "text": { "type": "string" },
        } });
        let mut arguments = json!({
            "object": " {\"a\":1}",
            "list": "[{\"inner\":\"[1]\",\"value\":\"[2]\"},\"{}\"]",
            "map": { "x": "{}" },
            "text": "{}",
            "other": "{}",
        });
        assert!(may_be_in(&arguments));
        take(&mut arguments, &schema);
        assert_eq!(
            arguments,
            json!({
                "object": { "a": 1 },
                "list": [{ "inner": [1], "value": "[2]" }, {}],
                "map": { "x": {} },
                "text": "{}",
                "other": "{}",
            })
        );
        for bad in ["{", "[1]", "x", "null"] {
            let mut arguments = json!({ "object": bad });
            take(&mut arguments, &schema);
            assert_eq!(arguments["object"], bad);
        }
    }

    #[test]
    fn every_tool_takes_them_so_and_keeps_texts() {
        let (mut taken, mut kept) = (0, 0);
        for tool in Registry::all().iter() {
            let schema = Value::Object(tool.input_schema());
            for (name, parameter) in schema["properties"].as_object().into_iter().flatten() {
                let text = if parameter["type"] == "array" { "[ ]" } else { "{ }" };
                let mut arguments = json!({ name: text });
                take(&mut arguments, &schema);
                let of = tool.spec().name;
                match parameter["type"].as_str() {
                    Some("object") => assert_eq!(arguments[name], json!({}), "{of} {name}"),
                    Some("array") => assert_eq!(arguments[name], json!([]), "{of} {name}"),
                    _ => assert_eq!(arguments[name], text, "{of} {name}"),
                }
                *(if arguments[name].is_string() { &mut kept } else { &mut taken }) += 1;
            }
        }
        assert!(taken > 10 && kept > 50, "{taken} {kept}");
    }

    #[test]
    fn a_value_of_the_wrong_type_is_not_repeated() {
        for (problem, expected) in [
            (
                r#"invalid type: string "{\"password\": \"x, expected y\"}", expected a map"#,
                "invalid type: string, expected an object",
            ),
            (
                "invalid type: integer `1`, expected a sequence",
                "invalid type: integer, expected an array",
            ),
            ("invalid type: map, expected a string", "invalid type: object, expected a string"),
            ("missing field `realm`", "missing field `realm`"),
        ] {
            assert_eq!(without_value(problem), expected);
        }
    }
}
