mod in_short;

use std::fmt;
use std::time::Duration;

use crate::mask_own_tokens;

/// The most characters of a reason that an application gives.
const LONGEST_REASON: usize = 300;

/// Why there is no token.
///
/// None of these ever holds a token, a code, a verifier or the body of a token answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The port the login comes back to is in use.
    #[error("The login could not start: port {port} on this machine is in use by another program.")]
    PortTaken {
        /// The port of the registered redirect URI.
        port: u16,
    },
    /// The callback listener could not be opened for another reason.
    #[error("The login could not start: listening on loopback failed ({reason}).")]
    Listen {
        /// The operating system's message.
        reason: String,
    },
    /// Nobody finished the login in the browser in time.
    #[error("The login was not finished within {seconds} seconds.")]
    LoginTimedOut {
        /// The time limit.
        seconds: u64,
    },
    /// The tenant ended the login with an error, or the administrator refused it.
    #[error("The tenant refused the login: {0}.")]
    LoginRefused(OAuthRefusal),
    /// The administrator was asked to sign in and said no.
    #[error("The administrator declined to sign in.")]
    LoginDeclined,
    /// The login is no longer accepted by the tenant.
    #[error("The tenant no longer accepts the login: {0}.")]
    LoginLapsed(OAuthRefusal),
    /// The authorization code was not turned into a token.
    #[error("The tenant did not complete the login: {0}.")]
    CodeRefused(OAuthRefusal),
    /// The login could not be exchanged for a token with the scopes asked for.
    #[error("The tenant gave out no token for the scopes {scopes}: {refusal}.")]
    ExchangeRefused {
        /// The requested scopes.
        scopes: String,
        /// The tenant's answer.
        refusal: OAuthRefusal,
    },
    /// The tenant could not be reached, or the connection broke.
    #[error("The tenant could not be reached while {during}: {reason}.")]
    Unreachable {
        /// The step that failed.
        during: &'static str,
        /// The failure below HTTP.
        reason: String,
    },
    /// The tenant did not answer in time.
    #[error("The tenant did not answer in time while {during}.")]
    Timeout {
        /// The step that failed.
        during: &'static str,
    },
    /// The tenant has too many requests, or is not there right now: 429, 502, 503, 504.
    #[error("The tenant answered with HTTP {status} while {during}.")]
    Unavailable {
        /// The step that failed.
        during: &'static str,
        /// The HTTP status.
        status: u16,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// An OAuth 2.0 endpoint answered with something that is no OAuth 2.0 answer.
    #[error("The tenant answered with HTTP {status} and nothing that OAuth knows while {during}.")]
    NotOAuth {
        /// The step that failed.
        during: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// The token endpoint gave out a token of another type than was asked for. It was not used.
    #[error(
        "The tenant gave out a token of the type \"{found}\" while {during}, which is none that can be used."
    )]
    WrongTokenType {
        /// The step that failed.
        during: &'static str,
        /// The type, as the answer has it.
        found: String,
    },
    /// No HTTPS client could be made.
    #[error("No TLS connection can be made from this machine: {reason}.")]
    Tls {
        /// The TLS library's message.
        reason: String,
    },
    /// The application's own source of tokens has none.
    #[error("There is no token: {reason}.")]
    NoToken {
        /// The source's reason.
        reason: String,
    },
    /// A token of one tenant was about to go to another.
    #[error("A token of {issuer} was not sent to {target}.")]
    OtherTenant {
        /// The tenant that issued the token.
        issuer: String,
        /// The tenant it would have gone to.
        target: String,
    },
}

impl AuthError {
    /// The failure of an application's own [`TokenSource`](crate::TokenSource), for a reason that must
    /// not hold a secret. Tokens that are known to be such are masked.
    pub fn no_token(reason: &dyn fmt::Display) -> Self {
        let reason = showable(&reason.to_string(), LONGEST_REASON);
        Self::NoToken { reason: reason.trim_end_matches('.').to_owned() }
    }

    /// The tenant's refusal, if it sent one.
    pub fn refusal(&self) -> Option<&OAuthRefusal> {
        match self {
            Self::LoginRefused(refusal)
            | Self::LoginLapsed(refusal)
            | Self::CodeRefused(refusal)
            | Self::ExchangeRefused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }
}

/// An OAuth 2.0 error answer (RFC 6749, sections 4.1.2.1 and 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthRefusal {
    /// The `error` code, such as `access_denied`.
    pub error: String,
    /// The `error_description`.
    pub description: Option<String>,
    /// The HTTP status, where it came in an answer and not through the browser.
    pub status: Option<u16>,
    /// AIC's id of the transaction.
    pub transaction_id: Option<String>,
}

impl OAuthRefusal {
    /// A refusal in the tenant's words, cut to a length and to characters that can be shown.
    pub fn new(error: &str, description: Option<&str>) -> Self {
        Self {
            error: showable(error, 80),
            description: description.map(|text| showable(text, 300)),
            status: None,
            transaction_id: None,
        }
    }
}

/// Text from elsewhere, without tokens of ours, cut to a length and to characters that can be shown.
pub(crate) fn showable(text: &str, longest: usize) -> String {
    mask_own_tokens(text).chars().filter(|c| !c.is_control()).take(longest).collect()
}

impl fmt::Display for OAuthRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        if let Some(description) = &self.description {
            write!(f, " ({})", description.trim_end_matches('.'))?;
        }
        Ok(())
    }
}
