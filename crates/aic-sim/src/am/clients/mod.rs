//! Agents (`realm-config/agents`), among which AM counts OAuth 2.0 clients.

mod agents;
mod attributes;
mod client;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::am::Am;
use crate::service::Service;

pub(super) use client::Client;

pub(super) fn router() -> Router<Arc<Service<Am>>> {
    Router::new()
        .route("/", get(agents::list_all).post(agents::act_on_all))
        .route("/OAuth2Client", get(client::list).post(client::act))
        .route("/OAuth2Client/{id}", get(client::read).put(client::write).delete(client::delete))
        .route("/{type}", get(agents::list))
        .route("/{type}/{id}", get(agents::read))
}
