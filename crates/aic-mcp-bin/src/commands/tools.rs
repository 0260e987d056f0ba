use std::fmt::Write as _;

use aic_tools::{AnyTool, Effect, JsonObject, Registry, Spec};
use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::cli::{Format, Options, ToolsArgs};
use crate::config;
use crate::exit::{ExitKind, Result};
use crate::terminal;

/// `aic-mcp tools`
pub(crate) fn run(options: &Options, args: &ToolsArgs) -> Result<ExitKind> {
    let registry = config::tools(options);
    let text = match args.format {
        Format::Table => table(&registry),
        Format::Json => {
            let tools: Value = registry.iter().map(<dyn AnyTool>::definition).collect();
            format!("{}\n", serde_json::to_string_pretty(&tools)?)
        }
        Format::Markdown => markdown(&registry),
    };
    terminal::print_styled(&text);
    Ok(ExitKind::Success)
}

/// A line for each tool. The colours are for terminals.
fn table(registry: &Registry) -> String {
    let widest = |of: fn(&Spec) -> usize| {
        registry.iter().map(|tool| of(tool.spec())).max().unwrap_or_default()
    };
    let (name, title) = (widest(|spec| spec.name.len()), widest(|spec| spec.title.len()));
    let mut text = String::new();
    for tool in registry.iter() {
        let spec = tool.spec();
        let style = match spec.effect {
            effect if !effect.writes() => Style::new(),
            Effect::Delete | Effect::OneWay => AnsiColor::Red.on_default(),
            _ => AnsiColor::Yellow.on_default(),
        };
        let effect = spec.effect.as_str();
        let line =
            format!("{:name$}  {style}{effect:<8}{style:#}  {:title$}", spec.name, spec.title);
        let _ = writeln!(text, "{}", format!("{line}  {}", spec.scopes).trim_end());
    }
    let _ = writeln!(text, "\n{} tools, scopes: {}", registry.len(), registry.scopes());
    text
}

/// The tool reference, docs/tools.md.
fn markdown(registry: &Registry) -> String {
    let mut text = "# Tools\n".to_owned();
    let mut toolset = None;
    for tool in registry.iter() {
        let spec = tool.spec();
        if toolset.replace(spec.toolset) != Some(spec.toolset) {
            let _ = write!(text, "\n## {} (`{}`)\n", spec.toolset.title(), spec.toolset.as_str());
        }
        let _ = write!(
            text,
            "\n### {}\n\n{}: {}. Scopes: {}.\n\n{}\n\n",
            spec.name,
            spec.title,
            spec.effect.as_str(),
            if spec.scopes.is_empty() { "none".to_owned() } else { format!("`{}`", spec.scopes) },
            spec.description
        );
        text.push_str(&parameters(&tool.input_schema()));
    }
    text
}

fn parameters(schema: &JsonObject) -> String {
    let properties = schema["properties"].as_object();
    let Some(properties) = properties.filter(|properties| !properties.is_empty()) else {
        return "No parameters.\n".to_owned();
    };
    let required = schema.get("required").and_then(Value::as_array);
    let mut text = "| parameter | type | what it is |\n|---|---|---|\n".to_owned();
    for (name, property) in properties {
        let is_required = required.is_some_and(|all| all.iter().any(|one| one == name));
        let _ = writeln!(
            text,
            "| `{name}`{} | {} | {} |",
            if is_required { " (required)" } else { "" },
            kind(property),
            property["description"].as_str().unwrap_or_default().replace('|', "\\|")
        );
    }
    text
}

/// A parameter's type, with what is allowed where that is a list or a range.
fn kind(property: &Value) -> String {
    let mut text = property["type"].as_str().unwrap_or("any").to_owned();
    if let Some(values) = property["enum"].as_array() {
        let values: Vec<_> = values.iter().filter_map(Value::as_str).collect();
        let _ = write!(text, ": {}", values.join(", "));
    }
    if let (Some(least), Some(most)) = (property["minimum"].as_u64(), property["maximum"].as_u64())
    {
        let _ = write!(text, ", {least} to {most}");
    }
    text
}
