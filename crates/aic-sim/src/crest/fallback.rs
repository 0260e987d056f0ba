//! The answers to requests that no route takes.

use axum::extract::Request;

use super::error::Error;

/// 404 for a path that no service has.
pub(crate) async fn unknown_path(request: Request) -> Error {
    Error::not_found(format!("Resource '{}' not found", request.uri().path()))
}

/// 405 for a method that a resource lacks.
///
/// Assumption: the message. A recording of a request with a method that its resource lacks would
/// settle it.
pub(crate) async fn unsupported_method(request: Request) -> Error {
    Error::method_not_allowed(format!("Method {} is not supported here", request.method()))
}
