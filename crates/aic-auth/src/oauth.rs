//! The tenant's OAuth 2.0 endpoints: form in, answer or OAuth error out.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use oauth2::basic::{BasicErrorResponse, BasicTokenType};
use oauth2::{ExtraTokenFields, StandardTokenResponse, TokenResponse as _};
use reqwest::{RequestBuilder, StatusCode, header};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::error::showable;
use crate::{
    AuthError, BodyError, OAuthRefusal, RequestLog, Transport, describe_transport_error,
    failure_kind, read_body, retry_after, transaction_id,
};

/// The public client that logs an administrator in.
pub(crate) const LOGIN_CLIENT: &str = "AICMCPClient";
/// The public client that exchanges a login for a token with fewer scopes.
pub(crate) const EXCHANGE_CLIENT: &str = "AICMCPExchangeClient";

/// Token answers are a few kilobytes; more than this is something else.
const LARGEST_ANSWER: usize = 256 * 1024;
/// How long a login is taken to last where the answer does not say (RFC 6749, section 5.1, makes
/// `expires_in` optional).
const UNSTATED_LIFETIME: Duration = Duration::from_mins(5);

/// A token as the token endpoint gave it out.
#[derive(Debug, Clone)]
pub(crate) struct IssuedToken {
    pub(crate) secret: SecretString,
    /// How long it lives, if the answer says so.
    pub(crate) lifetime: Option<Duration>,
    asked_at: SystemTime,
}

impl IssuedToken {
    /// When it stops being accepted, as far as that is known.
    pub(crate) fn expires_at(&self) -> SystemTime {
        let lifetime = self.lifetime.unwrap_or(UNSTATED_LIFETIME);
        // A lifetime beyond what a clock can hold is as good as none stated.
        self.asked_at.checked_add(lifetime).unwrap_or(self.asked_at + UNSTATED_LIFETIME)
    }
}

/// The answer of the token endpoint (RFC 6749, section 5.1).
type TokenAnswer = StandardTokenResponse<OfExchange, BasicTokenType>;

/// Further members of an exchange's answer (RFC 8693, section 2.2.1).
#[derive(Debug, Serialize, Deserialize)]
struct OfExchange {
    issued_token_type: Option<String>,
}

impl ExtraTokenFields for OfExchange {}

/// The type of the only tokens that are asked for, and sent.
pub(crate) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// A token of a type that is not understood must not be used (RFC 6749, section 7.1), and one that
/// an exchange gives out under another type than was asked for is no access token. An exchange that
/// does not name the type is believed: it cannot give out what was not asked for.
fn check_type(answer: &TokenAnswer, during: &'static str) -> Result<(), AuthError> {
    let wrong = |text: &str| {
        let found = showable(text, 80);
        Err(AuthError::WrongTokenType { during, found })
    };
    if *answer.token_type() != BasicTokenType::Bearer {
        return wrong(answer.token_type().as_ref());
    }
    match answer.extra_fields().issued_token_type.as_deref() {
        Some(issued) if issued != ACCESS_TOKEN => wrong(issued),
        _ => Ok(()),
    }
}

/// How a request failed.
#[derive(Debug)]
pub(crate) enum TokenFailure {
    /// The endpoint answered with an OAuth error.
    Refused(OAuthRefusal),
    /// Anything else.
    Other(AuthError),
}

/// The body of an answer that tells of success. It may hold a token, so it cannot be shown.
pub(crate) struct OAuthAnswer {
    body: Bytes,
    status: StatusCode,
    during: &'static str,
}

impl OAuthAnswer {
    /// The body as JSON of this shape.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, AuthError> {
        // The parser's error may quote the body, and with it a token, so it goes no further.
        serde_json::from_slice(&self.body)
            .map_err(|_| AuthError::NotOAuth { during: self.during, status: self.status.as_u16() })
    }
}

