use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use aic_auth::mask_own_tokens;
use parking_lot::Mutex;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::path::Path;

/// One lock per resource, so that two calls of this client do not undo each other's change between
/// reading and writing it.
#[derive(Debug, Default)]
pub(crate) struct Locks(Mutex<HashMap<Path, Weak<AsyncMutex<()>>>>);

impl Locks {
    /// Waits for the resource to be free and holds it until the guard is dropped.
    pub(crate) async fn lock(&self, resource: &Path) -> OwnedMutexGuard<()> {
        let lock = self.lock_of(resource);
        let path = || mask_own_tokens(resource.as_str());
        if let Ok(held) = Arc::clone(&lock).try_lock_owned() {
            tracing::trace!(path = %path(), "a resource is locked");
            return held;
        }
        tracing::trace!(path = %path(), "waiting for a resource that another call has locked");
        lock.lock_owned().await
    }

    fn lock_of(&self, resource: &Path) -> Arc<AsyncMutex<()>> {
        let mut locks = self.0.lock();
        if let Some(lock) = locks.get(resource).and_then(Weak::upgrade) {
            return lock;
        }
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(AsyncMutex::new(()));
        locks.insert(resource.clone(), Arc::downgrade(&lock));
        lock
    }
}

/// The resources that a call holds from reading them to writing them.
#[derive(Debug, Default)]
pub(crate) struct Held(Arc<AtomicUsize>);

impl Held {
    /// Whether it holds any.
    pub(crate) fn any(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }

    /// Takes note of one more, until the hold is dropped.
    pub(crate) fn note(&self, lock: OwnedMutexGuard<()>) -> Hold {
        self.0.fetch_add(1, Ordering::SeqCst);
        Hold { held: Arc::clone(&self.0), _lock: lock }
    }
}

/// A resource that is held against the other calls of its client until this is dropped.
#[derive(Debug)]
pub(crate) struct Hold {
    held: Arc<AtomicUsize>,
    _lock: OwnedMutexGuard<()>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.held.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_resource_is_held_by_one_and_others_are_free() {
        let locks = Locks::default();
        let themes = Path::new("/themes");
        let held = locks.lock(&themes).now_or_never().expect("free at first");
        assert!(locks.lock(&themes).now_or_never().is_none());
        assert!(locks.lock(&Path::new("/managed")).now_or_never().is_some());
        drop(held);
        assert!(locks.lock(&themes).now_or_never().is_some());
    }

    #[test]
    fn a_call_knows_whether_it_holds_something() {
        let (locks, held) = (Locks::default(), Held::default());
        let lock = locks.lock(&Path::new("/themes")).now_or_never().expect("free");
        let guard = held.note(lock);
        assert!(held.any());
        drop(guard);
        assert!(!held.any());
    }
}
