//! The log service (`/monitoring/logs`): what has happened in the tenant, to be searched.
//!
//! Entries are made where requests are answered, from what was really asked and what came of it.

mod audit;
mod config;
mod events;
mod limit;
mod query;
mod sources;
mod watch;

use std::sync::{Arc, Mutex, MutexGuard};

use axum::routing::get;
use axum::{Router, middleware};

use crate::clock::Clock;
use crate::oauth;
use crate::sync::lock;
use crate::tenant::{self, Tenant};
use limit::Limit;

pub(crate) use events::{Events, Source};
pub(crate) use watch::Watch;

/// The scope that the log service demands.
const SCOPE: &str = "fr:idc:monitoring:*";

/// The state of the log service.
#[derive(Debug)]
pub(crate) struct Monitoring {
    clock: Arc<Clock>,
    events: Mutex<Events>,
    limit: Mutex<Limit>,
}

impl Monitoring {
    pub(crate) fn new(clock: Arc<Clock>) -> Self {
        Self { clock, events: Mutex::default(), limit: Mutex::default() }
    }

    pub(crate) fn events(&self) -> MutexGuard<'_, Events> {
        lock(&self.events)
    }
}

/// The services under `/monitoring`.
pub(crate) fn router(tenant: &Arc<Tenant>) -> Router<Arc<Tenant>> {
    Router::new()
        .route("/logs/sources", get(sources::list))
        .route("/logs", get(query::search))
        .route("/logs/tail", get(query::tail))
        .route_layer(middleware::from_fn_with_state(Arc::clone(tenant), limit::enforce))
        .route_layer(middleware::from_fn_with_state((Arc::clone(tenant), SCOPE), oauth::guard))
        .method_not_allowed_fallback(tenant::unsupported_method)
}
