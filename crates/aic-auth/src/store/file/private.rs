//! Access to the token file.

#[cfg(not(unix))]
mod others;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(super) use others::{check_directory, is_trusted, make_directory, open};
#[cfg(unix)]
pub(super) use unix::{check_directory, is_trusted, make_directory, open};
