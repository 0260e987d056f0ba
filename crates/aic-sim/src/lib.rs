//! A simulated PingOne Advanced Identity Cloud tenant over real HTTP.
//!
//! [`Sim::start`] binds a loopback port and serves OAuth 2.0 and the tenant's REST services with
//! state: a client reads what it has written. A program that talks to a tenant is tested with it, as
//! `aic-mcp demo` and the tests of this project are.
//!
//! # A test
//!
//! The program under test gets the address and a token. The test then sees what has arrived, and has
//! things go wrong:
//!
//! ```
//! use aic_sim::{Fault, FaultKind, Options, Seed, Sim};
//!
//! # fn install_tls() { let _ = rustls::crypto::ring::default_provider().install_default(); }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # install_tls();
//! let sim = Sim::start(Options::default().seed(Seed::Demo)).await?;
//! let token = sim.issue_access_token("fr:idm:*").ok_or("the scope is not offered")?;
//!
//! // The program under test: any client of HTTP.
//! let client = reqwest::Client::new();
//! let url = format!("{}/openidm/managed/alpha_user?_queryFilter=true&_pageSize=2", sim.base_url());
//! let list = || client.get(&url).bearer_auth(&token).send();
//! let users = list().await?.text().await?;
//! assert!(users.contains("\"resultCount\":2"));
//!
//! // The requests that have arrived, as they were sent.
//! let request = &sim.requests()[0];
//! assert_eq!((request.method.as_str(), request.status), ("GET", Some(200)));
//! assert_eq!(request.path(), "/openidm/managed/alpha_user");
//! assert!(request.header("authorization").is_some());
//!
//! // The next request that reads finds the service away, and the one after it does not.
//! let body = "{}".to_owned();
//! let away = FaultKind::Status { status: 503, headers: Vec::new(), body };
//! sim.inject(Fault::new(away).on("GET"));
//! assert_eq!(list().await?.status(), 503);
//! assert_eq!(list().await?.status(), 200);
//!
//! // Time passes when the test says so, and the token has lapsed.
//! sim.advance_clock(std::time::Duration::from_secs(7200));
//! assert_eq!(list().await?.status(), 401);
//! # Ok(())
//! # }
//! ```
//!
//! # Overview
//!
//! - The address: [`Sim::base_url`]. The server runs on the current tokio runtime until the [`Sim`] is
//!   dropped. [`Options::port`] fixes the port.
//! - The contents: [`Seed::Demo`] is a made-up company, [`Seed::Empty`] a stock tenant. [`Sim::remember`]
//!   and [`Sim::restore`] put the contents back between tests, [`Sim::fingerprint`] and [`Sim::held`] show
//!   whether something was changed.
//! - Tokens: [`Sim::issue_access_token`] gives one without a login. A client that logs in does so by the
//!   tenant's own OAuth 2.0 endpoints: by default the demo administrator signs in at once, with
//!   [`SignIn`] a person does, and [`Sim::approve_device`] answers for a device.
//!   [`Sim::revoke_access_tokens`] and [`Sim::set_access_token_lifetime`] end tokens.
//! - The requests received: [`Sim::requests`], [`Sim::clear_requests`].
//! - Faults: [`Sim::inject`] has a refusal, a cut connection, a lost answer or a lost update meet the
//!   requests that a [`Fault`] names; [`Sim::set_latency`] delays all answers.
//! - Time: [`Sim::advance_clock`].
//!
//! # Features
//!
//! With `tls` the tenant can speak TLS and HTTP/2 (`Options::tls`), with `compression` it can compress
//! its answers (`Sim::set_encoding`).
//!
//! # Fidelity
//!
//! Behaviour is taken from public documentation and recordings. Where neither says what a tenant
//! does, the code carries a comment that starts with `Assumption:` and says what would settle it.

pub mod crest;

mod am;
mod bearer;
mod clock;
mod environment;
mod event;
mod facts;
mod idm;
mod monitoring;
mod oauth;
mod router;
mod seed;
mod server;
mod service;
mod sim;
mod tenant;

pub use oauth::SignIn;
pub use seed::Seed;
#[cfg(feature = "compression")]
pub use server::compress::Encoding;
pub use server::fault::{Fault, FaultKind};
pub use server::log::RequestRecord;
pub use sim::{Options, Sim};

/// The examples of README.md.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;
