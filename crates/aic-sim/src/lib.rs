//! A simulated PingOne Advanced Identity Cloud tenant over real HTTP.
//!
//! [`Sim::start`] binds a loopback port and serves OAuth 2.0 and the tenant's REST services with
//! state: what a client writes is what it reads back. The simulator serves two masters,
//! `aic-mcp demo` and the tests, so besides a believable tenant it offers what a real one does
//! not: the log of everything received ([`Sim::requests`]), faults on demand ([`Sim::inject`])
//! and a clock that can be moved ([`Sim::advance_clock`]).
//!
//! Two features are for tests alone: with `tls` the tenant can speak TLS and HTTP/2
//! ([`Options::tls`]), with `compression` compress its answers ([`Sim::set_encoding`]).
//!
//! Behaviour is taken from public documentation and recordings. Where neither says what a tenant
//! does, the code carries a comment that starts with `Assumption:` and says what would settle it.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! let sim = aic_sim::Sim::start(aic_sim::Options::default()).await?;
//! println!("{}", sim.base_url());
//! # Ok(())
//! # }
//! ```

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
