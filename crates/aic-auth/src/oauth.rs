//! The tenant's token endpoint: form in, token or OAuth error out.

use std::time::{Duration, SystemTime};

use oauth2::TokenResponse as _;
use oauth2::basic::{BasicErrorResponse, BasicTokenResponse};
use reqwest::header;
use secrecy::SecretString;
use url::form_urlencoded;

use crate::{AuthError, OAuthRefusal, Tenant, Transport, describe_transport_error};

/// The public client that logs an administrator in.
pub(crate) const LOGIN_CLIENT: &str = "AICMCPClient";
/// The public client that exchanges a login for a token with fewer scopes.
pub(crate) const EXCHANGE_CLIENT: &str = "AICMCPExchangeClient";

/// Token answers are a few kilobytes; more than this is something else.
const LARGEST_ANSWER: usize = 256 * 1024;
/// Used where an answer does not say how long its token lives (RFC 6749, section 5.1, makes
/// `expires_in` optional).
const UNSTATED_LIFETIME: Duration = Duration::from_mins(5);

/// A token as the token endpoint gave it out.
#[derive(Debug, Clone)]
pub(crate) struct IssuedToken {
    pub(crate) secret: SecretString,
    pub(crate) expires_at: SystemTime,
}

/// How a token request failed.
#[derive(Debug)]
pub(crate) enum TokenFailure {
    /// The endpoint answered with an OAuth error.
    Refused(OAuthRefusal),
    /// Anything else.
    Other(AuthError),
}

/// Sends one request to the token endpoint. `during` completes "while ..." in errors.
pub(crate) async fn request_token(
    transport: &Transport,
    tenant: &Tenant,
    form: &[(&str, &str)],
    during: &'static str,
) -> Result<IssuedToken, TokenFailure> {
    let unreachable = |error| {
        let reason = describe_transport_error(error);
        TokenFailure::Other(AuthError::Unreachable { during, reason })
    };
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let _slot = transport.slot().await;
    let sent_at = SystemTime::now();
    let response = transport
        .client()
        .map_err(TokenFailure::Other)?
        .post(tenant.endpoint("/am/oauth2/access_token"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(body)
        .send()
        .await
        .map_err(unreachable)?;
    let status = response.status();
    let transaction_id = response
        .headers()
        .get("x-forgerock-transactionid")
        .and_then(|value| value.to_str().ok())
        .map(ToOwned::to_owned);
    let body = read_limited(response).await.map_err(unreachable)?;
    let not_oauth = || TokenFailure::Other(AuthError::NotOAuth { during, status: status.as_u16() });
    let body = body.ok_or_else(not_oauth)?;
    if status.is_success() {
        // The parser's error may quote the body, and with it the token, so it goes no further.
        let answer: BasicTokenResponse = serde_json::from_slice(&body).map_err(|_| not_oauth())?;
        return Ok(IssuedToken {
            secret: SecretString::from(answer.access_token().secret().as_str()),
            expires_at: sent_at + answer.expires_in().unwrap_or(UNSTATED_LIFETIME),
        });
    }
    // A 401 refuses the token presented even where its body says nothing that can be read.
    let mut refusal = match serde_json::from_slice::<BasicErrorResponse>(&body) {
        Ok(answer) => OAuthRefusal::new(
            answer.error().as_ref(),
            answer.error_description().map(String::as_str),
        ),
        Err(_) if status == reqwest::StatusCode::UNAUTHORIZED => {
            OAuthRefusal::new("invalid_token", None)
        }
        Err(_) => return Err(not_oauth()),
    };
    refusal.status = Some(status.as_u16());
    refusal.transaction_id = transaction_id;
    Err(TokenFailure::Refused(refusal))
}

/// The body, or `None` when it is larger than any token answer.
async fn read_limited(mut response: reqwest::Response) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
