//! The nodes on a page, as a model writes them.

use std::collections::HashSet;

use aic_api::path::{NodeType, NodeVersion};
use serde_json::Value;

use super::{brief, is_uuid};
use crate::tool::JsonObject;

/// The names for the settings of a node on a page: those that the vendor's console and the reference
/// server use, and the one that any other node has.
const SETTINGS: [&str; 3] = ["config", "nodeProperties", "_properties"];

/// A node on a page.
#[derive(Debug, Clone)]
pub(super) struct Child {
    /// Its name or its id.
    pub(super) key: String,
    /// Whether the key was given, and not made of its type.
    pub(super) is_named: bool,
    /// Whether the graph had it as a node too.
    pub(super) was_node: bool,
    pub(super) node_type: Option<NodeType>,
    pub(super) version: Option<NodeVersion>,
    pub(super) display_name: Option<String>,
    /// `None` where they were not given.
    pub(super) settings: Option<JsonObject>,
    /// Where it stands on the page, from 1.
    number: usize,
}

impl Child {
    /// The place of the node, for a message.
    pub(super) fn place(&self, page: &str) -> String {
        place(self.number, page)
    }

    fn parse(number: usize, child: &mut JsonObject) -> Result<Self, String> {
        let text = |name: &str| match child.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("`{name}` of")),
        };
        let not_text = |problem| format!("{problem} {{place}} is not a string");
        let key = text("_id").map_err(not_text)?;
        let node_type = text("nodeType").map_err(not_text)?;
        let version = text("nodeVersion").and_then(|one| Ok(one.or(text("version")?)));
        let version = version.map_err(not_text)?;
        let display_name = text("displayName").map_err(not_text)?;
        let name = |problem| format!("{{place}}: {problem}");
        Ok(Self {
            is_named: key.is_some(),
            was_node: false,
            key: key.unwrap_or_default(),
            node_type: node_type.map(|kind| kind.parse()).transpose().map_err(name)?,
            version: version.map(|version| version.parse()).transpose().map_err(name)?,
            display_name,
            settings: take_settings(child),
            number,
        })
    }
}

fn place(number: usize, page: &str) -> String {
    format!("child {number} of the page {}", brief(page))
}

/// Takes the nodes out of a page's settings.
pub(super) fn read_children(
    page: &str,
    settings: &mut JsonObject,
    faults: &mut Vec<String>,
) -> Vec<Child> {
    let children = match settings.shift_remove("nodes") {
        Some(Value::Array(children)) => children,
        None | Some(Value::Null) => return Vec::new(),
        Some(_) => {
            faults.push(format!("`nodes` of the page {} is not an array", brief(page)));
            return Vec::new();
        }
    };
    let (mut names, mut read) = (HashSet::new(), Vec::new());
    for (index, child) in children.into_iter().enumerate() {
        let place = place(index + 1, page);
        let Value::Object(mut child) = child else {
            faults.push(format!("{place} is not an object"));
            continue;
        };
        match Child::parse(index + 1, &mut child) {
            Err(problem) => faults.push(problem.replace("{place}", &place)),
            Ok(child)
                if child.is_named && !names.insert(child.key.clone()) && !is_uuid(&child.key) =>
            {
                let key = brief(&child.key);
                faults.push(format!("{place} has the name of another one, {key}"));
            }
            Ok(child) => read.push(child),
        }
    }
    name_the_rest(page, &mut read, &mut names);
    read
}

/// Names the nodes that were given no name after their types.
fn name_the_rest(page: &str, children: &mut [Child], names: &mut HashSet<String>) {
    for child in children.iter_mut().filter(|child| !child.is_named) {
        let kind = child.node_type.as_ref().map_or("node", NodeType::as_str);
        let names_of_type = (1..).map(|number| match number {
            1 => format!("{page}/{kind}"),
            number => format!("{page}/{kind}-{number}"),
        });
        let free = names_of_type.into_iter().find(|name| names.insert(name.clone()));
        child.key = free.unwrap_or_default();
    }
}

/// The settings that a node on a page was given, by whichever name.
pub(in super::super) fn settings_of(child: &JsonObject) -> Option<&JsonObject> {
    SETTINGS.iter().find_map(|name| child.get(*name)?.as_object())
}

/// Takes the settings that a node on a page was given, by whichever name.
fn take_settings(child: &mut JsonObject) -> Option<JsonObject> {
    let taken = SETTINGS.map(|name| child.shift_remove(name));
    taken.into_iter().flatten().find_map(|value| match value {
        Value::Object(settings) => Some(settings),
        _ => None,
    })
}
