use std::borrow::Cow;

use futures_util::future::{BoxFuture, FutureExt};
use keyring::{Entry, Error};
use parking_lot::Mutex;
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;

use super::split::{self, Entries};
use super::{CredentialStore, StoreError, StoredLogin, in_background, not_used};
use crate::{MacKey, Tenant};

/// The service under which entries are found in the keychain, the same as the reference server's.
const SERVICE: &str = "PingOneAIC_MCP_Server";

/// The most bytes that one entry takes: `CRED_MAX_CREDENTIAL_BLOB_SIZE` on Windows. The others
/// have no limit that a login would reach.
const LARGEST_ENTRY: usize = if cfg!(windows) { 2_560 } else { usize::MAX };

/// The operating system's keychain: macOS Keychain, Windows Credential Manager, Secret Service on
/// Linux. One login per tenant, whose account is the tenant's host.
///
/// Keychain calls block, for as long as a person takes to unlock it, so they are made on threads
/// of their own.
#[derive(Debug, Clone, Copy)]
pub struct Keychain;

impl CredentialStore for Keychain {
    fn name(&self) -> Cow<'static, str> {
        "the keychain".into()
    }

    fn save(&self, login: StoredLogin) -> BoxFuture<'_, Result<(), StoreError>> {
        in_order(move || {
            let (account, record) = (login.tenant.authority(), login.encode());
            split::save(&Service, account, record.expose_secret().as_bytes(), LARGEST_ENTRY)
        })
    }

    fn load(&self, tenant: &Tenant) -> BoxFuture<'_, Result<Option<StoredLogin>, StoreError>> {
        let tenant = tenant.clone();
        in_order(move || {
            let account = tenant.authority();
            Ok(match split::load(&Service, account)? {
                Some(record) => StoredLogin::decode(&record, &tenant),
                None if Service.read(account)?.is_some() => not_used("parts of it are missing"),
                None => None,
            })
        })
    }

    fn check(&self, tenant: &Tenant) -> BoxFuture<'_, Result<(), StoreError>> {
        let tenant = tenant.clone();
        in_order(move || {
            Service.read(tenant.authority())?;
            is_as_written()
        })
        .map(|same| match same {
            Ok(true) => Ok(()),
            Ok(false) => Err(StoreError::new("something else is read in it than was written")),
            Err(error) => Err(error),
        })
        .boxed()
    }

    fn delete(&self, tenant: &Tenant) -> BoxFuture<'_, Result<(), StoreError>> {
        let tenant = tenant.clone();
        in_order(move || split::delete(&Service, tenant.authority()))
    }
}

/// Writes and reads an entry as one with a login is, and removes it. Whether both were the same. The name
/// is this process's, so that two trials at a time do not disturb each other.
fn is_as_written() -> keyring::Result<bool> {
    const TRIAL: &[u8] = b"a trial of this keychain";
    let name = format!("trial by process {}", std::process::id());
    Service.write(&name, TRIAL)?;
    let read = Service.read(&name);
    Service.remove(&name)?;
    Ok(read?.is_some_and(|value| value == TRIAL))
}

/// The key that stands in the keychain under a name, which no tenant's host may be. It is made when
/// it is asked for the first time.
///
/// # Errors
///
/// When the keychain cannot be used, or holds something else under this name.
pub async fn mac_key(name: &'static str) -> Result<MacKey, StoreError> {
    let unreadable = || StoreError::new(format!("the entry \"{name}\" in it is no key"));
    let read = || read_or_make(name);
    in_order(read).await?.as_deref().and_then(MacKey::decode).ok_or_else(unreadable)
}

/// An entry that holds a key; a new one where there is none.
fn read_or_make(name: &str) -> keyring::Result<Option<Zeroizing<Vec<u8>>>> {
    if let Some(found) = Service.read(name)? {
        return Ok(Some(Zeroizing::new(found)));
    }
    let Ok(new) = MacKey::random() else { return Ok(None) };
    Service.write(name, new.encode().expose_secret().as_bytes())?;
    // Where another process has made one meanwhile, the last one stands for both.
    Ok(Service.read(name)?.map(Zeroizing::new))
}

/// The entries of this program.
struct Service;

impl Entries for Service {
    type Error = Error;

    fn read(&self, name: &str) -> keyring::Result<Option<Vec<u8>>> {
        match Entry::new(SERVICE, name)?.get_secret() {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, name: &str, value: &[u8]) -> keyring::Result<()> {
        Entry::new(SERVICE, name)?.set_secret(value)
    }

    fn remove(&self, name: &str) -> keyring::Result<()> {
        match Entry::new(SERVICE, name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Work with the keychain, one piece at a time: Windows does not keep the order of calls that are
/// made from several threads.
fn in_order<T: Send + 'static>(
    work: impl FnOnce() -> keyring::Result<T> + Send + 'static,
) -> BoxFuture<'static, Result<T, StoreError>> {
    static TURN: Mutex<()> = Mutex::new(());
    in_background(move || {
        let _turn = TURN.lock();
        work().map_err(|error| StoreError::new(describe(&error)))
    })
}

/// Says what is missing. Errors that carry the secret's bytes are named, not shown.
fn describe(error: &Error) -> String {
    match error {
        Error::NoDefaultStore => match Entry::store_status() {
            Err(error) => format!("there is none here ({})", one_line(error)),
            Ok(()) => "there is none here".to_owned(),
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
