//! Reading requests: path, query and body, with CREST's answers to what cannot be read.

use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::form_urlencoded;

use super::Object;
use super::error::{Error, Result};

/// The decoded segments of the path that the route names.
pub(crate) struct Segments<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(rejection) => Err(Error::bad_request(rejection.body_text())),
        }
    }
}

/// The query parameters, decoded.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn parse(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The parameters with this value for one of them.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The parameters, in the order in which they were sent.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

/// A JSON body. The front end refuses any other body, as recorded of AM.
///
/// Assumption: it does so for IDM too. Any body that is no JSON would settle it.
pub(crate) struct JsonBody(pub(crate) Value);

impl JsonBody {
    /// The body as an object.
    pub(crate) fn into_object(self) -> Result<Object> {
        match self.0 {
            Value::Object(object) => Ok(object),
            _ => Err(Error::bad_request(
                "The request could not be processed because the provided content is not a JSON \
                 object",
            )),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let content_type =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        // Assumption: CREST's own rule; every recorded request names the type it sends. A request
        // without one would settle it.
        if !content_type.is_some_and(is_json) {
            return Err(Error::bad_request(format!(
                "The request could not be processed because it specified the content-type '{}' \
                 when only the content-type 'application/json' is supported",
                content_type.unwrap_or_default()
            )));
        }
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Error::bad_request(rejection.body_text()))?;
        serde_json::from_slice(&body).map(Self).map_err(|_| Error::malformed(&body))
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}
