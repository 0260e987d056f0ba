use std::fmt;

use reqwest::Method;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::endpoint::Endpoint;
use crate::http::Request;
use crate::path::FeatureSegment;
use crate::query::{Filter, Query};
use crate::tolerant::{items, values};
use crate::{ApiError, Call, Resource, Write};

/// The features that IDM offers to install.
#[derive(Debug)]
pub struct Features<'a, A> {
    call: &'a Call<A>,
}

impl<A> Call<A> {
    /// The features that IDM offers to install.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Idm]));
    /// let features = call.features().list().await?;
    /// assert!(features.iter().any(|feature| feature.is_installed()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn features(&self) -> Features<'_, A> {
        Features { call: self }
    }
}

/// A feature.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Feature {
    /// Its name, such as `aiagent` or `am/2fa/profiles`.
    #[serde(rename = "_id")]
    pub name: String,
    /// The version that is installed, `None` where none is.
    #[serde(default)]
    pub installed_version: Option<Value>,
    /// The versions there are.
    #[serde(default, deserialize_with = "values")]
    pub available_versions: Option<Vec<Value>>,
}

impl Feature {
    /// Whether it is installed.
    pub fn is_installed(&self) -> bool {
        !matches!(&self.installed_version, None | Some(Value::Null))
    }
}

/// The name of a feature: segments of letters, digits, underscores and hyphens, joined by single
/// slashes, up to 128 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct FeatureName(Vec<FeatureSegment>);

/// Why a value is no name of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not a feature's name (allowed: segments of letters, digits, underscores and hyphens, \
     joined by single slashes, up to 128 characters)"
)]
pub struct InvalidFeatureName;

impl TryFrom<String> for FeatureName {
    type Error = InvalidFeatureName;

    fn try_from(value: String) -> Result<Self, InvalidFeatureName> {
        if value.len() > 128 {
            return Err(InvalidFeatureName);
        }
        let segments: Result<Vec<_>, _> = value.split('/').map(str::parse).collect();
        segments.map(Self).map_err(|_| InvalidFeatureName)
    }
}

impl FeatureName {
    pub(crate) fn segments(&self) -> impl Iterator<Item = &FeatureSegment> {
        self.0.iter()
    }
}

impl Serialize for FeatureName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for FeatureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "/" };
            write!(f, "{separator}{segment}")?;
        }
        Ok(())
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for FeatureName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FeatureName".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "minLength": 1,
            "maxLength": 128,
            "pattern": "^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$",
        })
    }
}

#[derive(Deserialize)]
struct FeatureList {
    #[serde(deserialize_with = "items")]
    result: Vec<Feature>,
}

impl<A> Features<'_, A> {
    /// `GET /openidm/feature?_queryFilter=true`: all features.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn list(&self) -> Result<Vec<Feature>, ApiError> {
        let request = Request::read(Endpoint::features())
            .query(Query::default().with("_queryFilter", Filter::all()));
        let list: FeatureList = self.call.send(request).await?.json()?;
        Ok(list.result)
    }

    /// `POST /openidm/feature/{name}?_action=validate`: whether the feature could be installed,
    /// in IDM's words. A feature that could not is no error.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown feature is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn validate(&self, name: &FeatureName) -> Result<Map<String, Value>, ApiError> {
        let endpoint = feature(name).endpoint(&Method::POST);
        let request = Request::read_action(endpoint, "validate", &json!({}));
        self.call.send(request).await?.object_if_any()
    }
}

impl Features<'_, Write> {
    /// `POST /openidm/feature/{name}?_action=install`: installs the feature, for good, and
    /// returns what IDM says of it.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown feature is [`Cause::NotFound`](crate::error::Cause::NotFound).
    pub async fn install(&self, name: &FeatureName) -> Result<Map<String, Value>, ApiError> {
        let request = Request::write_action(feature(name), "install", &json!({}));
        self.call.send(request).await?.object_if_any()
    }
}

fn feature(name: &FeatureName) -> Resource {
    Resource::Feature { name: name.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_segments_joined_by_single_slashes() {
        let name = FeatureName::try_from("am/2fa/profiles".to_owned()).unwrap();
        assert_eq!(feature(&name).path().as_str(), "/openidm/feature/am/2fa/profiles");
        assert_eq!(name.to_string(), "am/2fa/profiles");
        for bad in ["", "/", "a//b", "/a", "a/", "a/../b", "a.b", "a b", "a%2fb", "é"] {
            assert_eq!(FeatureName::try_from(bad.to_owned()), Err(InvalidFeatureName), "{bad}");
        }
        assert!(FeatureName::try_from("x".repeat(128)).is_ok());
        assert!(FeatureName::try_from("x".repeat(129)).is_err());
    }
}
