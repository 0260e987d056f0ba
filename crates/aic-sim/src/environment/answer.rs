//! The answers of the environment services.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::crest::error::Error;

/// `{code, message}`: unlike CREST's errors, without a reason.
#[derive(Debug)]
pub(crate) struct EnvironmentError {
    status: StatusCode,
    code: u16,
    message: String,
}

pub(crate) type EnvironmentResult<T> = std::result::Result<T, EnvironmentError>;

impl EnvironmentError {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, code: status.as_u16(), message: message.into() }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// A value that the service checks itself, with a code of its own.
    pub(super) fn not_one_of(field: &str, allowed: &[&str]) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let message = format!("{field} in body should be one of [{}]", allowed.join(" "));
        Self { status, code: 606, message }
    }

    /// A body that does not fit the service's `OpenAPI` schema.
    pub(super) fn schema(schema: &str, field: &str, problem: &str) -> Self {
        Self::bad_request(format!(
            "request body has an error: doesn't match schema #/components/schemas/{schema}: Error \
             at \"/{field}\": {problem}"
        ))
    }
}

impl From<Error> for EnvironmentError {
    fn from(error: Error) -> Self {
        let (status, message) = error.into_parts();
        Self::new(status, message)
    }
}

impl IntoResponse for EnvironmentError {
    fn into_response(self) -> Response {
        let body = json!({"code": self.code, "message": self.message});
        (self.status, Json(body)).into_response()
    }
}
