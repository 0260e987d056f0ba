//! Tests that take a desktop: a real browser to sign in with, a real keychain, and more shells. `cargo xtask test`
//! leaves these tests out where their programs cannot be had.

mod browser;
mod completion;
mod keychain;
mod pictures;
mod terminal_svg;
mod undo;
