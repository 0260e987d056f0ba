//! The provider's metadata.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::OAuth;
use super::device::DEVICE_CODE;

/// GET /oauth2/.well-known/openid-configuration. As on a real tenant, the token exchange grant is
/// offered but not advertised, and the device grant is without its endpoint.
pub(super) async fn show(State(oauth): State<Arc<OAuth>>) -> Json<Value> {
    let issuer = oauth.issuer();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/access_token"),
        "revocation_endpoint": format!("{issuer}/token/revoke"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "scopes_supported": oauth.offer().scopes().collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", DEVICE_CODE],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "authorization_response_iss_parameter_supported": true,
    }))
}
