//! `PingIDM` (`/openidm`): managed objects, their configuration and their schema.

mod answer;
mod config;
mod features;
mod links;
mod managed;
mod model;
mod platform;
mod policy;
mod schema;
mod settling;
mod state;
mod store;
mod teammember;
mod themes;
mod view;
mod write;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::extract::Request;
use axum::routing::{any, get};
use axum::{Router, middleware};

use crate::bearer;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::fallback::unsupported_method;
use crate::service::Service;
use features::Features;
use model::ObjectType;
use settling::{Habits, Settling, Today};
use store::{Collection, Sequence};

pub(crate) use store::stable_uuid;

/// The scope that every IDM service demands.
const SCOPE: &str = "fr:idm:*";

/// The state of IDM. By default there are no types, and so no objects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Idm {
    /// `config/managed`.
    managed: Settling<Managed>,
    /// The objects by type. Those of a type that is no longer defined stay, out of reach.
    collections: HashMap<String, Collection>,
    sequence: Sequence,
    features: Features,
    /// `config/ui/themerealm`, as it was written.
    themes: Settling<Arc<Object>>,
    habits: Arc<Habits>,
    today: Today,
}

/// The managed object configuration.
#[derive(Debug, Clone, Default)]
struct Managed {
    /// The document, as it was written.
    document: Arc<Object>,
    /// The types that it defines.
    types: Arc<BTreeMap<String, Arc<ObjectType>>>,
}

impl Idm {
    /// The object as a read shows it, if the object is there.
    fn peek(&self, type_name: &str, id: &str) -> Option<Arc<Object>> {
        let stored = self.collections.get(type_name)?.get(id)?;
        Some(Arc::clone(&stored.content))
    }

    /// The managed object configuration, as it is shown.
    fn document(&self) -> &Arc<Object> {
        &self.managed.shown().document
    }

    /// The types that are known.
    fn types(&self) -> &BTreeMap<String, Arc<ObjectType>> {
        &self.managed.shown().types
    }

    fn object_type(&self, name: &str) -> Result<Arc<ObjectType>> {
        let found = self.types().get(name).cloned().or_else(|| platform::object_type(name));
        found.ok_or_else(|| Error::not_found(format!("Resource 'managed/{name}' not found")))
    }
}

/// The services under `/openidm`.
pub(crate) fn router(service: Arc<Service<Idm>>) -> Router {
    Router::new()
        .route("/managed/{type}", get(managed::query).post(managed::act))
        .route(
            "/managed/{type}/{id}",
            get(managed::read).put(managed::replace).patch(managed::patch).delete(managed::delete),
        )
        .route("/managed/{type}/{id}/{field}", get(managed::relationships))
        .route("/config/managed", get(config::read).put(config::replace).patch(config::patch))
        .route("/config/ui/themerealm", get(themes::read).put(themes::replace))
        .route("/config/{*name}", get(config::read_unknown))
        .route("/ui/theme", get(themes::query))
        .route("/ui/theme/", get(themes::query))
        .route("/feature", get(features::query))
        .route("/feature/{*name}", get(features::read).post(features::act))
        .route("/schema/managed/{type}", get(schema::read))
        .route(
            "/schema/managed/{type}/properties/{name}",
            get(schema::read_property).put(schema::put_property).delete(schema::delete_property),
        )
        .fallback(unknown_path)
        .layer(middleware::from_fn(answer::headed))
        // "Access denied" is said in front of IDM's services, and without their headers.
        .route("/managed/teammember", any(teammember::refuse))
        .route("/managed/teammember/{id}", get(teammember::read).fallback(teammember::refuse))
        .method_not_allowed_fallback(unsupported_method)
        .layer(middleware::from_fn_with_state(SCOPE, bearer::guard))
        .with_state(service)
}

async fn unknown_path(request: Request) -> Error {
    let path = request.uri().path().trim_start_matches('/');
    Error::not_found(format!("Resource '{path}' not found")).escaped()
}
