//! Putting things back.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::references::{is_reference, written, written_value};
use super::{Change, Document, State, Verb, escaped, is_same as is_same_reference, references};
use crate::am::{AuthenticationSettings, writable};
use crate::error::WriteOutcome;
use crate::http::{Precondition, Request};
use crate::resource::Heeds;
use crate::{Resource, Revision};

/// Why a change cannot be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Irreversible {
    /// AIC offers no way back.
    #[error("it is one-way")]
    OneWay,
    /// The state before is not known.
    #[error("what was there before could not be read")]
    NothingKept,
    /// Whether it was done at all is not known.
    #[error("whether it was done is not known")]
    FateUnknown,
    /// Its result is not known, so nobody could tell a later change from it.
    #[error("what AIC made of it is not known")]
    ResultUnknown,
}

impl Change {
    /// Whether there is a way back, as far as can be told without asking.
    ///
    /// # Errors
    ///
    /// [`Irreversible`], where there is none.
    pub fn reversible(&self) -> Result<(), Irreversible> {
        match (self.outcome, self.verb) {
            (WriteOutcome::Unknown, _) => Err(Irreversible::FateUnknown),
            (_, Verb::Act) => Err(Irreversible::OneWay),
            (_, Verb::Create) if self.subject() == self.resource => {
                Err(Irreversible::ResultUnknown)
            }
            (_, Verb::Create) => Ok(()),
            _ if self.before == State::Unknown => Err(Irreversible::NothingKept),
            _ if self.after == State::Unknown => Err(Irreversible::ResultUnknown),
            _ => Ok(()),
        }
    }

    /// The state before, as it would be written: without the members that AIC adds itself.
    pub fn previous(&self) -> Option<Value> {
        let before = self.before.document()?.to_object()?;
        Some(Value::Object(body(&self.resource, before)))
    }

