//! Revisions that follow from content, and what clients demand of them.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::precondition::Precondition;

/// The revision of a piece of configuration: a hash of its content as a signed number, so that
/// equal content has equal revisions, whatever the order of its members.
pub(super) fn of_content(content: &Object) -> String {
    let mut hash = Sha256::new();
    feed_members(&mut hash, content);
    let digest = hash.finalize();
    i32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]).to_string()
}

/// Checks what a client demands of something that is there or not.
pub(super) fn check(precondition: &Precondition, known: Option<&Object>) -> Result<()> {
    match known {
        // Assumption: the message. A recorded `If-None-Match: *` would settle it.
        Some(_) if precondition.must_be_new => {
            Err(Error::precondition_failed("The resource already exists"))
        }
        Some(known) => {
            precondition.check(known.get("_rev").and_then(Value::as_str).unwrap_or_default())
        }
        None if precondition.allows_creation() => Ok(()),
        None => Err(Error::not_found("Not Found")),
    }
}

fn feed_members(hash: &mut Sha256, members: &Object) {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    for (name, value) in members {
        feed_text(hash, name);
        feed(hash, value);
    }
}

fn feed(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Object(members) => {
            hash.update("{");
            feed_members(hash, members);
            hash.update("}");
        }
        Value::Array(elements) => {
            hash.update("[");
            for element in elements {
                feed(hash, element);
            }
            hash.update("]");
        }
        scalar => feed_text(hash, &scalar.to_string()),
    }
}

fn feed_text(hash: &mut Sha256, text: &str) {
    hash.update(text.len().to_be_bytes());
    hash.update(text);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn revision(value: &Value) -> String {
        of_content(value.as_object().unwrap())
    }

    #[test]
    fn only_content_counts() {
        let first = revision(&json!({"a": {"x": 1, "y": [2]}, "b": null}));
        assert_eq!(first, revision(&json!({"b": null, "a": {"y": [2], "x": 1}})));
        assert_ne!(first, revision(&json!({"b": null, "a": {"y": 2, "x": 1}})));
        assert_ne!(first, revision(&json!({"a": {"x": 1, "y": [2], "b": null}})));
        assert!(first.parse::<i32>().is_ok());
    }
}
