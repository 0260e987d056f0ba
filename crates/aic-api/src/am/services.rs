use serde_json::{Map, Value};

use crate::endpoint::Endpoint;
use crate::http::Request;
use crate::{ApiError, Call, Realm};

/// The AM services of a realm.
#[derive(Debug)]
pub struct Services<'a, A> {
    call: &'a Call<A>,
    realm: Realm,
}

impl<A> Call<A> {
    /// The AM services of a realm.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::Realm;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Am]));
    /// let provider = call.services(Realm::Alpha).oauth_oidc().await?;
    /// assert!(!provider.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn services(&self, realm: Realm) -> Services<'_, A> {
        Services { call: self, realm }
    }
}

impl<A> Services<'_, A> {
    /// `GET /am/json/.../realm-config/services/oauth-oidc`: the settings of the OAuth 2.0
    /// provider.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; a realm without the service is
    /// [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn oauth_oidc(&self) -> Result<Map<String, Value>, ApiError> {
        const PATH: &str = "/realm-config/services/oauth-oidc";
        let endpoint = Endpoint::am(self.realm, PATH, "protocol=2.1,resource=1.0");
        self.call.send(Request::read(endpoint)).await?.json()
    }
}
