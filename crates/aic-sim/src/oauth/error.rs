//! OAuth 2.0's error answer (RFC 6749, section 5.2).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// `{error_description, error}`, in AM's order.
#[derive(Debug)]
pub(super) struct OAuthError {
    status: StatusCode,
    code: &'static str,
    description: String,
}

impl OAuthError {
    /// A refusal with status 400.
    pub(super) fn refused(code: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, description: description.into() }
    }

    /// Assumption: the status and message are AM's, but no recording has a client unknown.
    pub(super) fn invalid_client() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: "invalid_client",
            description: "Client authentication failed".to_owned(),
        }
    }

    pub(super) fn invalid_token() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: "invalid_token",
            description: "The access token provided is expired, revoked, malformed, or invalid \
                          for other reasons."
                .to_owned(),
        }
    }

    /// AM's one answer to everything that is wrong with a token exchange.
    pub(super) fn invalid_exchange() -> Self {
        Self::refused("invalid_request", "Invalid token exchange.")
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({"error_description": self.description, "error": self.code});
        (self.status, Json(body)).into_response()
    }
}
