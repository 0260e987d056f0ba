//! What the services of a tenant share.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};

use crate::clock::Clock;
use crate::crest::error::{Error, Result};
use crate::idm::{self, Idm};
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
}

impl Tenant {
    pub(crate) fn new(base_url: Arc<str>, sign_in: SignIn, seed: Seed) -> Result<Self> {
        let clock = Arc::new(Clock::new());
        let oauth = Arc::new(OAuth::new(Arc::clone(&base_url), sign_in, Arc::clone(&clock)));
        Ok(Self { base_url, clock, oauth, idm: Mutex::new(seed::idm(seed)?) })
    }

    /// A copy whose writes nobody will see. Logins and tokens stay shared.
    pub(crate) fn fork(&self) -> Self {
        Self {
            base_url: Arc::clone(&self.base_url),
            clock: Arc::clone(&self.clock),
            oauth: Arc::clone(&self.oauth),
            idm: Mutex::new(self.idm().clone()),
        }
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
}

/// Every service of the tenant, one router each.
pub(crate) fn router(tenant: Arc<Tenant>) -> Router {
    Router::new()
        .nest("/am", oauth::router())
        .nest("/openidm", idm::router(&tenant))
        .fallback(unknown_path)
        .method_not_allowed_fallback(unsupported_method)
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
