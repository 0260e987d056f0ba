//! One file per command.

pub(crate) mod call;
pub(crate) mod demo;
pub(crate) mod serve;
pub(crate) mod tools;
