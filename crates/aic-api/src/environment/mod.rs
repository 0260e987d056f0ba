//! `/environment`: what the tenant is.

mod ai_agent;

pub use ai_agent::AiAgent;
