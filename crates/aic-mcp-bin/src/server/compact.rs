//! Four tools in place of all, for clients that drown in lists: find a tool, describe it, call it.
//!
//! Whatever is called goes the way of every other call, with the same selection, confirmation and
//! audit. Reading and writing are apart, so that a client can let the one pass and ask about the
//! other.

use std::sync::Arc;

use aic_tools::{AnyTool, JsonObject, Registry};
use rmcp::model::{Tool, ToolAnnotations};
use serde::Deserialize;
use serde_json::{Value, json};

const FIND: &str = "findTools";
const DESCRIBE: &str = "describeTool";
const READ: &str = "callReadingTool";
const WRITE: &str = "callWritingTool";
const ALL: [&str; 4] = [FIND, DESCRIBE, READ, WRITE];

/// The instructions for a model.
pub(super) const INSTRUCTIONS: &str = "Everything is done through four tools: findTools finds what there is for a task, describeTool \
     has a tool's parameters, callReadingTool and callWritingTool call it.";

/// The meaning of a call.
pub(super) enum Meant<'a> {
    /// An answer of the list's own.
    Answer(JsonObject),
    /// A call of a tool.
    Call(&'a dyn AnyTool, JsonObject),
    /// A call of a tool that is not offered, or does not exist.
    Unknown(String),
    /// The fault, and the remedy.
    Wrong(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Find {
    #[serde(default)]
    query: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Describe {
    tool: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallTool {
    tool: String,
    #[serde(default)]
    arguments: JsonObject,
}

/// The four tools, or the two or three of them that have anything to do.
pub(super) fn list(registry: &Registry) -> Vec<Tool> {
    let writes = registry.iter().any(|tool| tool.spec().effect.writes());
    let tool = |name: &'static str, title: &str, description: &'static str, input: Value, hints| {
        let input = input.as_object().cloned().unwrap_or_default();
        Tool::new(name, description, Arc::new(input)).with_title(title).with_annotations(hints)
    };
    let reads = || {
        let mut hints = ToolAnnotations::new();
        hints.read_only_hint = Some(true);
        hints
    };
    let text = |description: &str| json!({ "type": "string", "description": description });
    let call = || {
        json!({
            "type": "object",
            "properties": {
                "tool": text("The tool's name, from findTools."),
                "arguments": { "type": "object", "description": "Its arguments, from describeTool." },
            },
            "required": ["tool"],
            "additionalProperties": false,
        })
    };
    let mut own = reads();
    own.open_world_hint = Some(false);
    let mut tools = vec![
        tool(
            FIND,
            "Find tools",
            "Lists the tools for a task, by words of their names and descriptions: managed objects \
             (users, roles, groups), journeys and their nodes, scripts, OIDC applications, themes, \
             environment variables, features, logs. All of them without a query.",
            json!({
                "type": "object",
                "properties": { "query": text("A few words, such as: delete user, or journey.") },
                "additionalProperties": false,
            }),
            own.clone(),
        ),
        tool(
            DESCRIBE,
            "Describe a tool",
            "Returns a tool's description, the JSON Schema of its arguments and that of its result. \
             Read it before the first call of a tool.",
            json!({
                "type": "object",
                "properties": { "tool": text("The tool's name, from findTools.") },
                "required": ["tool"],
                "additionalProperties": false,
            }),
            own,
        ),
        tool(
            READ,
            "Call a tool that reads",
            "Calls a tool that changes nothing, and returns its result.",
            call(),
            reads(),
        ),
    ];
    if writes {
        let mut hints = ToolAnnotations::new();
        hints.destructive_hint = Some(true);
        let description = "Calls a tool that changes something on the tenant. Read the tool's \
                           description first; the user may be asked to confirm the call.";
        tools.push(tool(WRITE, "Call a tool that writes", description, call(), hints));
    }
    tools
}

/// The meaning of a call of one of the four.
pub(super) fn meant<'a>(registry: &'a Registry, name: &str, arguments: JsonObject) -> Meant<'a> {
    match name {
        FIND => match parse::<Find>(arguments) {
            Ok(Find { query }) => Meant::Answer(find(registry, &query)),
            Err(problem) => Meant::Wrong(problem),
        },
        DESCRIBE => match parse::<Describe>(arguments) {
            Ok(Describe { tool }) => match registry.get(&tool) {
                Some(tool) => Meant::Answer(object(tool.definition())),
                None => Meant::Unknown(tool),
            },
            Err(problem) => Meant::Wrong(problem),
        },
        READ | WRITE => match parse::<CallTool>(arguments) {
            Ok(CallTool { tool, arguments }) => call(registry, name == WRITE, tool, arguments),
            Err(problem) => Meant::Wrong(problem),
        },
        _ if registry.get(name).is_some() => Meant::Wrong(format!(
            "{name} is called through {READ} or {WRITE}, with its name as `tool` and its arguments \
             as `arguments`."
        )),
        _ => Meant::Unknown(name.to_owned()),
    }
}

fn call(registry: &Registry, writing: bool, name: String, arguments: JsonObject) -> Meant<'_> {
    let Some(tool) = registry.get(&name) else { return Meant::Unknown(name) };
    match (tool.spec().effect.writes(), writing) {
        (true, false) => Meant::Wrong(format!("{name} writes, so it is called with {WRITE}.")),
        (false, true) => Meant::Wrong(format!("{name} only reads, so it is called with {READ}.")),
        _ => Meant::Call(tool, arguments),
    }
}

fn parse<T: for<'de> Deserialize<'de>>(arguments: JsonObject) -> Result<T, String> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| format!("{error}."))
}

