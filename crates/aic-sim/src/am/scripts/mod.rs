//! Scripts, and what they can use.

mod context;
mod script;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::am::Am;
use crate::service::Service;

pub(crate) use script::Author;

/// What a realm has.
pub(super) fn router() -> Router<Arc<Service<Am>>> {
    Router::new()
        .route("/scripts", get(script::list).post(script::act))
        .route("/scripts/{id}", get(script::read).put(script::write).delete(script::delete))
        .merge(contexts())
}

/// What is the same in every realm.
pub(super) fn contexts() -> Router<Arc<Service<Am>>> {
    Router::new().route("/contexts/{context}", get(context::read))
}
