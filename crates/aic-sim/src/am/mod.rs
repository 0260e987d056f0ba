//! `PingAM` (`/am/json`): journeys and their nodes, scripts, OAuth 2.0 clients and services of the
//! alpha and bravo realms.

mod answer;
mod attribute;
mod clients;
mod global;
mod headers;
mod journeys;
mod list;
mod realm;
mod revision;
mod root;
mod scripts;
mod server_info;
mod settings;
mod state;
mod version;

use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::map_response;
use axum::routing::get;
use axum::{Extension, Router, middleware};

use crate::bearer;
use crate::crest::error::Error;
use crate::crest::fallback::unsupported_method;
use crate::service::Service;

use headers::{ApiVersion, versioned};

pub(crate) use journeys::{FAILURE, SUCCESS};
pub(crate) use realm::{Realm, RealmConfig};
pub(crate) use scripts::Author;

/// The scope that every AM service demands.
const SCOPE: &str = "fr:am:*";

/// The state of AM.
#[derive(Debug, Clone)]
pub(crate) struct Am {
    alpha: RealmConfig,
    bravo: RealmConfig,
    services: global::Services,
}

impl Am {
    /// Realms without journeys, scripts and clients.
    pub(crate) fn new() -> Self {
        Self {
            alpha: RealmConfig::new(Realm::Alpha),
            bravo: RealmConfig::new(Realm::Bravo),
            services: global::Services::new(),
        }
    }

    pub(crate) fn realm_mut(&mut self, realm: Realm) -> &mut RealmConfig {
        match realm {
            Realm::Alpha => &mut self.alpha,
            Realm::Bravo => &mut self.bravo,
        }
    }

    /// Turns AI agents on in both realms.
    pub(crate) fn enable_ai_agents(&mut self) {
        for realm in Realm::ALL {
            self.realm_mut(realm).enable_ai_agents();
        }
    }

    /// The same with the members of its documents in one order, to be compared.
    pub(crate) fn with_members_in_order(&self) -> Self {
        let mut ordered = self.clone();
        for realm in Realm::ALL {
            ordered.realm_mut(realm).order_members();
        }
        ordered
    }

    /// Drops the settings of nodes that come with a tree from now on.
    pub(crate) fn drop_settings_in_trees(&mut self) {
        for realm in Realm::ALL {
            self.realm_mut(realm).contested.keeps_settings_in_trees = false;
        }
    }

    /// Deletes the nodes of a tree with it from now on.
    pub(crate) fn delete_nodes_with_trees(&mut self) {
        for realm in Realm::ALL {
            self.realm_mut(realm).contested.deletes_nodes_with_trees = true;
        }
    }

    /// Whether AI agents are on in any realm.
    fn has_ai_agents(&mut self) -> bool {
        Realm::ALL.into_iter().any(|realm| self.realm_mut(realm).has_ai_agents())
    }

    /// Knows nothing of node versions from now on.
    pub(crate) fn forget_node_versions(&mut self) {
        for realm in Realm::ALL {
            self.realm_mut(realm).forget_node_versions();
        }
    }
}

/// The services under `/am/json`. A realm has a short path and a long one, the root realm the path
/// without a realm too.
pub(crate) fn router(service: Arc<Service<Am>>) -> Router {
    let mut router = versioned(scripts::contexts(), ApiVersion("2.0", "1.0"))
        .nest("/global-config", global::router())
        .nest("/realms/root", root::router())
        .merge(root::router());
    for realm in Realm::ALL {
        let services = services().layer(Extension(realm));
        let name = realm.name();
        router = router
            .nest(&format!("/{name}"), services.clone())
            .nest(&format!("/realms/root/realms/{name}"), services);
    }
    router
        .fallback(unknown_path)
        .method_not_allowed_fallback(unsupported_method)
        .layer(middleware::from_fn_with_state(SCOPE, bearer::guard))
        .merge(versioned(server_info(), ApiVersion("2.1", "1.1")))
        .layer(map_response(headers::completed))
        .with_state(service)
}

fn services() -> Router<Arc<Service<Am>>> {
    Router::new()
        .nest("/realm-config/authentication/authenticationtrees", journeys::router())
        .nest("/realm-config/agents", clients::router())
        .nest("/realm-config", settings::router())
        .merge(versioned(scripts::router(), ApiVersion("2.0", "1.1")))
        .merge(versioned(scripts::libraries(), ApiVersion("2.0", "1.0")))
        .merge(versioned(scripts::contexts(), ApiVersion("2.0", "1.0")))
}

/// The routes that need no token.
fn server_info() -> Router<Arc<Service<Am>>> {
    Router::new().route("/serverinfo/{name}", get(server_info::read))
}

/// Customers cannot configure the root realm, which a path without a realm means too.
async fn unknown_path(request: Request) -> Error {
    let path = request.uri().path().trim_start_matches('/');
    let in_root = path.strip_prefix("realms/root/").unwrap_or(path);
    let service = in_root.split('/').next().unwrap_or_default();
    if matches!(service, "realm-config" | "scripts" | "global-config") {
        return unavailable();
    }
    // Assumption: the message. A recorded request to a realm that is not there would settle it.
    Error::not_found(format!("Resource '{path}' not found"))
}

/// The error for a request that customers may not make.
fn unavailable() -> Error {
    Error::forbidden("This operation is not available in PingOne Advanced Identity Cloud.")
}
