//! What the simulated tenant does, seen over HTTP.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod config;
mod environment;
mod faults;
mod features;
mod logs;
mod managed;
mod oauth;
mod policies;
mod relationships;
mod secrets;
mod server;
mod support;
mod themes;
