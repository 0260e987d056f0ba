//! OAuth 2.0's error answer (RFC 6749, section 5.2).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request comes to nothing, in OAuth 2.0's terms.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) error: String,
    pub(super) description: String,
}

impl Refusal {
    pub(super) fn new(error: impl Into<String>, description: impl Into<String>) -> Self {
        Self { error: error.into(), description: description.into() }
    }

    /// The person at the page said no.
    pub(super) fn by_person() -> Self {
        Self::new("access_denied", "Resource Owner did not authorize the request")
    }

    /// A code stands for nothing, or no longer.
    pub(super) fn unknown_code() -> Self {
        let description = "The provided access grant is invalid, expired, or revoked.";
        Self::new("invalid_grant", description)
    }
}

/// `{error_description, error}`, in AM's order.
#[derive(Debug)]
pub(super) struct OAuthError {
    status: StatusCode,
    refusal: Refusal,
}

impl OAuthError {
    pub(super) fn new(status: StatusCode, refusal: Refusal) -> Self {
        Self { status, refusal }
    }

    /// A refusal with status 400.
    pub(super) fn refused(error: impl Into<String>, description: impl Into<String>) -> Self {
        Refusal::new(error, description).into()
    }

    /// Assumption: the status and message are those of AM, but no recording has a client unknown. A
    /// token request of one would settle it.
    pub(super) fn invalid_client() -> Self {
        let refusal = Refusal::new("invalid_client", "Client authentication failed");
        Self::new(StatusCode::UNAUTHORIZED, refusal)
    }

    pub(super) fn invalid_token() -> Self {
        let description = "The access token provided is expired, revoked, malformed, or invalid \
                           for other reasons.";
        Self::new(StatusCode::UNAUTHORIZED, Refusal::new("invalid_token", description))
    }

    /// AM's one answer to everything that is wrong with a token exchange.
    pub(super) fn invalid_exchange() -> Self {
        Self::refused("invalid_request", "Invalid token exchange.")
    }
}

impl From<Refusal> for OAuthError {
    fn from(refusal: Refusal) -> Self {
        Self::new(StatusCode::BAD_REQUEST, refusal)
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let Refusal { error, description } = self.refusal;
        let body = json!({"error_description": description, "error": error});
        (self.status, Json(body)).into_response()
    }
}
