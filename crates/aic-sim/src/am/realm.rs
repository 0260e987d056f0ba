//! The realms that a customer configures.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Am;
use super::clients::Client;
use super::journeys::Nodes;
use super::settings::Settings;
use crate::clock::Clock;
use crate::crest::Object;
use crate::crest::answer::location;
use crate::crest::error::{Error, Result};
use crate::service::Service;

/// A realm of the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Realm {
    Alpha,
    Bravo,
}

impl Realm {
    pub(crate) const ALL: [Self; 2] = [Self::Alpha, Self::Bravo];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Alpha => "alpha",
            Self::Bravo => "bravo",
        }
    }
}

/// The behaviour on which sources contradict each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contested {
    /// Whether settings of nodes that come with a tree are kept, or dropped without a word.
    pub(super) keeps_settings_in_trees: bool,
    /// Whether the nodes of a tree are deleted with it.
    pub(super) deletes_nodes_with_trees: bool,
}

/// The configuration of a realm.
#[derive(Debug, Clone)]
pub(crate) struct RealmConfig {
    pub(super) realm: Realm,
    /// Whether nodes have versions, in paths and in what is read.
    pub(super) versioned_nodes: bool,
    pub(super) contested: Contested,
    pub(super) trees: BTreeMap<String, Object>,
    pub(super) nodes: Nodes,
    pub(super) scripts: BTreeMap<String, Object>,
    pub(super) clients: BTreeMap<String, Client>,
    pub(super) authentication: Settings,
    /// None once it is deleted.
    pub(super) oauth_provider: Option<Settings>,
}

impl RealmConfig {
    pub(super) fn new(realm: Realm) -> Self {
        Self {
            realm,
            versioned_nodes: true,
            contested: Contested { keeps_settings_in_trees: true, deletes_nodes_with_trees: false },
            trees: BTreeMap::new(),
            nodes: Nodes::default(),
            scripts: BTreeMap::new(),
            clients: BTreeMap::new(),
            authentication: Settings::of_authentication(realm),
            oauth_provider: Some(Settings::of_oauth_provider(realm)),
        }
    }
}

impl RealmConfig {
    /// Sorts the members of its documents.
    pub(super) fn order_members(&mut self) {
        let trees = self.trees.values_mut().chain(self.scripts.values_mut());
        for document in trees.chain(self.nodes.documents_mut()) {
            document.sort_keys();
            document.values_mut().for_each(serde_json::Value::sort_all_objects);
        }
    }
}

/// The configuration of the realm that a request is about.
#[derive(Debug)]
pub(super) struct RealmHandle {
    service: Arc<Service<Am>>,
    realm: Realm,
}

impl RealmHandle {
    /// Works on the realm's configuration, alone.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut RealmConfig) -> T) -> T {
        work(self.service.lock().realm_mut(self.realm))
    }

    pub(super) fn clock(&self) -> &Clock {
        self.service.clock()
    }

    /// The URL of something in the realm.
    pub(super) fn location(&self, path: &str, id: &str) -> String {
        let realm = ["am", "json", "realms", "root", "realms", self.realm.name()];
        let segments = realm.into_iter().chain(path.split('/')).chain([id]);
        location(self.service.base_url(), segments)
    }
}

/// The state of AM, for a request that concerns no realm.
#[derive(Debug)]
pub(super) struct AmHandle(Arc<Service<Am>>);

impl AmHandle {
    /// Works on AM's state, alone.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Am) -> T) -> T {
        work(&mut self.0.lock())
    }
}

impl FromRequestParts<Arc<Service<Am>>> for AmHandle {
    type Rejection = Infallible;

    async fn from_request_parts(
        _: &mut Parts,
        service: &Arc<Service<Am>>,
    ) -> std::result::Result<Self, Infallible> {
        Ok(Self(Arc::clone(service)))
    }
}

impl FromRequestParts<Arc<Service<Am>>> for RealmHandle {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service<Am>>) -> Result<Self> {
        let realm = parts.extensions.get().copied();
        // The router stands every route of this service behind a realm.
        let realm = realm.ok_or_else(|| Error::not_found("Not Found"))?;
        Ok(Self { service: Arc::clone(service), realm })
    }
}
