//! The restart that loads what was written (`/environment/startup`).

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Environment;
use super::answer::EnvironmentResult;
use super::request::demand_action;
use crate::crest::request::Parameters;
use crate::service::Service;

/// How long a restart takes, as recorded.
pub(super) const RESTART: Duration = Duration::from_secs(107);

/// GET /environment/startup
pub(super) async fn read(State(service): State<Arc<Service<Environment>>>) -> Json<Value> {
    Json(service.settled().restart_status())
}

/// POST /environment/startup?_action=restart
///
/// A restart is rolling: all services, these too, answer while it goes on, as recorded.
///
/// Assumption: what is written meanwhile is loaded with the rest, and asking for a restart during a
/// restart changes nothing. Doing both would settle it.
pub(super) async fn act(
    State(service): State<Arc<Service<Environment>>>,
    parameters: Parameters,
) -> EnvironmentResult<Json<Value>> {
    demand_action(&parameters, "restart")?;
    let mut environment = service.settled();
    let ends = service.clock().now().saturating_add(environment.restart_takes);
    environment.restart_ends.get_or_insert(ends);
    Ok(Json(environment.restart_status()))
}

impl Environment {
    /// Ends a restart whose time has come.
    pub(super) fn settle(&mut self, now: Duration) {
        if self.restart_ends.take_if(|ends| *ends <= now).is_some() {
            self.variables.load();
            self.secrets.load();
        }
    }

    fn restart_status(&self) -> Value {
        let status = if self.restart_ends.is_some() { "restarting" } else { "ready" };
        json!({"restartStatus": status})
    }
}
