//! The description that a tenant gives of its OAuth 2.0 server.

use std::time::SystemTime;

use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use serde::Deserialize;

use crate::{
    AuthError, BodyError, RequestLog, Transport, describe_transport_error, failure_kind, read_body,
};

const PATH: &str = "/am/oauth2/.well-known/openid-configuration";

/// A description takes some ten kilobytes.
const LARGEST: usize = 1024 * 1024;

/// The answer of a host that was asked for the description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// The status of the answer.
    pub status: StatusCode,
    /// Its content.
    pub description: Description,
    /// The time of the answer by the host's clock, where it says it.
    pub date: Option<SystemTime>,
}

/// The content of such an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Description {
    /// It names a token endpoint.
    OfServer,
    /// It is larger than any such description.
    TooLarge,
    /// It is something else, or its end is missing.
    Other,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "token_endpoint")]
    _token_endpoint: String,
}

/// `GET /am/oauth2/.well-known/openid-configuration`: asks a host whether it is a tenant. It needs no
/// login.
///
/// # Errors
///
/// [`AuthError::Unreachable`] when there is no answer, another error when the system's certificates
/// cannot be read.
pub async fn discover(transport: &Transport) -> Result<Discovery, AuthError> {
    const DURING: &str = "asking for the OAuth 2.0 endpoints";
    let request = transport.client()?.get(transport.tenant().endpoint(PATH));
    let log = RequestLog::start(&reqwest::Method::GET, PATH, 1).purpose(DURING);
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => {
            log.failed(failure_kind(&error), None);
            let reason = describe_transport_error(error);
            return Err(AuthError::Unreachable { during: DURING, reason });
        }
    };
    let (status, date) = (answer.status(), date(answer.headers()));
    let description = match read_body(answer, LARGEST).await {
        Ok(body) => {
            log.answered(status, body.len());
            match serde_json::from_slice::<Metadata>(&body) {
                Ok(_) if status.is_success() => Description::OfServer,
                _ => Description::Other,
            }
        }
        Err(BodyError::TooLarge) => {
            log.failed("too large", Some(status));
            Description::TooLarge
        }
        Err(BodyError::Broken(error)) => {
            log.failed(failure_kind(&error), Some(status));
            Description::Other
        }
    };
    Ok(Discovery { status, description, date })
}

fn date(headers: &HeaderMap) -> Option<SystemTime> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    httpdate::parse_http_date(date).ok()
}
