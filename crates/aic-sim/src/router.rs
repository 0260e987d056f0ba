//! The services of a tenant under one roof.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;

use crate::crest::fallback::{unknown_path, unsupported_method};
use crate::environment::{self, EnvironmentResult};
use crate::event::Event;
use crate::tenant::Tenant;
use crate::{am, idm, monitoring, oauth};

/// Every service of a tenant, one router each, and what happens to a request before and after them.
pub(crate) fn of_tenant(tenant: &Arc<Tenant>) -> Router {
    let environment = environment::router(Arc::clone(&tenant.environment))
        .layer(middleware::from_fn_with_state(Arc::clone(tenant), enable_ai_agents));
    Router::new()
        .nest("/am", oauth::router(Arc::clone(&tenant.oauth)))
        .nest("/am/json", am::router(Arc::clone(&tenant.am)))
        .nest("/openidm", idm::router(Arc::clone(&tenant.idm)))
        .nest("/environment", environment)
        .nest("/monitoring", monitoring::router(Arc::clone(&tenant.monitoring)))
        .fallback(unknown_path)
        .method_not_allowed_fallback(unsupported_method)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&tenant.environment),
            environment::protect,
        ))
        .layer(middleware::from_fn_with_state(Arc::clone(&tenant.oauth), oauth::identify))
        // The server has a limit of its own, which configuration documents stay below.
        .layer(DefaultBodyLimit::disable())
}

/// Middleware that carries out what the environment service is asked for and others have to do.
async fn enable_ai_agents(
    State(tenant): State<Arc<Tenant>>,
    request: Request,
    next: Next,
) -> EnvironmentResult<Response> {
    let response = next.run(request).await;
    if let Some(Event::AgentsRequested) = response.extensions().get() {
        tenant.enable_ai_agents()?;
    }
    Ok(response)
}
