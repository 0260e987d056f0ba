//! Finding a node of a journey by its id or by the name that people see.

use aic_api::am::{Journey, NodeRef, page_children, shown_outcomes};
use serde_json::Value;

use super::graph::brief;
use crate::outcome::ToolError;
use crate::tool::JsonObject;

/// A node as the graph or the page that has it shows it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) node: NodeRef,
    pub(super) display_name: String,
    pub(super) connections: Option<JsonObject>,
}

/// The nodes of the graph that can be read.
pub(super) fn in_graph(journey: &Journey) -> Vec<Place> {
    let graph = journey.as_json().get("nodes").unwrap_or(&Value::Null);
    let place = |(id, node): (&str, Result<NodeRef, _>)| {
        let shown = &graph[id];
        let connections = shown["connections"].as_object().cloned();
        Some(Place { node: node.ok()?, display_name: name_of(shown), connections })
    };
    journey.nodes().filter_map(place).collect()
}

/// The nodes on a page that can be read.
pub(super) fn children(page: &JsonObject) -> Vec<Place> {
    let named = page.get("nodes").and_then(Value::as_array).into_iter().flatten();
    let places = page_children(page).zip(named).filter_map(|((_, node), shown)| {
        Some(Place { node: node.ok()?, display_name: name_of(shown), connections: None })
    });
    places.collect()
}

fn name_of(shown: &Value) -> String {
    shown["displayName"].as_str().unwrap_or_default().to_owned()
}

/// The node that is meant by its id or its name.
pub(super) fn one_of<'a>(places: &'a [Place], meant: &str) -> Result<Option<&'a Place>, ToolError> {
    let by_id = places.iter().find(|place| place.node.id.as_str() == meant);
    let named: Vec<_> = places.iter().filter(|place| place.display_name == meant).collect();
    match (by_id, named.as_slice()) {
        (Some(place), _) => Ok(Some(place)),
        (None, [place]) => Ok(Some(place)),
        (None, []) => Ok(None),
        (None, several) => {
            let ids: Vec<_> = several.iter().map(|place| place.node.id.to_string()).collect();
            Err(ToolError::refused(
                format!("{} nodes have the name {}.", several.len(), brief(meant)),
                format!("Give the id of one of them: {}.", ids.join(", ")),
            ))
        }
    }
}

/// The names of nodes, a few of them.
pub(super) fn names<'a>(places: impl IntoIterator<Item = &'a Place>) -> String {
    const MOST: usize = 40;
    let mut names = places.into_iter().map(|place| brief(&place.display_name));
    let mut shown: Vec<_> = names.by_ref().take(MOST).collect();
    let more = names.count();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown.join(", ")
}

/// The ids of the outcomes that AM shows with a node.
pub(super) fn outcomes_of(node: &JsonObject) -> Vec<String> {
    shown_outcomes(node).into_iter().flatten().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn places(names: &[(&str, &str)]) -> Vec<Place> {
        let nodes = names.iter().map(|(id, name)| {
            let node = json!({ "nodeType": "DataStoreDecisionNode", "displayName": name });
            ((*id).to_owned(), node)
        });
        let nodes: JsonObject = nodes.collect();
        let Value::Object(tree) = json!({ "nodes": nodes }) else { unreachable!() };
        in_graph(&tree.into())
    }

    #[test]
    fn a_node_is_meant_by_its_id_or_by_a_name_that_one_has() {
        let places = places(&[("a", "Check"), ("b", "Check"), ("c", "a")]);
        let found = |meant: &str| {
            let place = one_of(&places, meant);
            place.map(|place| place.map(|place| place.node.id.to_string()))
        };
        assert_eq!(found("b").ok().flatten().as_deref(), Some("b"));
        // An id is one before it is a name.
        assert_eq!(found("a").ok().flatten().as_deref(), Some("a"));
        assert!(found("x").is_ok_and(|place| place.is_none()));
        let refused = found("Check").unwrap_err().to_string();
        assert!(refused.starts_with("2 nodes have the name \"Check\"."), "{refused}");
    }
}
