//! The changes of this server, with the states before them.

mod directory;
mod directory_key;
mod limit;

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::time::Instant;

use aic_api::change::{Change, State, Verb};
use aic_api::error::WriteOutcome;
use aic_api::{Resource, apart};
use aic_auth::{ScopeSet, Tenant};
use parking_lot::{Mutex, MutexGuard};
use time::OffsetDateTime;
use uuid::Uuid;

use directory::UndoDirectory;
pub use directory_key::DirectoryKey;
use futures_util::future::BoxFuture;
use limit::Counter;
pub use limit::{TooMuch, WriteLimit};

/// How many calls are remembered.
const MOST: usize = 50;
/// How much what was there before may take in all, in bytes.
const LARGEST: usize = 16 << 20;

/// The changes of the last calls, newest last: in memory, and in a directory if there is one.
#[derive(Debug)]
pub struct Changes {
    tenant: Tenant,
    recent: Mutex<VecDeque<Recorded>>,
    counter: Mutex<Counter>,
    kept: Option<UndoDirectory>,
    /// Whether the process goes on after a call, so that another one can undo it.
    lasts: bool,
}

/// The changes of one call.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    /// By which it is undone.
    pub(crate) id: String,
    /// When.
    pub(crate) time: OffsetDateTime,
    /// By which tool.
    pub(crate) tool: String,
    /// With a token of these scopes.
    pub(crate) scopes: ScopeSet,
    /// The ids under which AIC's logs have it.
    pub(crate) transaction_ids: Vec<String>,
    /// The change that undid it.
    pub(crate) undone: bool,
    /// The changes, each resource once, in order.
    pub(crate) changes: Vec<Change>,
}

impl Changes {
    /// None yet, and none to be kept when the process ends.
    pub fn in_memory(tenant: Tenant) -> Self {
        Self {
            tenant,
            recent: Mutex::default(),
            counter: Mutex::default(),
            kept: None,
            lasts: true,
        }
    }

    /// The changes that the directory has for this tenant, signed with the key. A change that seems to
    /// hold a secret is never written there: the process remembers it as long as it lives.
    ///
    /// `Changes::wait_for_key` waits for the key when it is needed for the first time. Without a
    /// key, nothing is written to the directory, and its files are not used.
    ///
    /// # Errors
    ///
    /// When the directory cannot be used, or is open to others.
    pub fn in_directory(
        tenant: Tenant,
        directory: &Path,
        key: BoxFuture<'static, Option<DirectoryKey>>,
    ) -> io::Result<Self> {
        Ok(Self { kept: Some(UndoDirectory::open(directory, key)?), ..Self::in_memory(tenant) })
    }

    /// Waits for the key of the directory, if there is a directory. To be done before a call looks
    /// at what was changed, or changes something.
    pub(crate) async fn wait_for_key(&self) {
        if let Some(kept) = &self.kept {
            kept.wait_for_key().await;
        }
    }

    /// The same in a process that ends with its call: only what the directory has is remembered.
    pub fn of_one_call(self) -> Self {
        Self { lasts: false, ..self }
    }

    /// How many calls that changed something are remembered.
    pub(crate) fn most(&self) -> usize {
        if self.kept.is_some() { directory::MOST } else { MOST }
    }

