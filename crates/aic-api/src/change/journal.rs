use std::collections::HashMap;

use parking_lot::{Mutex, MutexGuard};
use reqwest::Method;

use super::{Change, Document, State, Verb};
use crate::error::{Cause, WriteOutcome};
use crate::http::{Answer, Request};
use crate::path::Path;
use crate::{ApiError, Resource};

/// The reads and changes of a call so far.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    seen: Mutex<HashMap<Path, State>>,
    changes: Mutex<Vec<Change>>,
}

impl Journal {
    /// How many changes have begun, for [`Self::note_read`].
    pub(crate) fn begun(&self) -> usize {
        self.changes().len()
    }

    /// Takes note of a resource that was read as a whole, or was not there. `begun` is how many
    /// changes had begun before it was asked for: what it was before a change of it since is no
    /// news any more.
    pub(crate) fn note_read(&self, path: &Path, result: &Result<Answer, ApiError>, begun: usize) {
        let since = self.changes().iter().skip(begun).any(|it| it.resource.path() == *path);
        if since {
            return;
        }
        let state = match result {
            Ok(answer) => State::Is(Document::new(answer.body())),
            Err(error) if error.cause() == Some(Cause::NotFound) => State::Absent,
            Err(_) => return,
        };
        self.seen().insert(path.clone(), state);
    }

    /// The resource as it was read, if it has not been written since.
    pub(crate) fn last_read(&self, path: &Path) -> Option<State> {
        self.seen().get(path).cloned()
    }

    /// A change that is about to be sent, or would be. Returns where it is noted.
    pub(crate) fn starts(&self, change: Change) -> usize {
        self.seen().remove(&change.resource.path());
        let mut changes = self.changes();
        changes.push(change);
        changes.len() - 1
    }

    /// Notes the outcome of a change.
    pub(crate) fn ended(&self, index: usize, result: &Result<Answer, ApiError>) {
        let mut changes = self.changes();
        let Some(change) = changes.get_mut(index) else { return };
        match result {
            Ok(answer) => {
                change.outcome = WriteOutcome::Done;
                change.note_answer(Document::new(answer.body()));
            }
            Err(error) => change.outcome = error.write_outcome().unwrap_or(WriteOutcome::Unknown),
        }
    }

    /// The subject of a change.
    pub(crate) fn subject(&self, index: usize) -> Option<Resource> {
        self.changes().get(index).map(Change::subject)
    }

    /// Notes the state after a change, where more is seen than AIC's answer shows.
    pub(crate) fn note_state_after(&self, index: usize, state: State) {
        if let Some(change) = self.changes().get_mut(index) {
            change.after = state;
        }
    }

    /// Takes note of a resource that is gone because the service deleted it along with another.
    pub(crate) fn note_deleted_along(&self, resource: Resource, before: State) {
        self.seen().remove(&resource.path());
        let request = Request::write(Method::DELETE, resource.clone());
        let mut change = Change::new(&request, resource, before);
        change.after = State::Absent;
        change.outcome = WriteOutcome::Done;
        self.changes().push(change);
    }

    /// Whether this call has written the resource, or something in it that it added.
    pub(crate) fn has_written(&self, resource: &Resource) -> bool {
        self.changes().iter().any(|change| change.subject() == *resource)
    }

    /// All changes so far.
    pub(crate) fn to_vec(&self) -> Vec<Change> {
        self.changes().clone()
    }

    /// Forgets everything, for the call starts anew.
    pub(crate) fn clear(&self) {
        self.seen().clear();
        self.changes().clear();
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<Path, State>> {
        self.seen.lock()
    }

    fn changes(&self) -> MutexGuard<'_, Vec<Change>> {
        self.changes.lock()
    }
}

impl Change {
    fn note_answer(&mut self, answer: Document) {
        let says_something = answer.to_object().is_some_and(|answer| !answer.is_empty());
        self.after = match self.verb {
            Verb::Delete => State::Absent,
            Verb::Act => State::Unknown,
            _ if says_something => State::Is(answer),
            Verb::Put => self.body.clone().map_or(State::Unknown, State::Is),
            Verb::Create | Verb::Patch => State::Unknown,
        };
    }

    /// Its subject: the resource itself, and not the collection that it was added to.
    pub fn subject(&self) -> Resource {
        let id = || {
            let added = self.after.document()?.to_object()?;
            Some(added.get("_id")?.as_str()?.to_owned())
        };
        match &self.resource {
            Resource::ManagedObjects { object_type } => {
                let object_type = object_type.clone();
                match id().and_then(|id| id.parse().ok()) {
                    Some(id) => Resource::ManagedObject { object_type, id },
                    None => self.resource.clone(),
                }
            }
            Resource::Scripts { realm } => match id().and_then(|id| id.parse().ok()) {
                Some(id) => Resource::Script { realm: *realm, id },
                None => self.resource.clone(),
            },
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_that_is_overtaken_by_a_change_is_not_taken_for_what_is_there() {
        let (journal, themes) = (Journal::default(), Resource::Themes);
        let read = Request::get(&themes);
        let answer = || Ok(Answer::rehearsed(&read, json!({}).to_string().into()));
        let path = themes.path();
        journal.note_read(&path, &answer(), journal.begun());
        assert!(journal.last_read(&path).is_some());
        let begun = journal.begun();
        let write = Request::write(Method::PUT, themes.clone());
        journal.starts(Change::new(&write, themes, State::Unknown));
        journal.note_read(&path, &answer(), begun);
        assert_eq!(journal.last_read(&path), None);
        journal.note_read(&path, &answer(), journal.begun());
        assert!(journal.last_read(&path).is_some());
    }
}
