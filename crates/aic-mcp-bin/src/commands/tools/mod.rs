mod fields;
pub(crate) mod one;

use std::fmt::Write as _;

use aic_auth::ScopeSet;
use aic_tools::{AnyTool, Effect, JsonObject, Registry};
use anstyle::{AnsiColor, Style};
use anyhow::anyhow;
use serde_json::Value;

use self::fields::{Field, fields};
use crate::cli::{Format, Options, ToolsArgs};
use crate::config;
use crate::exit::{CommandError, ExitKind, Result};
use crate::terminal;

/// `aic-mcp tools`
pub(crate) fn run(options: &Options, args: &ToolsArgs) -> Result<ExitKind> {
    let offered = config::tools(options);
    // A tool that is named is shown even where it is switched off.
    let all = Registry::all();
    let tools: Vec<&dyn AnyTool> = if args.names.is_empty() {
        offered.iter().collect()
    } else {
        let found = |name: &String| {
            all.get(name).ok_or_else(|| {
                let unknown = all.no_such_tool(name);
                CommandError::wrong_use(anyhow!("{unknown} `aic-mcp tools` lists them all"))
            })
        };
        args.names.iter().map(found).collect::<Result<_>>()?
    };
    let text = match args.format {
        Format::Table if args.names.is_empty() => table(&tools, terminal::columns()),
        Format::Table => in_full(&tools, &offered),
        Format::Json => {
            let tools: Value = tools.into_iter().map(<dyn AnyTool>::definition).collect();
            format!("{}\n", serde_json::to_string_pretty(&tools)?)
        }
        Format::Markdown => markdown(&tools),
    };
    terminal::print_styled(&text);
    Ok(ExitKind::Success)
}

/// The tools one after the other.
fn in_full(tools: &[&dyn AnyTool], offered: &Registry) -> String {
    let shown = tools.iter().map(|tool| {
        let why = offered.why_not_offered(tool.spec().name);
        let off = why.map(|why| format!("\nSwitched off: {why}. {}\n", why.remedy()));
        one::whole(*tool) + &off.unwrap_or_default()
    });
    shown.collect::<Vec<_>>().join("\n")
}

/// A line for each tool, by toolset; broken where it would be longer than `width`. The colours are for
/// terminals.
fn table(tools: &[&dyn AnyTool], width: Option<usize>) -> String {
    let name = tools.iter().map(|tool| tool.spec().name.len()).max().unwrap_or_default();
    let mut text = String::new();
    let mut toolset = None;
    for tool in tools {
        let spec = tool.spec();
        if toolset.replace(spec.toolset) != Some(spec.toolset) {
            let (title, bold) = (spec.toolset.title(), Style::new().bold());
            let gap = if text.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}{bold}{title}{bold:#} ({})", spec.toolset.as_str());
        }
        let style = match spec.effect {
            effect if !effect.writes() => Style::new(),
            Effect::Delete | Effect::OneWay => AnsiColor::Red.on_default(),
            _ => AnsiColor::Yellow.on_default(),
        };
        let indent = " ".repeat(2 + name + 2 + EFFECT + 2);
        let room = width.map(|width| width.saturating_sub(indent.len()).max(20));
        let title = match room {
            Some(room) => textwrap::fill(spec.title, room).replace('\n', &format!("\n{indent}")),
            None => spec.title.to_owned(),
        };
        let effect = spec.effect.as_str();
        let _ = writeln!(text, "  {:name$}  {style}{effect:<EFFECT$}{style:#}  {title}", spec.name);
    }
    let scopes: ScopeSet =
        tools.iter().fold(ScopeSet::EMPTY, |all, tool| all.union(tool.spec().scopes));
    let _ =
        writeln!(text, "\n{} tools; `aic-mcp tools NAME` shows one in full. Scopes:", tools.len());
    let _ = writeln!(text, "{scopes}");
    text
}

/// The width of the column of effects.
const EFFECT: usize = 8;

/// The tool reference, docs/tools.md.
fn markdown(tools: &[&dyn AnyTool]) -> String {
    let mut text = "# Tools\n".to_owned();
    let mut toolset = None;
    for tool in tools {
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
        text.push_str(&parameters(tool.input_schema()));
    }
    text
}

fn parameters(schema: JsonObject) -> String {
    let schema = Value::Object(schema);
    let fields = fields(&schema);
    if fields.is_empty() {
        return "No parameters.\n".to_owned();
    }
    let mut text = "Parameters:\n\n".to_owned();
    list(&mut text, &fields, 0);
    text
}

/// Fields as a list in a list for each that has fields in it.
fn list(text: &mut String, fields: &[Field<'_>], depth: usize) {
    for field in fields {
        let (indent, name, kind) = ("  ".repeat(depth), field.name, field.need_and_kind());
        let said = field.description.map(|said| format!(": {said}")).unwrap_or_default();
        let each = if field.is_collection { " Each has:" } else { "" };
        let _ = writeln!(text, "{indent}- `{name}` ({kind}){said}{each}");
        list(text, &field.inner, depth + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_has_every_field_once_and_in_its_place() {
        fn count(fields: &[Field<'_>]) -> usize {
            fields.iter().map(|field| 1 + count(&field.inner)).sum()
        }
        let mut all = 0;
        for tool in Registry::all().iter() {
            let schema = tool.input_schema();
            let text = parameters(schema.clone());
            let schema = Value::Object(schema);
            let lines = text.lines().filter(|line| line.trim_start().starts_with("- `")).count();
            assert_eq!(lines, count(&fields(&schema)), "{text}");
            all += lines;
        }
        assert!(all > 150, "{all} fields");
        let tool = Registry::all();
        let tool = tool.get("createJourney").unwrap();
        let text = parameters(tool.input_schema());
        let parts =
            ["- `journeyData` (required", "\n  - `nodes` (", "Each has:\n    - `nodeType` ("];
        for part in parts {
            assert!(text.contains(part), "{text}");
        }
    }
}
