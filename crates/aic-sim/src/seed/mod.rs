//! What a tenant holds at the start.
//!
//! A seed is written through the same door as a client's requests, so that it keeps to the
//! tenant's own rules.

mod company;
mod people;
mod schema;
mod user;

use crate::crest::error::Result;
use crate::idm::Idm;

/// What a tenant holds at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seed {
    /// A company: users, roles, groups, organizations and applications in both realms.
    #[default]
    Demo,
    /// The managed object types of a stock tenant, without objects.
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
    if seed == Seed::Demo {
        company::found(&mut idm)?;
    }
    Ok(idm)
}
