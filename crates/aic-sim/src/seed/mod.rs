//! The contents of a tenant at the start.
//!
//! A seed is written through the same door as a client's requests, so that it keeps to the
//! tenant's own rules.

mod activity;
mod clients;
mod company;
mod environment;
mod execution;
mod incidents;
mod journeys;
mod onboarding;
mod people;
mod property;
mod schema;
mod scripts;
mod themes;
mod user;

use time::OffsetDateTime;

use crate::am::{Am, Realm};
use crate::crest::error::Result;
use crate::environment::Environment;
use crate::idm::Idm;
use crate::monitoring::Events;

/// The contents of a tenant at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seed {
    /// A company: users, roles, groups, organizations, applications and themes in both realms,
    /// journeys, scripts and OAuth 2.0 clients, variables and secrets, and logs of the hours before.
    #[default]
    Demo,
    /// The managed object types, the journeys and the scripts of a stock tenant, without objects.
    Empty,
}

/// An IDM with what the seed asks for.
///
/// # Errors
///
/// Fails when the seed breaks a rule of the tenant: a mistake in this module.
pub(crate) fn idm(seed: Seed) -> Result<Idm> {
    let mut idm = Idm::default();
    idm.configure(schema::document())?;
    // The types above have what these features add.
    for feature in ["groups", "indexed/strings/6thru20"] {
        idm.mark_installed(feature);
    }
    idm.set_themes(themes::document(seed));
    if seed == Seed::Demo {
        company::found(&mut idm)?;
    }
    Ok(idm)
}

/// An environment with what the seed asks for.
///
/// # Errors
///
/// Fails when the seed breaks a rule of the tenant: a mistake in this module.
pub(crate) fn environment(seed: Seed, now: OffsetDateTime) -> Result<Environment> {
    let mut filled = Environment::default();
    if seed == Seed::Demo {
        environment::fill(&mut filled, now)?;
    }
    Ok(filled)
}

/// Fills the logs with what users did in the hours before the start.
pub(crate) fn activity(seed: Seed, now: OffsetDateTime, events: &mut Events) {
    if seed == Seed::Demo {
        activity::replay(now, events);
    }
}

/// An AM with what the seed asks for.
///
/// # Errors
///
/// Fails when the seed breaks a rule of the tenant: a mistake in this module.
pub(crate) fn am(seed: Seed) -> Result<Am> {
    let mut am = Am::new();
    for realm in Realm::ALL {
        let config = am.realm_mut(realm);
        scripts::stock(config)?;
        journeys::stock(config, realm)?;
        if seed == Seed::Demo {
            scripts::demo(config, realm)?;
            onboarding::add(config, realm)?;
            clients::add(config, realm)?;
        }
    }
    Ok(am)
}
