//! One file per command.

pub(crate) mod approve;
pub(crate) mod call;
pub(crate) mod demo;
mod kept;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod tools;
