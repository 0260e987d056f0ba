//! Relationships of managed objects: which objects a change reaches beside the one it names.
//!
//! A relationship is written on both its ends. Whoever adds a member to a role changes the member
//! too, and where that end has room for one only, whoever it was related to before.

use std::borrow::Cow;
use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{State, Verb};
use crate::endpoint::Endpoint;
use crate::error::Cause;
use crate::http::Request;
use crate::path::ObjectType;
use crate::{ApiError, Call, Resource};

/// The most objects at the other ends of relationships that are read. Where there are more, none is
/// read.
const MOST_READ: usize = 100;
/// How many are read at a time.
const READS_AT_A_TIME: usize = 32;

/// An object that a change of another one reaches by a relationship.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// The object.
    pub resource: Resource,
    /// Its name, where it was read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The relationship of this object that gives way to the one with the changed object.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub displaced: Option<Displaced>,
}

/// A relationship that gives way to another one, since there is room for one only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Displaced {
    /// The property that holds it.
    pub field: String,
    /// The reference that it held.
    pub reference: Value,
}

/// Where a reference leads, without the slash that some write before it.
pub(crate) fn path_of(reference: &Value) -> &str {
    reference["_ref"].as_str().unwrap_or_default().trim_start_matches('/')
}

/// The object that a reference leads to.
pub(crate) fn target(reference: &Value) -> Option<Resource> {
    let path = path_of(reference);
    let (object_type, id) = path.strip_prefix("managed/")?.split_once('/')?;
    Some(Resource::ManagedObject { object_type: object_type.parse().ok()?, id: id.parse().ok()? })
}

/// The references in the value of a property: one, several or none.
pub(crate) fn references(value: &Value) -> impl Iterator<Item = &Value> {
    let all = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    all.iter().filter(|reference| reference.get("_ref").is_some_and(Value::is_string))
}

/// Whether the value of a property is one or several references.
pub(crate) fn is_reference(value: &Value) -> bool {
    references(value).next().is_some()
}

/// Whether two references lead to the same object, with the same properties of the relationship.
pub(crate) fn is_same(one: &Value, other: &Value) -> bool {
    written(one) == written(other)
}

/// A reference as it is written: without what IDM adds when it shows it.
pub(crate) fn written(reference: &Value) -> Value {
    let mut members = Map::new();
    members.insert("_ref".to_owned(), path_of(reference).into());
    let mut properties = reference["_refProperties"].as_object().cloned().unwrap_or_default();
    properties.retain(|name, _| !matches!(name.as_str(), "_id" | "_rev"));
    if !properties.is_empty() {
        members.insert("_refProperties".to_owned(), properties.into());
    }
    members.into()
}

/// The value of a property as it is written, each reference in it with [`written`].
pub(crate) fn written_value(value: &Value) -> Value {
    match value {
        Value::Array(items) if is_reference(value) => items.iter().map(written).collect(),
        one if is_reference(one) => written(one),
        other => other.clone(),
    }
}

/// The property that a pointer leads to, or into.
pub fn field_of(pointer: &str) -> String {
    let first = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
    first.replace("~1", "/").replace("~0", "~")
}

/// A name as it stands in a pointer (RFC 6901, section 3).
pub fn escaped(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        name.replace('~', "~0").replace('/', "~1").into()
    } else {
        name.into()
    }
}

/// Which references a request adds and which it takes away, each with its property.
#[derive(Debug, Default)]
struct Reach {
    added: Vec<(String, Value)>,
    removed: Vec<(String, Value)>,
}

impl Reach {
    fn of(verb: Verb, body: Option<&Value>, before: Option<&Map<String, Value>>) -> Self {
        let mut reach = Self::default();
        match (verb, body) {
            (Verb::Delete, _) => {
                let held = before.into_iter().flatten();
                reach.removed = held.flat_map(|(field, value)| pairs(field, value)).collect();
            }
            (Verb::Create | Verb::Put, Some(Value::Object(body))) => {
                reach.added = body.iter().flat_map(|(field, value)| pairs(field, value)).collect();
            }
            (Verb::Patch, Some(Value::Array(operations))) => {
                for operation in operations {
                    reach.add(operation, before);
                }
            }
            _ => {}
        }
        reach.leave_out_what_stays();
        reach
    }

    /// A relationship that is taken away and added again stays as it is.
    fn leave_out_what_stays(&mut self) {
        let is_in = |all: &[(String, Value)], (field, reference): &(String, Value)| {
            all.iter().any(|(other, one)| other == field && is_same(one, reference))
        };
        let removed = self.removed.clone();
        self.removed.retain(|one| !is_in(&self.added, one));
        self.added.retain(|one| !is_in(&removed, one));
    }

