//! The headers that stand on every answer.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, STRICT_TRANSPORT_SECURITY, VIA,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use uuid::Uuid;

const TRANSACTION_ID: HeaderName = HeaderName::from_static("x-forgerock-transactionid");

/// What a tenant and its front end add, unless the service set the header itself. `alt-svc` is
/// left out: it would send browsers to an HTTP/3 port that is not there.
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

/// The transaction id that the client sent, or a new one.
pub(super) fn transaction_id(request: &HeaderMap) -> HeaderValue {
    request.get(TRANSACTION_ID).cloned().unwrap_or_else(|| {
        HeaderValue::try_from(Uuid::new_v4().to_string())
            .unwrap_or(HeaderValue::from_static("unknown"))
    })
}

/// Adds what every answer carries.
pub(super) fn complete(response: &mut HeaderMap, transaction_id: HeaderValue) {
    response.insert(TRANSACTION_ID, transaction_id);
    for (name, value) in ALWAYS {
        response.entry(name).or_insert(value);
    }
}