    /// Whether the resource is still as this change has left it.
    pub(crate) fn is_as_left(&self, now: &State) -> bool {
        match (&self.after, now) {
            (State::Absent, State::Absent) => true,
            (State::Is(after), State::Is(now)) => match (after.to_object(), now.to_object()) {
                (Some(after), Some(now)) => is_same(&after, &now),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the resource is as it was before this change, for what can be seen of it.
    pub(crate) fn is_as_before(&self, now: &State) -> bool {
        match (&self.before, now) {
            (State::Absent, State::Absent) => true,
            (State::Is(before), State::Is(now)) => {
                let shown = |document: &Document| {
                    let mut shown = body(&self.subject(), document.to_object()?);
                    shown.retain(|name, value| {
                        !is_volatile(name) && !is_stamp(name) && !is_empty(value)
                    });
                    shown.iter_mut().for_each(|(_, value)| in_order(value));
                    Some(shown)
                };
                shown(before).is_some_and(|before| Some(before) == shown(now))
            }
            _ => false,
        }
    }

    /// The request that puts back what was there, in view of what is there now.
    pub(crate) fn inverse(&self, now: &State) -> Result<Request, Irreversible> {
        self.reversible()?;
        let subject = self.subject();
        let found = now.document().and_then(Document::to_object);
        let precondition = precondition(&subject, found.as_ref());
        let request = self.unconditional_inverse(subject, found)?;
        Ok(match precondition {
            // A resource that is gone need not be deleted.
            Some(Precondition::Exists) if request.method == Method::DELETE => request,
            Some(precondition) => request.precondition(precondition),
            None => request,
        })
    }

    fn unconditional_inverse(
        &self,
        subject: Resource,
        now: Option<Map<String, Value>>,
    ) -> Result<Request, Irreversible> {
        if self.verb == Verb::Create || self.before == State::Absent {
            return Ok(Request::write(Method::DELETE, subject));
        }
        let before = self.before.document().and_then(Document::to_object);
        let before = before.ok_or(Irreversible::NothingKept)?;
        Ok(match now {
            Some(now) if matches!(subject, Resource::ManagedObject { .. }) => {
                Request::write(Method::PATCH, subject).json(&operations(&now, &before))
            }
            _ => {
                let body = Value::Object(body(&subject, before));
                Request::write(Method::PUT, subject).json(&body)
            }
        })
    }
}

/// The condition under which an undo loses nothing that somebody else has written.
fn precondition(subject: &Resource, now: Option<&Map<String, Value>>) -> Option<Precondition> {
    match (subject.heeds(), now) {
        (Heeds::Revisions, Some(now)) => {
            let revision = now.get("_rev").and_then(Value::as_str).map(str::to_owned);
            let revision = revision.and_then(|revision| Revision::try_from(revision).ok());
            Some(
                revision
                    .map_or(Precondition::Exists, |revision| Precondition::IsAt(revision.header())),
            )
        }
        (Heeds::Revisions, None) => Some(Precondition::IsNew),
        (Heeds::Existence, Some(_)) => Some(Precondition::Exists),
        (Heeds::Existence, None) | (Heeds::Nothing, _) => None,
    }
}

/// The body that makes a resource what it was.
fn body(subject: &Resource, mut before: Map<String, Value>) -> Map<String, Value> {
    match subject {
        Resource::OAuth2Client { .. } => writable(before),
        Resource::ManagedObject { .. } => {
            before.retain(|field, value| is_stored(field) && !value.is_null());
            before.iter_mut().for_each(|(_, value)| *value = written_value(value));
            before
        }
        Resource::Variable { .. } => {
            before.retain(|field, _| {
                ["_id", "description", "valueBase64", "expressionType"].contains(&field.as_str())
            });
            before
        }
        Resource::Authentication { .. } => {
            let settings = AuthenticationSettings::from(before);
            let mut body = Map::new();
            body.insert("orgConfig".to_owned(), settings.default_journey().into());
            body.insert("adminAuthModule".to_owned(), settings.admin_module().into());
            body
        }
        Resource::ManagedObjects { .. }
        | Resource::ManagedConfig
        | Resource::Relationship { .. }
        | Resource::Themes
        | Resource::Feature { .. }
        | Resource::Journey { .. }
        | Resource::Node { .. }
        | Resource::Scripts { .. }
        | Resource::Script { .. }
        | Resource::AiAgents => {
            for made_up in ["_rev", "_type", "_outcomes"] {
                before.shift_remove(made_up);
            }
            before
        }
    }
}

/// The operations that make of an object what it was, for what can be seen of it.
fn operations(now: &Map<String, Value>, before: &Map<String, Value>) -> Value {
    let mut operations = Vec::new();
    let fields = before.keys().chain(now.keys().filter(|field| !before.contains_key(*field)));
    for field in fields.filter(|field| is_stored(field)) {
        let (was, is) = (before.get(field), now.get(field));
        let is_related = [was, is].into_iter().flatten().any(is_reference);
        if is_related {
            relate(field, was.unwrap_or(&Value::Null), is.unwrap_or(&Value::Null), &mut operations);
        } else if let Some(was) = was {
            if Some(was) != is && !(is_empty(was) && is.is_none()) {
                operations.push(operation("replace", &pointer(field), was));
            }
        } else if is.is_some_and(|is| !is_empty(is)) {
            operations.push(json!({ "operation": "remove", "field": pointer(field) }));
        }
    }
    operations.into()
}

/// The operations that give a property the relationships that it had: each reference that is gone
/// is added, each that has come is taken away, and the others are left alone.
fn relate(field: &str, was: &Value, is: &Value, operations: &mut Vec<Value>) {
    if was.is_object() || is.is_object() {
        if is_same_reference(was, is) {
            return;
        }
        operations.push(if was.is_object() {
            operation("replace", &pointer(field), &written(was))
        } else {
            json!({ "operation": "remove", "field": pointer(field) })
        });
        return;
    }
    let lacks =
        |all: &Value, one: &Value| !references(all).any(|other| is_same_reference(one, other));
    let come = references(is).filter(|one| lacks(was, one));
    operations.extend(come.map(|one| operation("remove", &pointer(field), one)));
    let gone = references(was).filter(|one| lacks(is, one));
    operations
        .extend(gone.map(|one| operation("add", &format!("{}/-", pointer(field)), &written(one))));
}

/// An operation of a CREST patch.
pub(super) fn operation(verb: &str, field: &str, value: &Value) -> Value {
    json!({ "operation": verb, "field": field, "value": value })
}

/// The pointer to a property.
pub(super) fn pointer(field: &str) -> String {
    format!("/{}", escaped(field))
}

/// Whether a field that is so says no more than one that is not there.
fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// References have no order.
fn in_order(value: &mut Value) {
    if let Value::Array(items) = value
        && items.iter().all(is_reference)
    {
        items.sort_by_cached_key(Value::to_string);
    }
}

/// Whether an object's field is stored with it, and not IDM's own or made up when it is read.
// The fields that IDM makes up are called `effective...`, as recordings of users show: their
// applications, assignments, groups and roles.
fn is_stored(field: &str) -> bool {
    !field.starts_with('_') && !field.starts_with("effective")
}

/// Whether what was read again is what a write has left: of the same revision, or else with all
/// that it had.
fn is_same(after: &Map<String, Value>, now: &Map<String, Value>) -> bool {
    let revision =
        |object: &Map<String, Value>| object.get("_rev").and_then(Value::as_str).map(str::to_owned);
    if let (Some(earlier), Some(later)) = (revision(after), revision(now)) {
        return earlier == later && has_same_relations(after, now);
    }
    let lasting = after.iter().filter(|(name, _)| !is_volatile(name));
    lasting.into_iter().all(|(name, value)| now.get(name).unwrap_or(&Value::Null) == value)
}

/// Whether the relationships that were seen are there still. They may change at their other end,
/// which leaves the revision as it is.
fn has_same_relations(after: &Map<String, Value>, now: &Map<String, Value>) -> bool {
    let absent = Value::Null;
    after.iter().all(|(field, after)| {
        let now = now.get(field).unwrap_or(&absent);
        if !is_reference(after) && !is_reference(now) {
            return true;
        }
        let has =
            |all: &Value, one: &Value| references(all).any(|other| is_same_reference(one, other));
        references(after).all(|one| has(now, one)) && references(now).all(|one| has(after, one))
    })
}

/// Whether a member says when and by whom something was changed.
fn is_stamp(name: &str) -> bool {
    matches!(name, "creationDate" | "createdBy" | "lastModifiedDate" | "lastModifiedBy")
}

fn is_volatile(name: &str) -> bool {
    matches!(name, "_rev" | "_type" | "_id" | "loaded") || name.ends_with("-encrypted")
}

#[cfg(test)]
mod tests;
