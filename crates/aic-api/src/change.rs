//! The changes of a call: the states before and after each.

mod document;
mod inverse;
mod journal;
mod plan;
mod references;
mod rehearsal;
mod undo;

pub use document::{Document, State};
pub use inverse::Irreversible;
pub(crate) use journal::Journal;
pub use plan::Plan;
pub use references::{Displaced, End, escaped, field_of, name_of};
pub(crate) use references::{is_same, path_of, references};
pub(crate) use rehearsal::Rehearsal;
use reqwest::Method;
use serde::{Deserialize, Serialize};
pub use undo::{PreparedUndo, UndoError, UndoInterrupted};

use crate::Resource;
use crate::error::WriteOutcome;
use crate::http::Request;

/// A request that changes something, or would.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Change {
    /// The resource that is changed, or for a new one, the place where it is added.
    pub resource: Resource,
    /// How.
    pub verb: Verb,
    /// Method, path and query.
    pub request: String,
    /// The body, as JSON.
    #[serde(skip)]
    pub body: Option<Document>,
    /// The resource before it.
    pub before: State,
    /// The resource after it, as far as AIC's answer shows it, or a rehearsal can tell; of something
    /// new, the new one.
    pub after: State,
    /// The objects that it changes along with the resource, by relationships.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ends: Vec<End>,
    /// Its outcome.
    #[serde(skip, default = "done")]
    pub outcome: WriteOutcome,
}

/// Only what was done is kept.
fn done() -> WriteOutcome {
    WriteOutcome::Done
}

/// How a request changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// Adds it.
    Create,
    /// Puts something in its place, or adds it.
    Put,
    /// Changes parts of it.
    Patch,
    /// Removes it.
    Delete,
    /// Has it do something.
    Act,
}

impl Verb {
    pub(crate) fn of(request: &Request) -> Self {
        let adds = matches!(
            request.changes,
            Some(Resource::ManagedObjects { .. } | Resource::Scripts { .. })
        );
        match request.method {
            Method::PUT => Self::Put,
            Method::PATCH => Self::Patch,
            Method::DELETE => Self::Delete,
            _ if adds => Self::Create,
            _ => Self::Act,
        }
    }
}

impl Change {
    /// Whether it only adds something: what was there stays as it is.
    pub fn adds(&self) -> bool {
        let is_new = self.before == State::Absent;
        self.verb == Verb::Create || self.verb == Verb::Put && is_new
    }

    /// The change that a request is, before it is sent.
    pub(crate) fn new(request: &Request, resource: Resource, before: State) -> Self {
        let query = request.query.as_str().map(|query| format!("?{query}")).unwrap_or_default();
        Self {
            resource,
            verb: Verb::of(request),
            request: format!("{} {}{query}", request.method, request.path.as_str()),
            body: request.body.clone().map(Document::new),
            before,
            after: State::Unknown,
            ends: Vec::new(),
            outcome: WriteOutcome::Unknown,
        }
    }
}

#[cfg(test)]
mod tests;
