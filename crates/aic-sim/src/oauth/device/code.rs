//! The device authorization endpoint.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;

use super::LIFETIME;
use crate::oauth::OAuth;
use crate::oauth::client::LOGIN_CLIENT;
use crate::oauth::error::OAuthError;
use crate::oauth::login::LoginRequest;
use crate::oauth::token;

/// Assumption: the fields, with the address under its older name as well. One device code would
/// settle it.
#[derive(Debug, Serialize)]
pub(super) struct CodeAnswer {
    user_code: String,
    device_code: String,
    verification_uri: String,
    verification_url: String,
    verification_uri_complete: String,
    interval: u64,
    expires_in: u64,
}

/// POST /oauth2/device/code
///
/// Assumption: mistakes are answered as those of a token request are, and proof of the later poll
/// is demanded; these clients always promise it. A request without a challenge would settle it.
pub(super) async fn issue(
    State(oauth): State<Arc<OAuth>>,
    headers: HeaderMap,
    body: String,
) -> Result<Json<CodeAnswer>, OAuthError> {
    let form = token::form(&headers, &body)?;
    if form.get("client_id") != Some(LOGIN_CLIENT) {
        return Err(OAuthError::invalid_client());
    }
    let login = LoginRequest::parse(&form, oauth.offer())?;
    let now = oauth.now();
    let devices = &mut oauth.issued().devices;
    let (device_code, user_code) = devices.issue(login, now);
    let page = format!("{}/device/user", oauth.issuer());
    Ok(Json(CodeAnswer {
        verification_uri_complete: format!("{page}?user_code={user_code}"),
        verification_uri: page.clone(),
        verification_url: page,
        user_code,
        device_code,
        interval: devices.interval.as_secs(),
        expires_in: LIFETIME.as_secs(),
    }))
}
