//! What takes a desktop: a real browser to sign in with.

mod browser;
