//! The lines that a new tool adds to files that are there.

use anyhow::{Context as _, bail};

/// The `mod.rs` of a toolset with the tool: its module among the others in order, and the tool at the
/// end of the list.
pub(super) fn with_tool(text: &str, module: &str, type_name: &str) -> anyhow::Result<String> {
    let line = format!("mod {module};");
    let modules = text.lines().filter(|line| line.starts_with("mod ") && line.ends_with(';'));
    let modules: Vec<_> = modules.collect();
    if modules.contains(&line.as_str()) {
        bail!("it has `{line}` already");
    }
    let highest = modules.last().context("it has no line that starts with `mod`")?;
    let with_module = match modules.iter().find(|other| **other > line.as_str()) {
        Some(next) => text.replacen(&format!("{next}\n"), &format!("{line}\n{next}\n"), 1),
        None => text.replacen(&format!("{highest}\n"), &format!("{highest}\n{line}\n"), 1),
    };
    let (before, list) = with_module.split_once("vec![").context("it has no list of tools")?;
    let (tools, after) = list.split_once(']').context("the list of its tools has no end")?;
    if !tools.contains("erase::<") {
        bail!("its first list is not that of its tools");
    }
    let tool = format!("erase::<{module}::{type_name}>()");
    let tools = match tools.rsplit_once('\n') {
        // One tool a line, with a comma behind the last one.
        Some((tools, indent)) => format!("{tools}\n{indent}    {tool},\n{indent}"),
        None => format!("{tools}, {tool}"),
    };
    Ok(format!("{before}vec![{tools}]{after}"))
}

/// The table of arguments with those of the tool.
pub(super) fn with_arguments(text: &str, tool: &str, sample: &str) -> anyhow::Result<String> {
    const LAST: &str = "        _ => return None,\n";
    if text.contains(&format!("\"{tool}\"")) {
        bail!("it has {tool} already");
    }
    if text.matches(LAST).count() != 1 {
        bail!("it has no arm, or more than one, for the tools that it does not have");
    }
    Ok(text.replacen(LAST, &format!("        \"{tool}\" => {sample},\n{LAST}"), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "mod get_a;\nmod get_c;\n\nfn all() -> Vec<T> {\n    vec![\n        erase::<get_a::GetA>(),\n        erase::<get_c::GetC>(),\n    ]\n}\n";

    #[test]
    fn the_module_stands_in_order_and_the_tool_at_the_end() {
        let text = with_tool(LIST, "get_b", "GetB").unwrap();
        assert!(text.starts_with("mod get_a;\nmod get_b;\nmod get_c;\n\n"), "{text}");
        assert!(
            text.ends_with("erase::<get_c::GetC>(),\n        erase::<get_b::GetB>(),\n    ]\n}\n"),
            "{text}"
        );
        let text = with_tool(LIST, "get_d", "GetD").unwrap();
        assert!(text.starts_with("mod get_a;\nmod get_c;\nmod get_d;\n\n"), "{text}");
    }

    #[test]
    fn a_list_on_one_line_stays_on_one() {
        let text = with_tool("mod a;\nvec![erase::<a::A>()]\n", "b", "B").unwrap();
        assert_eq!(text, "mod a;\nmod b;\nvec![erase::<a::A>(), erase::<b::B>()]\n");
    }

    #[test]
    fn a_file_of_another_form_is_refused() {
        for text in
            ["", "mod a;\n", "vec![erase::<a::A>()]", "mod a;\nvec![1]", "mod a;\nvec![erase::<"]
        {
            assert!(with_tool(text, "b", "B").is_err(), "{text}");
        }
        assert!(with_tool(LIST, "get_c", "GetC").is_err());
        assert!(with_arguments("", "getA", "x").is_err());
        let known = "        \"getA\" => y,\n        _ => return None,\n";
        assert!(with_arguments(known, "getA", "x").is_err());
        assert!(with_arguments(&known.repeat(2), "getB", "x").is_err());
        let with = with_arguments(known, "getB", "x").unwrap();
        assert_eq!(
            with,
            "        \"getA\" => y,\n        \"getB\" => x,\n        _ => return None,\n"
        );
    }
}
