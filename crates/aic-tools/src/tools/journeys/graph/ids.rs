//! Which id a name stands for.

use std::collections::{BTreeMap, HashSet};

use aic_api::derived_id;
use aic_api::journey::NodeUsage;
use aic_api::path::NodeId;

use super::{FAILURE, SUCCESS, is_uuid};

/// The journey that a graph is for, and what the realm has.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Place<'a> {
    /// Its name, empty where it has none yet.
    pub(in super::super) journey: &'a str,
    pub(in super::super) usage: &'a NodeUsage,
    pub(in super::super) conflict: Conflict,
}

/// The treatment of a UUID that a node of another journey has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Conflict {
    /// The node gets another one.
    Renew,
    /// It is a fault.
    Refuse,
}

/// Gives out ids.
pub(super) struct Ids<'a> {
    place: Place<'a>,
    /// Every id that some node of the graph has, in lower case.
    taken: HashSet<String>,
    /// The ids that were made, by the names they stand for.
    pub(super) made: BTreeMap<String, String>,
}

impl<'a> Ids<'a> {
    pub(super) fn new(place: Place<'a>) -> Self {
        let taken = HashSet::from([SUCCESS.to_owned(), FAILURE.to_owned()]);
        Self { place, taken, made: BTreeMap::new() }
    }

    /// Keeps an id from being given out.
    pub(super) fn take(&mut self, id: &str) {
        self.taken.insert(id.to_ascii_lowercase());
    }

    /// The id of the node with this key: the key itself where it is an id that no other journey
    /// has, else one that is made and noted.
    ///
    /// # Errors
    ///
    /// Where somebody else has the id and that is a fault.
    pub(super) fn id(&mut self, key: &str, noted_as: &str) -> Result<String, String> {
        if is_uuid(key) {
            let Some(owner) = self.owner(key) else {
                self.take(key);
                return Ok(key.to_owned());
            };
            if self.place.conflict == Conflict::Refuse {
                return Err(format!("the id {key} is that of a node of {owner}"));
            }
        }
        let made = (0..).map(|attempt| self.derive(noted_as, attempt));
        let free = made
            .into_iter()
            .find(|id| !self.taken.contains(id) && self.owner(id).is_none())
            .unwrap_or_default();
        self.take(&free);
        self.made.insert(noted_as.to_owned(), free.clone());
        Ok(free)
    }

    /// The other journey or page that has a node with this id, where this journey has none.
    fn owner(&self, id: &str) -> Option<String> {
        let nodes = self.place.usage.nodes_of_id(id);
        let name = self.place.journey;
        let journeys = |node| self.place.usage.journeys_of(node);
        if nodes.iter().any(|node| journeys(node).contains(name)) {
            return None;
        }
        let node = nodes.first()?;
        Some(match journeys(node).first() {
            Some(journey) => format!("the journey {journey:?}"),
            None => match self.place.usage.pages_of(node).first() {
                Some(page) => format!("the page {}", NodeId::as_str(&page.id)),
                None => "another journey".to_owned(),
            },
        })
    }

    /// An id that follows from the names. The same call makes the same journey: what was rehearsed
    /// is what is sent, and creating a journey again replaces its nodes instead of leaving them
    /// behind.
    fn derive(&self, name: &str, attempt: u32) -> String {
        let parts = ["aic-mcp journey node", self.place.journey, name];
        derived_id(&parts, attempt).to_string()
    }
}
