use std::collections::BTreeMap;

use aic_api::idm::Feature;
use aic_api::{ApiError, Read, Realm};
use aic_auth::Scope;
use futures_util::future::join;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::outcome::hints::hint_in_words;
use crate::outcome::{Output, ToolError};
use crate::tool::input::NoInput;
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Lists the features that can be installed or enabled.
pub(super) struct ListFeatures;

/// The features there are.
#[derive(Serialize, JsonSchema)]
pub(super) struct ListFeaturesOutput {
    /// The features, AI Agents last.
    features: Vec<Entry>,
    /// How many there are.
    count: usize,
}

impl Output for ListFeaturesOutput {}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Entry {
    /// Its name, for installIdmFeature; AI Agents is for enableAiAgent.
    name: String,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed_version: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_versions: Option<Vec<Value>>,
    /// For AI Agents: whether each part is on, or why that is unknown.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    parts: BTreeMap<&'static str, FeaturePart>,
}

/// indeterminate: on in part, or a part could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum Status {
    Installed,
    NotInstalled,
    Indeterminate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
struct FeaturePart {
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl Tool for ListFeatures {
    const SPEC: Spec = Spec::new("listFeatures", Toolset::Features)
        .title("List features")
        .describe(
            "Lists the IDM features with installed and available versions, and whether AI \
             Agents is enabled, with its parts. Use it before installIdmFeature or \
             enableAiAgent, which cannot be undone.",
        )
        .scopes(&[Scope::Am, Scope::Idm])
        .effect(Effect::Read);
    type Access = Read;
    type Input = NoInput;
    type Output = ListFeaturesOutput;

    async fn run(cx: &Context<Read>, _: NoInput) -> Result<ListFeaturesOutput, ToolError> {
        let realms = cx.each(Realm::ALL, |realm| async move {
            FeaturePart::of_realm(cx.api().services(realm).oauth_oidc().await)
        });
        let (features, realms) = join(cx.api().features().list(), realms).await;
        let features = features?;
        let aiagent = features.iter().any(|f| f.name == "aiagent" && f.is_installed());
        let names = Realm::ALL.map(Realm::as_str);
        let mut parts: BTreeMap<_, _> = names.into_iter().zip(realms).collect();
        parts.insert("idmFeature", FeaturePart { on: Some(aiagent), problem: None });
        let mut features: Vec<_> = features.into_iter().map(Entry::of).collect();
        features.push(Entry {
            name: "AI Agents".to_owned(),
            status: status(parts.values()),
            installed_version: None,
            available_versions: None,
            parts,
        });
        Ok(ListFeaturesOutput { count: features.len(), features })
    }
}

impl Entry {
    fn of(feature: Feature) -> Self {
        let status = if feature.is_installed() { Status::Installed } else { Status::NotInstalled };
        Self {
            name: feature.name,
            status,
            installed_version: feature.installed_version.filter(|version| !version.is_null()),
            available_versions: feature.available_versions,
            parts: BTreeMap::new(),
        }
    }
}

impl FeaturePart {
    /// Whether AI agents are on in a realm.
    fn of_realm(service: Result<JsonObject, ApiError>) -> Self {
        let unknown = |problem| Self { on: None, problem: Some(problem) };
        match service {
            Err(error) => unknown(format!("{error} {}", hint_in_words(error.hint()))),
            Ok(service) => {
                let setting = service
                    .get("aiAgentsConfig")
                    .and_then(|config| config.get("aiAgentsEnabled"))
                    .filter(|setting| !setting.is_null());
                match setting {
                    Some(Value::Bool(on)) => Self { on: Some(*on), problem: None },
                    // Recordings of tenants from before AI agents have no such setting.
                    None => Self { on: Some(false), problem: None },
                    Some(_) => {
                        unknown("The setting aiAgentsEnabled is neither true nor false.".to_owned())
                    }
                }
            }
        }
    }
}

/// All parts on is installed, all off is not; anything else cannot be told.
fn status<'a>(parts: impl Iterator<Item = &'a FeaturePart>) -> Status {
    let mut states = parts.map(|part| part.on);
    match states.next().flatten() {
        Some(first) if states.all(|state| state == Some(first)) => {
            if first {
                Status::Installed
            } else {
                Status::NotInstalled
            }
        }
        _ => Status::Indeterminate,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ai_agents_are_installed_where_every_part_is_on() {
        let of = |states: [Option<bool>; 3]| {
            let parts = states.map(|on| FeaturePart { on, problem: None });
            status(parts.iter())
        };
        assert_eq!(of([Some(true); 3]), Status::Installed);
        assert_eq!(of([Some(false); 3]), Status::NotInstalled);
        assert_eq!(of([Some(true), Some(true), Some(false)]), Status::Indeterminate);
        assert_eq!(of([Some(false), None, Some(false)]), Status::Indeterminate);
        assert_eq!(of([None; 3]), Status::Indeterminate);
    }

    #[test]
    fn a_realm_without_the_setting_has_it_off() {
        let on = |service: Value| {
            let Value::Object(service) = service else { unreachable!() };
            FeaturePart::of_realm(Ok(service)).on
        };
        assert_eq!(on(json!({ "aiAgentsConfig": { "aiAgentsEnabled": true } })), Some(true));
        assert_eq!(on(json!({ "aiAgentsConfig": { "aiAgentsEnabled": false } })), Some(false));
        assert_eq!(on(json!({ "aiAgentsConfig": {} })), Some(false));
        assert_eq!(on(json!({})), Some(false));
        assert_eq!(on(json!({ "aiAgentsConfig": { "aiAgentsEnabled": "&{esv.x}" } })), None);
    }
}
