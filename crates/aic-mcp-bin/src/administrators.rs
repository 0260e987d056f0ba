//! The names of administrators, for people.

use std::sync::Arc;

use aic_api::idm::Administrator;
use aic_api::path::ObjectId;
use aic_api::{ApiError, ClientBuilder};
use aic_auth::{Scope, ScopeSet, StaticToken, Transport, exchange};
use secrecy::SecretString;

use crate::config::Config;

/// Reads an administrator's name with that administrator's own login.
#[derive(Debug)]
pub(crate) struct AdministratorNames {
    transport: Arc<Transport>,
    client: ClientBuilder,
}

impl AdministratorNames {
    pub(crate) fn new(config: &Config, transport: &Arc<Transport>) -> Self {
        Self { transport: Arc::clone(transport), client: config.client(transport).read_only(true) }
    }

    /// The name of the administrator with this id, whose login was made for `scopes`. A name is a
    /// help and no more: what stands in its way is only logged.
    pub(crate) async fn find(
        &self,
        id: &str,
        login: &SecretString,
        scopes: ScopeSet,
    ) -> Option<Administrator> {
        let identities = ScopeSet::of(&[Scope::Idm]);
        let id: ObjectId = id.parse().ok().filter(|_| scopes.contains(identities))?;
        let read = async {
            let token = exchange(&self.transport, login, identities).await?;
            let client = self.client.clone().token_source(StaticToken::new(token)).build();
            client.reading(identities).administrator(&id).await
        };
        let read: Result<_, ApiError> = read.await;
        let why = |error: &ApiError| error.in_short();
        read.inspect_err(|error| {
            tracing::info!(why = %why(error), "the administrator's name cannot be read");
        })
        .ok()
    }
}
