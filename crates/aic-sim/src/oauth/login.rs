//! The common part of all ways to log in: the request, and the tokens for it.

use std::time::Duration;

use axum::Json;

use super::client::LOGIN_CLIENT;
use super::error::Refusal;
use super::token::{Grant, TokenAnswer};
use super::{Issued, LOGIN_LIFETIME, pkce};
use crate::bearer::{Administrator, Caller, Offer, Scopes};
use crate::crest::request::Parameters;
use crate::event::Event;

/// The request of a client for a login, whichever way the administrator signs in.
#[derive(Debug, Clone)]
pub(super) struct LoginRequest {
    pub(super) scopes: Scopes,
    challenge: String,
}

impl LoginRequest {
    pub(super) fn parse(parameters: &Parameters, offer: Offer) -> Result<Self, Refusal> {
        let challenge = required(parameters, "code_challenge")?.to_owned();
        let method = required(parameters, "code_challenge_method")?;
        if method != "S256" || !pkce::is_challenge(&challenge) {
            let description = "Invalid code challenge, S256 is required";
            return Err(Refusal::new("invalid_request", description));
        }
        let scopes = Scopes::parse(parameters.get("scope").unwrap_or_default(), offer)
            .map_err(|unknown| Refusal::new("invalid_scope", unknown.to_string()))?;
        Ok(Self { scopes, challenge })
    }

    /// Whether a token request comes from whoever made this one.
    pub(super) fn check_verifier(&self, form: &Parameters) -> Result<(), Refusal> {
        if pkce::verifies(form.get("code_verifier").unwrap_or_default(), &self.challenge) {
            return Ok(());
        }
        Err(Refusal::new("invalid_grant", "Invalid code verifier."))
    }
}

impl Issued {
    /// Logs an administrator in.
    pub(super) fn log_in(
        &mut self,
        administrator: &'static Administrator,
        scopes: Scopes,
        now: Duration,
    ) -> Grant {
        let caller = Caller::of_new_session(administrator, scopes);
        let scope = caller.scopes.to_string();
        let access_token = self.logins.issue(caller.clone(), now, LOGIN_LIFETIME);
        let answer = TokenAnswer::new(access_token, scope, LOGIN_LIFETIME, None);
        (Event::LoggedIn { caller, client: LOGIN_CLIENT }, Json(answer))
    }
}

/// A parameter that must be there and not be empty.
pub(super) fn required<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, Refusal> {
    parameters
        .get(name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Refusal::new("invalid_request", format!("Missing parameter, '{name}'")))
}
