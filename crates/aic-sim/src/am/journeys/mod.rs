//! Journeys, and the nodes that they are made of
//! (`realm-config/authentication/authenticationtrees`).

mod catalogue;
mod graph;
mod node;
mod node_requests;
mod outcome;
mod tree;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::am::Am;
use crate::am::headers::{ApiVersion, versioned};
use crate::service::Service;

pub(crate) use graph::{FAILURE, SUCCESS};
pub(super) use node::Nodes;

pub(super) fn router() -> Router<Arc<Service<Am>>> {
    Router::new()
        .route("/trees", get(tree::list))
        .route("/trees/{name}", get(tree::read).put(tree::write).delete(tree::delete))
        .merge(nodes())
}

/// Nodes. A path with a version comes from another version of the API.
fn nodes() -> Router<Arc<Service<Am>>> {
    let first = Router::new()
        .route("/nodes", post(node_requests::act_on_all))
        .route("/nodes/{type}", get(node_requests::list).post(node_requests::act))
        .route(
            "/nodes/{type}/{id}",
            get(node_requests::read)
                .put(node_requests::write)
                .delete(node_requests::delete)
                .post(node_requests::act_on_version),
        );
    let versions = Router::new().route(
        "/nodes/{type}/{version}/{id}",
        get(node_requests::read_version)
            .put(node_requests::write_version)
            .delete(node_requests::delete_version),
    );
    versioned(first, ApiVersion("2.1", "1.0")).merge(versioned(versions, ApiVersion("2.1", "3.0")))
}
