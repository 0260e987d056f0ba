//! The tools for the changes that this server has made.

mod list_changes;
mod undo_change;

use crate::tool::{AnyTool, erase};

pub(super) fn all() -> Vec<Box<dyn AnyTool>> {
    vec![erase::<list_changes::ListChanges>(), erase::<undo_change::UndoChange>()]
}
