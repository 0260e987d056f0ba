mod faults;
mod sound;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::*;
use crate::am::{Journey, page_children};
use crate::journey::{FAILURE, SUCCESS};

const PAGE: &str = "PageNode";
const DECISION: &str = "DataStoreDecisionNode";

fn journey(entry: &str, nodes: &Value) -> WholeJourney {
    let tree = json!({ "entryNodeId": entry, "nodes": nodes });
    let tree: Journey = serde_json::from_value(tree).unwrap();
    WholeJourney::unread(Some("Own".to_owned()), tree)
}

/// A node of the tree, with the name that its id has in capitals.
fn node(id: &str, node_type: &str, connections: &[(&str, &str)]) -> (String, Value) {
    let connections: BTreeMap<_, _> = connections.iter().copied().collect();
    let node = json!({ "nodeType": node_type, "displayName": id.to_uppercase(),
        "connections": connections });
    (id.to_owned(), node)
}

/// Gives a node of the tree or of a page its settings, with the outcomes that it has.
fn set(journey: &mut WholeJourney, id: &str, outcomes: &[&str], mut settings: Value) {
    let outcomes: Vec<_> = outcomes.iter().map(|id| json!({ "id": id })).collect();
    settings["_outcomes"] = outcomes.into();
    let in_tree = journey.tree.nodes().filter_map(|(own, node)| Some((own.to_owned(), node.ok()?)));
    let on_pages = journey.settings.values().flat_map(page_children);
    let on_pages = on_pages.filter_map(|(own, node)| Some((own.to_owned(), node.ok()?)));
    let (_, node) = in_tree.chain(on_pages).find(|(own, _)| own == id).expect("a node of this id");
    journey.settings.insert(node, serde_json::from_value(settings).unwrap());
}

fn neighbour(is_enabled: bool, runs: &[&str]) -> Neighbour {
    let runs = runs.iter().map(ToString::to_string).collect();
    Neighbour { is_enabled, runs }
}

fn script(name: &str, context: &str, source: &str) -> KnownScript {
    let source = Some(source.to_owned());
    KnownScript { name: name.to_owned(), context: context.to_owned(), source }
}

fn around() -> Surroundings {
    let known = |tag: bool, on_pages: Option<&str>| KnownType {
        is_deprecated: tag,
        on_pages: on_pages.map(str::to_owned),
    };
    let usual = [DECISION, "ScriptedDecisionNode", "NameNode"];
    let usual = usual.map(|name| (name, known(false, None)));
    let special = [
        (PAGE, known(false, Some("unsupported"))),
        ("InnerTreeEvaluatorNode", known(false, Some("unsupported"))),
        ("SelectIdPNode", known(false, Some("standalone"))),
        ("OldNode", known(true, None)),
    ];
    let types = usual.into_iter().chain(special).map(|(name, known)| (name.to_owned(), known));
    let decision = "AUTHENTICATION_TREE_DECISION_NODE";
    Surroundings {
        journeys: [
            ("Login", neighbour(true, &[])),
            ("Off", neighbour(false, &[])),
            ("Back", neighbour(true, &["Login", "Further"])),
            ("Further", neighbour(true, &["Own"])),
        ]
        .map(|(name, journey)| (name.to_owned(), journey))
        .into(),
        default_journey: Some("Own".to_owned()),
        scripts: Some(
            [
                ("s1", script("Decide", decision, "outcome = x ? 'a' : 'b'; outcome = 'a';")),
                ("s2", script("Both", decision, "outcome = 'a'; if (x) outcome = 'b';")),
                ("s3", script("Mapper", "OIDC_CLAIMS", "")),
            ]
            .map(|(id, script)| (id.to_owned(), script))
            .into(),
        ),
        node_types: Some(types.collect()),
        themes: Some(BTreeSet::from(["t1".to_owned(), "Blue".to_owned()])),
        unread: Vec::new(),
    }
}

/// The rule and the node of each finding.
fn rules(journey: &WholeJourney, around: &Surroundings) -> Vec<(&'static str, String)> {
    let found = validate(journey, around).into_iter();
    let found =
        found.map(|found| (found.fault.rule(), found.node.map(|node| node.id).unwrap_or_default()));
    found.collect()
}
