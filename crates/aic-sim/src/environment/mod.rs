//! The environment services (`/environment`): variables and secrets, the restart that loads them,
//! and what kind of environment the tenant is.

mod agents;
mod answer;
mod entries;
mod entry;
mod guard;
mod info;
mod protect;
mod request;
mod secrets;
mod startup;
mod state;
mod variables;
mod versions;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::routing::{MethodRouter, get, post};
use axum::{Router, middleware};

use crate::service::Service;
use answer::EnvironmentError;
use entries::Entries;
use entry::Entry;
use guard::{Demand, guard};
use info::Kind;
use parking_lot::MutexGuard;
use secrets::Secret;
use variables::Variable;

pub(crate) use answer::EnvironmentResult;
pub(crate) use protect::protect;
pub(crate) use request::Change;
pub(crate) use secrets::NewSecret;

/// The state of the environment services. By default there are no variables and secrets, and the
/// environment is a development environment that can be changed.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    variables: Entries<Variable>,
    secrets: Entries<Secret>,
    /// When the restart that is going on ends, by the tenant's clock.
    restart_ends: Option<Duration>,
    restart_takes: Duration,
    kind: Kind,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            variables: Entries::default(),
            secrets: Entries::default(),
            restart_ends: None,
            restart_takes: startup::RESTART,
            kind: Kind::default(),
        }
    }
}

impl Environment {
    /// Makes this an environment of another kind from now on.
    pub(crate) fn set_kind(&mut self, tier: &str, immutable: bool, locked: bool) {
        self.kind = Kind { tier: tier.to_owned(), immutable, locked };
    }

    /// How long a restart takes that is asked for from now on.
    pub(crate) fn set_restart_duration(&mut self, duration: Duration) {
        self.restart_takes = duration;
    }
}

impl Service<Environment> {
    /// The environment, with a restart whose time has come brought to its end.
    pub(crate) fn settled(&self) -> MutexGuard<'_, Environment> {
        let mut environment = self.lock();
        environment.settle(self.clock().now());
        environment
    }
}

/// The services under `/environment`.
pub(crate) fn router(service: Arc<Service<Environment>>) -> Router {
    let guarded = |router: Router<Arc<Service<Environment>>>, demand: Demand| {
        router.route_layer(middleware::from_fn_with_state(demand, guard))
    };
    let services = Router::new()
        .merge(guarded(values(), guard::values))
        .merge(guarded(
            Router::new().route("/startup", get(startup::read).post(startup::act)),
            guard::startup,
        ))
        .merge(guarded(Router::new().route("/info", get(info::read)), guard::anyone))
        .merge(guarded(Router::new().route("/aiagent", post(agents::act)), guard::agents));
    services
        .fallback(unknown_path)
        .method_not_allowed_fallback(unsupported_method)
        .with_state(service)
}

/// Variables and secrets.
fn values() -> Router<Arc<Service<Environment>>> {
    Router::new()
        .route("/variables", get(entry::list::<Variable>))
        .route("/variables/{id}", entry_routes::<Variable>().put(variables::write))
        .route("/secrets", get(entry::list::<Secret>))
        .route("/secrets/{id}", entry_routes::<Secret>().put(secrets::create))
        .route("/secrets/{id}/versions", get(versions::list).post(versions::create))
        .route(
            "/secrets/{id}/versions/{version}",
            get(versions::read).post(versions::act).delete(versions::destroy),
        )
        .route("/count", get(entries::count))
}

/// The routes of one entry, a variable or a secret.
fn entry_routes<T: Entry + 'static>() -> MethodRouter<Arc<Service<Environment>>> {
    get(entry::read::<T>).post(entry::act::<T>).delete(entry::delete::<T>)
}

/// A path that the environment services lack, in the words of the one recording of such a request.
async fn unknown_path(request: Request) -> EnvironmentError {
    EnvironmentError::not_found(format!("path /environment{} was not found", request.uri().path()))
}

/// Assumption: the status and the message. A method that a service lacks would settle them.
async fn unsupported_method(request: Request) -> EnvironmentError {
    let message = format!("method not allowed: {}", request.method());
    EnvironmentError::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, message)
}