/// The tools that have all words of the query, or where none has all, those that have most; those
/// first that have them in their names.
fn find(registry: &Registry, query: &str) -> JsonObject {
    let words: Vec<_> = query.split_whitespace().map(str::to_lowercase).collect();
    let fits = |text: String| {
        let text = text.to_lowercase();
        words.iter().filter(|word| text.contains(stem(word))).count()
    };
    let mut found: Vec<_> = registry
        .iter()
        .map(|tool| {
            let spec = tool.spec();
            let name = format!("{} {}", spec.name, spec.title);
            let about = format!("{name} {} {}", spec.description, spec.toolset.title());
            (fits(about), fits(name), spec)
        })
        .collect();
    let most = found.iter().map(|(all, ..)| *all).max().unwrap_or(0);
    found.retain(|(all, ..)| words.is_empty() || *all == most && most > 0);
    found.sort_by_key(|(_, in_name, _)| std::cmp::Reverse(*in_name));
    let tools: Vec<_> = found
        .into_iter()
        .map(|(.., spec)| {
            json!({ "tool": spec.name, "title": spec.title, "effect": spec.effect.as_str() })
        })
        .collect();
    let note = if tools.is_empty() {
        "Nothing fits. Without a query, all tools are listed."
    } else {
        "Tools whose effect is `reads` are called with callReadingTool, the others with \
         callWritingTool."
    };
    object(json!({ "count": tools.len(), "tools": tools, "note": note }))
}

/// A word without the ending that makes it more than one.
fn stem(word: &str) -> &str {
    word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word)
}

fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    }
}

/// Whether a tool is one of the four.
pub(super) fn has(name: &str) -> bool {
    ALL.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Vec<String> {
        let registry = Registry::all();
        let found = find(&registry, query);
        let tools = found["tools"].as_array().unwrap();
        tools.iter().map(|tool| tool["tool"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn tools_are_found_by_what_they_are_for() {
        assert_eq!(found("").len(), Registry::all().len());
        assert!(found("delete users").contains(&"deleteManagedObject".to_owned()));
        assert!(found("default journey").contains(&"setDefaultJourney".to_owned()));
        assert!(found("search the logs").contains(&"queryLogs".to_owned()));
        assert_eq!(found("undo")[0], "undoChange");
        assert!(found("weather").is_empty());
    }
}
