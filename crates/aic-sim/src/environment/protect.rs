//! The changes that an immutable or locked environment refuses.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use super::Environment;
use crate::bearer::Caller;
use crate::crest::error::{Error, Result};
use crate::crest::request::Parameters;
use crate::service::Service;

/// Middleware that refuses changes of static configuration where the environment does not take
/// them. Identities, variables and secrets can be changed everywhere.
pub(crate) async fn protect(
    State(service): State<Arc<Service<Environment>>>,
    request: Request,
    next: Next,
) -> Result<Response> {
    let query = request.uri().query().unwrap_or_default();
    if changes_configuration(request.method(), request.uri().path(), query)
        && request.extensions().get::<Caller>().is_some()
    {
        service.settled().check_changeable()?;
    }
    Ok(next.run(request).await)
}

impl Environment {
    /// Assumption: the status and both messages. No recording has such a write; one in a production
    /// environment would settle them.
    fn check_changeable(&self) -> Result<()> {
        if self.kind.immutable {
            return Err(Error::forbidden("Configuration is immutable in this environment"));
        }
        if self.kind.locked {
            return Err(Error::forbidden("Environment is locked for a promotion"));
        }
        Ok(())
    }
}

/// Whether a request is one that changes static configuration.
///
/// Assumption: OAuth 2.0 clients are part of it, like everything that AM keeps by realm. Changing one
/// in a production environment would settle it.
fn changes_configuration(method: &Method, path: &str, query: &str) -> bool {
    let action = Parameters::parse(query);
    let is_change = match action.get("_action") {
        _ if [Method::PUT, Method::PATCH, Method::DELETE].contains(method) => true,
        Some("create" | "install") => *method == Method::POST,
        _ => false,
    };
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let is_static = match segments.as_slice() {
        ["openidm", "config" | "schema" | "feature", ..] => true,
        ["am", "json", rest @ ..] => {
            rest.iter().any(|name| ["realm-config", "global-config", "scripts"].contains(name))
        }
        _ => false,
    };
    is_change && is_static
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_of_configuration_are_static() {
        let scripts = "/am/json/alpha/scripts";
        assert!(changes_configuration(&Method::PUT, "/openidm/config/managed", ""));
        assert!(changes_configuration(&Method::POST, scripts, "_action=create"));
        assert!(changes_configuration(&Method::POST, "/openidm/feature/groups", "_action=install"));
        assert!(!changes_configuration(&Method::GET, "/openidm/config/managed", ""));
        assert!(!changes_configuration(&Method::POST, scripts, "_action=validate"));
        assert!(!changes_configuration(&Method::PATCH, "/openidm/managed/alpha_user/1", ""));
        assert!(!changes_configuration(&Method::PUT, "/environment/variables/esv-a", ""));
    }
}
