//! The scopes that each environment service demands.

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::answer::{EnvironmentError, EnvironmentResult};
use crate::bearer::Caller;

const READ: &str = "fr:idc:esv:read";
const UPDATE: &str = "fr:idc:esv:update";
const RESTART: &str = "fr:idc:esv:restart";

/// Whether a caller's scopes suffice for a method.
pub(super) type Demand = fn(&Caller, &Method) -> bool;

/// Variables and secrets.
///
/// Assumption: a scope for writing does not include the one for reading. A read with a token for
/// writing only would settle it.
pub(super) fn values(caller: &Caller, method: &Method) -> bool {
    caller.has_scope(if method.is_safe() { READ } else { UPDATE })
}

/// The restart. Whoever may read values may ask how far a restart is, as the description of the
/// service has it.
pub(super) fn startup(caller: &Caller, method: &Method) -> bool {
    caller.has_scope(RESTART) || (method.is_safe() && caller.has_scope(READ))
}

/// Enabling AI agents.
pub(super) fn agents(caller: &Caller, _: &Method) -> bool {
    caller.has_scope("fr:am:*") && caller.has_scope("fr:idm:*")
}

/// Requests that any token allows.
pub(super) fn anyone(_: &Caller, _: &Method) -> bool {
    true
}

/// Middleware that lets only callers through whose scopes suffice.
pub(super) async fn guard(
    State(suffices): State<Demand>,
    request: Request,
    next: Next,
) -> EnvironmentResult<Response> {
    let caller = request.extensions().get::<Caller>().ok_or_else(|| {
        // Assumption: the message; the status is known. A request without a token would settle it.
        EnvironmentError::new(StatusCode::UNAUTHORIZED, "invalid access token")
    })?;
    if !suffices(caller, request.method()) {
        return Err(EnvironmentError::forbidden("insufficient scope"));
    }
    Ok(next.run(request).await)
}
