//! Rules for the scripts and other journeys that nodes name.

use std::collections::BTreeSet;

use serde_json::Value;

use super::fault::{Fault, Finding};
use super::graph::{Graph, Node};
use super::script_outcomes::ScriptOutcomes;
use super::surroundings::{KnownScript, Surroundings};
use crate::am::{INNER_JOURNEY_NODE, NO_SCRIPT, SCRIPTED_DECISION_NODE};

/// The contexts of scripts that decide in a journey, on either engine.
const DECISIONS: [&str; 2] = ["AUTHENTICATION_TREE_DECISION_NODE", "SCRIPTED_DECISION_NODE"];
/// The settings that say whether a node uses the script that it names.
const SWITCHES: [&str; 2] = ["useScript", "useFilterScript"];

/// Checks the scripts and journeys that the nodes name, and what the realm does with this journey.
pub(super) fn check(graph: &Graph<'_>, around: &Surroundings, findings: &mut Vec<Finding>) {
    let mut runs = BTreeSet::new();
    for node in graph.all() {
        check_script(node, around, findings);
        if let Some(inner) = inner_journey(node) {
            runs.insert(inner.to_owned());
            check_inner(node, inner, graph, around, findings);
        }
    }
    let Some(name) = graph.journey.name.as_deref() else { return };
    if let Some(circle) = around.circle(name, &runs) {
        findings.push(Finding::of_journey(Fault::CircularJourneys(circle)));
    }
    if around.default_journey.as_deref() == Some(name) {
        if !graph.journey.tree.is_enabled() {
            findings.push(Finding::of_journey(Fault::DefaultIsDisabled));
        }
        if graph.journey.tree.is_inner_only() {
            findings.push(Finding::of_journey(Fault::DefaultIsInnerOnly));
        }
    }
}

fn inner_journey<'a>(node: &Node<'a>) -> Option<&'a str> {
    let inner = node.text("tree").filter(|_| node.type_name == INNER_JOURNEY_NODE)?;
    (!is_variable(inner)).then_some(inner)
}

/// Whether an ESV stands in place of a value. It is put in when the journey runs.
fn is_variable(value: &str) -> bool {
    value.starts_with("&{")
}

fn check_inner(
    node: &Node<'_>,
    inner: &str,
    graph: &Graph<'_>,
    around: &Surroundings,
    findings: &mut Vec<Finding>,
) {
    // A journey that runs itself is not missing, though the realm may not have it yet.
    let is_own = graph.journey.name.as_deref() == Some(inner);
    match around.journeys.get(inner) {
        None if !is_own => {
            findings.push(node.finding(Fault::MissingInnerJourney(inner.to_owned())));
        }
        Some(other) if !other.is_enabled && !is_own => {
            findings.push(node.finding(Fault::DisabledInnerJourney(inner.to_owned())));
        }
        _ => {}
    }
}

fn check_script(node: &Node<'_>, around: &Surroundings, findings: &mut Vec<Finding>) {
    let Some(scripts) = &around.scripts else { return };
    let is_off = |switch: &&str| {
        node.settings.and_then(|settings| settings.get(*switch)?.as_bool()) == Some(false)
    };
    let named = node.text("script").filter(|id| !id.is_empty() && *id != NO_SCRIPT);
    let Some(id) = named.filter(|id| !is_variable(id) && !SWITCHES.iter().any(is_off)) else {
        return;
    };
    let Some(script) = scripts.get(id) else {
        let namesake = scripts.iter().find(|(_, script)| script.name == id);
        let named_so = namesake.map(|(id, _)| id.clone());
        findings.push(node.finding(Fault::MissingScript { script: id.to_owned(), named_so }));
        return;
    };
    if node.type_name == SCRIPTED_DECISION_NODE {
        check_decision(node, script, findings);
    }
}

fn check_decision(node: &Node<'_>, script: &KnownScript, findings: &mut Vec<Finding>) {
    let name = || script.name.clone();
    if !DECISIONS.contains(&script.context.as_str()) {
        let context = script.context.clone();
        findings.push(node.finding(Fault::NotADecisionScript { script: name(), context }));
        return;
    }
    let declared = node.settings.and_then(|settings| settings.get("outcomes")?.as_array());
    let (Some(declared), Some(source)) = (declared, &script.source) else { return };
    let declared: BTreeSet<_> = declared.iter().filter_map(Value::as_str).collect();
    let set = ScriptOutcomes::of(source);
    for outcome in set.named.iter().filter(|outcome| !declared.contains(outcome.as_str())) {
        let (script, outcome) = (name(), outcome.clone());
        findings.push(node.finding(Fault::ScriptOutcomeNotDeclared { script, outcome }));
    }
    for outcome in
        declared.into_iter().filter(|outcome| set.is_whole && !set.named.contains(*outcome))
    {
        let (script, outcome) = (name(), outcome.to_owned());
        findings.push(node.finding(Fault::ScriptOutcomeNotSet { script, outcome }));
    }
}
