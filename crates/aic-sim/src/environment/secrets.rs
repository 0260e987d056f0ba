//! Secrets (`/environment/secrets`). Their values are checked and then forgotten: no request reads
//! them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Environment;
use super::answer::{EnvironmentError, EnvironmentResult};
use super::entries::Entry;
use super::request::{Body, Change, check_id, demand_action};
use super::versions::Versions;
use crate::crest::Object;
use crate::crest::query::Page;
use crate::crest::request::{Parameters, Segments};
use crate::service::Service;

/// What a secret's value can be.
const ENCODINGS: [&str; 4] = ["generic", "pem", "base64hmac", "base64aes"];

/// Assumption: the name of the schema that errors cite.
const SCHEMA: &str = "SecretCreateRequest";

/// A secret.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    pub(super) encoding: &'static str,
    pub(super) use_in_placeholders: bool,
    pub(super) description: String,
    pub(super) changed: Change,
    pub(super) versions: Versions,
}

impl Secret {
    fn is_loaded(&self) -> bool {
        !self.use_in_placeholders || self.versions.active() == self.versions.loaded()
    }

    /// A secret that placeholders do not use needs no restart.
    pub(super) fn settle(&mut self) {
        if !self.use_in_placeholders {
            self.versions.load();
        }
    }
}

impl Entry for Secret {
    fn show(&self, id: &str) -> Object {
        let fields = [
            ("_id", json!(id)),
            ("activeVersion", json!(self.versions.active())),
            ("description", json!(self.description)),
            ("encoding", json!(self.encoding)),
            ("lastChangeDate", json!(self.changed.date)),
            ("lastChangedBy", json!(self.changed.by)),
            ("loaded", json!(self.is_loaded())),
            ("loadedVersion", json!(self.versions.loaded())),
            ("useInPlaceholders", json!(self.use_in_placeholders)),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn is_pending(&self) -> bool {
        !self.is_loaded()
    }

    fn load(&mut self) {
        self.versions.load();
    }
}

/// GET /environment/secrets
pub(super) async fn list(
    State(service): State<Arc<Service<Environment>>>,
    headers: HeaderMap,
    parameters: Parameters,
) -> EnvironmentResult<Page<Object>> {
    service.settled().secrets.list(&headers, parameters, "")
}

/// GET /environment/secrets/{id}
pub(super) async fn read(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
) -> EnvironmentResult<Json<Object>> {
    check_id("secretId", &id)?;
    Ok(Json(service.settled().secret(&id)?.show(&id)))
}

/// PUT /environment/secrets/{id}: creates a secret with its first version, and nothing else.
pub(super) async fn create(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
    change: Change,
    body: Body,
) -> EnvironmentResult<Json<Object>> {
    check_id("secretId", &id)?;
    let body = body.of(SCHEMA);
    let encoding = body.demand("encoding", body.string("encoding")?)?;
    let encoding = ENCODINGS.into_iter().find(|known| *known == encoding);
    let encoding = encoding.ok_or_else(|| EnvironmentError::not_one_of("encoding", &ENCODINGS))?;
    let use_in_placeholders =
        body.demand("useInPlaceholders", body.boolean("useInPlaceholders")?)?;
    let (value, description) = (body.value()?, body.description()?);
    let mut environment = service.settled();
    if environment.secrets.get(&id).is_some() {
        return Err(EnvironmentError::bad_request(
            "Failed to create secret, the secret already exists",
        ));
    }
    if !fits(encoding, &value) {
        return Err(EnvironmentError::internal("Failed to create secret"));
    }
    let versions = Versions::new(change.date.clone());
    let description = description.unwrap_or_default();
    let mut secret =
        Secret { encoding, use_in_placeholders, description, changed: change, versions };
    secret.settle();
    let shown = secret.show(&id);
    environment.secrets.insert(&id, secret);
    Ok(Json(shown))
}

/// POST /environment/secrets/{id}?_action=setDescription: 200 with an empty body.
pub(super) async fn act(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
    parameters: Parameters,
    change: Change,
    body: Body,
) -> EnvironmentResult<()> {
    check_id("secretId", &id)?;
    demand_action(&parameters, "setDescription")?;
    let body = body.of("DescriptionRequest");
    let description = body.demand("description", body.description()?)?;
    let mut environment = service.settled();
    let secret = environment.secret_mut(&id)?;
    secret.description = description;
    secret.changed = change;
    Ok(())
}

/// DELETE /environment/secrets/{id}
pub(super) async fn delete(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
) -> EnvironmentResult<Json<Object>> {
    check_id("secretId", &id)?;
    let secret = service.settled().secrets.remove(&id).ok_or_else(missing)?;
    Ok(Json(secret.show(&id)))
}

/// A secret that is there from the start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewSecret {
    pub(crate) id: &'static str,
    pub(crate) description: &'static str,
    pub(crate) encoding: &'static str,
    pub(crate) use_in_placeholders: bool,
    /// How many versions it has; all but the newest are disabled.
    pub(crate) versions: u32,
}

impl Environment {
    /// Adds a secret whose newest version is in use.
    pub(crate) fn seed_secret(&mut self, new: NewSecret, changed: &Change) {
        let NewSecret { id, encoding, use_in_placeholders, .. } = new;
        let mut versions = Versions::new(changed.date.clone());
        for _ in 1..new.versions {
            versions.disable_all();
            versions.add(changed.date.clone());
        }
        versions.load();
        let (description, changed) = (new.description.to_owned(), changed.clone());
        let secret = Secret { encoding, use_in_placeholders, description, changed, versions };
        self.secrets.insert(id, secret);
    }

    pub(super) fn secret(&self, id: &str) -> EnvironmentResult<&Secret> {
        self.secrets.get(id).ok_or_else(missing)
    }

    pub(super) fn secret_mut(&mut self, id: &str) -> EnvironmentResult<&mut Secret> {
        self.secrets.get_mut(id).ok_or_else(missing)
    }
}

/// Whether a value is what its encoding says. Keys are in Base64 once more.
pub(super) fn fits(encoding: &str, value: &[u8]) -> bool {
    match encoding {
        "pem" => value.trim_ascii_start().starts_with(b"-----BEGIN "),
        "base64hmac" | "base64aes" => {
            STANDARD.decode(value.trim_ascii()).is_ok_and(|key| !key.is_empty())
        }
        _ => true,
    }
}

/// Assumption: the message, after that of variables.
fn missing() -> EnvironmentError {
    EnvironmentError::not_found("The secret does not exist")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_must_fit_their_encoding() {
        assert!(fits("generic", b"anything"));
        assert!(fits("pem", b"-----BEGIN CERTIFICATE-----"));
        assert!(fits("base64aes", b"c2VjcmV0\n"));
        assert!(!fits("pem", b"c2VjcmV0"));
        assert!(!fits("base64hmac", b"not base64"));
        assert!(!fits("base64hmac", b""));
    }
}
