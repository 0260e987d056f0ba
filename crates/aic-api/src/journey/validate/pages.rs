//! Rules for the nodes on pages and for the types of nodes.

use serde_json::Value;

use super::fault::{Fault, Finding};
use super::graph::{Graph, Node};
use super::surroundings::{KnownType, Surroundings};

/// Checks the types of all nodes, whether the nodes are there, and what is on pages.
pub(super) fn check(graph: &Graph<'_>, around: &Surroundings, findings: &mut Vec<Finding>) {
    for node in graph.all() {
        let is_known = check_type(node, around, findings);
        let is_missing =
            node.reference.as_ref().is_some_and(|it| graph.journey.missing.contains(it));
        if is_known && is_missing {
            findings.push(node.finding(Fault::MissingNode));
        }
    }
    for page in graph.nodes.values().filter(|node| node.is_page()) {
        check_page(page, around, findings);
    }
}

/// Returns whether the tenant may have the type.
fn check_type(node: &Node<'_>, around: &Surroundings, findings: &mut Vec<Finding>) -> bool {
    let Some(types) = &around.node_types else { return true };
    let name = || node.type_name.to_owned();
    match types.get(node.type_name) {
        None => findings.push(node.finding(Fault::UnknownNodeType(name()))),
        Some(KnownType { is_deprecated: true, .. }) => {
            findings.push(node.finding(Fault::DeprecatedNodeType(name())));
        }
        Some(_) => {}
    }
    types.contains_key(node.type_name)
}

fn check_page(page: &Node<'_>, around: &Surroundings, findings: &mut Vec<Finding>) {
    for child in &page.children {
        let known = around.node_types.as_ref().and_then(|types| types.get(child.type_name));
        let name = child.type_name.to_owned();
        match known.and_then(|known| known.on_pages.as_deref()) {
            Some("unsupported") => findings.push(child.finding(Fault::NotOnPages(name))),
            Some("standalone") if page.children.len() > 1 => {
                findings.push(child.finding(Fault::NotAloneOnPage(name)));
            }
            _ => {}
        }
    }
    if let Some(themes) = &around.themes
        && let Some(theme) = page.text("stage").and_then(theme_of)
        && !themes.contains(&theme)
    {
        findings.push(page.finding(Fault::MissingTheme(theme)));
    }
}

/// The theme that the stage of a page names, by its id or its name. The console writes JSON there, and
/// wrote `themeId=` and the theme before that.
fn theme_of(stage: &str) -> Option<String> {
    let theme = match serde_json::from_str::<Value>(stage) {
        Ok(stage) => stage.get("themeId")?.as_str()?.to_owned(),
        Err(_) => stage.trim().strip_prefix("themeId=")?.to_owned(),
    };
    (!theme.is_empty()).then_some(theme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_names_its_theme_in_either_form() {
        for (stage, theme) in [
            (r#"{"themeId":"a","x":1}"#, Some("a")),
            ("themeId=a", Some("a")),
            ("themeId=", None),
            ("{}", None),
            ("LoginPage", None),
            ("", None),
        ] {
            assert_eq!(theme_of(stage).as_deref(), theme, "{stage}");
        }
    }
}
