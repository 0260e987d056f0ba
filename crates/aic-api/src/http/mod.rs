//! The only place that sends requests to a tenant's APIs.

mod parse;
mod quota;
mod request;
mod retry;
mod send;

pub(crate) use quota::Quota;
pub(crate) use request::{Precondition, Request};
pub(crate) use retry::{asked_to_wait, may_be_repeated};
pub use send::Created;
pub(crate) use send::{Answer, Exchange};
