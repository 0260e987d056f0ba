//! The check that stands before every service.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;

use super::administrator::Administrator;
use super::client::Scopes;
use super::{OAuth, Token};
use crate::crest::error::{Error, Result};
use crate::tenant::Tenant;

/// The bearer token of a request, if it carries one.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// Middleware that lets only tokens with a scope through.
pub(crate) async fn guard(
    State((tenant, scope)): State<(Arc<Tenant>, &'static str)>,
    request: Request,
    next: Next,
) -> Result<Response> {
    tenant.oauth().admit(request.headers(), scope)?;
    Ok(next.run(request).await)
}

/// Whom a service deals with.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    administrator: &'static Administrator,
    scopes: Scopes,
    session: Arc<str>,
}

impl Caller {
    pub(super) fn new(token: &Token) -> Self {
        let Token { administrator, scopes, session } = token.clone();
        Self { administrator, scopes, session }
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

    pub(crate) fn scopes(&self) -> impl Iterator<Item = &'static str> {
        self.scopes.iter()
    }

    /// What the logs know the session by.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }
}

impl OAuth {
    /// Whoever a request's access token stands for, if it has one that is valid.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        let issued = self.issued();
        issued.access_tokens.get(token(headers)?, self.now()).map(Caller::new)
    }

    /// Assumption: a login is accepted by no service, only what it was exchanged for. On a real
    /// tenant a login carries scopes too.
    fn admit(&self, headers: &HeaderMap, scope: &str) -> Result<()> {
        let caller = self.caller(headers).ok_or_else(Error::unauthorized)?;
        if caller.has_scope(scope) { Ok(()) } else { Err(Error::forbidden("Access denied")) }
    }
}
