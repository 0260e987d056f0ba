//! Everything that can go wrong on the way to AIC, with every tool.

mod answers;
mod cancelling;
mod load;
mod matrix;
mod memory;
mod tools;

pub(crate) use matrix::all_tools;
pub(crate) use tools::arguments;
