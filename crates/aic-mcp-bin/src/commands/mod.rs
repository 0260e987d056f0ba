//! One file per command.

pub(crate) mod approve;
pub(crate) mod audit;
pub(crate) mod call;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
mod entry;
pub(crate) mod init;
mod kept;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod man;
pub(crate) mod serve;
pub(crate) mod setup;
pub(crate) mod status;
pub(crate) mod tools;
