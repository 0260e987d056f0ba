//! The headers that stand on every answer.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, STRICT_TRANSPORT_SECURITY, VIA,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Request, Response};
use uuid::Uuid;

const TRANSACTION_ID: HeaderName = HeaderName::from_static("x-forgerock-transactionid");

/// The headers that a tenant and its front end add, unless the service set the header itself. `alt-svc`
/// is left out: it would send browsers to an HTTP/3 port that is not there.
///
/// Assumption: every service adds all of them. They are recorded one by one, most of them of some
/// services only; an answer of each service would settle it.
const ALWAYS: [(HeaderName, HeaderValue); 8] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none';frame-ancestors 'none';sandbox"),
    ),
    (
        STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=31536000; includeSubDomains; preload;"),
    ),
    (VIA, HeaderValue::from_static("1.1 google")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("none")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// The answer with what every answer carries, and the transaction id that the client sent or else
/// a new one.
pub(super) fn completed(
    mut response: Response<Body>,
    transaction_id: Option<HeaderValue>,
) -> Response<Body> {
    let transaction_id = transaction_id.or_else(|| Uuid::new_v4().to_string().try_into().ok());
    let headers = response.headers_mut();
    if let Some(transaction_id) = transaction_id {
        headers.insert(TRANSACTION_ID, transaction_id);
    }
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(value);
    }
    response
}

/// The transaction id that the client sent.
pub(super) fn transaction_id<B>(request: &Request<B>) -> Option<HeaderValue> {
    request.headers().get(TRANSACTION_ID).cloned()
}
