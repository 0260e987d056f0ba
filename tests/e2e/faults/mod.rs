//! Everything that can go wrong on the way to AIC, with every tool.

mod answers;
mod load;
mod matrix;
mod memory;
mod tools;
