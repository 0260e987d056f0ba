//! The members that a replacement drops.

use aic_api::Resource;
use aic_api::change::Change;
use serde_json::{Map, Value};

use super::{before, body};

/// The members that were there and would not be there any more.
pub(super) fn dropped(change: &Change) -> Vec<String> {
    let (before, body) = (before(change), body(change));
    let (Some(before), Some(body)) = (before.as_object(), body.as_object()) else {
        return Vec::new();
    };
    match &change.resource {
        // The parts of the first two are judged one by one. The third is written by two of its
        // settings, and AM keeps the others.
        Resource::ManagedConfig | Resource::Themes | Resource::Authentication { .. } => Vec::new(),
        Resource::Journey { .. } => {
            let nodes = |tree: &Map<String, Value>| {
                tree.get("nodes").and_then(Value::as_object).cloned().unwrap_or_default()
            };
            let (had, has) = (nodes(before), nodes(body));
            let gone = had.iter().filter(|(id, _)| !has.contains_key(*id));
            let gone = gone.map(|(id, node)| {
                format!("the node {:?}", node["displayName"].as_str().unwrap_or(id))
            });
            gone.chain(members(before, body)).collect()
        }
        _ => members(before, body),
    }
}

/// The members that have a value in `before` and none in `body`. Members that AIC sets itself, or keeps
/// when they are not sent, do not count.
fn members(before: &Map<String, Value>, body: &Map<String, Value>) -> Vec<String> {
    let had = before.iter().filter(|(name, value)| {
        !(name.starts_with('_') || is_made_up(name) || says_nothing(value))
    });
    let gone = had.filter(|(name, _)| body.get(*name).is_none_or(Value::is_null));
    let mut gone: Vec<_> = gone.map(|(name, _)| name.clone()).collect();
    // Groups of settings, as OAuth 2.0 clients have them.
    for (name, value) in body {
        if let (Some(had), Some(has)) =
            (before.get(name).and_then(Value::as_object), value.as_object())
            && name.ends_with("Config")
        {
            gone.extend(members(had, has).into_iter().map(|member| format!("{name}/{member}")));
        }
    }
    gone
}

fn is_made_up(name: &str) -> bool {
    name.starts_with("effective")
        || name.starts_with("last")
        || matches!(name, "createdBy" | "creationDate" | "default" | "loaded")
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
