//! Where a login is kept between processes.

mod file;
#[cfg(feature = "keychain")]
mod keychain;
mod memory;
#[cfg(feature = "keychain")]
mod split;

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::{BoxFuture, FutureExt};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::task::spawn_blocking;

pub use file::TokenFile;
#[cfg(feature = "keychain")]
pub use keychain::{Keychain, mac_key};
pub use memory::Memory;

use crate::{ScopeSet, Tenant};

/// How much earlier than stated a token counts as expired, for clocks that differ.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// A place that keeps one login per tenant.
pub trait CredentialStore: Send + Sync + fmt::Debug {
    /// Its name in messages, such as "the keychain".
    fn name(&self) -> Cow<'static, str>;

    /// Keeps `login`, in place of an older one of its tenant.
    ///
    /// # Errors
    ///
    /// When the store cannot be used.
    fn save(&self, login: StoredLogin) -> BoxFuture<'_, Result<(), StoreError>>;

    /// The login of `tenant`, if one is kept. Whether it is still valid is the caller's to ask.
    ///
    /// # Errors
    ///
    /// When the store cannot be used.
    fn load(&self, tenant: &Tenant) -> BoxFuture<'_, Result<Option<StoredLogin>, StoreError>>;

    /// Whether a login of `tenant` could be kept now: writes something in its place beside it, reads
    /// that back and removes it again.
    ///
    /// # Errors
    ///
    /// When the store cannot be used, or keeps what it would have to give up.
    fn check(&self, tenant: &Tenant) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Forgets the login of `tenant`; none being there is fine.
    ///
    /// # Errors
    ///
    /// When the store cannot be used.
    fn delete(&self, tenant: &Tenant) -> BoxFuture<'_, Result<(), StoreError>>;
}

/// A login as it is kept.
#[derive(Debug, Clone)]
pub struct StoredLogin {
    /// The tenant that issued it.
    pub tenant: Tenant,
    /// The token.
    pub token: SecretString,
    /// When it stops being accepted.
    pub expires_at: SystemTime,
    /// The scopes that it was requested for.
    pub scopes: ScopeSet,
    /// The id of the administrator whose it is, where the tenant has told it.
    pub administrator: Option<String>,
}

/// Why a credential store cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct StoreError {
    reason: String,
}

impl StoreError {
    /// A failure for this reason, which must not hold what was to be stored.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// Work of a store that blocks, done on a thread that may be blocked.
fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> BoxFuture<'static, Result<T, StoreError>> {
    async move {
        let done = spawn_blocking(work).await;
        done.unwrap_or_else(|_| Err(StoreError::new("the library behind it failed")))
    }
    .boxed()
}

/// A record as it is written down.
#[derive(Deserialize)]
struct Record {
    tenant: String,
    token: SecretString,
    /// Seconds since 1970-01-01T00:00:00Z.
    expires_at: u64,
    #[serde(default)]
    scopes: String,
    #[serde(default)]
    administrator: Option<String>,
}

impl StoredLogin {
    /// Whether the tenant can be expected to accept it, for clocks that differ by a minute.
    pub fn is_live(&self) -> bool {
        is_live(self.expires_at)
    }

    /// The record as text.
    fn encode(&self) -> SecretString {
        let since_epoch = self.expires_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let record = serde_json::json!({
            "tenant": self.tenant.to_string(),
            "token": self.token.expose_secret(),
            "expires_at": since_epoch.as_secs(),
            "scopes": self.scopes.to_string(),
            "administrator": self.administrator,
        });
        SecretString::from(record.to_string())
    }

    /// Reads a record of `tenant`. A record that cannot be read, or is another tenant's, counts as
    /// absent; the reason never quotes it.
    fn decode(text: &[u8], tenant: &Tenant) -> Option<Self> {
        let Ok(record) = serde_json::from_slice::<Record>(text) else {
            return not_used("it cannot be read");
        };
        if record.tenant != tenant.to_string() {
            return not_used("it belongs to another tenant");
        }
        let Some(expires_at) = UNIX_EPOCH.checked_add(Duration::from_secs(record.expires_at))
        else {
            return not_used("it cannot be read");
        };
        Some(Self {
            tenant: tenant.clone(),
            token: record.token,
            expires_at,
            scopes: ScopeSet::of_known(&record.scopes),
            administrator: record.administrator,
        })
    }
}

/// Says why a record that is there counts as none.
pub(crate) fn not_used<T>(reason: &str) -> Option<T> {
    tracing::warn!("the login kept from before is not used: {reason}");
    None
}

/// Whether a token that lasts until then can still be used.
pub(crate) fn is_live(expires_at: SystemTime) -> bool {
    SystemTime::now() + CLOCK_SKEW < expires_at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scope;

    fn login() -> StoredLogin {
        StoredLogin {
            tenant: "id.example.com".parse().unwrap(),
            token: SecretString::from("t\"oken"),
            expires_at: UNIX_EPOCH + Duration::from_hours(500_000),
            scopes: ScopeSet::of(&[Scope::Idm, Scope::EsvRead]),
            administrator: Some("a-1".to_owned()),
        }
    }

    #[test]
    fn a_record_reads_back() {
        let text = login().encode();
        let read = StoredLogin::decode(text.expose_secret().as_bytes(), &login().tenant).unwrap();
        assert_eq!(read.token.expose_secret(), "t\"oken");
        assert_eq!(read.expires_at, login().expires_at);
        assert_eq!(read.scopes, login().scopes);
        assert_eq!(read.administrator.as_deref(), Some("a-1"));
    }

    #[test]
    fn a_record_of_another_tenant_or_none_at_all_is_absent() {
        let text = login().encode();
        let other: Tenant = "other.example.com".parse().unwrap();
        assert!(StoredLogin::decode(text.expose_secret().as_bytes(), &other).is_none());
        assert!(StoredLogin::decode(b"eyJhbGciOi", &login().tenant).is_none());
        let beyond = text.expose_secret().replace("1800000000", "18446744073709551615");
        assert_ne!(beyond, text.expose_secret());
        assert!(StoredLogin::decode(beyond.as_bytes(), &login().tenant).is_none());
    }

    #[test]
    fn a_login_does_not_show_its_token() {
        assert!(!format!("{:?}", login()).contains("oken\""));
    }
}
