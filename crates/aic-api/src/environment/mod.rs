//! `/environment`: what the tenant is.

mod ai_agent;
mod info;

pub use ai_agent::AiAgent;
pub use info::{EnvironmentInfo, Tier};