    fn add(&mut self, operation: &Value, before: Option<&Map<String, Value>>) {
        let text = |name: &str| operation[name].as_str().unwrap_or_default();
        let held =
            |field: &str| before.and_then(|before| before.get(field)).unwrap_or(&Value::Null);
        let (field, value) = (field_of(text("field")), &operation["value"]);
        match text("operation") {
            "remove" if is_reference(value) => self.removed.extend(pairs(&field, value)),
            "remove" => {
                let index = text("field").rsplit('/').next().and_then(|last| last.parse().ok());
                let held = held(&field);
                let one = index.and_then(|index: usize| held.get(index));
                self.removed.extend(pairs(&field, one.unwrap_or(held)));
            }
            "replace" => {
                self.removed.extend(pairs(&field, held(&field)));
                self.added.extend(pairs(&field, value));
            }
            "add" => {
                // There is room for one only where one is held by itself.
                if held(&field).is_object() {
                    self.removed.extend(pairs(&field, held(&field)));
                }
                self.added.extend(pairs(&field, value));
            }
            // What is moved is related to the same object by another property, as what is copied is.
            "move" | "copy" => {
                let from = field_of(text("from"));
                self.removed.extend(pairs(&field, held(&field)));
                self.added.extend(pairs(&field, held(&from)));
            }
            _ => {}
        }
    }

    fn resources(&self) -> Vec<Resource> {
        let mut all = Vec::new();
        for resource in self.added.iter().chain(&self.removed).filter_map(|(_, it)| target(it)) {
            if !all.contains(&resource) {
                all.push(resource);
            }
        }
        all
    }
}

fn pairs(field: &str, value: &Value) -> Vec<(String, Value)> {
    references(value).map(|reference| (field.to_owned(), reference.clone())).collect()
}

/// The name by which people call a managed object.
pub fn name_of(object: &Map<String, Value>) -> Option<&str> {
    let names = ["userName", "name", "displayName", "mail"];
    names.iter().find_map(|name| object.get(*name)?.as_str())
}

/// The other resources that an action changes when it brings along types of objects.
fn along_with(resource: &Resource) -> Vec<End> {
    let feature = || Some(Resource::Feature { name: "aiagent".to_owned().try_into().ok()? });
    let others = match resource {
        Resource::Feature { .. } => vec![Some(Resource::ManagedConfig)],
        Resource::AiAgents => vec![feature(), Some(Resource::ManagedConfig)],
        _ => Vec::new(),
    };
    let end = |resource| End { resource, name: None, displaced: None };
    others.into_iter().flatten().map(end).collect()
}

impl<A> Call<A> {
    /// The objects that a change of managed objects reaches beside the one it names. Up to a
    /// hundred are read for their names and for what gives way.
    pub(crate) async fn ends(
        &self,
        request: &Request,
        resource: &Resource,
        before: &State,
    ) -> Result<Vec<End>, ApiError> {
        let object_type = match resource {
            Resource::ManagedObject { object_type, .. }
            | Resource::ManagedObjects { object_type } => object_type,
            other => return Ok(along_with(other)),
        };
        let body = request.body.as_ref().and_then(|body| serde_json::from_slice(body).ok());
        let held = before.document().and_then(super::Document::to_object);
        let reach = Reach::of(Verb::of(request), body.as_ref(), held.as_ref());
        let resources: Vec<_> =
            reach.resources().into_iter().filter(|end| end != resource).collect();
        if resources.is_empty() {
            return Ok(Vec::new());
        }
        if resources.len() > MOST_READ {
            let end = |resource| End { resource, name: None, displaced: None };
            return Ok(resources.into_iter().map(end).collect());
        }
        let reverse = if reach.added.is_empty() {
            BTreeMap::new()
        } else {
            self.reverse_properties(object_type).await?
        };
        let read = |end: Resource| async move { (self.object_with_references(&end).await, end) };
        let read: Vec<_> =
            stream::iter(resources).map(read).buffered(READS_AT_A_TIME).collect().await;
        let mut ends = Vec::new();
        for (object, end) in read {
            let Some(object) = object? else {
                ends.push(End { resource: end, name: None, displaced: None });
                continue;
            };
            let added = reach.added.iter().filter(|(_, it)| target(it).as_ref() == Some(&end));
            let displaced = added
                .filter_map(|(field, _)| reverse.get(field))
                .filter_map(|field| Some((field, object.get(field)?)))
                .find(|(_, held)| held.is_object() && target(held).as_ref() != Some(resource))
                .map(|(field, reference)| Displaced {
                    field: field.clone(),
                    reference: reference.clone(),
                });
            if let Some(third) = displaced.as_ref().and_then(|held| target(&held.reference)) {
                ends.push(End { resource: third, name: None, displaced: None });
            }
            ends.push(End { resource: end, name: name_of(&object).map(str::to_owned), displaced });
        }
        Ok(ends)
    }

