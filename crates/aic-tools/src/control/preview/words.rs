//! The subject of a change, by the names that people know.

use std::fmt::Display;

use aic_api::Resource;
use aic_api::change::{Change, Document, End, State, Verb, name_of};
use aic_api::esv::decode;
use serde_json::{Map, Value};

use crate::outcome::SafeText;

/// The effect of a change.
pub(crate) fn effect(change: &Change) -> SafeText {
    let what = subject(change);
    let verb = match (change.verb, &change.before) {
        (Verb::Create, _) | (Verb::Put, State::Absent) => "create",
        (Verb::Put | Verb::Patch, _) => "change",
        (Verb::Delete, _) => "delete",
        (Verb::Act, _) => match change.resource {
            Resource::Feature { .. } => "install",
            _ => "enable",
        },
    };
    let mut text = SafeText::line(verb);
    text.push(&SafeText::line(" "));
    text.push(&what);
    text
}

/// The subject of a change: its kind, its name in quotes, and its id where the id is not the name.
fn subject(change: &Change) -> SafeText {
    let shown = change.before.document().or(change.body.as_ref()).and_then(Document::to_object);
    let name = shown.as_ref().and_then(|object| own_name(&change.resource, object));
    let mut text = resource(&change.resource);
    if let Some(name) = name {
        text = named(text, &name);
    }
    if let Some(realm) = change.resource.realm() {
        text.push(&SafeText::line(format!(", realm {realm}")));
    }
    text
}

/// A text with a name after it.
fn named(mut text: SafeText, name: &dyn Display) -> SafeText {
    text.push(&SafeText::line(" "));
    text.push(&SafeText::quoted(name));
    text
}

/// A resource, with its id in quotes.
fn resource(resource: &Resource) -> SafeText {
    let with = |kind: &str, id: &dyn Display| named(SafeText::line(kind), id);
    match resource {
        Resource::ManagedObjects { object_type } => with("a new object of", object_type),
        Resource::ManagedObject { object_type, id } => with(&format!("the {object_type}"), id),
        Resource::Relationship { object_type, property } => {
            with(&format!("the relationship of {object_type}"), property)
        }
        Resource::Feature { name } => with("the feature", name),
        Resource::Journey { name, .. } => with("the journey", name),
        Resource::Node { node_type, version: Some(version), id, .. } => {
            with(&format!("the {node_type} {version}"), id)
        }
        Resource::Node { node_type, id, .. } => with(&format!("the {node_type}"), id),
        Resource::Script { id, .. } => with("the script", id),
        Resource::OAuth2Client { id, .. } => with("the OAuth 2.0 client", id),
        Resource::Variable { id } => with("the variable", id),
        other => SafeText::line(other),
    }
}

/// An object at the other end of a relationship.
pub(super) fn end(end: &End) -> SafeText {
    let mut text = resource(&end.resource);
    if let Some(name) = &end.name {
        text = named(text, name);
    }
    if let Some(displaced) = &end.displaced {
        let held = displaced.reference["_ref"].as_str().unwrap_or_default();
        text.push(&SafeText::line(format!(", whose {} was ", displaced.field)));
        text.push(&SafeText::quoted(held));
    }
    text
}

fn own_name(resource: &Resource, object: &Map<String, Value>) -> Option<String> {
    let name = match resource {
        Resource::ManagedObjects { .. } | Resource::ManagedObject { .. } => name_of(object)?,
        Resource::Scripts { .. } | Resource::Script { .. } => object.get("name")?.as_str()?,
        _ => return None,
    };
    Some(name.to_owned())
}

/// Shows what is encoded for what it is.
pub(super) fn readable(resource: &Resource, document: &mut Value) {
    if let (Resource::Variable { .. }, Value::Object(variable)) = (resource, document) {
        let expression_type = variable.get("expressionType").and_then(Value::as_str);
        let encoded = variable.get("valueBase64").and_then(Value::as_str);
        if let Some(value) = encoded.and_then(|encoded| decode(expression_type, encoded)) {
            variable.shift_remove("valueBase64");
            variable.insert("value".to_owned(), value);
        }
    }
}
