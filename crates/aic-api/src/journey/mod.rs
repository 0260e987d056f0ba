//! A journey as a whole: its tree, its nodes and the nodes on its pages, which AM keeps apart.
//!
//! AM knows a journey as several resources: the tree, which says how nodes are connected, and
//! each node with its settings. The nodes on a page are nodes of their own, and the page only
//! names them. [`JourneyEdit::write`] writes all of them, one request each, in the order in which
//! AM accepts them. [`NodeUsage`] says which journeys and pages a node belongs to, and [`validate`] what
//! is wrong with a journey.

mod delete;
mod draft;
mod edit;
mod reach;
mod take_back;
mod usage;
pub mod validate;

pub use delete::DeletedJourney;
pub use draft::{JourneyDraft, NodeDraft, own_settings};
pub use edit::{JourneyEdit, Unconfirmed, WriteError, Written};
pub use reach::{Reach, ScriptUsers};
pub use take_back::{Leftover, LeftoverState};
pub use usage::NodeUsage;

/// The id of the end of every journey that has succeeded.
pub const SUCCESS: &str = "70e691a5-1e33-4ac3-a356-e7b6d60d92e0";
/// The id of the end of every journey that has failed.
pub const FAILURE: &str = "e301438c-0bd0-429c-ab0c-66126501069a";