    /// `GET /openidm/managed/{type}/{id}?_fields=*,*_ref`: an object with all its relationships;
    /// `None` where there is none.
    async fn object_with_references(
        &self,
        object: &Resource,
    ) -> Result<Option<Map<String, Value>>, ApiError> {
        match Box::pin(self.send(Request::whole(object))).await {
            Ok(answer) => answer.json().map(Some),
            Err(error) if error.cause() == Some(Cause::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `GET /openidm/schema/managed/{type}`: the property at the other end of each relationship of
    /// a type.
    async fn reverse_properties(
        &self,
        object_type: &ObjectType,
    ) -> Result<BTreeMap<String, String>, ApiError> {
        let request = Request::read(Endpoint::managed_schema(object_type));
        let schema: Value = Box::pin(self.send(request)).await?.json()?;
        let properties = schema["properties"].as_object().into_iter().flatten();
        let reverse = |definition: &Value| {
            let parts = [definition, &definition["items"]];
            let names = parts.iter().find_map(|part| part.get("reversePropertyName")?.as_str());
            names.map(str::to_owned)
        };
        Ok(properties.filter_map(|(name, it)| Some((name.clone(), reverse(it)?))).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(resources: &[Resource]) -> Vec<String> {
        resources.iter().map(|resource| resource.path().as_str().to_owned()).collect()
    }

    fn reached(verb: Verb, body: &Value, before: &Value) -> Vec<String> {
        let reach = Reach::of(verb, Some(body), before.as_object());
        let paths = paths(&reach.resources());
        paths.iter().map(|path| path.rsplit('/').next().unwrap_or_default().to_owned()).collect()
    }

    fn to(id: &str) -> Value {
        json!({ "_ref": format!("managed/alpha_user/{id}"), "_refProperties": { "_id": "x", "_rev": "1" } })
    }

    #[test]
    fn both_ends_of_a_relationship_are_reached() {
        let before = json!({ "members": [to("a"), to("b")], "manager": to("m"), "name": "Role" });
        let patch = |operation: &str, field: &str, value: &Value| json!([{ "operation": operation, "field": field, "value": value }]);
        let nothing = json!(null);
        for (verb, body, expected) in [
            (Verb::Delete, json!(null), vec!["a", "b", "m"]),
            (Verb::Create, json!({ "members": [to("c")], "name": "x" }), vec!["c"]),
            (Verb::Patch, patch("add", "/members/-", &to("c")), vec!["c"]),
            (Verb::Patch, patch("remove", "/members", &to("a")), vec!["a"]),
            (Verb::Patch, patch("remove", "/members", &nothing), vec!["a", "b"]),
            (Verb::Patch, patch("remove", "/members/1", &nothing), vec!["b"]),
            (Verb::Patch, patch("replace", "/members", &json!([to("c")])), vec!["c", "a", "b"]),
            (Verb::Patch, patch("replace", "/members", &json!([to("b")])), vec!["a"]),
            (Verb::Patch, patch("add", "/manager", &to("n")), vec!["n", "m"]),
            (Verb::Patch, patch("replace", "/name", &json!("y")), vec![]),
        ] {
            assert_eq!(reached(verb, &body, &before), expected, "{body}");
        }
        let copy = json!([{ "operation": "move", "from": "/manager", "field": "/owner" }]);
        assert_eq!(reached(Verb::Patch, &copy, &before), ["m"]);
    }

    #[test]
    fn a_reference_is_written_without_what_idm_adds() {
        let mut stored = to("a");
        assert!(is_same(&stored, &json!({ "_ref": "/managed/alpha_user/a" })));
        stored["_refProperties"]["grantType"] = json!("conditional");
        stored["_refResourceId"] = json!("a");
        assert_eq!(
            written(&stored),
            json!({ "_ref": "managed/alpha_user/a", "_refProperties": { "grantType": "conditional" } })
        );
        assert!(!is_same(&stored, &to("a")));
        assert_eq!(target(&json!({ "_ref": "internal/role/openidm-admin" })), None);
    }

    #[test]
    fn only_references_are_written_otherwise_than_they_are_read() {
        let plain = json!({ "_ref": "managed/alpha_user/a" });
        for (read, expected) in [
            (to("a"), plain.clone()),
            (json!([to("a"), to("a")]), json!([plain, plain])),
            (json!([1, { "x": 2 }]), json!([1, { "x": 2 }])),
            (json!([]), json!([])),
            (json!({ "x": 1 }), json!({ "x": 1 })),
            (json!("text"), json!("text")),
        ] {
            assert_eq!(written_value(&read), expected);
        }
    }

    #[test]
    fn an_action_that_brings_types_along_changes_their_definitions() {
        let along = |resource: &Resource| -> Vec<String> {
            along_with(resource).iter().map(|end| end.resource.to_string()).collect()
        };
        let config = Resource::ManagedConfig.to_string();
        let feature = Resource::Feature { name: "groups".to_owned().try_into().unwrap() };
        assert_eq!(along(&feature), [config.as_str()]);
        assert_eq!(along(&Resource::AiAgents), ["the feature aiagent".to_owned(), config]);
        assert!(along(&Resource::Themes).is_empty());
    }
}
