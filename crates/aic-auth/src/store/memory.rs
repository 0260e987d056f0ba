use std::borrow::Cow;

use futures_util::future::{BoxFuture, FutureExt, ready};
use parking_lot::{Mutex, MutexGuard};

use super::{CredentialStore, StoreError, StoredLogin};
use crate::Tenant;

/// Keeps the login for as long as the process lives.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Option<StoredLogin>>);

impl Memory {
    fn slot(&self) -> MutexGuard<'_, Option<StoredLogin>> {
        self.0.lock()
    }
}

impl CredentialStore for Memory {
    fn name(&self) -> Cow<'static, str> {
        "memory".into()
    }

    fn save(&self, login: StoredLogin) -> BoxFuture<'_, Result<(), StoreError>> {
        *self.slot() = Some(login);
        ready(Ok(())).boxed()
    }

    fn load(&self, tenant: &Tenant) -> BoxFuture<'_, Result<Option<StoredLogin>, StoreError>> {
        let login = self.slot().clone().filter(|login| login.tenant == *tenant);
        ready(Ok(login)).boxed()
    }

    fn check(&self, _: &Tenant) -> BoxFuture<'_, Result<(), StoreError>> {
        ready(Ok(())).boxed()
    }

    fn delete(&self, tenant: &Tenant) -> BoxFuture<'_, Result<(), StoreError>> {
        self.slot().take_if(|login| login.tenant == *tenant);
        ready(Ok(())).boxed()
    }
}
