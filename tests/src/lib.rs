//! The end-to-end tests and the benchmarks share this: the real binary as a client sees
//! it, and a browser to sign in with.

#![expect(
    clippy::disallowed_methods,
    reason = "what answers here is a simulated tenant, or the program that is tested"
)]
#![expect(clippy::expect_used, clippy::panic, reason = "what fails here fails a test")]

mod binary;
mod browser;
#[cfg(target_os = "linux")]
mod chromium;
mod client;
mod measure;
mod process;
#[cfg(target_os = "linux")]
mod process_group;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(target_os = "linux")]
mod terminal;
mod until;

pub use binary::binary;
pub use browser::Browser;
#[cfg(target_os = "linux")]
pub use chromium::{Chromium, Look};
pub use client::{Client, Outcome, PATIENCE};
pub use measure::{busy, descriptors, resident_mib};
pub use process::{Process, Start};
#[cfg(target_os = "linux")]
pub use secret_service::SecretService;
#[cfg(target_os = "linux")]
pub use terminal::Terminal;
pub use until::until;
