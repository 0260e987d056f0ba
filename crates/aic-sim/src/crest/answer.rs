//! One object as an answer.

use std::sync::Arc;

use axum::Json;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};
use url::Url;

use super::Object;

const NOT_MODIFIED: HeaderName = HeaderName::from_static("x-not-modified");

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

/// An object, with its revision as entity tag if it has one.
#[derive(Debug)]
pub(crate) struct Answer {
    object: View,
    status: StatusCode,
    location: Option<String>,
    /// Where the revision is if the object does not show it.
    hidden_revision: Option<String>,
    is_unchanged: bool,
}

impl Answer {
    /// 200 with the object.
    pub(crate) fn ok(object: impl Into<View>) -> Self {
        Self {
            object: object.into(),
            status: StatusCode::OK,
            location: None,
            hidden_revision: None,
            is_unchanged: false,
        }
    }

    /// 200 with an object that a write has left as it was, which `x-not-modified` says.
    pub(crate) fn unchanged(object: impl Into<View>) -> Self {
        Self { is_unchanged: true, ..Self::ok(object) }
    }

    /// The answer to a write: 201 with the new place if the object is new.
    pub(crate) fn written(object: impl Into<View>, is_new: bool, location: String) -> Self {
        let answer = Self::ok(object);
        if is_new { Self { location: Some(location), ..answer.created() } } else { answer }
    }

    /// The same answer, to a write that made something new.
    pub(crate) fn created(self) -> Self {
        Self { status: StatusCode::CREATED, ..self }
    }

    /// The same answer with the revision in the entity tag alone.
    pub(crate) fn without_revision(self) -> Self {
        let mut object = self.object.object().clone();
        let revision = object.shift_remove("_rev");
        let hidden_revision = revision.as_ref().and_then(|it| it.as_str()).map(str::to_owned);
        Self { object: object.into(), hidden_revision, ..self }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let shown = self.object.object().get("_rev").and_then(|revision| revision.as_str());
        let revision = self.hidden_revision.as_deref().or(shown);
        let tag =
            revision.and_then(|revision| HeaderValue::try_from(format!("\"{revision}\"")).ok());
        let location = self.location.and_then(|location| HeaderValue::try_from(location).ok());
        let mut response = (self.status, Json(self.object)).into_response();
        let unchanged = self.is_unchanged.then(|| HeaderValue::from_static("true"));
        for (name, value) in [(ETAG, tag), (LOCATION, location), (NOT_MODIFIED, unchanged)] {
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
