//! AI agents (`/environment/aiagent`).

use std::sync::Arc;

use axum::extract::State;

use super::answer::{EnvironmentError, EnvironmentResult};
use super::variables::demand_action;
use crate::crest::request::Parameters;
use crate::tenant::Tenant;

/// POST /environment/aiagent?_action=enable: 200 with an empty body, also when nothing changes.
///
/// Assumption: this installs IDM's `aiagent` feature and switches AI agents on in both realms.
pub(super) async fn act(
    State(tenant): State<Arc<Tenant>>,
    parameters: Parameters,
) -> EnvironmentResult<()> {
    demand_action(&parameters, "enable")?;
    tenant.idm().install_feature("aiagent").map_err(EnvironmentError::from)?;
    tenant.am().enable_ai_agents();
    Ok(())
}
