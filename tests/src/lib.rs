//! What the end-to-end tests and the benchmarks have in common: the real binary as a client sees
//! it, and a browser to sign in with.

#![expect(clippy::expect_used, clippy::panic, reason = "what fails here fails a test")]

mod binary;
mod browser;
mod client;
mod process;

pub use binary::binary;
pub use browser::Browser;
pub use client::{Client, Outcome, PATIENCE};
pub use process::{Process, Start};
