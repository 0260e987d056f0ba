//! Single connections of a journey that is there.

use std::collections::HashMap;

use aic_api::am::{Journey, NodeRef};
use aic_api::{Realm, Write};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::graph::{brief, static_node};
use super::lookup::{Place, in_graph, names, one_of, outcomes_of};
use crate::outcome::ToolError;
use crate::tool::{Context, JsonObject};

// A connection, by the ids or names of nodes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Connection {
    from: String,
    outcome: String,
    /// A node, success or failure.
    to: String,
}

/// Leads outcomes of nodes to other nodes, with everything else in the graph as it was.
///
/// # Errors
///
/// [`ToolError`] where a node or an outcome is not there, or a node cannot be read.
pub(super) async fn reconnect(
    cx: &Context<Write>,
    realm: Realm,
    journey: Journey,
    connections: &[Connection],
) -> Result<JsonObject, ToolError> {
    let places = in_graph(&journey);
    let mut sources = Vec::new();
    for connection in connections {
        let source = find(&places, &connection.from)?.node.clone();
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let nodes = cx.api().nodes(realm);
    let read = cx.each(sources, async |source| (source.clone(), nodes.get(&source).await)).await;
    let mut outcomes = HashMap::new();
    for (source, settings) in read {
        outcomes.insert(source, outcomes_of(&settings?));
    }
    let mut tree = journey.into_json();
    for connection in connections {
        connect(&mut tree, &places, &outcomes, connection)?;
    }
    Ok(tree)
}

fn connect(
    tree: &mut JsonObject,
    places: &[Place],
    outcomes: &HashMap<NodeRef, Vec<String>>,
    Connection { from, outcome, to }: &Connection,
) -> Result<(), ToolError> {
    let source = find(places, from)?;
    let has = outcomes.get(&source.node).map(Vec::as_slice).unwrap_or_default();
    let outcome = meant(has, outcome).ok_or_else(|| {
        let known: Vec<_> = has.iter().map(|known| brief(known)).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        ToolError::refused(
            format!("The node {} has no outcome {}.", brief(from), brief(outcome)),
            format!("Nothing was changed. Use one of its outcomes: {known}."),
        )
    })?;
    let target = match static_node(to) {
        Some(end) => end.to_owned(),
        None => find(places, to)?.node.id.to_string(),
    };
    let node = tree.get_mut("nodes").and_then(|nodes| nodes.get_mut(source.node.id.as_str()));
    if let Some(Value::Object(node)) = node {
        let connections = node.entry("connections").or_insert_with(|| json!({}));
        connections[outcome] = target.into();
    }
    Ok(())
}

/// The outcome that is meant: the one of this name in any case, or the one of a page that has the name of
/// its last node in front.
fn meant<'a>(outcomes: &'a [String], name: &str) -> Option<&'a str> {
    let exact = outcomes.iter().find(|outcome| *outcome == name);
    let alike = || outcomes.iter().find(|outcome| outcome.eq_ignore_ascii_case(name));
    let behind = format!("-{name}");
    let on_page = || {
        let mut ending = outcomes.iter().filter(|outcome| outcome.ends_with(&behind));
        ending.next().filter(|_| ending.next().is_none())
    };
    exact.or_else(alike).or_else(on_page).map(String::as_str)
}

fn find<'a>(places: &'a [Place], name: &str) -> Result<&'a Place, ToolError> {
    one_of(places, name)?.ok_or_else(|| {
        ToolError::refused(
            format!("The graph has no node {}.", brief(name)),
            format!(
                "Nothing was changed. Use the id or the name of one of its nodes: {}.",
                names(places)
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_meant_by_its_name_in_any_case_or_without_its_page() {
        let outcomes = ["true", "false"].map(str::to_owned);
        assert_eq!(meant(&outcomes, "True"), Some("true"));
        assert_eq!(meant(&outcomes, "other"), None);
        let page = ["1b2c-outcome"].map(str::to_owned);
        assert_eq!(meant(&page, "outcome"), Some("1b2c-outcome"));
        let two = ["a-yes", "b-yes"].map(str::to_owned);
        assert_eq!(meant(&two, "yes"), None);
    }

    #[test]
    fn a_connection_changes_nothing_beside_it() {
        let Value::Object(tree) = json!({ "_id": "Login", "nodes": {
            "a": { "nodeType": "DataStoreDecisionNode", "displayName": "Check",
                "connections": { "true": "b", "false": "b" } },
            "b": { "nodeType": "IncrementLoginCountNode", "displayName": "Count" },
        } }) else {
            unreachable!()
        };
        let places = in_graph(&Journey::from(tree.clone()));
        let node = places.iter().find(|place| place.display_name == "Check").unwrap();
        let outcomes =
            HashMap::from([(node.node.clone(), ["true", "false"].map(str::to_owned).into())]);
        let connection = |from: &str, outcome: &str, to: &str| Connection {
            from: from.to_owned(),
            outcome: outcome.to_owned(),
            to: to.to_owned(),
        };
        let mut changed = tree.clone();
        connect(&mut changed, &places, &outcomes, &connection("Check", "false", "Failure"))
            .unwrap();
        let mut expected = Value::Object(tree.clone());
        expected["nodes"]["a"]["connections"]["false"] = static_node("failure").unwrap().into();
        assert_eq!(Value::Object(changed), expected);
        for wrong in [("Check", "maybe", "b"), ("Check", "true", "c"), ("x", "true", "b")] {
            let wrong = connection(wrong.0, wrong.1, wrong.2);
            assert!(connect(&mut tree.clone(), &places, &outcomes, &wrong).is_err());
        }
    }
}
