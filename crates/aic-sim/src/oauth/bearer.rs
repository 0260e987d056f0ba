//! The check that stands before every service.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;

use super::OAuth;
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

impl OAuth {
    /// Assumption: a login is accepted by no service, only what it was exchanged for. On a real
    /// tenant a login carries scopes too.
    fn admit(&self, headers: &HeaderMap, scope: &str) -> Result<()> {
        let issued = self.issued();
        let token = token(headers)
            .and_then(|token| issued.access_tokens.get(token, self.now()))
            .ok_or_else(Error::unauthorized)?;
        if token.scopes.contains(scope) { Ok(()) } else { Err(Error::forbidden("Access denied")) }
    }
}
