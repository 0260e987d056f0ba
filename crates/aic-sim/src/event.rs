//! Events: the news that a service has for the rest of the tenant.
//!
//! A service knows no other. Where something that it has done matters elsewhere, its answer carries
//! an event, which the layers above the services read and which never leaves the tenant.

use std::sync::Arc;

use axum::response::{IntoResponseParts, ResponseParts};

use crate::bearer::Caller;
use crate::crest::Object;

/// Something that has happened in a service.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// An administrator has logged in with a client.
    LoggedIn { caller: Caller, client: &'static str },
    /// A client has exchanged a login for a token with the caller's scopes.
    Exchanged { caller: Caller, client: &'static str },
    /// A managed object was created (there is nothing before), changed or deleted (there is nothing
    /// after).
    ObjectWritten {
        object_type: String,
        id: String,
        before: Option<Arc<Object>>,
        after: Option<Arc<Object>>,
    },
    /// AI agents are to be enabled wherever that takes something.
    AgentsRequested,
}

impl Event {
    /// The caller, where the request has shown who it is.
    pub(crate) fn caller(&self) -> Option<&Caller> {
        match self {
            Self::LoggedIn { caller, .. } | Self::Exchanged { caller, .. } => Some(caller),
            Self::ObjectWritten { .. } | Self::AgentsRequested => None,
        }
    }
}

impl IntoResponseParts for Event {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}
