//! Changes in a directory, one file a call.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use aic_api::change::{Change, Document, State};
use aic_auth::{ScopeSet, Tenant};
use aic_files::PrivateDir;
use data_encoding::HEXLOWER;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::{DirectoryKey, Recorded};
use crate::outcome::redact;

/// How many files are kept of each tenant.
pub(super) const MOST: usize = 200;
/// The end of the files' names.
const SUFFIX: &str = ".change.json";
/// How a time is written: always as long, so that the names of the files are in its order.
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:9]Z");
/// The largest file that is read, in bytes.
const LARGEST: u64 = 32 << 20;

#[derive(Debug)]
pub(super) struct UndoDirectory {
    directory: PrivateDir,
    key: Shared<BoxFuture<'static, Option<Arc<DirectoryKey>>>>,
    /// The files that were said not to be used, each of them once.
    refused: Mutex<BTreeSet<String>>,
}

/// A file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    id: String,
    tenant: String,
    time: String,
    tool: String,
    scopes: String,
    transaction_ids: Vec<String>,
    undone: bool,
    changes: Vec<Change>,
}

impl UndoDirectory {
    pub(super) fn open(
        directory: &Path,
        key: BoxFuture<'static, Option<DirectoryKey>>,
    ) -> io::Result<Self> {
        let directory = PrivateDir::open(directory)?;
        let key = async { key.await.map(Arc::new) }.boxed().shared();
        Ok(Self { directory, key, refused: Mutex::default() })
    }

    pub(super) async fn wait_for_key(&self) {
        self.key.clone().await;
    }

    /// Whether another process can read what this one keeps.
    pub(super) fn is_read_by_others(&self) -> bool {
        self.key().is_some_and(DirectoryKey::outlives_process)
    }

    fn key(&self) -> Option<&DirectoryKey> {
        self.key.peek()?.as_deref()
    }

    /// Keeps what a call has changed, unless it holds a secret. A failure to keep it does not fail the
    /// call, which has done its work.
    pub(super) fn add(&self, tenant: &Tenant, recorded: &Recorded) {
        let changes: Option<_> = recorded.changes.iter().map(as_kept).collect();
        let Some(changes) = changes else {
            tracing::info!("a change that holds secrets is not written to the undo directory");
            return;
        };
        let file = File {
            id: recorded.id.clone(),
            tenant: tenant.to_string(),
            time: recorded.time.format(TIME).unwrap_or_default(),
            tool: recorded.tool.clone(),
            scopes: recorded.scopes.to_string(),
            transaction_ids: recorded.transaction_ids.clone(),
            undone: recorded.undone,
            changes,
        };
        self.write(&file);
        self.forget_the_oldest(tenant);
    }

    pub(super) fn list(&self, tenant: &Tenant) -> Vec<Recorded> {
        let names = self.names(tenant);
        names
            .iter()
            .filter_map(|name| self.read(name))
            .filter_map(|file| file.into_change_of(tenant))
            .collect()
    }

    pub(super) fn find(&self, tenant: &Tenant, id: &str) -> Option<Recorded> {
        self.file(tenant, id)?.into_change_of(tenant)
    }

    pub(super) fn mark_undone(&self, tenant: &Tenant, id: &str) {
        if let Some(file) = self.file(tenant, id) {
            self.write(&File { undone: true, ..file });
        }
    }

    fn file(&self, tenant: &Tenant, id: &str) -> Option<File> {
        let names = self.names(tenant);
        names
            .iter()
            .filter(|name| name.contains(id))
            .find_map(|name| self.read(name).filter(|file| file.id == id))
            .filter(|file| file.tenant == tenant.to_string())
    }

    /// The names of a tenant's files, the oldest first.
    fn names(&self, tenant: &Tenant) -> Vec<String> {
        let end = format!("-{}{SUFFIX}", tag(&tenant.to_string()));
        let mut names = self.directory.names().unwrap_or_default();
        names.retain(|name| name.ends_with(&end));
        names
    }

    fn read(&self, name: &str) -> Option<File> {
        let content = match self.directory.read(name, LARGEST) {
            Ok(content) => content?,
            Err(error) => return self.refuse(name, &format!("it cannot be read: {error}")),
        };
        let Some(key) = self.key() else { return self.refuse(name, "there is no key") };
        let Some(content) = key.signed(&content) else {
            return self
                .refuse(name, "it is not signed by this user's aic-mcp, or was changed since");
        };
        match serde_json::from_slice::<File>(&content) {
            Ok(file) if file.name() == name => Some(file),
            Ok(_) => self.refuse(name, "it was given another name"),
            Err(error) => self.refuse(name, &format!("it cannot be read: {error}")),
        }
    }

    fn refuse(&self, name: &str, why: &str) -> Option<File> {
        let mut refused = self.refused.lock();
        if refused.insert(name.to_owned()) {
            tracing::warn!("{name} in the undo directory is not used: {why}");
        }
        None
    }

    fn write(&self, file: &File) {
        let Some(key) = self.key() else { return };
        let written = serde_json::to_vec(file)
            .map_err(io::Error::from)
            .and_then(|content| self.directory.write(&file.name(), &key.sign(&content)));
        if let Err(error) = written {
            tracing::warn!("the undo directory cannot be written: {error}");
        }
    }

    fn forget_the_oldest(&self, tenant: &Tenant) {
        let names = self.names(tenant);
        for name in names.iter().take(names.len().saturating_sub(MOST)) {
            let _ = self.directory.remove(name);
        }
    }
}

impl File {
    /// The time comes first, so that the names are in its order; `:` is not for every system.
    fn name(&self) -> String {
        format!("{}-{}-{}{SUFFIX}", self.time.replace(':', ""), self.id, tag(&self.tenant))
    }

    fn into_change_of(self, tenant: &Tenant) -> Option<Recorded> {
        let time = OffsetDateTime::parse(&self.time, &Rfc3339).ok()?;
        (self.tenant == tenant.to_string()).then(|| Recorded {
            id: self.id,
            time,
            tool: self.tool,
            scopes: ScopeSet::of_known(&self.scopes),
            transaction_ids: self.transaction_ids,
            undone: self.undone,
            changes: self.changes,
        })
    }
}

/// The tenant's tag in the names of its files. The limit on files counts each tag by itself, so that a
/// busy tenant does not cost another one its changes.
fn tag(tenant: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(tenant)[..4])
}

/// A change as it is kept, `None` where it holds what looks like a secret.
pub(super) fn as_kept(change: &Change) -> Option<Change> {
    let mut kept = change.clone();
    kept.before = without_encrypted(&change.before);
    kept.after = without_encrypted(&change.after);
    let has_secrets = holds_secrets(&kept.before) || holds_secrets(&kept.after);
    (!has_secrets).then_some(kept)
}

/// Encrypted forms are never written back, and are nobody's business on a disk.
fn without_encrypted(state: &State) -> State {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| !name.ends_with("-encrypted"));
                members.iter_mut().for_each(|(_, member)| strip(member));
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let Some(document) = state.document() else { return state.clone() };
    let mut value = document.to_value();
    strip(&mut value);
    State::Is(Document::from(&value))
}

fn holds_secrets(state: &State) -> bool {
    let Some(document) = state.document() else { return false };
    let value = document.to_value();
    let mut masked = value.clone();
    redact::mask(&mut masked);
    masked != value
}
