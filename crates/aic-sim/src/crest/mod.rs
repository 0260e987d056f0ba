//! The rules of `ForgeRock` Common REST (CREST) that all services share: errors, pointers, filters,
//! paging, patches, preconditions.

pub mod filter;
pub mod pointer;

pub(crate) mod answer;
pub(crate) mod error;
pub(crate) mod fallback;
pub(crate) mod fields;
pub(crate) mod order;
pub(crate) mod patch;
pub(crate) mod precondition;
pub(crate) mod query;
pub(crate) mod request;

/// A JSON object, its members in the order in which they were added.
pub(crate) type Object = serde_json::Map<String, serde_json::Value>;

/// The members of a value that is written out as an object; of any other value, none.
pub(crate) fn members(value: serde_json::Value) -> Object {
    match value {
        serde_json::Value::Object(members) => members,
        _ => Object::new(),
    }
}
