//! The way of a login through a journey.

use std::collections::BTreeSet;

use super::fault::{Fault, Finding};
use super::graph::{Graph, Node, is_end};
use crate::journey::SUCCESS;

/// Checks the connections, and where they lead to.
pub(super) fn check(graph: &Graph<'_>, findings: &mut Vec<Finding>) {
    for node in graph.nodes.values() {
        check_connections(node, graph, findings);
    }
    if !graph.nodes.contains_key(graph.entry) {
        findings.push(Finding::of_journey(Fault::MissingEntry(graph.entry.to_owned())));
        return;
    }
    let reached = graph.reached_from(graph.entry);
    let unreached = graph.nodes.values().filter(|node| !reached.contains(node.id));
    findings.extend(unreached.map(|node| node.finding(Fault::UnreachableNode)));
    if !reached.contains(SUCCESS) {
        findings.push(Finding::of_journey(Fault::NoSuccess));
    }
    check_loops(graph, &reached, findings);
}

fn check_connections(node: &Node<'_>, graph: &Graph<'_>, findings: &mut Vec<Finding>) {
    for (outcome, target) in &node.connections {
        if !is_end(target) && !graph.nodes.contains_key(target) {
            let (outcome, target) = (node.plain(outcome), (*target).to_owned());
            findings.push(node.finding(Fault::MissingTarget { outcome, target }));
        }
    }
    let Some(own) = node.outcomes() else { return };
    if node.is_page() && own.is_empty() {
        findings.push(node.finding(Fault::EmptyPage));
        return;
    }
    let unconnected = own.iter().filter(|outcome| !node.connections.contains_key(outcome.as_str()));
    findings.extend(
        unconnected.map(|outcome| node.finding(Fault::UnconnectedOutcome(node.plain(outcome)))),
    );
    for outcome in node.connections.keys().filter(|outcome| !own.iter().any(|own| own == *outcome))
    {
        let own = own.iter().map(|outcome| node.plain(outcome)).collect();
        let outcome = node.plain(outcome);
        findings.push(node.finding(Fault::UnknownOutcome { outcome, own }));
    }
}

/// Finds the loops that no login leaves. A login also leaves a loop by an outcome that leads nowhere,
/// about which there is a finding already.
fn check_loops(graph: &Graph<'_>, reached: &BTreeSet<&str>, findings: &mut Vec<Finding>) {
    let mut leaving: BTreeSet<&str> = reached.iter().copied().filter(|id| is_end(id)).collect();
    leaving.extend(graph.nodes.values().filter(|node| ends_at(node, graph)).map(|node| node.id));
    while let Some(more) = graph.nodes.values().find(|node| {
        !leaving.contains(node.id) && node.targets().any(|target| leaving.contains(target))
    }) {
        leaving.insert(more.id);
    }
    let kept = |id: &&&str| !leaving.contains(**id);
    let mut told = BTreeSet::new();
    for id in reached.iter().filter(kept) {
        let Some(node) = graph.nodes.get(id) else { continue };
        let beyond: BTreeSet<&str> =
            node.targets().flat_map(|target| graph.reached_from(target)).collect();
        if !beyond.contains(id) || told.contains(id) {
            continue;
        }
        let is_in_loop = |other: &&Node<'_>| {
            beyond.contains(other.id) && graph.reached_from(other.id).contains(id)
        };
        let all: Vec<_> = graph.nodes.values().filter(is_in_loop).collect();
        told.extend(all.iter().map(|node| node.id));
        let names = all.iter().map(|node| node.name.to_owned()).collect();
        findings.push(node.finding(Fault::EndlessLoop(names)));
    }
}

/// Whether a login may end at the node for want of a connection or of its target.
fn ends_at(node: &Node<'_>, graph: &Graph<'_>) -> bool {
    let is_connected = |outcome: &String| node.connections.contains_key(outcome.as_str());
    node.connections.is_empty()
        || node.outcomes().is_some_and(|own| !own.iter().all(is_connected))
        || node.targets().any(|target| !is_end(target) && !graph.nodes.contains_key(target))
}
