//! AM's answers.

use axum::Json;
use axum::http::header::{ETAG, HeaderName, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::revision;
use crate::crest::Object;
use crate::crest::fields::{self, Fields};

pub(super) const API_VERSION: HeaderName = HeaderName::from_static("content-api-version");

/// One object, with its revision as entity tag if it shows one.
#[derive(Debug)]
pub(super) struct Answer {
    object: Object,
    location: Option<String>,
}

impl Answer {
    pub(super) fn ok(object: Object) -> Self {
        Self { object, location: None }
    }

    /// What a write leaves behind: 201 and a location if that is new.
    pub(super) fn written(object: Object, is_new: bool, location: String) -> Self {
        Self { object, location: is_new.then_some(location) }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let revision = self.object.get("_rev").and_then(|revision| revision.as_str());
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

/// Content with its id and its revision in front.
pub(super) fn identified(id: &str, content: &Object) -> Object {
    let mut object = Object::with_capacity(content.len() + 2);
    object.insert("_id".to_owned(), id.into());
    object.insert("_rev".to_owned(), revision::of(content).into());
    object.extend(content.iter().map(|(name, value)| (name.clone(), value.clone())));
    object
}

/// What a client asked to see of an object: the id and the revision in any case.
pub(super) fn selected(object: Object, fields: &Fields) -> Object {
    if fields.is_default() {
        return object;
    }
    let mut shown = Object::new();
    for name in ["_id", "_rev"] {
        if let Some(value) = object.get(name) {
            shown.insert(name.to_owned(), value.clone());
        }
    }
    for field in fields.iter() {
        fields::copy(&object, field.names(), &mut shown);
    }
    shown
}
