//! Files and directories that only their owner may read, and that nobody else can put there.
//!
//! Tokens, undo records, approvals and audit logs are kept in them. Nothing is reached through a
//! symbolic link, and every check looks at the file that was opened. On Windows, the access control
//! list of the directory decides who may read, and is left as it is.

mod directory;
mod file;
#[cfg(not(unix))]
#[path = "others.rs"]
mod system;
#[cfg(unix)]
#[path = "unix.rs"]
mod system;

pub use directory::{PrivateDir, check_directory, make_directory};
pub use file::{
    Protection, Untrusted, open, open_to_append, protect, put_in_place, read_up_to, replace,
    replace_durably,
};

#[cfg(unix)]
#[cfg(test)]
mod tests;

/// The examples of README.md.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;
