//! The managed object types, as IDM reads them from its configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::crest::Object;
use crate::crest::error::{Error, Result};

/// A managed object type, read from its definition.
#[derive(Debug)]
pub(super) struct ObjectType {
    pub(super) name: String,
    pub(super) properties: BTreeMap<String, Property>,
    pub(super) required: Vec<String>,
    /// Where it is tracked when objects are created and changed.
    pub(super) metadata: Option<Metadata>,
}

/// The place that records when an object was created and changed.
#[derive(Debug)]
pub(super) struct Metadata {
    /// The property that leads there.
    pub(super) property: String,
    /// The collection that it leads to.
    pub(super) collection: String,
}

/// A property, as far as IDM acts on it.
#[derive(Debug)]
pub(super) struct Property {
    /// The JSON types allowed; empty means any.
    pub(super) types: Vec<String>,
    /// The values allowed, where they are enumerated.
    pub(super) choices: Option<Vec<Value>>,
    pub(super) default: Option<Value>,
    /// No two objects may have the same value.
    pub(super) unique: bool,
    /// Never shown and not kept: the simulator has no use for a password.
    pub(super) private: bool,
    pub(super) relation: Option<Relation>,
}

/// A relationship to other objects.
#[derive(Debug)]
pub(super) struct Relation {
    /// Whether there can be several.
    pub(super) many: bool,
    /// The collections that it may lead to, such as `managed/alpha_role`.
    pub(super) targets: Vec<String>,
    /// The property of the other object that leads back.
    pub(super) reverse: Option<String>,
}

impl ObjectType {
    pub(super) fn parse(definition: &Object) -> Option<Self> {
        let name = definition.get("name")?.as_str().filter(|name| !name.is_empty())?;
        let schema = definition.get("schema");
        let members = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
        let properties = members
            .into_iter()
            .flatten()
            .map(|(name, property)| (name.clone(), Property::parse(property)))
            .collect();
        let required = strings(schema.and_then(|schema| schema.get("required")));
        let metadata = definition.get("meta").and_then(|meta| {
            let text = |member: &str| meta[member].as_str().map(str::to_owned);
            Some(Metadata { property: text("property")?, collection: text("resourceCollection")? })
        });
        Some(Self { name: name.to_owned(), properties, required, metadata })
    }

    /// The relationship that a property stands for, if it is one.
    pub(super) fn relation(&self, field: &str) -> Option<&Relation> {
        self.properties.get(field)?.relation.as_ref()
    }

    /// All relationships with the properties that stand for them.
    pub(super) fn relations(&self) -> impl Iterator<Item = (&str, &Relation)> {
        self.properties
            .iter()
            .filter_map(|(name, property)| Some((name.as_str(), property.relation.as_ref()?)))
    }

    pub(super) fn is_private(&self, field: &str) -> bool {
        self.properties.get(field).is_some_and(|property| property.private)
    }

    /// Whether the ids of this type must be UUIDs: those of users are known to, and those of roles
    /// not to.
    ///
    /// Assumption: all other types are like roles. Creating an organization under a name would
    /// settle it for one.
    pub(super) fn has_uuids(&self) -> bool {
        matches!(self.name.as_str(), "alpha_user" | "bravo_user")
    }
}

impl Property {
    fn parse(property: &Value) -> Self {
        let items = property.get("items").unwrap_or(&Value::Null);
        let types = strings(property.get("type"));
        let choices = property.get("enum").and_then(Value::as_array);
        let policies = property.get("policies").and_then(Value::as_array);
        let is_unique = |policy: &Value| policy["policyId"] == "unique";
        let relation = if types.iter().any(|name| name == "relationship") {
            Some(Relation::parse(property, false))
        } else if items["type"] == "relationship" {
            Some(Relation::parse(items, true))
        } else {
            None
        };
        Self {
            types,
            choices: choices.cloned(),
            default: property.get("default").cloned(),
            unique: policies.is_some_and(|policies| policies.iter().any(is_unique)),
            private: property["scope"] == "private",
            relation,
        }
    }
}

impl Relation {
    fn parse(relationship: &Value, many: bool) -> Self {
        let collections = relationship.get("resourceCollection").and_then(Value::as_array);
        let path = |collection: &Value| collection["path"].as_str().map(str::to_owned);
        let reverse = relationship["reversePropertyName"].as_str();
        Self {
            many,
            targets: collections.into_iter().flatten().filter_map(path).collect(),
            reverse: reverse
                .filter(|_| relationship["reverseRelationship"] == true)
                .map(str::to_owned),
        }
    }
}

/// Reads every type of a managed object configuration. Where two share a name, the later wins.
///
/// IDM stores a document verbatim, as recorded.
///
/// Assumption: one without a list of named objects is refused. Writing one would settle it, on a
/// tenant that nobody needs.
pub(super) fn compile(document: &Object) -> Result<BTreeMap<String, Arc<ObjectType>>> {
    let objects = document.get("objects").and_then(Value::as_array);
    let objects = objects.ok_or_else(|| Error::bad_request("'objects' must be an array"))?;
    let mut types = BTreeMap::new();
    for object in objects {
        let object_type = object
            .as_object()
            .and_then(ObjectType::parse)
            .ok_or_else(|| Error::bad_request("Every managed object must have a name"))?;
        types.insert(object_type.name.clone(), Arc::new(object_type));
    }
    Ok(types)
}

/// A list of strings, or one string.
fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => {
            many.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object_type(definition: &Value) -> ObjectType {
        ObjectType::parse(definition.as_object().unwrap()).unwrap()
    }

    #[test]
    fn reads_single_and_multiple_relationships() {
        let book = object_type(&json!({"name": "book", "schema": {"properties": {
            "author": {"type": "relationship", "reverseRelationship": true,
                "reversePropertyName": "books",
                "resourceCollection": [{"path": "managed/person"}]},
            "readers": {"type": "array", "items": {"type": "relationship",
                "reverseRelationship": false, "reversePropertyName": "read",
                "resourceCollection": [{"path": "managed/person"}, {"path": "managed/club"}]}},
            "title": {"type": ["string", "null"]},
        }}}));
        let author = book.relation("author").unwrap();
        assert!(!author.many);
        assert_eq!(author.reverse.as_deref(), Some("books"));
        let readers = book.relation("readers").unwrap();
        assert!(readers.many);
        assert_eq!(readers.targets, ["managed/person", "managed/club"]);
        assert_eq!(readers.reverse, None);
        assert!(book.relation("title").is_none());
        assert_eq!(book.properties["title"].types, ["string", "null"]);
    }

    #[test]
    fn a_document_needs_named_objects() {
        for document in [
            json!({}),
            json!({"objects": {}}),
            json!({"objects": [1]}),
            json!({"objects": [{"name": ""}]}),
        ] {
            assert!(compile(document.as_object().unwrap()).is_err(), "{document}");
        }
        let document = json!({"objects": [{"name": "a"}]});
        assert_eq!(compile(document.as_object().unwrap()).unwrap().len(), 1);
    }
}
