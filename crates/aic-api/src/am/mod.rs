//! `/am/json`: journeys, their nodes and their scripts.

mod authentication;
mod journeys;
mod nodes;
mod scripts;

use serde::Deserialize;
use serde_json::Value;

pub use authentication::{Authentication, AuthenticationEdit, AuthenticationSettings};
pub use journeys::{Journey, JourneyEdit, Journeys};
pub use nodes::{NodeKind, NodeRef, Nodes, StoredNode, page_children};
pub use scripts::{NewScript, Script, ScriptEdit, Scripts};

/// A list as AM answers one.
#[derive(Debug, Deserialize)]
struct List {
    result: Vec<Value>,
}