    /// Whether a later call can know what was there before these.
    pub(crate) fn will_remember<'a>(&self, changes: impl IntoIterator<Item = &'a Change>) -> bool {
        let is_kept = |change| directory::as_kept(change).is_some();
        let is_read_later = self.kept.as_ref().is_some_and(UndoDirectory::is_read_by_others);
        self.lasts || is_read_later && changes.into_iter().all(is_kept)
    }

    /// Takes note of what a call has changed.
    pub(crate) fn record(
        &self,
        tool: &str,
        scopes: ScopeSet,
        transaction_ids: Vec<String>,
        changes: Vec<Change>,
    ) {
        let changes = condensed(changes);
        if changes.is_empty() {
            return;
        }
        let mut counter = self.counter.lock();
        counter.note(count(&changes), Instant::now());
        drop(counter);
        let recorded = Recorded {
            id: Uuid::new_v4().simple().to_string()[..8].to_owned(),
            time: OffsetDateTime::now_utc(),
            tool: tool.to_owned(),
            scopes,
            transaction_ids,
            undone: false,
            changes,
        };
        if let Some(kept) = &self.kept {
            apart(|| kept.add(&self.tenant, &recorded));
        }
        let mut recent = self.recent();
        recent.push_back(recorded);
        let size = |recorded: &Recorded| -> usize { recorded.changes.iter().map(size).sum() };
        while recent.len() > MOST
            || recent.len() > 1 && recent.iter().map(size).sum::<usize>() > LARGEST
        {
            recent.pop_front();
        }
    }

    /// Objects to changes that would be more than `limit` allows.
    ///
    /// # Errors
    ///
    /// [`TooMuch`], which says what was changed so far.
    pub fn check<'a>(
        &self,
        changes: impl IntoIterator<Item = &'a Change>,
        limit: WriteLimit,
    ) -> Result<(), TooMuch> {
        let mut counter = self.counter.lock();
        counter.check(count(changes), limit, Instant::now())
    }

    /// All that is remembered, newest first.
    pub(crate) fn list(&self) -> Vec<Recorded> {
        let mut all: Vec<_> = self.recent().iter().rev().cloned().collect();
        if let Some(kept) = &self.kept {
            let before = apart(|| kept.list(&self.tenant));
            all.extend(
                before.into_iter().filter(|one| !self.recent().iter().any(|r| r.id == one.id)),
            );
            all.sort_by_key(|recorded| Reverse(recorded.time));
        }
        all
    }

    /// The changes of this id.
    pub(crate) fn find(&self, id: &str) -> Option<Recorded> {
        let recent = self.recent().iter().find(|recorded| recorded.id == id).cloned();
        recent.or_else(|| apart(|| self.kept.as_ref()?.find(&self.tenant, id)))
    }

    /// Takes note that they were undone.
    pub(crate) fn mark_undone(&self, id: &str) {
        if let Some(recorded) = self.recent().iter_mut().find(|recorded| recorded.id == id) {
            recorded.undone = true;
        }
        if let Some(kept) = &self.kept {
            apart(|| kept.mark_undone(&self.tenant, id));
        }
    }

    fn recent(&self) -> MutexGuard<'_, VecDeque<Recorded>> {
        self.recent.lock()
    }
}

/// How much is changed: each resource, the nodes of a journey with it as one.
fn count<'a>(changes: impl IntoIterator<Item = &'a Change>) -> usize {
    let (mut nodes, mut journeys, mut others) = (0, 0, 0);
    for change in changes {
        match change.resource {
            Resource::Node { .. } => nodes += 1,
            Resource::Journey { .. } => journeys += 1,
            _ => others += 1,
        }
    }
    others + if journeys > 0 { journeys } else { nodes }
}

fn size(change: &Change) -> usize {
    change.before.len() + change.after.len()
}

/// The changes that were made or may have been made, one for each resource. A resource that is as
/// before is left out.
fn condensed(changes: Vec<Change>) -> Vec<Change> {
    let mut condensed: Vec<Change> = Vec::new();
    for mut change in changes.into_iter().filter(|change| change.outcome != WriteOutcome::NotDone) {
        // Undoing needs the resource before and after, and not what was sent.
        change.body = None;
        match condensed.iter().position(|earlier| earlier.subject() == change.subject()) {
            // A resource that was added and deleted again has left nothing to undo.
            Some(earlier) if change.verb == Verb::Delete && condensed[earlier].adds() => {
                condensed.remove(earlier);
            }
            Some(earlier) => {
                let earlier = &mut condensed[earlier];
                earlier.after = change.after;
                earlier.outcome = change.outcome;
                if change.verb == Verb::Delete {
                    earlier.verb = Verb::Delete;
                }
            }
            None => condensed.push(change),
        }
    }
    condensed.retain(|change| change.outcome == WriteOutcome::Unknown || !is_as_before(change));
    condensed
}

/// Whether something was put back within the call that had changed it.
fn is_as_before(change: &Change) -> bool {
    let content = |state: &State| {
        let mut content = state.document()?.to_object()?;
        content.shift_remove("_rev");
        Some(content)
    };
    content(&change.before).is_some_and(|before| Some(before) == content(&change.after))
}

#[cfg(test)]
mod tests;
