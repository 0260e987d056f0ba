//! What can go wrong, by cause.

mod refusal;

use std::fmt;
use std::time::Duration;

use aic_auth::AuthError;

pub(crate) use refusal::is_html;
pub use refusal::{FailedPolicy, Refusal};

/// Why a request did not do what it was to do.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// There is no token to send it with.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The service answered with an error.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The service could not be reached, or the connection broke.
    #[error("{service} could not be reached: {reason}.")]
    Unreachable {
        /// The service.
        service: Service,
        /// What went wrong below HTTP.
        reason: String,
        /// Of a write, what became of it.
        fate: Option<Fate>,
    },
    /// The answer did not come in time.
    #[error("{service} did not answer in time.")]
    Timeout {
        /// The service.
        service: Service,
        /// Of a write, what became of it.
        fate: Option<Fate>,
    },
    /// The service has said that it takes no more requests for a while; nothing was sent.
    #[error("{service} takes no more requests for {} s.", wait.as_secs_f64().ceil())]
    RateLimited {
        /// The service.
        service: Service,
        /// How long.
        wait: Duration,
    },
    /// The answer was larger than is accepted.
    #[error("The answer of {service} is larger than the limit of {limit} bytes.")]
    TooLarge {
        /// The service.
        service: Service,
        /// The limit in bytes.
        limit: usize,
        /// Of a write, what became of it.
        fate: Option<Fate>,
    },
    /// The request succeeded, and its answer is not what this service answers.
    #[error("The answer of {service} makes no sense: {problem}.")]
    Unreadable {
        /// The service.
        service: Service,
        /// What is wrong with it.
        problem: String,
        /// Of a write, what became of it.
        fate: Option<Fate>,
    },
    /// The client was made for reading only.
    #[error("This client does not write.")]
    ReadOnly,
}

impl ApiError {
    /// Of a refusal, why. That a service is known to take no requests counts as one.
    pub fn cause(&self) -> Option<Cause> {
        match self {
            Self::Refused(refusal) => Some(refusal.cause),
            Self::RateLimited { .. } => Some(Cause::RateLimited),
            _ => None,
        }
    }

    /// What the service answered, where it did.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Of a write, what became of it; `None` for a read.
    pub fn fate(&self) -> Option<Fate> {
        match self {
            Self::Auth(_) | Self::ReadOnly | Self::RateLimited { .. } => Some(Fate::NotDone),
            Self::Refused(refusal) => refusal.fate,
            Self::Unreachable { fate, .. }
            | Self::Timeout { fate, .. }
            | Self::TooLarge { fate, .. }
            | Self::Unreadable { fate, .. } => *fate,
        }
    }

    /// What to do about it, in one sentence.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Auth(error) => error.remedy(),
            Self::Refused(refusal) => refusal.cause.remedy(),
            Self::Unreachable { .. } => {
                "Check the tenant's name, the network and any proxy, and try again."
            }
            Self::Timeout { .. } => {
                "Try again later, ask for less at a time, or raise the HTTP timeout."
            }
            Self::RateLimited { .. } => Cause::RateLimited.remedy(),
            Self::TooLarge { .. } => {
                "Ask for less: fewer fields, a smaller page, a narrower filter."
            }
            Self::Unreadable { .. } => {
                "Try again later; if it stays so, something between here and AIC answers in its place."
            }
            Self::ReadOnly => "Start the server without read-only to make changes.",
        }
    }
}

/// A service of AIC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// `/openidm`: identities and their configuration.
    Idm,
    /// `/am`: journeys, scripts, OAuth 2.0 clients.
    Am,
    /// `/environment`: variables, secrets and what the tenant is.
    Environment,
    /// `/monitoring`: logs.
    Monitoring,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Idm => "AIC identity management",
            Self::Am => "AIC access management",
            Self::Environment => "AIC's environment service",
            Self::Monitoring => "AIC's log service",
        })
    }
}

/// What became of a write that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing was changed.
    NotDone,
    /// It was done, though its answer is missing.
    Done,
    /// It may have been done.
    Unknown,
}

/// Why a service refused a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// 401: the token is not accepted; identity management uses it for missing rights too.
    Unauthorized,
    /// 403: the administrator or the token may not do this.
    Forbidden,
    /// 403 with failed policy requirements: the data breaks a rule of the type.
    PolicyFailed,
    /// 403: Advanced Identity Cloud does not offer this operation to anybody.
    NotOffered,
    /// 403 with a web page: a firewall in front of AIC took offence at the request.
    BlockedAtEdge,
    /// 404, 410: there is no such resource.
    NotFound,
    /// 409: it clashes with what is there.
    Conflict,
    /// 412: the resource is not at the revision named, or exists already.
    PreconditionFailed,
    /// 400, 422 and the other 4xx: the request is not one the service takes.
    Invalid,
    /// 429: too many requests.
    RateLimited,
    /// 502, 503, 504: the service is not there right now.
    Unavailable,
    /// Any other 5xx.
    Internal,
    /// A status that none of AIC's APIs uses.
    Unexpected,
}

impl Cause {
    fn remedy(self) -> &'static str {
        match self {
            Self::Unauthorized => {
                "The token was renewed once already: check that the administrator has the rights for this, or log in again."
            }
            Self::Forbidden => {
                "The administrator's role or the scopes of the login do not allow this; ask for the right, or use another account."
            }
            Self::PolicyFailed => "Correct the properties named and send the request again.",
            Self::NotOffered => {
                "Advanced Identity Cloud does not offer this to any administrator; do not try again."
            }
            Self::BlockedAtEdge => {
                "A firewall in front of AIC refused the content, often because of HTML or script in a value; change it and try again."
            }
            Self::NotFound => "Check the names and ids; list or query to find the right ones.",
            Self::Conflict => {
                "Read what is there, and use another name or change the existing one."
            }
            Self::PreconditionFailed => {
                "Read the object again for its current revision, look at what has changed, and repeat the change with that revision."
            }
            Self::Invalid => "Correct the request as the message says.",
            Self::RateLimited => "Wait as long as stated, or a minute, before the next request.",
            Self::Unavailable => "AIC may be restarting: try again in a minute.",
            Self::Internal => {
                "AIC failed without saying why; check the values sent, and try again later."
            }
            Self::Unexpected => "Check that the tenant's URL is the one of AIC itself.",
        }
    }
}
