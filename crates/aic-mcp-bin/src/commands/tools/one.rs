//! One tool in full, for a person: what it does, and its arguments with all that is in them.

use std::fmt::Write as _;

use aic_tools::{AnyTool, JsonObject};
use anstyle::Style;
use serde_json::{Value, json};
use textwrap::{Options, WordSplitter};

/// Names stand out where there are colours.
const NAME: Style = Style::new().bold();
/// The columns of a terminal that tells of none.
const COLUMNS: usize = 80;

/// Everything about a tool.
pub(crate) fn whole(tool: &dyn AnyTool) -> String {
    let spec = tool.spec();
    let scopes = if spec.scopes.is_empty() { "none".to_owned() } else { spec.scopes.to_string() };
    let about =
        format!("{NAME}{}{NAME:#}: {}\n\n{}", spec.name, spec.title, filled(spec.description, 0));
    let facts = [
        ("Effect", spec.effect.as_str().to_owned()),
        ("Toolset", spec.toolset.as_str().to_owned()),
        ("Scopes", scopes),
    ];
    let facts: String = facts.iter().map(|(label, text)| format!("{label:<9}{text}\n")).collect();
    format!("{about}\n{facts}\n{}", arguments(tool))
}

/// The arguments of a tool, and a command that names those that it needs.
pub(crate) fn arguments(tool: &dyn AnyTool) -> String {
    let schema = tool.input_schema();
    let mut text = String::new();
    let schema = Value::Object(schema);
    if members(&schema).is_some_and(|members| !members.is_empty()) {
        text.push_str("Arguments, as a JSON object:\n");
        describe_members(&mut text, &schema, 2);
    } else {
        text.push_str("No arguments.\n");
    }
    let name = tool.spec().name;
    let needed = example(&schema);
    if needed.as_object().is_some_and(JsonObject::is_empty) {
        let _ = writeln!(text, "\nFor example: aic-mcp call {name}");
    } else {
        let _ = writeln!(text, "\nFor example: aic-mcp call {name} --args '{needed}'");
    }
    text
}

/// The members of an object, each with what is in it, `indent` columns from the left.
fn describe_members(text: &mut String, schema: &Value, indent: usize) {
    for (name, member) in members(schema).into_iter().flatten() {
        let need = if is_required(schema, name) { "required " } else { "" };
        let _ = writeln!(text, "{:indent$}{NAME}{name}{NAME:#}  {need}{}", "", kind(member));
        if let Some(said) = member["description"].as_str() {
            text.push_str(&filled(said, indent + 4));
        }
        let item = [&member["items"], &member["additionalProperties"]];
        let item = item.into_iter().find(|schema| members(schema).is_some());
        if members(member).is_some() {
            describe_members(text, member, indent + 4);
        } else if let Some(item) = item {
            let _ = writeln!(text, "{:1$}Each has", "", indent + 4);
            describe_members(text, item, indent + 6);
        }
    }
}

fn members(schema: &Value) -> Option<&JsonObject> {
    schema["properties"].as_object()
}

fn is_required(schema: &Value, name: &str) -> bool {
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

/// The least that a schema asks for.
fn example(schema: &Value) -> Value {
    match schema["type"].as_str() {
        Some("object") => {
            let needed = members(schema).into_iter().flatten();
            let needed = needed.filter(|(name, _)| is_required(schema, name));
            needed.map(|(name, member)| (name.clone(), example(member))).collect()
        }
        Some("array") => json!([example(&schema["items"])]),
        Some("boolean") => json!(true),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        _ => schema["enum"].get(0).cloned().unwrap_or_else(|| json!("...")),
    }
}

/// A text in lines of the terminal's width, `indent` columns from the left.
fn filled(text: &str, indent: usize) -> String {
    let blank = " ".repeat(indent);
    let columns = textwrap::termwidth().clamp(COLUMNS, 100);
    let options = Options::new(columns)
        .initial_indent(&blank)
        .subsequent_indent(&blank)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false);
    textwrap::fill(text, options) + "\n"
}

#[cfg(test)]
mod tests {
    use aic_tools::Registry;

    use super::*;

    #[test]
    fn every_field_of_every_tool_is_described() {
        fn names(schema: &Value, all: &mut Vec<String>) {
            for (name, member) in members(schema).into_iter().flatten() {
                all.push(name.clone());
                for inner in [member, &member["items"], &member["additionalProperties"]] {
                    names(inner, all);
                }
            }
        }
        let mut count = 0;
        for tool in Registry::all().iter() {
            let text = anstream::adapter::strip_str(&whole(tool)).to_string();
            let mut fields = Vec::new();
            names(&Value::Object(tool.input_schema()), &mut fields);
            count += fields.len();
            for field in fields {
                assert!(text.contains(&format!("  {field}  ")), "{field}: {text}");
            }
            assert!(text.contains(&format!("aic-mcp call {}", tool.spec().name)), "{text}");
        }
        assert!(count > 150, "{count} fields");
    }

    #[test]
    fn an_example_has_what_is_required_and_nothing_else() {
        let schema = json!({ "type": "object", "required": ["realm", "operations"], "properties": {
            "realm": { "type": "string", "enum": ["alpha", "bravo"] },
            "note": { "type": "string" },
            "operations": { "type": "array", "items": { "type": "object", "required": ["field"],
                "properties": { "field": { "type": "string" }, "value": {} } } } } });
        assert_eq!(
            example(&schema),
            json!({ "realm": "alpha", "operations": [{ "field": "..." }] })
        );
        assert_eq!(kind(&schema["properties"]["operations"]), "list of objects");
    }
}
