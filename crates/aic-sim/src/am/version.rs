//! The version of the API that a client asks for.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// The major version of the resource in `Accept-API-Version`, if the request has one.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResourceVersion(pub(super) Option<u32>);

impl<S: Sync> FromRequestParts<S> for ResourceVersion {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get("accept-api-version").and_then(|value| value.to_str().ok());
        let mut asked = header.unwrap_or_default().split(',').map(str::trim);
        let version = asked.find_map(|part| part.strip_prefix("resource="));
        Ok(Self(version.and_then(|version| version.split('.').next()?.parse().ok())))
    }
}
