//! What takes a desktop: a real browser to sign in with, and a real keychain. `cargo xtask test`
//! leaves these tests out where their programs cannot be had.

mod browser;
mod keychain;
mod undo;
