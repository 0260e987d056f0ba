use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::durability::Durability;
use crate::http::Request;
use crate::locks::Hold;
use crate::path::JourneyName;
use crate::{ApiError, Call, Realm, Resource, Write};

/// The module that administrators sign in with where the settings do not name one.
const USUAL_ADMIN_MODULE: &str = "Login";

/// How people sign in to a realm: the settings that belong to no journey.
#[derive(Debug)]
pub struct Authentication<'a, A> {
    call: &'a Call<A>,
    realm: Realm,
}

impl<A> Call<A> {
    /// How people sign in to a realm.
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
    /// let settings = call.authentication(Realm::Alpha).get().await?;
    /// assert_eq!(settings.default_journey(), Some("Login"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn authentication(&self, realm: Realm) -> Authentication<'_, A> {
        Authentication { call: self, realm }
    }
}

/// The settings, kept as they came.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct AuthenticationSettings(Map<String, Value>);

impl From<Map<String, Value>> for AuthenticationSettings {
    fn from(settings: Map<String, Value>) -> Self {
        Self(settings)
    }
}

impl AuthenticationSettings {
    /// The journey of those who ask for none.
    pub fn default_journey(&self) -> Option<&str> {
        self.core("orgConfig")
    }

    /// The module that administrators sign in with.
    pub(crate) fn admin_module(&self) -> &str {
        self.core("adminAuthModule").unwrap_or(USUAL_ADMIN_MODULE)
    }

    /// A setting of the core group, which older versions of the resource do not part from the
    /// others.
    fn core(&self, name: &str) -> Option<&str> {
        let grouped = self.0.get("core").and_then(|core| core.get(name));
        grouped.or_else(|| self.0.get(name)).and_then(Value::as_str)
    }
}

impl<A> Authentication<'_, A> {
    fn resource(&self) -> Resource {
        Resource::Authentication { realm: self.realm }
    }

    /// `GET .../realm-config/authentication`.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn get(&self) -> Result<AuthenticationSettings, ApiError> {
        let request = Request::get(&self.resource());
        self.call.send(request).await?.json()
    }
}

impl<'a> Authentication<'a, Write> {
    /// Reads the settings and holds them against the other calls of this client, to change them.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn edit(&self) -> Result<AuthenticationEdit<'a>, ApiError> {
        let lock = self.call.lock(&self.resource().path()).await;
        let settings = self.get().await?;
        let authentication = Authentication { call: self.call, realm: self.realm };
        Ok(AuthenticationEdit { authentication, settings, _lock: lock })
    }
}

/// A change of the settings under way. Nobody else of this client changes them meanwhile.
#[derive(Debug)]
pub struct AuthenticationEdit<'a> {
    authentication: Authentication<'a, Write>,
    settings: AuthenticationSettings,
    _lock: Hold,
}

impl AuthenticationEdit<'_> {
    /// The settings as they were read.
    pub fn settings(&self) -> &AuthenticationSettings {
        &self.settings
    }

    /// `PUT .../realm-config/authentication`: makes a journey the realm's default.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    // Settings that are not sent keep their values: the vendor's own tests of the console write a
    // single setting in this way.
    pub async fn set_default_journey(self, name: &JourneyName) -> Result<Durability, ApiError> {
        let admin_module = self.settings.admin_module();
        let request = Request::write(Method::PUT, self.authentication.resource())
            .json(&json!({ "orgConfig": name.as_str(), "adminAuthModule": admin_module }));
        self.authentication.call.send(request).await?;
        Ok(match self.authentication.get().await {
            Ok(now) if now.default_journey() == Some(name.as_str()) => Durability::Confirmed,
            Ok(_) => Durability::Lost,
            Err(_) => Durability::Unknown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_journey_is_found_in_its_group_or_without() {
        let default = |value: Value| {
            let settings: AuthenticationSettings = serde_json::from_value(value).unwrap();
            settings.default_journey().map(ToOwned::to_owned)
        };
        let login = Some("Login".to_owned());
        assert_eq!(default(json!({ "core": { "orgConfig": "Login" } })), login);
        assert_eq!(default(json!({ "orgConfig": "Login" })), login);
        assert_eq!(default(json!({ "core": {} })), None);
    }
}
