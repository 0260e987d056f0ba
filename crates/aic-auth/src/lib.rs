//! An identity for PingOne Advanced Identity Cloud (AIC): the tenant, the scopes, how an
//! administrator logs in, and how that login becomes a token for one piece of work.
//!
//! The small core ([`Tenant`], [`Scope`], [`AccessToken`], [`TokenSource`], [`Transport`]) is
//! always there and is what `aic-api` builds on. The features add the rest:
//!
//! - `login`: [`Session`], which logs an administrator in with a browser (authorization code with
//!   PKCE, RFC 6749 and RFC 7636) or on another device (RFC 8628), and exchanges that login for
//!   tokens of just the scopes asked for (RFC 8693);
//! - `keychain`: the login kept in the operating system's keychain.
//!
//! ```
//! use aic_auth::{Scope, ScopeSet, Tenant};
//!
//! let tenant: Tenant = "openam-example.forgeblocks.com".parse()?;
//! assert_eq!(tenant.to_string(), "https://openam-example.forgeblocks.com");
//! assert_eq!(ScopeSet::of(&[Scope::Idm, Scope::Am]).to_string(), "fr:idm:* fr:am:*");
//! # Ok::<(), aic_auth::InvalidTenant>(())
//! ```

mod body;
mod error;
mod hint;
mod mac_key;
mod own_tokens;
mod proxy;
mod request_log;
mod retry;
mod safe_text;
mod scope;
mod span;
mod tenant;
mod token;
mod transport;

#[cfg(feature = "login")]
mod account;
#[cfg(feature = "login")]
mod discovery;
#[cfg(feature = "login")]
pub mod login;
#[cfg(feature = "login")]
mod oauth;
#[cfg(feature = "login")]
mod session;
#[cfg(feature = "login")]
pub mod store;

/// The future that a [`TokenSource`] returns.
pub use futures_util::future::BoxFuture;

pub use body::{BodyError, read_body};
pub use error::{AuthError, OAuthRefusal};
pub use hint::Hint;
pub use mac_key::MacKey;
pub use own_tokens::{MASK, mask_own_tokens};
pub use proxy::{InvalidProxyAddress, ProxyAddress};
pub use request_log::{RequestLog, TRANSACTION_ID, failure_kind, transaction_id};
pub use retry::{Attempts, RetryOptions, milliseconds, retry_after};
pub use safe_text::{SafeText, code_of};
pub use scope::{Scope, ScopeSet};
pub use span::span_in_words;
pub use tenant::{InvalidTenant, Tenant};
pub use token::{AccessToken, StaticToken, TokenFn, TokenSource};
pub use transport::{
    InvalidCertificates, RootCertificates, Transport, TransportOptions, describe_transport_error,
};

#[cfg(feature = "login")]
pub use account::{administrator, exchange, revoke};
#[cfg(feature = "login")]
pub use discovery::{Description, Discovery, discover};
#[cfg(feature = "login")]
pub use session::Session;

/// The examples of README.md.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;
