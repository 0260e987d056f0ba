//! The node types that the tenant knows. Their names, titles and outcomes are those of the
//! product.
//!
//! Assumption: of the attributes, the names and defaults are as documented; a tenant may have
//! more. A real tenant knows well over two hundred types.

mod access;
mod factors;
mod identity;
mod session;
mod utilities;

use serde_json::{Value, json};

use crate::am::attribute::Attribute;

/// A type of node.
#[derive(Debug)]
pub(super) struct NodeType {
    pub(super) id: &'static str,
    pub(super) version: &'static str,
    name: &'static str,
    tags: &'static [&'static str],
    help: &'static str,
    pub(super) outcomes: Outcomes,
    pub(super) attributes: &'static [Attribute],
}

/// The outcomes that a node can have.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcomes {
    /// Ids and what they are called.
    Fixed(&'static [(&'static str, &'static str)]),
    /// One for every element of a list among the attributes.
    Listed(&'static str),
    /// Those of the last node on the page.
    OfLastChild,
}

/// The one outcome of a node that does not decide anything.
pub(super) const SINGLE: Outcomes = Outcomes::Fixed(&[("outcome", "Outcome")]);
const TRUE_OR_FALSE: Outcomes = Outcomes::Fixed(&[("true", "True"), ("false", "False")]);

const fn node_type(
    id: &'static str,
    name: &'static str,
    tags: &'static [&'static str],
    help: &'static str,
    outcomes: Outcomes,
    attributes: &'static [Attribute],
) -> NodeType {
    NodeType { id, version: "1.0", name, tags, help, outcomes, attributes }
}

impl NodeType {
    const fn with_version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    /// The type as lists show it.
    pub(super) fn summary(&self) -> Value {
        self.described(self.id)
    }

    /// One version of the type.
    pub(super) fn version_summary(&self) -> Value {
        self.described(self.version)
    }

    fn described(&self, id: &str) -> Value {
        json!({
            "_id": id,
            "name": self.name,
            "collection": true,
            "tags": self.tags,
            "metadata": {"tags": self.tags},
            "help": self.help,
        })
    }

    /// What a node says of its type.
    pub(super) fn reference(&self, with_version: bool) -> Value {
        let mut reference = json!({"_id": self.id, "name": self.name, "collection": true});
        if with_version {
            reference["version"] = json!(self.version);
        }
        reference
    }
}

/// Every version of every type.
fn all() -> impl Iterator<Item = &'static NodeType> {
    [access::TYPES, identity::TYPES, factors::TYPES, session::TYPES, utilities::TYPES]
        .into_iter()
        .flatten()
}

/// The first version of every type.
pub(super) fn types() -> impl Iterator<Item = &'static NodeType> {
    all().filter(|it| it.version == "1.0")
}

pub(super) fn find(id: &str, version: &str) -> Option<&'static NodeType> {
    all().find(|it| it.id == id && it.version == version)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::am::attribute::Kind;

    #[test]
    fn every_version_of_a_type_is_listed_once() {
        let keys: BTreeSet<_> = all().map(|it| (it.id, it.version)).collect();
        assert_eq!(keys.len(), all().count());
        assert!(types().count() >= 40);
        assert!(find("PageNode", "2.0").is_some());
        assert!(find("PageNode", "3.0").is_none());
    }

    #[test]
    fn defaults_fit_their_attributes() {
        for attribute in all().flat_map(|it| it.attributes) {
            let default = attribute.default().filter(|value| !value.is_null());
            let problem = default.and_then(|value| attribute.check(&value).err());
            assert_eq!(problem, None, "{}", attribute.name);
        }
    }

    #[test]
    fn listed_outcomes_are_lists_and_pages_have_children() {
        for it in all() {
            let has = |name: &str, is_kind: fn(&Kind) -> bool| {
                it.attributes.iter().any(|one| one.name == name && is_kind(&one.kind))
            };
            match it.outcomes {
                Outcomes::Fixed(outcomes) => assert!(!outcomes.is_empty()),
                Outcomes::Listed(name) => assert!(has(name, |kind| matches!(kind, Kind::List(_)))),
                Outcomes::OfLastChild => {
                    assert!(has("nodes", |kind| matches!(kind, Kind::Children)));
                }
            }
        }
    }
}
