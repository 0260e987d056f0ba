use futures_util::future::{BoxFuture, FutureExt};
use keyring::{Entry, Error};
use secrecy::ExposeSecret;
use tokio::task::spawn_blocking;

use super::{CredentialStore, StoreError, StoredLogin};
use crate::Tenant;

/// The service under which entries are found in the keychain, the same as the reference server's.
const SERVICE: &str = "PingOneAIC_MCP_Server";

/// The operating system's keychain: macOS Keychain, Windows Credential Manager, Secret Service on
/// Linux. One entry per tenant, whose account is the tenant's host.
#[derive(Debug, Clone, Copy)]
pub struct Keychain;

impl CredentialStore for Keychain {
    fn name(&self) -> &'static str {
        "the keychain"
    }

    fn save(&self, login: StoredLogin) -> BoxFuture<'_, Result<(), StoreError>> {
        in_background(move || {
            let record = login.encode();
            entry(&login.tenant)?.set_secret(record.expose_secret().as_bytes())
        })
    }

    fn load(&self, tenant: &Tenant) -> BoxFuture<'_, Result<Option<StoredLogin>, StoreError>> {
        let tenant = tenant.clone();
        in_background(move || match entry(&tenant)?.get_secret() {
            Ok(record) => Ok(StoredLogin::decode(&record, &tenant)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn delete(&self, tenant: &Tenant) -> BoxFuture<'_, Result<(), StoreError>> {
        let tenant = tenant.clone();
        in_background(move || match entry(&tenant)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
    }
}

fn entry(tenant: &Tenant) -> keyring::Result<Entry> {
    Entry::new(SERVICE, tenant.authority())
}

/// Keychain calls block, for as long as a person takes to unlock it, and may not be made on a
/// thread that runs tasks.
fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> keyring::Result<T> + Send + 'static,
) -> BoxFuture<'static, Result<T, StoreError>> {
    async move {
        match spawn_blocking(work).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(StoreError::new(describe(&error))),
            Err(_) => Err(StoreError::new("the keychain library failed")),
        }
    }
    .boxed()
}

/// Says what is missing. Errors that carry the secret's bytes are named, not shown.
fn describe(error: &Error) -> String {
    match error {
        Error::NoDefaultStore => match Entry::store_status() {
            Err(error) => format!("there is none that can be used ({})", one_line(error)),
            Ok(()) => "there is none that can be used".to_owned(),
        },
        Error::NoStorageAccess(_) => "it is locked, or there is none yet".to_owned(),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            "the entry in it cannot be read".to_owned()
        }
        error => one_line(error),
    }
}

fn one_line(error: &Error) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
