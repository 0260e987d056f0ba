//! The faults of a journey that AM stores without a word: what no login gets past, what no login
//! gets to, and what the journey names and its realm does not have.
//!
//! [`validate`] works on values and sends nothing. [`Call::surroundings`](crate::Call::surroundings),
//! [`Call::whole_journey`](crate::Call::whole_journey) and
//! [`Call::whole_journeys`](crate::Call::whole_journeys) read what it needs.

mod fault;
mod flow;
mod graph;
mod naming;
mod pages;
mod read;
mod script_outcomes;
mod subject;
mod surroundings;
#[cfg(test)]
mod tests;

pub use fault::{Fault, Finding, FoundAt, Severity};
pub use subject::WholeJourney;
pub use surroundings::{KnownScript, KnownType, Neighbour, Surroundings};

use graph::Graph;

/// Finds the faults of a journey. A part that could not be read is not checked: a node without settings
/// has no findings about them, and neither has anything of a kind that the surroundings do not know.
///
/// The findings begin with those that have no node, and go on by the ids of the nodes.
pub fn validate(journey: &WholeJourney, around: &Surroundings) -> Vec<Finding> {
    let graph = Graph::of(journey);
    let mut findings = Vec::new();
    flow::check(&graph, &mut findings);
    pages::check(&graph, around, &mut findings);
    naming::check(&graph, around, &mut findings);
    findings.sort_by(|one, other| one.node.cmp(&other.node));
    findings
}
