//! Reading requests, with the answers of these services to what cannot be read.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use super::Environment;
use super::answer::{EnvironmentError, EnvironmentResult};
use crate::bearer::Caller;
use crate::clock::timestamp;
use crate::crest::Object;
use crate::crest::request::Parameters;
use crate::service::Service;

/// The writer, and the time.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) by: String,
    pub(crate) date: String,
}

impl FromRequestParts<Arc<Service<Environment>>> for Change {
    type Rejection = EnvironmentError;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service<Environment>>,
    ) -> EnvironmentResult<Self> {
        let caller = Caller::from_request_parts(parts, service).await?;
        Ok(Self { by: caller.mail().to_owned(), date: timestamp(service.clock().date()) })
    }
}

/// A body that must be a JSON object.
pub(super) struct Body {
    fields: Object,
    /// The name of the schema that its errors cite.
    schema: &'static str,
}

impl Body {
    pub(super) fn described_by(self, schema: &'static str) -> Self {
        Self { schema, ..self }
    }

    /// A string field that may be left out.
    pub(super) fn string(&self, field: &str) -> EnvironmentResult<Option<&str>> {
        match self.fields.get(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.error(field, "value must be a string")),
        }
    }

    /// A field that may not be left out.
    pub(super) fn demand<T>(&self, field: &str, value: Option<T>) -> EnvironmentResult<T> {
        value.ok_or_else(|| self.error(field, &format!("property \"{field}\" is missing")))
    }

    pub(super) fn boolean(&self, field: &str) -> EnvironmentResult<Option<bool>> {
        match self.fields.get(field) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(self.error(field, "value must be a boolean")),
        }
    }

    /// The description, in up to 1000 characters.
    pub(super) fn description(&self) -> EnvironmentResult<Option<String>> {
        let description = self.string("description")?;
        if description.is_some_and(|text| text.chars().count() > 1_000) {
            return Err(self.error("description", "maximum string length is 1000"));
        }
        Ok(description.map(str::to_owned))
    }

    /// The bytes of `valueBase64`, up to 65,535.
    pub(super) fn value(&self) -> EnvironmentResult<Vec<u8>> {
        let text = self.demand("valueBase64", self.string("valueBase64")?)?;
        // Assumption: both messages. That values must be Base64 and fit this size is documented;
        // writing one that does not would settle them.
        let value = STANDARD
            .decode(text)
            .map_err(|_| self.error("valueBase64", "string doesn't match the format \"byte\""))?;
        if value.len() > 65_535 {
            return Err(EnvironmentError::bad_request("The value exceeds 65535 bytes"));
        }
        Ok(value)
    }

    /// A string field that must have one of these values.
    pub(super) fn one_of(
        &self,
        field: &str,
        allowed: &[&'static str],
    ) -> EnvironmentResult<Option<&'static str>> {
        let Some(value) = self.string(field)? else { return Ok(None) };
        let known = allowed.iter().find(|known| **known == value);
        let list = || allowed.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>();
        known.copied().map(Some).ok_or_else(|| {
            let list = list().join(",");
            self.error(field, &format!("value is not one of the allowed values [{list}]"))
        })
    }

    fn error(&self, field: &str, problem: &str) -> EnvironmentError {
        EnvironmentError::schema(self.schema, field, problem)
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = EnvironmentError;

    async fn from_request(request: Request, state: &S) -> EnvironmentResult<Self> {
        // Assumption: the message begins as recorded of other bodies; how it goes on is not known.
        // A body that is no JSON would settle it.
        let unreadable = |problem: String| {
            EnvironmentError::bad_request(format!(
                "request body has an error: failed to decode request body: {problem}"
            ))
        };
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|rejection| unreadable(rejection.body_text()))?;
        let fields =
            serde_json::from_slice(&body).map_err(|error| unreadable(error.to_string()))?;
        Ok(Self { fields, schema: "" })
    }
}

/// Checks an id as the services' path parameters do.
pub(super) fn check_id(parameter: &str, id: &str) -> EnvironmentResult<()> {
    let rest = id.strip_prefix("esv-").unwrap_or_default();
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    if (1..=124).contains(&rest.len()) && rest.bytes().all(allowed) {
        return Ok(());
    }
    Err(EnvironmentError::bad_request(format!(
        "parameter \"{parameter}\" in path has an error: string doesn't match the regular \
         expression \"^esv-[a-z0-9_-]{{1,124}}$\""
    )))
}

/// Refuses every action but one.
///
/// Assumption: the message, formed after those on bodies. Any other action would settle it.
pub(super) fn demand_action(parameters: &Parameters, action: &str) -> EnvironmentResult<()> {
    if parameters.get("_action") == Some(action) {
        return Ok(());
    }
    let message = format!(
        "parameter \"_action\" in query has an error: value is not one of the allowed values \
         [\"{action}\"]"
    );
    Err(EnvironmentError::bad_request(message))
}

/// Whether a client asks for version 2.0 of a service. Version 1.0 answers all others.
pub(super) fn is_version_2(headers: &HeaderMap) -> bool {
    let asked =
        headers.get_all("accept-api-version").iter().filter_map(|value| value.to_str().ok());
    asked.flat_map(|value| value.split(',')).any(|version| version.trim() == "resource=2.0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_to_the_pattern() {
        for id in ["esv-a", "esv-a_b-9", &format!("esv-{}", "x".repeat(124))] {
            assert!(check_id("variableId", id).is_ok(), "{id}");
        }
        for id in
            ["", "esv-", "esv-A", "ESV-a", "a", "esv-a.b", &format!("esv-{}", "x".repeat(125))]
        {
            assert!(check_id("variableId", id).is_err(), "{id}");
        }
    }

    #[test]
    fn version_2_is_asked_for_by_name() {
        let asks = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("accept-api-version", value.parse().unwrap());
            is_version_2(&headers)
        };
        assert!(asks("resource=2.0"));
        assert!(asks("protocol=1.0, resource=2.0"));
        assert!(!asks("protocol=2.0,resource=1.0"));
        assert!(!is_version_2(&HeaderMap::new()));
    }
}
