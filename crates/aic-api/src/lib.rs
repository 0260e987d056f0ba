//! A typed client for the REST APIs of PingOne Advanced Identity Cloud (AIC).
//!
//! A [`Client`] belongs to one tenant. Work is done in a [`Call`]: all its requests share one
//! access token, with just the scopes asked for, and one transaction id, by which they are found
//! in AIC's audit logs. A call that only reads cannot be used to write: [`Client::reading`] gives
//! a [`Call<Read>`], on which the methods that write do not exist.
//!
//! Nothing but names that were checked and literals enters a path, and filters are built, so no
//! value can turn a request into another one.
//!
//! A client is made of a tenant and of where its tokens come from; `aic_api::auth` is the crate
//! `aic-auth`, which has both. Here the tenant is a simulated one (crate `aic-sim`), as in every example
//! of this documentation:
//!
//! ```
//! use aic_api::Client;
//! use aic_api::auth::{Scope, ScopeSet, Tenant};
//! use aic_api::idm::ManagedQuery;
//! use aic_sim::{Options, Sim};
//!
//! #[derive(serde::Deserialize)]
//! #[serde(rename_all = "camelCase")]
//! struct User {
//!     user_name: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sim = Sim::start(Options::default()).await?;
//! let tenant: Tenant = sim.base_url().parse()?;
//! let token = sim.issue_access_token("fr:idm:*").ok_or("the scope is not offered")?;
//! let client = Client::builder(tenant).access_token(token).build();
//!
//! let call = client.reading(ScopeSet::of(&[Scope::Idm]));
//! let users = "alpha_user".parse()?;
//! let mut users = call.managed(&users).pages(ManagedQuery::default()).items_as::<User>();
//! let mut names = Vec::new();
//! while let Some(user) = users.try_next().await? {
//!     names.push(user.user_name);
//! }
//! assert!(names.contains(&"alindqvist".to_owned()));
//! # Ok(())
//! # }
//! ```
//!
//! The features `login` and `keychain` are those of `aic-auth`: signing an administrator in, and keeping
//! the login in the operating system's keychain. `schemars` gives the names that enter a path a JSON
//! schema.

mod activity;
pub mod am;
mod apart;
mod builder;
mod call;
pub mod change;
mod client;
mod derived;
mod durability;
mod endpoint;
pub mod environment;
pub mod error;
pub mod esv;
mod guard;
mod http;
pub mod idm;
pub mod journey;
mod locks;
pub mod logs;
mod page;
mod pages;
pub mod path;
pub mod query;
mod realm;
mod resource;
mod revision;
#[cfg(test)]
mod simulated;
mod tolerant;
mod typed;

/// The crate `aic-auth`: tenants, scopes, tokens, how requests are sent and, with the feature `login`,
/// how an administrator logs in.
pub use aic_auth as auth;

pub use activity::{Activity, SentWrites};
pub use apart::apart;
pub use builder::{ClientBuilder, WithTokens, WithoutTokens};
pub use call::Call;
pub use client::{Access, Client, Read, Write};
pub use derived::derived_id;
pub use durability::Durability;
pub use error::ApiError;
pub use guard::{Protected, is_powerful};
pub use http::Created;
pub use page::Page;
pub use pages::{Items, Pages, QueryPage};
pub use realm::Realm;
pub use resource::Resource;
pub use revision::{InvalidRevision, Revision};
pub use typed::{JsonKind, Mismatch, MismatchKind};

/// The examples of README.md.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;
