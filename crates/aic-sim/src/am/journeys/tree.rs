//! Journeys, which AM calls trees (`realm-config/authentication/authenticationtrees/trees`).

use axum::Json;
use serde_json::{Value, json};

use super::graph;
use crate::am::answer::{Answer, identified, selected};
use crate::am::attribute::{self, Attribute, Kind, attribute};
use crate::am::list::{Count, ListQuery};
use crate::am::realm::{RealmConfig, RealmHandle};
use crate::am::revision::check;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::fields::Fields;
use crate::crest::precondition::Precondition;
use crate::crest::request::{JsonBody, Parameters, Segments};

const PATH: &str = "realm-config/authentication/authenticationtrees/trees";

const ATTRIBUTES: &[Attribute] = &[
    attribute("identityResource", "Identity Resource", "Whose journey it is.", Kind::OptionalText),
    attribute("entryNodeId", "Entry Node", "Where it starts.", Kind::OptionalText),
    attribute("innerTreeOnly", "Inner Tree Only", "Not used by itself.", Kind::Flag(false)),
    attribute("noSession", "No Session", "Ends without a session.", Kind::Flag(false)),
    attribute("mustRun", "Must Run", "Runs even with a session.", Kind::Flag(false)),
    attribute("enabled", "Enabled", "Can be gone through.", Kind::Flag(true)),
    attribute(
        "transactionalOnly",
        "Transactional Only",
        "Only for transactions.",
        Kind::Flag(false),
    ),
    attribute("description", "Description", "What it is for.", Kind::OptionalText),
    attribute("maximumSessionTime", "Maximum Session Time", "Minutes.", Kind::OptionalNumber),
    attribute("maximumIdleTime", "Maximum Idle Time", "Minutes.", Kind::OptionalNumber),
    attribute("uiConfig", "UI Config", "What consoles keep with it.", Kind::Map),
    attribute("nodes", "Nodes", "The nodes by id.", Kind::Map),
    attribute("staticNodes", "Static Nodes", "Where start and ends stand.", Kind::Map),
];

/// GET trees?_queryFilter=...
pub(super) async fn list(realm: RealmHandle, parameters: Parameters) -> Result<Json<Value>> {
    let query = ListQuery::parse(&parameters)?;
    Ok(realm.with(|config| {
        let trees = config.trees.iter().map(|(name, tree)| config.show_tree(name, tree));
        query.answer(trees, Count::Unknown)
    }))
}

/// GET trees/{name}
pub(super) async fn read(
    realm: RealmHandle,
    Segments(name): Segments<String>,
    parameters: Parameters,
) -> Result<Answer> {
    let tree = realm.with(|config| config.tree(&name))?;
    Ok(Answer::ok(selected(tree, &Fields::parse(parameters.get("_fields")))))
}

/// PUT trees/{name}
pub(super) async fn write(
    realm: RealmHandle,
    Segments(name): Segments<String>,
    precondition: Precondition,
    body: JsonBody,
) -> Result<Answer> {
    let body = body.into_object()?;
    let (tree, is_new) = realm.with(|config| config.write_tree(&name, body, &precondition))?;
    Ok(Answer::written(tree, is_new, realm.location(PATH, &name)))
}

/// DELETE trees/{name}: its nodes stay, as the console and other clients expect, which delete them
/// one by one. The reference server says that AM deletes them too.
pub(super) async fn delete(
    realm: RealmHandle,
    Segments(name): Segments<String>,
    precondition: Precondition,
) -> Result<Answer> {
    realm.with(|config| {
        let tree = config.tree(&name)?;
        check(&precondition, Some(&tree))?;
        config.trees.remove(&name);
        if config.contested.deletes_nodes_with_trees {
            config.delete_nodes_of(&tree);
        }
        Ok(Answer::ok(tree))
    })
}

impl RealmConfig {
    fn tree(&self, name: &str) -> Result<Object> {
        let tree = self.trees.get(name).ok_or_else(|| Error::not_found("Not Found"))?;
        Ok(self.show_tree(name, tree))
    }

    /// Creates a tree or replaces it, all of it or, after a fault, nothing.
    ///
    /// A tree may bring the settings of its nodes, as the reference server sends them. No recording
    /// of a tenant shows that, so whether they are kept can be chosen.
    pub(crate) fn write_tree(
        &mut self,
        name: &str,
        body: Object,
        precondition: &Precondition,
    ) -> Result<(Object, bool)> {
        let known = self.tree(name).ok();
        check(precondition, known.as_ref())?;
        let mut tree = attribute::complete(ATTRIBUTES, body, &["_id"])?;
        let settings = graph::take_apart(&mut tree, self.versioned_nodes)?;
        let settings = settings.into_iter().map(|(key, body)| {
            let node = self.draft(&key, body)?;
            Ok((key, node))
        });
        let nodes = settings.collect::<Result<Vec<_>>>()?;
        // Assumption: journeys are the users' unless they say whose they are. Recorded trees always
        // say it; a tree created without would settle it.
        tree.entry("identityResource")
            .or_insert_with(|| json!(format!("managed/{}_user", self.realm.name())));
        if tree.get("staticNodes").and_then(Value::as_object).is_none_or(Object::is_empty) {
            tree.insert("staticNodes".to_owned(), graph::static_nodes());
        }
        if self.contested.keeps_settings_in_trees {
            self.keep(nodes);
        }
        let shown = self.show_tree(name, &tree);
        self.trees.insert(name.to_owned(), tree);
        Ok((shown, known.is_none()))
    }

    fn show_tree(&self, name: &str, tree: &Object) -> Object {
        let mut shown = identified(name, tree);
        if !self.versioned_nodes {
            let nodes = shown.get_mut("nodes").and_then(Value::as_object_mut);
            for node in nodes.into_iter().flat_map(Object::values_mut) {
                node.as_object_mut().map(|node| node.remove("version"));
            }
        }
        shown
    }
}
