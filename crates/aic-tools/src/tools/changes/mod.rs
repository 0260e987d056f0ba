//! What this server has changed, and the way back.

mod list_changes;
mod undo_change;

use crate::tool::{AnyTool, erase};

pub(super) fn all() -> Vec<Box<dyn AnyTool>> {
    vec![erase::<list_changes::ListChanges>(), erase::<undo_change::UndoChange>()]
}
