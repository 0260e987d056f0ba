use serde_json::{Map, Value, json};

use crate::http::Request;
use crate::{ApiError, Call, Resource, Write};

/// `/environment/aiagent`: AI agents as identities.
#[derive(Debug)]
pub struct AiAgent<'a, A> {
    call: &'a Call<A>,
}

impl<A> Call<A> {
    /// AI agents as identities.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.writing(ScopeSet::of(&[Scope::Idm, Scope::Am]));
    /// call.ai_agent().enable().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn ai_agent(&self) -> AiAgent<'_, A> {
        AiAgent { call: self }
    }
}

impl AiAgent<'_, Write> {
    /// `POST /environment/aiagent?_action=enable`: enables them, for good, and returns what AIC
    /// says of it, which may be nothing.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn enable(&self) -> Result<Map<String, Value>, ApiError> {
        let request = Request::write_action(Resource::AiAgents, "enable", &json!({}));
        self.call.send(request).await?.object_if_any()
    }
}
