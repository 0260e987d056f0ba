//! Writing managed objects.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use super::Idm;
use super::links::Wanted;
use super::model::ObjectType;
use super::policy;
use super::store::{Stored, Target};
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::order;
use crate::crest::patch::{self, Operation};
use crate::crest::precondition::Precondition;

/// An object that is ready to be kept.
#[derive(Debug)]
struct Draft {
    content: Object,
    relations: Vec<(String, Vec<Wanted>)>,
}

/// The outcome of a write to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Created,
    Changed,
    /// It was so already, and keeps its revision.
    Unchanged,
}

impl Idm {
    /// The object with this id.
    pub(super) fn stored(&self, object_type: &ObjectType, id: &str) -> Result<&Stored> {
        let collection = self.collections.get(&object_type.name);
        let stored = collection.and_then(|collection| collection.get(id));
        stored.ok_or_else(|| no_such_entry(&object_type.name, id))
    }

    /// Creates an object, with the `_id` in its body if it names one.
    pub(crate) fn create(&mut self, type_name: &str, body: Object) -> Result<Arc<Object>> {
        let object_type = self.object_type(type_name)?;
        let id = match body.get("_id") {
            None | Some(Value::Null) => self.sequence.id(),
            Some(Value::String(id)) if !id.is_empty() => id.clone(),
            Some(_) => return Err(Error::bad_request("'_id' must be a string")),
        };
        if self.stored(&object_type, &id).is_ok() {
            return Err(already_exists(type_name, &id));
        }
        self.create_with_id(&object_type, &id, body)
    }

    /// Replaces an object or creates it.
    pub(super) fn replace(
        &mut self,
        type_name: &str,
        id: &str,
        body: Object,
        precondition: &Precondition,
    ) -> Result<(Arc<Object>, Outcome)> {
        let object_type = self.object_type(type_name)?;
        match self.stored(&object_type, id) {
            Ok(_) if precondition.must_be_new => Err(already_exists(type_name, id)),
            Ok(stored) => {
                precondition.check(stored.revision())?;
                let failures = self.check(&object_type, id, &body, |_| true);
                refuse("Policy validation failed", failures)?;
                self.rewrite(&object_type, id, body)
            }
            Err(_) if precondition.allows_creation() => {
                Ok((self.create_with_id(&object_type, id, body)?, Outcome::Created))
            }
            Err(missing) => Err(missing),
        }
    }

    /// Applies a patch: all of it, or nothing when an operation or a policy fails. Policies look
    /// only at the properties that the patch writes.
    pub(super) fn patch(
        &mut self,
        type_name: &str,
        id: &str,
        operations: &[Operation],
        precondition: &Precondition,
    ) -> Result<(Arc<Object>, Outcome)> {
        let object_type = self.object_type(type_name)?;
        let stored = self.stored(&object_type, id)?;
        precondition.check(stored.revision())?;
        let targets = operations.iter().filter_map(Operation::target);
        let sources = operations.iter().filter_map(Operation::source);
        let touched: BTreeSet<&str> = targets.chain(sources).collect();
        let mut object = stored.content.as_ref().clone();
        add_references(&object_type, stored, &touched, &mut object);
        patch::apply(&mut object, operations)?;
        // Assumption: the id and the revision are IDM's own and cannot be patched. A patch of
        // either would settle what a tenant says to it.
        if touched.contains("_id") || touched.contains("_rev") {
            return Err(Error::bad_request("'_id' and '_rev' cannot be changed"));
        }
        // A relationship that the patch has taken away is to be emptied, not left alone.
        for field in &touched {
            if object_type.relation(field).is_some() {
                object.entry(*field).or_insert(Value::Null);
            }
        }
        let failures = self.check(&object_type, id, &object, |name| touched.contains(name));
        refuse("Failed policy validation", failures)?;
        self.rewrite(&object_type, id, object)
    }

    /// Gives an object that is there another content, or leaves it alone where it is the same.
    fn rewrite(
        &mut self,
        object_type: &ObjectType,
        id: &str,
        object: Object,
    ) -> Result<(Arc<Object>, Outcome)> {
        // The value of a private property is not kept, so it cannot be compared.
        let may_differ = object.keys().any(|name| object_type.is_private(name));
        let draft = self.draft(object_type, object)?;
        let stored = self.stored(object_type, id)?;
        if !may_differ && draft.is_like(stored) {
            return Ok((Arc::clone(&stored.content), Outcome::Unchanged));
        }
        Ok((self.keep(object_type, id, draft), Outcome::Changed))
    }

    /// Deletes an object and returns what it was.
    pub(super) fn delete(
        &mut self,
        type_name: &str,
        id: &str,
        precondition: &Precondition,
    ) -> Result<Arc<Object>> {
        let object_type = self.object_type(type_name)?;
        let stored = self.stored(&object_type, id)?;
        precondition.check(stored.revision())?;
        let content = Arc::clone(&stored.content);
        self.detach_all(&Target { object_type: type_name.to_owned(), id: id.to_owned() });
        if let Some(collection) = self.collections.get_mut(type_name) {
            collection.remove(id);
        }
        Ok(content)
    }

    fn create_with_id(
        &mut self,
        object_type: &ObjectType,
        id: &str,
        mut body: Object,
    ) -> Result<Arc<Object>> {
        if object_type.has_uuids() && (id.len() != 36 || Uuid::try_parse(id).is_err()) {
            // The message begins as a tenant's does. Assumption: how it goes on; creating a user
            // with another id would settle it.
            return Err(Error::bad_request(format!(
                "Invalid Attribute Syntax: The value '{id}' is not a valid UUID"
            )));
        }
        for (name, property) in &object_type.properties {
            if let Some(default) = &property.default {
                body.entry(name.as_str()).or_insert_with(|| default.clone());
            }
        }
        let failures = self.check(object_type, id, &body, |_| true);
        refuse("Policy validation failed", failures)?;
        let draft = self.draft(object_type, body)?;
        Ok(self.keep(object_type, id, draft))
    }

