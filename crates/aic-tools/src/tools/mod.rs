//! The tools, one file each, in folders by toolset.

#![expect(
    clippy::doc_markdown,
    reason = "the comments on fields are read by models, as plain text"
)]

mod managed_objects;

use crate::tool::AnyTool;

/// Every tool, in the order in which they are listed.
pub(crate) fn all() -> Vec<Box<dyn AnyTool>> {
    managed_objects::all()
}
