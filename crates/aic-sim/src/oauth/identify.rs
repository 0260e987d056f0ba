//! Finding out who calls.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

use super::OAuth;
use crate::bearer::{self, Caller};

/// Middleware that puts the caller into the extensions of the request, for the services, and of the
/// answer, for the logs. Whether anybody may come in without a token is for each service to say.
pub(crate) async fn identify(
    State(oauth): State<Arc<OAuth>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(caller) = oauth.caller(request.headers()) else { return next.run(request).await };
    request.extensions_mut().insert(caller.clone());
    let mut response = next.run(request).await;
    response.extensions_mut().insert(caller);
    response
}

impl OAuth {
    /// The caller for whom the access token of a request stands, if the token is valid.
    ///
    /// Assumption: a login is accepted by no service, only what it was exchanged for. On a real
    /// tenant a login carries scopes too; a request with one would settle it.
    fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        self.issued().access_tokens.get(bearer::token(headers)?, self.now()).cloned()
    }
}
