//! The log service (`/monitoring/logs`): what has happened in the tenant, to be searched.
//!
//! Entries are made where requests are answered, from what was really asked and what came of it.

mod audit;
mod config;
mod entry;
mod events;
mod limit;
mod query;
mod sources;

use std::sync::Arc;

use axum::routing::get;
use axum::{Router, middleware};

use crate::bearer;
use crate::clock::Clock;
use crate::crest::fallback::unsupported_method;
use crate::event::Event;
use limit::Limit;
use parking_lot::{Mutex, MutexGuard};

pub(crate) use entry::Exchange;
pub(crate) use events::{Events, Source};

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
        self.events.lock()
    }

    /// Makes the entries for a request that has been answered, with what its service tells of it.
    pub(crate) fn record(&self, exchange: &Exchange<'_>, event: Option<&Event>) {
        let told = event.into_iter().flat_map(|event| audit::told(event, exchange));
        let is_done = exchange.status.is_success();
        let changes = is_done.then(|| config::changes(exchange)).into_iter().flatten();
        let entries: Vec<_> = told.chain(changes).chain(audit::access(exchange)).collect();
        let date = self.clock.date();
        let mut events = self.events();
        for (source, fields) in entries {
            events.add(source, date, fields);
        }
    }
}

/// The services under `/monitoring`.
pub(crate) fn router(monitoring: Arc<Monitoring>) -> Router {
    Router::new()
        .route("/logs/sources", get(sources::list))
        .route("/logs", get(query::search))
        .route("/logs/tail", get(query::tail))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&monitoring), limit::enforce))
        .route_layer(middleware::from_fn_with_state(SCOPE, bearer::guard))
        .method_not_allowed_fallback(unsupported_method)
        .with_state(monitoring)
}
