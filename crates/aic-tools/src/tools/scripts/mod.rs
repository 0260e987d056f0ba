//! Scripts that decide in journeys.

mod create_script;
mod delete_script;
mod get_am_script;
mod get_scripted_decision_node_bindings;
mod hints;
mod list_scripts;
mod update_script;

use crate::tool::{AnyTool, erase};

pub(super) fn all() -> Vec<Box<dyn AnyTool>> {
    vec![
        erase::<list_scripts::ListScripts>(),
        erase::<get_am_script::GetAmScript>(),
        erase::<create_script::CreateScript>(),
        erase::<update_script::UpdateScript>(),
        erase::<delete_script::DeleteScript>(),
        erase::<get_scripted_decision_node_bindings::GetScriptedDecisionNodeBindings>(),
    ]
}

/// The remedy for a missing script.
const FIND_SCRIPT: &str = "Use a script _id (not a name) that listScripts gives for this realm, or \
                           that a node's config names.";

/// The remedy when another script has the name.
const OTHER_NAME: &str = "Another script of the realm has this name: choose another one, or find \
                          that script with listScripts and change it with updateScript.";

/// The remedy when AM does not take a script.
const CORRECT_SOURCE: &str = "Correct the script as the message says: JavaScript for the \
                              next-generation engine; getScriptedDecisionNodeBindings has what it \
                              can use.";
