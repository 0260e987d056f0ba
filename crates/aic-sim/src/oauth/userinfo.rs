//! The `OpenID` Connect userinfo endpoint.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::OAuth;
use super::error::OAuthError;
use crate::bearer;

/// GET /oauth2/userinfo: the root realm tells the subject and nothing else.
pub(super) async fn show(
    State(oauth): State<Arc<OAuth>>,
    headers: HeaderMap,
) -> Result<Json<Value>, OAuthError> {
    let (issued, now) = (oauth.issued(), oauth.now());
    let token = bearer::token(&headers)
        .and_then(|token| {
            issued.logins.get(token, now).or_else(|| issued.access_tokens.get(token, now))
        })
        .ok_or_else(OAuthError::invalid_token)?;
    Ok(Json(json!({"sub": token.administrator.id})))
}
