//! AI agents (`/environment/aiagent`).

use super::answer::EnvironmentResult;
use super::request::demand_action;
use crate::crest::request::Parameters;
use crate::event::Event;

/// POST /environment/aiagent?_action=enable: 200 with an empty body, also when nothing changes.
pub(super) async fn act(parameters: Parameters) -> EnvironmentResult<(Event, ())> {
    demand_action(&parameters, "enable")?;
    Ok((Event::AgentsRequested, ()))
}
