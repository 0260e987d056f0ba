//! One tool in full, for a person: what it does, and its arguments with all that is in them.

use std::fmt::Write as _;

use aic_tools::{AnyTool, JsonObject};
use anstyle::Style;
use serde_json::{Value, json};
use textwrap::{Options, WordSplitter};

use super::fields::{Field, fields, is_required, members};

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
    let fields = fields(&schema);
    if fields.is_empty() {
        text.push_str("No arguments.\n");
    } else {
        text.push_str("Arguments, as a JSON object:\n");
        describe(&mut text, &fields, 2);
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

/// Fields, each with what is in it, `indent` columns from the left.
fn describe(text: &mut String, fields: &[Field<'_>], indent: usize) {
    for field in fields {
        let Field { name, description, inner, is_collection, .. } = field;
        let kind = field.need_and_kind();
        let _ = writeln!(text, "{:indent$}{NAME}{name}{NAME:#}  {kind}", "");
        if let Some(said) = description {
            text.push_str(&filled(said, indent + 4));
        }
        if *is_collection {
            let _ = writeln!(text, "{:1$}Each has", "", indent + 4);
        }
        describe(text, inner, indent + if *is_collection { 6 } else { 4 });
    }
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

    use super::super::fields::kind;
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
