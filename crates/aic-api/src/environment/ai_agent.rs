use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::error::Service;
use crate::http::Request;
use crate::path::Path;
use crate::query::Query;
use crate::{ApiError, Call, Write};

/// `/environment/aiagent`: AI agents as identities.
#[derive(Debug)]
pub struct AiAgent<'a, A> {
    call: &'a Call<A>,
}

impl<A> Call<A> {
    /// AI agents as identities.
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
        let path = Path::new("/environment/aiagent");
        let request = Request::write(Service::Environment, Method::POST, path)
            .query(Query::default().with("_action", "enable"))
            .json(&json!({}));
        self.call.send(request).await?.object_if_any()
    }
}
