//! The node types that the tenant knows, as `facts/node_types.tsv` and
//! `facts/node_attributes.tsv` have them.

mod outcomes;

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::am::attribute::{self, Attribute, Choices};
use crate::crest::Object;
use crate::crest::error::Result;
use crate::facts::{NODE_ATTRIBUTES, NODE_TYPES, content, parts, records};

pub(super) use outcomes::Outcomes;

/// The members of a node that clients may send though they are not attributes of its type.
const IGNORED: [&str; 4] = ["_id", "_rev", "_type", "_outcomes"];

static ALL: LazyLock<Vec<NodeType>> = LazyLock::new(|| {
    let attributes = attribute::table(NODE_ATTRIBUTES);
    records(NODE_TYPES).map(|record| NodeType::parse(record, &attributes)).collect()
});

/// A version of a type of node.
#[derive(Debug)]
pub(super) struct NodeType {
    pub(super) id: &'static str,
    pub(super) version: &'static str,
    name: &'static str,
    tags: Vec<&'static str>,
    /// How nodes of the type stand on pages, where it is not with others.
    placement: Option<&'static str>,
    /// Whether nodes take attributes besides those that are known.
    is_open: bool,
    help: Option<&'static str>,
    pub(super) outcomes: Outcomes,
    pub(super) attributes: Vec<Attribute>,
}

impl NodeType {
    fn parse(record: [&'static str; 8], attributes: &[(&'static str, Attribute)]) -> Self {
        let [id, version, name, tags, placement, openness, outcomes, help] = record;
        let has = |owner: &str| {
            owner.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.trim() == version)
        };
        Self {
            id,
            version,
            name,
            tags: parts(tags, ", ").collect(),
            placement: content(placement),
            is_open: openness == "open",
            help: content(help),
            outcomes: Outcomes::parse(outcomes),
            attributes: attributes
                .iter()
                .filter(|(owner, _)| has(owner))
                .map(|(_, it)| *it)
                .collect(),
        }
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
        let mut described = json!({
            "_id": id,
            "name": self.name,
            "collection": true,
            "tags": self.tags,
            "metadata": {"tags": self.tags},
        });
        if let Some(placement) = self.placement {
            described["metadata"]["pageNodeCompatibility"] = json!(placement);
        }
        if let Some(help) = self.help {
            described["help"] = json!(help);
        }
        described
    }

    /// The reference of a node to its type.
    pub(super) fn reference(&self, with_version: bool) -> Value {
        let mut reference = json!({"_id": self.id, "name": self.name, "collection": true});
        if with_version {
            reference["version"] = json!(self.version);
        }
        reference
    }

    /// Checks what a client wrote of a node and adds the defaults of what it left out.
    pub(super) fn complete(&self, written: Object) -> Result<Object> {
        if !self.is_open {
            return attribute::complete(&self.attributes, written, &IGNORED);
        }
        let is_known = |name: &str| {
            IGNORED.contains(&name) || self.attributes.iter().any(|one| one.name == name)
        };
        let (known, others): (Object, Object) =
            written.into_iter().partition(|(name, _)| is_known(name));
        let mut completed = attribute::complete(&self.attributes, known, &IGNORED)?;
        completed.extend(others);
        Ok(completed)
    }

    pub(super) fn schema(&self, choices: &Choices) -> Value {
        attribute::schema(&self.attributes, choices)
    }

    /// The settings of a node that gives none.
    pub(super) fn template(&self) -> Object {
        attribute::template(&self.attributes)
    }
}

/// The first version of every type.
pub(super) fn types() -> impl Iterator<Item = &'static NodeType> {
    ALL.iter().filter(|it| it.version == "1.0")
}

pub(super) fn find(id: &str, version: &str) -> Option<&'static NodeType> {
    ALL.iter().find(|it| it.id == id && it.version == version)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::am::attribute::Kind;
    use crate::facts::assert_every_line_is_read;

    #[test]
    fn the_tables_are_read_whole() {
        assert_every_line_is_read::<8>(NODE_TYPES);
        assert_every_line_is_read::<6>(NODE_ATTRIBUTES);
        let attributes = attribute::table(NODE_ATTRIBUTES);
        assert_eq!(attributes.len(), records::<6>(NODE_ATTRIBUTES).count());
        for (owner, attribute) in attributes {
            let (id, version) = owner.split_once(' ').unwrap_or((owner, "1.0"));
            let kind = find(id, version).unwrap_or_else(|| panic!("{owner}"));
            assert!(kind.attributes.iter().any(|one| one.name == attribute.name), "{owner}");
        }
    }

    #[test]
    fn every_version_of_a_type_is_listed_once() {
        let keys: BTreeSet<_> = ALL.iter().map(|it| (it.id, it.version)).collect();
        assert_eq!(keys.len(), ALL.len());
        // As many as a recorded tenant has, without two that its administrators had built.
        assert_eq!(types().count(), 234);
        assert!(find("PageNode", "2.0").is_some());
        assert!(find("PageNode", "3.0").is_none());
        assert!(ALL.iter().all(|it| find(it.id, "1.0").is_some()));
    }

    #[test]
    fn a_version_can_have_attributes_of_its_own() {
        let has = |version| {
            let kind = find("ValidatedUsernameNode", version).unwrap();
            kind.attributes.iter().any(|one| one.name == "prepopulate")
        };
        assert_eq!((has("1.0"), has("2.0")), (false, true));
    }

    #[test]
    fn an_open_type_takes_any_attribute() {
        let body = || crate::crest::members(json!({"_id": "1", "tenant": "x"}));
        let open = find("CrowdStrikeDeviceDetails", "1.0").unwrap();
        assert_eq!(json!(open.complete(body()).unwrap()), json!({"tenant": "x"}));
        assert_eq!(open.schema(&Choices::default()), json!({"type": "object", "required": []}));
        assert!(find("DebugNode", "1.0").unwrap().complete(body()).is_err());
    }

    #[test]
    fn defaults_fit_their_attributes() {
        for kind in &*ALL {
            for attribute in &kind.attributes {
                let default = attribute.default().filter(|value| !value.is_null());
                let problem = default.and_then(|value| attribute.check(&value).err());
                assert_eq!(problem, None, "{} of {}", attribute.name, kind.id);
            }
        }
    }

    #[test]
    fn outcomes_follow_from_attributes_that_there_are() {
        for kind in &*ALL {
            for name in kind.outcomes.attributes() {
                let found = kind.attributes.iter().find(|one| one.name == name);
                assert!(found.is_some(), "{name} of {}", kind.id);
            }
            let has_children = kind.attributes.iter().any(|one| matches!(one.kind, Kind::Children));
            assert_eq!(matches!(kind.outcomes, Outcomes::OfLastChild), has_children, "{}", kind.id);
        }
    }
}
