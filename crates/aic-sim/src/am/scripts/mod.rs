//! Scripts, and what they can use.

mod binding;
mod context;
mod library;
mod script;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::am::Am;
use crate::service::Service;

pub(super) use context::Context;
pub(crate) use script::Author;

/// The routes to a realm's scripts.
pub(super) fn router() -> Router<Arc<Service<Am>>> {
    Router::new()
        .route("/scripts", get(script::list).post(script::act))
        .route("/scripts/{id}", get(script::read).put(script::write).delete(script::delete))
}

/// The route to the libraries that a realm's scripts share.
pub(super) fn libraries() -> Router<Arc<Service<Am>>> {
    Router::new().route("/libraries", get(library::list))
}

/// The route to the contexts, which are the same in every realm.
///
/// Assumption: a realm's path leads here as well. Every recorded request takes the path without a
/// realm, so clients should; a recorded request on a realm's path would settle it.
pub(super) fn contexts() -> Router<Arc<Service<Am>>> {
    Router::new().route("/contexts/{context}", get(context::read))
}
