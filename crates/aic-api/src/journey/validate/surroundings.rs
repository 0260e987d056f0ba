use std::collections::{BTreeMap, BTreeSet};

use crate::ApiError;

/// The surroundings of a journey: all that its realm has and that a journey can name. A part that is
/// `None` is not known, and nothing is found about it.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The realm's journeys, by name.
    pub journeys: BTreeMap<String, Neighbour>,
    /// The realm's default journey.
    pub default_journey: Option<String>,
    /// The realm's scripts, of every kind, by id.
    pub scripts: Option<BTreeMap<String, KnownScript>>,
    /// The types of node that the realm lists, by id.
    pub node_types: Option<BTreeMap<String, KnownType>>,
    /// The ids and names of the realm's themes.
    pub themes: Option<BTreeSet<String>>,
    /// The parts that could not be read, and why.
    pub unread: Vec<(&'static str, ApiError)>,
}

/// A journey of the realm, as far as other journeys are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Whether people can log in by it.
    pub is_enabled: bool,
    /// The journeys that it runs.
    pub runs: BTreeSet<String>,
}

/// A script of the realm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownScript {
    /// Its name.
    pub name: String,
    /// The purpose of it, such as `AUTHENTICATION_TREE_DECISION_NODE`.
    pub context: String,
    /// Its source, where that is a text.
    pub source: Option<String>,
}

/// A type of node that the realm lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownType {
    /// Whether it is tagged as deprecated.
    pub is_deprecated: bool,
    /// Its place on pages as the tenant states it: `unsupported` or `standalone`.
    pub on_pages: Option<String>,
}

impl Surroundings {
    /// The journeys by which a journey that runs these ones runs itself, from the first that it runs;
    /// each is run by the one before.
    pub(super) fn circle(&self, name: &str, runs: &BTreeSet<String>) -> Option<Vec<String>> {
        let mut seen = BTreeSet::new();
        let mut next: Vec<Vec<String>> = runs.iter().map(|inner| vec![inner.clone()]).collect();
        while let Some(way) = next.pop() {
            let Some(last) = way.last() else { continue };
            if last == name {
                return Some(way);
            }
            if seen.insert(last.clone()) {
                let inner = self.journeys.get(last).into_iter().flat_map(|inner| &inner.runs);
                next.extend(inner.map(|inner| {
                    let mut way = way.clone();
                    way.push(inner.clone());
                    way
                }));
            }
        }
        None
    }
}
