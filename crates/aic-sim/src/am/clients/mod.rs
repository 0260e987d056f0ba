//! OAuth 2.0 clients, which AM counts among its agents (`realm-config/agents`).

mod advanced;
mod attributes;
mod client;
mod signing;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::am::Am;
use crate::service::Service;

pub(super) use client::Client;

pub(super) fn router() -> Router<Arc<Service<Am>>> {
    Router::new()
        .route("/OAuth2Client", get(client::list).post(client::act))
        .route("/OAuth2Client/{id}", get(client::read).put(client::write).delete(client::delete))
}
