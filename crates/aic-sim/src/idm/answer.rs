//! IDM's answers.

use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::crest::error::Error;

pub(super) use crate::crest::answer::{Answer, View};

/// An error with its message escaped, as IDM sends it.
#[derive(Debug)]
pub(super) struct IdmError(Error);

impl From<Error> for IdmError {
    fn from(error: Error) -> Self {
        Self(error.escaped())
    }
}

impl IntoResponse for IdmError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

pub(super) type IdmResult<T> = std::result::Result<T, IdmError>;

const VERSION: HeaderName = HeaderName::from_static("content-api-version");

/// Middleware that gives answers the headers of IDM. As recorded, those that have no entity tag
/// name the version of the service, refusals included.
pub(super) async fn headed(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if headers.get(CONTENT_TYPE).is_some_and(|value| value == "application/json") {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    }
    if !headers.contains_key(ETAG) {
        let version = HeaderValue::from_static("protocol=2.1,resource=1.0");
        headers.entry(VERSION).or_insert(version);
    }
    response
}
