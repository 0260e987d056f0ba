//! Secrets (`/environment/secrets`). Their values are checked and then forgotten: no request reads
//! them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Environment;
use super::answer::{EnvironmentError, EnvironmentResult};
use super::entries::Entries;
use super::entry::Entry;
use super::request::{Body, Change, check_id};
use super::versions::Versions;
use crate::crest::Object;
use crate::crest::request::Segments;
use crate::service::Service;

/// The encodings of a secret's value.
const ENCODINGS: [&str; 4] = ["generic", "pem", "base64hmac", "base64aes"];

/// Assumption: the name of the schema that errors cite, formed after that of variables. A secret
/// without an encoding would settle it.
const SCHEMA: &str = "esvSecretCreateRequest";

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
    const MISSING: &'static str = "The secret does not exist or does not have a version";
    const ID: &'static str = "secretId";
    const HIDDEN_IN_LISTS: Option<&'static str> = None;

    fn entries(environment: &mut Environment) -> &mut Entries<Self> {
        &mut environment.secrets
    }

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

    fn describe(&mut self, description: String, change: Change) {
        self.description = description;
        self.changed = change;
    }
}

/// PUT /environment/secrets/{id}: creates a secret with its first version, and nothing else.
pub(super) async fn create(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
    change: Change,
    body: Body,
) -> EnvironmentResult<Json<Object>> {
    check_id(Secret::ID, &id)?;
    let body = body.described_by(SCHEMA);
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