/// Sends one request to the token endpoint. `during` completes "while ..." in errors, and `attempt` is
/// its number among those for the same token.
pub(crate) async fn request_token(
    transport: &Transport,
    form: &[(&str, &str)],
    during: &'static str,
    attempt: u32,
) -> Result<IssuedToken, TokenFailure> {
    let asked_at = SystemTime::now();
    let path = "/am/oauth2/access_token";
    let answer = request(transport, path, form, during, attempt).await?;
    let answer: TokenAnswer = answer.parse().map_err(TokenFailure::Other)?;
    check_type(&answer, during).map_err(TokenFailure::Other)?;
    let secret = SecretString::from(answer.access_token().secret().as_str());
    Ok(IssuedToken { secret, lifetime: answer.expires_in(), asked_at })
}

/// Sends one form to an endpoint.
pub(crate) async fn request(
    transport: &Transport,
    path: &'static str,
    form: &[(&str, &str)],
    during: &'static str,
    attempt: u32,
) -> Result<OAuthAnswer, TokenFailure> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = transport
        .client()
        .map_err(TokenFailure::Other)?
        .post(transport.tenant().endpoint(path))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body);
    send(transport, request, during, attempt).await
}

/// Sends one request to an OAuth 2.0 endpoint.
pub(crate) async fn send(
    transport: &Transport,
    request: RequestBuilder,
    during: &'static str,
    attempt: u32,
) -> Result<OAuthAnswer, TokenFailure> {
    let unreachable = |error: reqwest::Error| {
        TokenFailure::Other(if error.is_timeout() && !error.is_connect() {
            AuthError::Timeout { during }
        } else {
            AuthError::Unreachable { during, reason: describe_transport_error(error) }
        })
    };
    let _slot = transport.slot().await;
    let (client, request) = request.header(header::ACCEPT, "application/json").build_split();
    let request = request.map_err(unreachable)?;
    let path = request.url().path().to_owned();
    let mut log = RequestLog::start(request.method(), path, attempt).purpose(during);
    let response = match client.execute(request).await {
        Ok(response) => response,
        Err(error) => {
            log.failed(failure_kind(&error), None);
            return Err(unreachable(error));
        }
    };
    let head = Head::of(&response, during);
    log.note_transaction_id(head.transaction_id.as_deref());
    match read_body(response, LARGEST_ANSWER).await {
        Ok(body) => {
            log.answered(head.status, body.len());
            head.judge(body)
        }
        Err(BodyError::TooLarge) => {
            log.failed("too large", Some(head.status));
            Err(head.not_oauth())
        }
        Err(BodyError::Broken(error)) => {
            log.failed(failure_kind(&error), Some(head.status));
            Err(unreachable(error))
        }
    }
}

/// The head of an answer.
struct Head {
    during: &'static str,
    status: StatusCode,
    transaction_id: Option<String>,
    retry_after: Option<Duration>,
}

impl Head {
    fn of(response: &reqwest::Response, during: &'static str) -> Self {
        let transaction_id = transaction_id(response.headers());
        let retry_after = retry_after(response.headers());
        Self { during, status: response.status(), transaction_id, retry_after }
    }

    fn not_oauth(&self) -> TokenFailure {
        let status = self.status.as_u16();
        TokenFailure::Other(AuthError::NotOAuth { during: self.during, status })
    }

    /// The answer with this body, or its refusal.
    fn judge(self, body: Bytes) -> Result<OAuthAnswer, TokenFailure> {
        let Self { during, status, retry_after, .. } = self;
        if status.is_success() {
            return Ok(OAuthAnswer { body, status, during });
        }
        if matches!(status.as_u16(), 429 | 502..=504) {
            let status = status.as_u16();
            return Err(TokenFailure::Other(AuthError::Unavailable {
                during,
                status,
                retry_after,
            }));
        }
        // A 401 refuses the token presented even where its body says nothing that can be read.
        let mut refusal = match serde_json::from_slice::<BasicErrorResponse>(&body) {
            Ok(answer) => OAuthRefusal::new(
                answer.error().as_ref(),
                answer.error_description().map(String::as_str),
            ),
            Err(_) if status == StatusCode::UNAUTHORIZED => {
                OAuthRefusal::new("invalid_token", None)
            }
            Err(_) => return Err(self.not_oauth()),
        };
        refusal.status = Some(status.as_u16());
        refusal.transaction_id = self.transaction_id;
        Err(TokenFailure::Refused(refusal))
    }
}
