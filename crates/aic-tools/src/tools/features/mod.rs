//! Features that are installed or enabled.

mod enable_ai_agent;
mod install_idm_feature;
mod list_features;
mod validate_idm_feature;

use aic_api::idm::FeatureName;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::tool::{AnyTool, erase};

pub(super) fn all() -> Vec<Box<dyn AnyTool>> {
    vec![
        erase::<list_features::ListFeatures>(),
        erase::<validate_idm_feature::ValidateIdmFeature>(),
        erase::<install_idm_feature::InstallIdmFeature>(),
        erase::<enable_ai_agent::EnableAiAgent>(),
    ]
}

/// The feature that is meant.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Named {
    /// The feature's name as listFeatures has it, such as groups or password/timestamps.
    feature_name: FeatureName,
}

/// The remedy for an unknown feature.
const FIND_IT: &str = "Use a name that listFeatures gives; slashes belong to it.";
