//! The tools, one file each, in folders by toolset.

#![expect(
    clippy::doc_markdown,
    reason = "the comments on fields are read by models, as plain text"
)]

mod applications;
mod changes;
mod durable;
mod esv;
mod features;
mod journeys;
#[cfg(test)]
mod laid_out;
mod logs;
mod managed_objects;
mod scripts;
mod themes;
mod warnings;

use crate::tool::AnyTool;

pub use logs::{TRANSACTION_PREFIX, USER_AGENT_PREFIX};

/// Every tool, in the order in which they are listed.
pub(crate) fn all() -> Vec<Box<dyn AnyTool>> {
    [
        managed_objects::all(),
        journeys::all(),
        scripts::all(),
        applications::all(),
        themes::all(),
        esv::all(),
        features::all(),
        logs::all(),
        changes::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
