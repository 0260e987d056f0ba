//! The only place that sends requests to a tenant's APIs.

mod body;
mod request;
mod send;

pub(crate) use request::{Precondition, Request};
pub(crate) use send::{Answer, Exchange};
