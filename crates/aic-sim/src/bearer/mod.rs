//! The caller, found out from the bearer token before any service sees the request.

mod administrator;
mod scopes;

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use crate::crest::error::{Error, Result};

pub(crate) use administrator::{ADMINISTRATORS, Administrator};
pub(crate) use scopes::{Offer, Scopes};

/// The caller for whom a token stands. The tenant puts the caller into the extensions of each request
/// whose access token is valid.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) administrator: &'static Administrator,
    pub(crate) scopes: Scopes,
    /// The name of the session in the logs: a login and every token exchanged for it share one.
    pub(crate) session: Arc<str>,
}

impl Caller {
    /// A caller whose login begins a session.
    pub(crate) fn of_new_session(administrator: &'static Administrator, scopes: Scopes) -> Self {
        Self { administrator, scopes, session: Uuid::new_v4().to_string().into() }
    }

    /// The administrator's id, the `sub` of the token.
    pub(crate) fn id(&self) -> &'static str {
        self.administrator.id
    }

    /// The administrator's mail address.
    pub(crate) fn mail(&self) -> &'static str {
        self.administrator.mail
    }

    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts.extensions.get().cloned().ok_or_else(Error::unauthorized)
    }
}

/// The bearer token of a request, if it carries one.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// Middleware that lets only callers with a scope through.
pub(crate) async fn guard(
    State(scope): State<&'static str>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Result<Response> {
    if caller.has_scope(scope) {
        Ok(next.run(request).await)
    } else {
        Err(Error::forbidden("Access denied"))
    }
}
