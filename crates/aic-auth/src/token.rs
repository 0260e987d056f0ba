use std::fmt;

use futures_util::future::{BoxFuture, FutureExt, ready};
use secrecy::{ExposeSecret, SecretString};

use crate::{AuthError, ScopeSet, Tenant};

/// An OAuth 2.0 access token, bound to the tenant that issued it. It cannot be printed.
#[derive(Clone)]
pub struct AccessToken {
    tenant: Tenant,
    secret: SecretString,
}

impl AccessToken {
    /// A token that `tenant` issued.
    pub fn new(tenant: Tenant, secret: SecretString) -> Self {
        Self { tenant, secret }
    }

    /// The tenant that issued it, and the only one that may see it.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The token itself, for the `Authorization` header of a request to [`Self::tenant`].
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// Where the tokens for API calls come from.
pub trait TokenSource: Send + Sync + fmt::Debug {
    /// The tenant whose tokens these are.
    fn tenant(&self) -> &Tenant;

    /// A token that carries `scopes`, for one unit of work.
    ///
    /// # Errors
    ///
    /// When nobody could be logged in, or the tenant gives out no such token.
    fn token(&self, scopes: ScopeSet) -> BoxFuture<'_, Result<AccessToken, AuthError>>;

    /// Whether asking again after a refused token could give another one.
    fn renewable(&self) -> bool;
}

/// A token from elsewhere, used as it is for every call, whatever its scopes are.
#[derive(Debug, Clone)]
pub struct StaticToken(AccessToken);

impl StaticToken {
    /// Uses `token` for every call.
    pub fn new(token: AccessToken) -> Self {
        Self(token)
    }
}

impl TokenSource for StaticToken {
    fn tenant(&self) -> &Tenant {
        self.0.tenant()
    }

    fn token(&self, _: ScopeSet) -> BoxFuture<'_, Result<AccessToken, AuthError>> {
        ready(Ok(self.0.clone())).boxed()
    }

    fn renewable(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_show_itself() {
        let tenant: Tenant = "id.example.com".parse().unwrap();
        let token = StaticToken::new(AccessToken::new(tenant, "canary".to_owned().into()));
        assert!(!format!("{token:?}").contains("canary"));
    }
}
