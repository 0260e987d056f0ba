//! What the services of a tenant share.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{DefaultBodyLimit, Request};
use axum::{Router, middleware};

use crate::am::{self, Am};
use crate::clock::Clock;
use crate::crest::error::{Error, Result};
use crate::environment::{self, Environment};
use crate::idm::{self, Idm};
use crate::monitoring::{self, Monitoring};
use crate::oauth::{self, OAuth, SignIn};
use crate::seed::{self, Seed};
use crate::sync::lock;

/// The state of one tenant. Each service has a lock of its own, held for one request's worth of
/// work and never across an await.
#[derive(Debug)]
pub(crate) struct Tenant {
    base_url: Arc<str>,
    clock: Arc<Clock>,
    oauth: Arc<OAuth>,
    idm: Mutex<Idm>,
    am: Mutex<Am>,
    environment: Mutex<Environment>,
    monitoring: Arc<Monitoring>,
}

impl Tenant {
    pub(crate) fn new(base_url: Arc<str>, sign_in: SignIn, seed: Seed) -> Result<Self> {
        let clock = Arc::new(Clock::new());
        let oauth = Arc::new(OAuth::new(Arc::clone(&base_url), sign_in, Arc::clone(&clock)));
        let monitoring = Monitoring::new(Arc::clone(&clock));
        seed::activity(seed, clock.date(), &mut monitoring.events());
        Ok(Self {
            oauth,
            idm: Mutex::new(seed::idm(seed)?),
            environment: Mutex::new(seed::environment(seed, clock.date())?),
            am: Mutex::new(seed::am(seed)?),
            monitoring: Arc::new(monitoring),
            base_url,
            clock,
        })
    }

    /// A copy whose writes nobody will see. Logins, tokens and logs stay shared.
    pub(crate) fn fork(&self) -> Self {
        Self {
            base_url: Arc::clone(&self.base_url),
            clock: Arc::clone(&self.clock),
            oauth: Arc::clone(&self.oauth),
            idm: Mutex::new(self.idm().clone()),
            am: Mutex::new(self.am().clone()),
            environment: Mutex::new(self.environment().clone()),
            monitoring: Arc::clone(&self.monitoring),
        }
    }

    /// Takes over what another tenant holds.
    pub(crate) fn take_over(&self, other: &Self) {
        *lock(&self.idm) = other.idm().clone();
        *lock(&self.am) = other.am().clone();
        *lock(&self.environment) = lock(&other.environment).clone();
    }

    /// A number that stays the same as long as what the tenant holds does.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let held = (&*self.idm(), &*self.am(), &*self.environment());
        format!("{held:?}").hash(&mut hasher);
        hasher.finish()
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn oauth(&self) -> &OAuth {
        &self.oauth
    }

    pub(crate) fn idm(&self) -> MutexGuard<'_, Idm> {
        lock(&self.idm)
    }

    pub(crate) fn am(&self) -> MutexGuard<'_, Am> {
        lock(&self.am)
    }

    /// The environment, with a restart whose time has come brought to its end.
    pub(crate) fn environment(&self) -> MutexGuard<'_, Environment> {
        let mut environment = lock(&self.environment);
        environment.settle(self.clock.now());
        environment
    }

    pub(crate) fn monitoring(&self) -> &Monitoring {
        &self.monitoring
    }
}

/// Every service of the tenant, one router each.
pub(crate) fn router(tenant: Arc<Tenant>) -> Router {
    Router::new()
        .nest("/am", oauth::router())
        .nest("/am/json", am::router(&tenant))
        .nest("/openidm", idm::router(&tenant))
        .nest("/environment", environment::router(&tenant))
        .nest("/monitoring", monitoring::router(&tenant))
        .fallback(unknown_path)
        .method_not_allowed_fallback(unsupported_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&tenant), environment::protect))
        // The server has a limit of its own, which configuration documents stay below.
        .layer(DefaultBodyLimit::disable())
        .with_state(tenant)
}

async fn unknown_path(request: Request) -> Error {
    Error::not_found(format!("Resource '{}' not found", request.uri().path()))
}

// Assumption: the recordings hold no request with a method that its resource lacks.
pub(crate) async fn unsupported_method(request: Request) -> Error {
    Error::method_not_allowed(format!("Method {} is not supported here", request.method()))
}
