//! One object as an answer.

use std::sync::Arc;

use axum::Json;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};
use url::Url;

use super::Object;

/// An object as it is shown: as it is kept, or made for this answer.
#[derive(Debug)]
pub(crate) enum View {
    Kept(Arc<Object>),
    Made(Object),
}

impl View {
    fn object(&self) -> &Object {
        match self {
            Self::Kept(object) => object,
            Self::Made(object) => object,
        }
    }
}

impl From<Arc<Object>> for View {
    fn from(object: Arc<Object>) -> Self {
        Self::Kept(object)
    }
}

impl From<Object> for View {
    fn from(object: Object) -> Self {
        Self::Made(object)
    }
}

impl Serialize for View {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.object().serialize(serializer)
    }
}

/// An object, with its revision as entity tag if it shows one.
#[derive(Debug)]
pub(crate) struct Answer {
    object: View,
    location: Option<String>,
}

impl Answer {
    /// 200 with the object.
    pub(crate) fn ok(object: impl Into<View>) -> Self {
        Self { object: object.into(), location: None }
    }

    /// What a write leaves behind: 201 and where it is found from now on if that is new.
    pub(crate) fn written(object: impl Into<View>, is_new: bool, location: String) -> Self {
        Self { object: object.into(), location: is_new.then_some(location) }
    }
}

impl IntoResponse for Answer {
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

/// The URL of something in the tenant, by the segments of its path.
pub(crate) fn location<'a>(base_url: &str, segments: impl IntoIterator<Item = &'a str>) -> String {
    let Ok(mut url) = Url::parse(base_url) else { return String::new() };
    if let Ok(mut path) = url.path_segments_mut() {
        path.extend(segments);
    }
    url.into()
}
