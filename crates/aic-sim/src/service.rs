//! A service: its contents, and the little that it knows of its tenant.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use crate::clock::Clock;

/// A service: what it holds, under a lock that is held for one request's worth of work and never
/// across an await.
#[derive(Debug)]
pub(crate) struct Service<T> {
    base_url: Arc<str>,
    clock: Arc<Clock>,
    held: Mutex<T>,
}

impl<T: Clone> Service<T> {
    pub(crate) fn new(base_url: Arc<str>, clock: Arc<Clock>, held: T) -> Self {
        Self { base_url, clock, held: Mutex::new(held) }
    }

    /// The tenant's base URL, without a trailing slash.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The contents of the service, until the guard is dropped.
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.held.lock()
    }

    /// A copy whose writes nobody will see.
    pub(crate) fn fork(&self) -> Self {
        let held = self.lock().clone();
        Self::new(Arc::clone(&self.base_url), Arc::clone(&self.clock), held)
    }

    /// Takes over what another service holds.
    pub(crate) fn take_over(&self, other: &Self) {
        let held = other.lock().clone();
        *self.lock() = held;
    }
}
