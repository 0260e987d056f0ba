//! The versions of a secret (`/environment/secrets/{id}/versions`).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::Environment;
use super::answer::{EnvironmentError, EnvironmentResult};
use super::entry::Entry;
use super::request::{Body, Change, check_id, demand_action};
use super::secrets::{Secret, fits};
use crate::crest::request::{Parameters, Segments};
use crate::service::Service;

/// The message about a version that is not there.
const NOT_FOUND: &str = "Failed to get secret version";

/// A version as it is shown.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Version {
    create_date: String,
    loaded: bool,
    status: Status,
    #[serde(rename = "version")]
    number: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Enabled,
    Disabled,
    Destroyed,
}

/// All versions that a secret has ever had, oldest first. There is always one.
#[derive(Debug, Clone)]
pub(super) struct Versions(Vec<Version>);

impl Versions {
    pub(super) fn new(date: String) -> Self {
        let mut versions = Self(Vec::new());
        versions.add(date);
        versions
    }

    /// Adds a version, which is the one in use after the next restart.
    pub(super) fn add(&mut self, create_date: String) -> Version {
        let number = (self.0.len() + 1).to_string();
        let version = Version { create_date, loaded: false, status: Status::Enabled, number };
        self.0.push(version.clone());
        version
    }

    pub(super) fn disable_all(&mut self) {
        self.0.iter_mut().for_each(|version| version.status = Status::Disabled);
    }

    /// The number of the newest enabled version; empty when there is none.
    pub(super) fn active(&self) -> &str {
        let enabled = self.0.iter().rfind(|version| version.status == Status::Enabled);
        enabled.map_or("", |version| &version.number)
    }

    /// The number of the version in use; empty when there is none.
    pub(super) fn loaded(&self) -> &str {
        self.0.iter().find(|version| version.loaded).map_or("", |version| &version.number)
    }

    /// Takes the active version into use.
    pub(super) fn load(&mut self) {
        let active = self.active().to_owned();
        self.0.iter_mut().for_each(|version| version.loaded = version.number == active);
    }

    /// The place of a version, which `latest` names as well as its number.
    fn place(&self, name: &str) -> EnvironmentResult<usize> {
        let place = match name {
            "latest" => self.0.len().checked_sub(1),
            _ => self.0.iter().position(|version| version.number == name),
        };
        place.ok_or_else(|| EnvironmentError::not_found(NOT_FOUND))
    }
}

/// GET: a bare array, newest first.
pub(super) async fn list(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
) -> EnvironmentResult<Json<Vec<Version>>> {
    check_id(Secret::ID, &id)?;
    let environment = service.settled();
    let Versions(versions) = &environment.secrets.demand(&id)?.versions;
    Ok(Json(versions.iter().rev().cloned().collect()))
}

/// POST ?_action=create: adds a version, which is enabled at once.
pub(super) async fn create(
    State(service): State<Arc<Service<Environment>>>,
    Segments(id): Segments<String>,
    parameters: Parameters,
    change: Change,
    body: Body,
) -> EnvironmentResult<Json<Version>> {
    check_id(Secret::ID, &id)?;
    demand_action(&parameters, "create")?;
    let value = body.described_by("esvSecretVersionCreateRequest").value()?;
    let mut environment = service.settled();
    let failed = "Failed to create secret version";
    let secret = environment.secrets.demand_mut(&id);
    let secret = secret.map_err(|_| EnvironmentError::not_found(failed))?;
    if !fits(secret.encoding, &value) {
        // Assumption: the status is that of a new secret whose content does not fit. A second
        // version of a PEM secret that is none would settle it.
        return Err(EnvironmentError::internal(failed));
    }
    let number = secret.versions.add(change.date.clone()).number;
    secret.changed = change;
    secret.settle();
    let place = secret.versions.place(&number)?;
    Ok(Json(secret.versions.0[place].clone()))
}

/// GET {version}
pub(super) async fn read(
    State(service): State<Arc<Service<Environment>>>,
    Segments((id, name)): Segments<(String, String)>,
) -> EnvironmentResult<Json<Version>> {
    check_id(Secret::ID, &id)?;
    let environment = service.settled();
    let secret = environment.secrets.get(&id);
    let versions = &secret.ok_or_else(|| EnvironmentError::not_found(NOT_FOUND))?.versions;
    Ok(Json(versions.0[versions.place(&name)?].clone()))
}

/// POST {version}?_action=changestatus
pub(super) async fn act(
    State(service): State<Arc<Service<Environment>>>,
    Segments((id, name)): Segments<(String, String)>,
    parameters: Parameters,
    change: Change,
    body: Body,
) -> EnvironmentResult<Json<Version>> {
    check_id(Secret::ID, &id)?;
    demand_action(&parameters, "changestatus")?;
    let body = body.described_by("esvSecretVersionStatusRequest");
    let status = body.demand("status", body.one_of("status", &["DISABLED", "ENABLED"])?)?;
    let status = if status == "ENABLED" { Status::Enabled } else { Status::Disabled };
    let mut environment = service.settled();
    let secret = environment.secrets.demand_mut(&id)?;
    let place = secret.versions.place(&name)?;
    if status == Status::Disabled && place + 1 == secret.versions.0.len() {
        return Err(EnvironmentError::bad_request("Cannot disable latest secret version"));
    }
    // Assumption: the status and the message. Enabling a version that was destroyed would settle
    // them.
    if secret.versions.0[place].status == Status::Destroyed {
        return Err(EnvironmentError::bad_request("The version has been destroyed"));
    }
    secret.versions.0[place].status = status;
    secret.changed = change;
    secret.settle();
    Ok(Json(secret.versions.0[place].clone()))
}

/// DELETE {version}: the version stays in the list. One that is not there, or destroyed already, is
/// a failure of the service, as recorded.
///
/// Assumption: the newest version can be destroyed, although it cannot be disabled; the newest one
/// that is enabled is active then. Destroying the newest of two would settle it.
pub(super) async fn destroy(
    State(service): State<Arc<Service<Environment>>>,
    Segments((id, name)): Segments<(String, String)>,
    change: Change,
) -> EnvironmentResult<Json<Version>> {
    check_id(Secret::ID, &id)?;
    let mut environment = service.settled();
    let secret = environment.secrets.demand_mut(&id)?;
    let failed = || EnvironmentError::internal("Failed to delete secret version");
    let place = secret.versions.place(&name).map_err(|_| failed())?;
    if secret.versions.0[place].status == Status::Destroyed {
        return Err(failed());
    }
    secret.versions.0[place].status = Status::Destroyed;
    secret.changed = change;
    secret.settle();
    Ok(Json(secret.versions.0[place].clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_version_is_active_at_once_and_loaded_later() {
        let mut versions = Versions::new("then".to_owned());
        versions.load();
        assert_eq!((versions.active(), versions.loaded()), ("1", "1"));
        versions.add("now".to_owned());
        assert_eq!((versions.active(), versions.loaded()), ("2", "1"));
        versions.load();
        assert_eq!(versions.loaded(), "2");
    }

    #[test]
    fn versions_are_found_by_number_and_as_the_latest() {
        let mut versions = Versions::new("then".to_owned());
        versions.add("now".to_owned());
        assert_eq!(versions.place("1").unwrap(), 0);
        assert_eq!(versions.place("latest").unwrap(), 1);
        for absent in ["0", "3", "", "01"] {
            assert!(versions.place(absent).is_err(), "{absent}");
        }
    }
}
