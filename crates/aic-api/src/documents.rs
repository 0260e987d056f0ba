use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use aic_auth::mask_own_tokens;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::path::Path;

/// One lock per document that is written as a whole, so that two calls of this process do not
/// undo each other's change between reading and writing it.
#[derive(Debug, Default)]
pub(crate) struct Documents(Mutex<HashMap<Path, Weak<AsyncMutex<()>>>>);

impl Documents {
    /// Waits for the document to be free and holds it until the guard is dropped.
    pub(crate) async fn lock(&self, document: &Path) -> OwnedMutexGuard<()> {
        let lock = self.of(document);
        let path = || mask_own_tokens(document.as_str());
        if let Ok(held) = Arc::clone(&lock).try_lock_owned() {
            tracing::trace!(path = %path(), "a document is locked");
            return held;
        }
        tracing::trace!(path = %path(), "waiting for a document that another call has locked");
        lock.lock_owned().await
    }

    fn of(&self, document: &Path) -> Arc<AsyncMutex<()>> {
        let mut documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = documents.get(document).and_then(Weak::upgrade) {
            return lock;
        }
        documents.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(AsyncMutex::new(()));
        documents.insert(document.clone(), Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_document_is_held_by_one_and_others_are_free() {
        let documents = Documents::default();
        let themes = Path::new("/themes");
        let held = documents.lock(&themes).now_or_never().expect("free at first");
        assert!(documents.lock(&themes).now_or_never().is_none());
        assert!(documents.lock(&Path::new("/managed")).now_or_never().is_some());
        drop(held);
        assert!(documents.lock(&themes).now_or_never().is_some());
    }
}
