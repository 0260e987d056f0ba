use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::error::Service;
use crate::http::Request;
use crate::{ApiError, Call};

/// The kind of environment of a tenant, `GET /environment/info`.
// No public page describes this resource. Its members are those of twelve recordings, of development
// tenants whose tier is "other".
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EnvironmentInfo {
    #[serde(default)]
    tier: Value,
    #[serde(default)]
    immutable: Value,
    #[serde(default)]
    locked: Value,
}

/// The kind of an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Where configuration is made.
    Development,
    /// Outside the ways of promotion.
    Sandbox,
    /// Between development and production, user acceptance tests among it.
    Staging,
    /// In use.
    Production,
    /// None of these, or not known.
    Unknown,
}

impl Tier {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Development, Self::Sandbox, Self::Staging, Self::Production, Self::Unknown];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Sandbox => "sandbox",
            Self::Staging => "staging",
            Self::Production => "production",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl EnvironmentInfo {
    /// Which kind of environment it is.
    // A tier called "other" whose configuration can be changed is one for development, as those of
    // the recordings are. The other names are those that AIC's own console knows.
    pub fn tier(&self) -> Tier {
        let name = self.tier.as_str().unwrap_or_default().to_ascii_lowercase();
        match name.as_str() {
            "development" | "dev" => Tier::Development,
            "sandbox" => Tier::Sandbox,
            "staging" | "stage" | "uat" => Tier::Staging,
            "production" | "prod" => Tier::Production,
            "other" if self.is_immutable() == Some(false) => Tier::Development,
            _ => Tier::Unknown,
        }
    }

    /// Whether its static configuration changes by promotion only; `None` where it does not say so
    /// in a way that is understood.
    pub fn is_immutable(&self) -> Option<bool> {
        truth(&self.immutable)
    }

    /// Whether its static configuration cannot be changed right now, because of a promotion; `None`
    /// where it does not say so in a way that is understood.
    pub fn is_locked(&self) -> Option<bool> {
        truth(&self.locked)
    }
}

/// True or false, also as text, as some of AIC's services have it.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

impl<A> Call<A> {
    /// `GET /environment/info`: what kind of environment the tenant is, in the version that recordings
    /// show.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::environment::Tier;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::EsvRead]));
    /// assert_eq!(call.environment_info().await?.tier(), Tier::Development);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn environment_info(&self) -> Result<EnvironmentInfo, ApiError> {
        let endpoint = Endpoint::new(Service::Environment, "/environment/info")
            .version("protocol=1.0,resource=1.0");
        self.send(Request::read(endpoint)).await?.json()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tiers_are_known_by_name_and_other_ones_by_what_can_be_changed() {
        let tier = |info: Value| serde_json::from_value::<EnvironmentInfo>(info).unwrap().tier();
        assert_eq!(tier(json!({ "tier": "Development", "immutable": false })), Tier::Development);
        assert_eq!(tier(json!({ "tier": "uat", "immutable": true })), Tier::Staging);
        assert_eq!(tier(json!({ "tier": "prod" })), Tier::Production);
        assert_eq!(tier(json!({ "tier": "other", "immutable": false })), Tier::Development);
        assert_eq!(tier(json!({ "tier": "other", "immutable": "false" })), Tier::Development);
        for odd in [
            json!({ "tier": "other", "immutable": "no" }),
            json!({ "tier": "other", "immutable": true }),
            json!({ "tier": "other" }),
            json!({ "tier": "new", "immutable": false }),
            json!({ "tier": 1 }),
            json!({}),
        ] {
            assert_eq!(tier(odd), Tier::Unknown);
        }
    }
}
