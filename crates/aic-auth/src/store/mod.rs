//! Where a login is kept between processes.

#[cfg(feature = "keychain")]
mod keychain;
mod memory;

use std::fmt;
use std::time::SystemTime;
#[cfg(any(test, feature = "keychain"))]
use std::time::{Duration, UNIX_EPOCH};

use futures_util::future::BoxFuture;
#[cfg(any(test, feature = "keychain"))]
use secrecy::ExposeSecret;
use secrecy::SecretString;

#[cfg(feature = "keychain")]
pub use keychain::Keychain;
pub use memory::Memory;

use crate::Tenant;

/// A place that keeps one login per tenant.
pub trait CredentialStore: Send + Sync + fmt::Debug {
    /// What it is called in messages, such as "the keychain".
    fn name(&self) -> &'static str;

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

/// A record as it is written down.
#[cfg(any(test, feature = "keychain"))]
#[derive(serde::Deserialize)]
struct Record {
    tenant: String,
    token: String,
    /// Seconds since 1970-01-01T00:00:00Z.
    expires_at: u64,
}

#[cfg(any(test, feature = "keychain"))]
impl StoredLogin {
    /// The record as text.
    fn encode(&self) -> SecretString {
        let since_epoch = self.expires_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let record = serde_json::json!({
            "tenant": self.tenant.to_string(),
            "token": self.token.expose_secret(),
            "expires_at": since_epoch.as_secs(),
        });
        SecretString::from(record.to_string())
    }

    /// Reads a record of `tenant`. One that cannot be read, or is another tenant's, is none; the
    /// reason never quotes it.
    fn decode(text: &[u8], tenant: &Tenant) -> Option<Self> {
        let ignored = |reason| tracing::warn!("the kept login is not used: {reason}");
        let Ok(record) = serde_json::from_slice::<Record>(text) else {
            ignored("it cannot be read");
            return None;
        };
        if record.tenant != tenant.to_string() {
            ignored("it belongs to another tenant");
            return None;
        }
        Some(Self {
            tenant: tenant.clone(),
            token: SecretString::from(record.token),
            expires_at: UNIX_EPOCH + Duration::from_secs(record.expires_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login() -> StoredLogin {
        StoredLogin {
            tenant: "id.example.com".parse().unwrap(),
            token: SecretString::from("t\"oken"),
            expires_at: UNIX_EPOCH + Duration::from_hours(500_000),
        }
    }

    #[test]
    fn a_record_reads_back() {
        let text = login().encode();
        let read = StoredLogin::decode(text.expose_secret().as_bytes(), &login().tenant).unwrap();
        assert_eq!(read.token.expose_secret(), "t\"oken");
        assert_eq!(read.expires_at, login().expires_at);
    }

    #[test]
    fn a_record_of_another_tenant_or_none_at_all_is_absent() {
        let text = login().encode();
        let other: Tenant = "other.example.com".parse().unwrap();
        assert!(StoredLogin::decode(text.expose_secret().as_bytes(), &other).is_none());
        assert!(StoredLogin::decode(b"eyJhbGciOi", &login().tenant).is_none());
    }

    #[test]
    fn a_login_does_not_show_its_token() {
        assert!(!format!("{:?}", login()).contains("oken\""));
    }
}
