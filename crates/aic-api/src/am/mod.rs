//! `/am/json`: journeys, their nodes and scripts, and OAuth 2.0 clients, per realm.

mod authentication;
mod journeys;
mod nodes;
mod oauth2_clients;
mod scripts;
mod services;

use serde::Deserialize;
use serde_json::Value;

use crate::tolerant::items;

pub use authentication::{Authentication, AuthenticationEdit, AuthenticationSettings};
pub use journeys::{Journey, Journeys};
pub use nodes::{
    INNER_JOURNEY_NODE, NO_SCRIPT, NodeEdit, NodeKind, NodeRef, Nodes, PAGE_NODE,
    SCRIPTED_DECISION_NODE, page_children, shown_outcomes,
};
pub(crate) use oauth2_clients::writable;
pub use oauth2_clients::{OAuth2Client, OAuth2ClientEdit, OAuth2Clients};
pub use scripts::{NewScript, Script, ScriptEdit, ScriptSource, Scripts, SourceIsBytes};
pub use services::Services;

/// A list as AM answers one.
#[derive(Debug, Deserialize)]
struct List {
    #[serde(deserialize_with = "items")]
    result: Vec<Value>,
}
