//! The token and revocation endpoints.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;

use super::OAuth;
use super::client::{EXCHANGE_CLIENT, LOGIN_CLIENT};
use super::device::DEVICE_CODE;
use super::error::{OAuthError, Refusal};
use crate::bearer::{Caller, Scopes};
use crate::crest::request::Parameters;
use crate::event::Event;

const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// A successful answer. There is no refresh token, as recorded of administrators' logins.
#[derive(Debug, Serialize)]
pub(super) struct TokenAnswer {
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
    scope: String,
    token_type: &'static str,
    expires_in: u64,
}

/// A successful answer, with what the logs are to know of it.
pub(super) type Grant = (Event, Json<TokenAnswer>);

/// POST `/oauth2/access_token`
pub(super) async fn issue(
    State(oauth): State<Arc<OAuth>>,
    headers: HeaderMap,
    body: String,
) -> Result<Grant, OAuthError> {
    let form = form(&headers, &body)?;
    match form.get("grant_type") {
        Some("authorization_code") => oauth.redeem(&form),
        Some(DEVICE_CODE) => oauth.redeem_device(&form),
        Some(TOKEN_EXCHANGE) => oauth.exchange(&form),
        Some(other) => Err(OAuthError::refused(
            "unsupported_grant_type",
            format!("Grant type is not supported: {other}"),
        )),
        None => Err(OAuthError::refused("invalid_request", "Grant type is not set")),
    }
}

/// POST /oauth2/token/revoke (RFC 7009): the token is no longer valid, whatever it was.
///
/// Assumption: revoking a login leaves the tokens that were exchanged for it alone. Using one
/// afterwards would settle it.
pub(super) async fn revoke(
    State(oauth): State<Arc<OAuth>>,
    headers: HeaderMap,
    body: String,
) -> Result<impl IntoResponse, OAuthError> {
    let form = form(&headers, &body)?;
    if !matches!(form.get("client_id"), Some(LOGIN_CLIENT | EXCHANGE_CLIENT)) {
        return Err(OAuthError::invalid_client());
    }
    let token = form
        .get("token")
        .ok_or_else(|| OAuthError::refused("invalid_request", "Missing parameter, 'token'"))?;
    let now = oauth.now();
    let mut issued = oauth.issued();
    issued.logins.take(token, now);
    issued.access_tokens.take(token, now);
    Ok(())
}

impl OAuth {
    /// Redeems an authorization code for a login.
    ///
    /// Assumption: whatever is wrong, the code is used up. Redeeming one after a wrong attempt would
    /// settle it.
    fn redeem(&self, form: &Parameters) -> Result<Grant, OAuthError> {
        if form.get("client_id") != Some(LOGIN_CLIENT) {
            return Err(OAuthError::invalid_client());
        }
        let now = self.now();
        let mut issued = self.issued();
        let code = form.get("code").and_then(|code| issued.codes.take(code, now));
        let code = code.ok_or_else(Refusal::unknown_code)?;
        if form.get("redirect_uri") != Some(code.request.redirect_text.as_str()) {
            return Err(OAuthError::refused(
                "invalid_grant",
                "The redirection URI provided does not match the one of the authorization request.",
            ));
        }
        code.request.login.check_verifier(form)?;
        Ok(issued.log_in(code.administrator, code.request.login.scopes, now))
    }

    /// Exchanges a login for an access token (RFC 8693). The scopes are checked against those of
    /// the acting client, not those of the login, as AM does.
    fn exchange(&self, form: &Parameters) -> Result<Grant, OAuthError> {
        let token_type = |name: &str| form.get(name) == Some(ACCESS_TOKEN_TYPE);
        let acting = form.get("client_id") == Some(EXCHANGE_CLIENT);
        if !acting || !token_type("subject_token_type") || !token_type("requested_token_type") {
            return Err(OAuthError::invalid_exchange());
        }
        let now = self.now();
        let mut issued = self.issued();
        let subject = form.get("subject_token").unwrap_or_default();
        let login = issued.logins.get(subject, now).ok_or_else(OAuthError::invalid_exchange)?;
        let (administrator, session) = (login.administrator, Arc::clone(&login.session));
        let scopes = Scopes::parse(form.get("scope").unwrap_or_default(), issued.offer)
            .map_err(|unknown| OAuthError::refused("invalid_scope", unknown.to_string()))?;
        let scope = scopes.to_string();
        let caller = Caller { administrator, scopes, session };
        let lifetime = *self.access_token_lifetime.lock();
        let access_token = issued.access_tokens.issue(caller.clone(), now, lifetime);
        let issued_type = Some(ACCESS_TOKEN_TYPE);
        let answer = TokenAnswer::new(access_token, scope, lifetime, issued_type);
        Ok((Event::Exchanged { caller, client: EXCHANGE_CLIENT }, Json(answer)))
    }
}

impl TokenAnswer {
    pub(super) fn new(
        access_token: String,
        scope: String,
        lifetime: Duration,
        issued_token_type: Option<&'static str>,
    ) -> Self {
        let expires_in = lifetime.as_secs();
        Self { access_token, issued_token_type, scope, token_type: "Bearer", expires_in }
    }
}

/// The fields of a form.
pub(super) fn form(headers: &HeaderMap, body: &str) -> Result<Parameters, OAuthError> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    if !essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(OAuthError::refused("invalid_request", "Invalid Content Type"));
    }
    Ok(Parameters::parse(body))
}