    /// Checks what the schema says of the properties selected, and that no other object has the
    /// values that must be unique.
    fn check(
        &self,
        object_type: &ObjectType,
        id: &str,
        object: &Object,
        is_checked: impl Fn(&str) -> bool,
    ) -> policy::Failures {
        let mut failures = policy::check(object_type, object, &is_checked);
        let unique = object_type.properties.iter().filter(|(_, property)| property.unique);
        for (name, _) in unique.filter(|(name, _)| is_checked(name)) {
            if object.get(name).is_some_and(|value| self.is_taken(object_type, id, name, value)) {
                failures.add(name, "UNIQUE", None);
            }
        }
        failures
    }

    /// Whether another object has this value.
    fn is_taken(&self, object_type: &ObjectType, id: &str, field: &str, value: &Value) -> bool {
        let is_same = |other: &Value| order::compare(other, value).is_some_and(Ordering::is_eq);
        self.collections.get(&object_type.name).is_some_and(|collection| {
            collection.iter().any(|other| {
                other.content.get(field).is_some_and(is_same)
                    && other.content.get("_id").is_some_and(|other| other != id)
            })
        })
    }

    /// Parts the relationships from what an object holds itself, and leaves out what is not kept.
    ///
    /// Assumption: relationships that the object does not mention stay as they are, also when it
    /// replaces another: a read does not show them, so a client cannot be expected to repeat them.
    /// Replacing a user who has roles would settle it.
    fn draft(&self, object_type: &ObjectType, object: Object) -> Result<Draft> {
        let mut draft = Draft { content: Object::new(), relations: Vec::new() };
        for (name, value) in object {
            if let Some(relation) = object_type.relation(&name) {
                let wanted = self.wanted(relation, &value)?;
                draft.relations.push((name, wanted));
            } else if !matches!(name.as_str(), "_id" | "_rev")
                && !object_type.is_private(&name)
                && !value.is_null()
            {
                draft.content.insert(name, value);
            }
        }
        Ok(draft)
    }

    /// Keeps an object under a new revision.
    ///
    /// Assumption: the objects that it is related to keep theirs. The revision of a role before
    /// and after it gets a member would settle it.
    fn keep(&mut self, object_type: &ObjectType, id: &str, draft: Draft) -> Arc<Object> {
        let mut content = Object::with_capacity(draft.content.len() + 2);
        content.insert("_id".to_owned(), id.into());
        content.insert("_rev".to_owned(), self.sequence.revision().into());
        content.extend(draft.content);
        let content = Arc::new(content);
        let collection = self.collections.entry(object_type.name.clone()).or_default();
        collection.write(id, Arc::clone(&content), self.today.date());
        for (field, wanted) in draft.relations {
            self.set_links(object_type, id, &field, wanted);
        }
        content
    }
}

impl Draft {
    /// Whether keeping it would change nothing.
    fn is_like(&self, stored: &Stored) -> bool {
        let is_own = |name: &String| matches!(name.as_str(), "_id" | "_rev");
        let kept = stored.content.iter().filter(|(name, _)| !is_own(name));
        let same_content = kept.clone().count() == self.content.len()
            && kept.into_iter().all(|(name, value)| self.content.get(name) == Some(value));
        let same = |(field, wanted): &(String, Vec<Wanted>)| {
            let links = stored.links(field);
            links.len() == wanted.len()
                && links.iter().zip(wanted).all(|(link, wanted)| wanted.is_like(link))
        };
        same_content && self.relations.iter().all(same)
    }
}

/// Adds the relationships that a patch works on to the object that it works on.
fn add_references(
    object_type: &ObjectType,
    stored: &Stored,
    touched: &BTreeSet<&str>,
    object: &mut Object,
) {
    for (field, relation) in object_type.relations().filter(|(field, _)| touched.contains(field)) {
        let mut references = stored.links(field).iter().map(|link| Value::from(link.reference()));
        let value = if relation.many { Some(references.collect()) } else { references.next() };
        if let Some(value) = value {
            object.insert(field.to_owned(), value);
        }
    }
}

/// A patch gets "Failed policy validation", as recorded twelve times.
///
/// Assumption: creating and replacing get "Policy validation failed", which is known of IDM too.
/// Creating a user without a mail address would settle it.
fn refuse(message: &str, failures: policy::Failures) -> Result<()> {
    match failures.into_detail() {
        Some(detail) => Err(Error::forbidden(message).with_detail(detail)),
        None => Ok(()),
    }
}

pub(super) fn no_such_entry(type_name: &str, id: &str) -> Error {
    let entry = entry_name(type_name, id);
    Error::not_found(format!("No Such Entry: The search base entry '{entry}' does not exist"))
}

fn already_exists(type_name: &str, id: &str) -> Error {
    let entry = entry_name(type_name, id);
    Error::precondition_failed(format!(
        "Entry Already Exists: The entry '{entry}' cannot be added because an entry with that \
         name already exists"
    ))
}

/// The name of an object's directory entry, which IDM shows in messages: as recorded of users and
/// of privileges of AI agents.
fn entry_name(type_name: &str, id: &str) -> String {
    match type_name.split_once('_') {
        Some((realm @ ("alpha" | "bravo"), kind)) => {
            format!("fr-idm-uuid={id},ou={kind},o={realm},o=root,ou=identities")
        }
        _ => format!("fr-idm-uuid={id},ou={type_name},ou=managed,ou=identities"),
    }
}
