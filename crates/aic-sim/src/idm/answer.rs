//! IDM's answers.

use axum::Json;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::view::View;
use crate::crest::error::Error;

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

/// One object, with its revision as entity tag.
#[derive(Debug)]
pub(super) struct ObjectAnswer {
    object: View,
    location: Option<String>,
}

impl ObjectAnswer {
    /// 200 with the object.
    pub(super) fn ok(object: impl Into<View>) -> Self {
        Self { object: object.into(), location: None }
    }

    /// 201 with the object and where it is found from now on.
    pub(super) fn created(object: impl Into<View>, location: String) -> Self {
        Self { object: object.into(), location: Some(location) }
    }
}

impl IntoResponse for ObjectAnswer {
    fn into_response(self) -> Response {
        let revision = self.object.object().get("_rev").and_then(|revision| revision.as_str());
        let tag =
            revision.and_then(|revision| HeaderValue::try_from(format!("\"{revision}\"")).ok());
        let location = self.location.and_then(|location| HeaderValue::try_from(location).ok());
        let status = if location.is_some() { StatusCode::CREATED } else { StatusCode::OK };
        let mut response = (status, Json(self.object)).into_response();
        for (name, value) in [(ETAG, tag), (LOCATION, location)] {
            if let Some(value) = value {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// The URL of a managed object.
pub(super) fn location(base_url: &str, object_type: &str, id: &str) -> String {
    let Ok(mut url) = Url::parse(base_url) else { return String::new() };
    if let Ok(mut path) = url.path_segments_mut() {
        path.extend(["openidm", "managed", object_type, id]);
    }
    url.into()
}
