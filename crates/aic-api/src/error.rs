//! Errors, by cause.

mod cause;
mod hint;
mod in_short;
mod refusal;

use std::fmt;
use std::time::Duration;

use aic_auth::{AuthError, ScopeSet};

use crate::{Mismatch, Protected};

pub use cause::Cause;
pub use hint::Hint;
pub(crate) use refusal::is_html;
pub use refusal::{FailedPolicy, Refusal};

/// Why a request did not do what it was to do.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
/// use aic_api::Realm;
/// use aic_api::auth::{Scope, ScopeSet};
/// use aic_api::error::{Cause, Hint};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (_sim, client) = simulated().await?;
/// let call = client.reading(ScopeSet::of(&[Scope::Am]));
/// let Err(error) = call.journeys(Realm::Alpha).get(&"Nowhere".parse()?).await else { panic!() };
/// assert_eq!(error.cause(), Some(Cause::NotFound));
/// assert_eq!(error.hint(), Hint::CheckNames);
/// // A read has no outcome; a write says whether something was changed.
/// assert_eq!(error.write_outcome(), None);
/// # Ok(())
/// # }
/// ```
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
        /// The failure below HTTP.
        reason: String,
        /// The outcome, of a write.
        outcome: Option<WriteOutcome>,
    },
    /// The answer did not come in time.
    #[error("{service} did not answer in time.")]
    Timeout {
        /// The service.
        service: Service,
        /// The outcome, of a write.
        outcome: Option<WriteOutcome>,
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
        /// The outcome, of a write.
        outcome: Option<WriteOutcome>,
    },
    /// The request succeeded, and its answer is not what this service answers.
    #[error("The answer of {service} makes no sense: {problem}.")]
    Unreadable {
        /// The service.
        service: Service,
        /// The fault of the answer.
        problem: String,
        /// The outcome, of a write.
        outcome: Option<WriteOutcome>,
    },
    /// The answer is as the service answers, and does not fit the type that it was asked for as.
    #[error("The answer does not fit the type: {0}.")]
    Mismatch(#[from] Mismatch),
    /// The client was made for reading only.
    #[error("This client does not write.")]
    ReadOnly,
    /// The environment is not one to be written to; nothing was sent.
    #[error("{0}")]
    Protected(Protected),
    /// A relationship that is to be taken away is not there; nothing was sent.
    #[error("{field} of {what} does not hold {reference}; {}.", held(held_references))]
    NotRelated {
        /// The object.
        what: String,
        /// The property.
        field: String,
        /// The reference that it does not hold.
        reference: String,
        /// Those that it holds.
        held_references: Vec<String>,
    },
    /// The change is not the one that somebody has looked at; nothing was sent.
    #[error("{}", if *changed {
        format!("Meanwhile somebody else has changed {what}.")
    } else {
        format!("It would change {what}, which was not part of what was shown.")
    })]
    NotAsPlanned {
        /// Its description.
        what: String,
        /// Whether it was part of the plan.
        changed: bool,
    },
}

/// The content of a property, in words.
fn held(references: &[String]) -> String {
    /// More are not named.
    const MOST: usize = 10;
    if references.is_empty() {
        return "it holds nothing".to_owned();
    }
    let named = references.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    match references.len().saturating_sub(MOST) {
        0 => format!("it holds {named}"),
        more => format!("it holds {named} and {more} more"),
    }
}

impl ApiError {
    /// The cause of a refusal. A service that is known to take no requests counts as a refusal.
    pub fn cause(&self) -> Option<Cause> {
        match self {
            Self::Refused(refusal) => Some(refusal.cause),
            Self::RateLimited { .. } => Some(Cause::RateLimited),
            _ => None,
        }
    }

    /// The service's refusal, if it answered.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The error of what is not there because it was made a moment ago.
    pub(crate) fn not_yet_there(mut self) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.cause = Cause::NotYetThere;
        }
        self
    }

    /// The error in view of the call that met it: the scopes of its token, and whether that token
    /// was a new one.
    pub(crate) fn in_view_of(mut self, scopes: ScopeSet, token_is_new: bool) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.see_in_view_of(scopes, token_is_new);
        }
        self
    }

    /// The error of a read that was to come before a write, as that write's: it was not sent.
    pub(crate) fn of_a_write_not_sent(mut self) -> Self {
        let outcome = match &mut self {
            Self::Refused(refusal) => &mut refusal.outcome,
            Self::Unreachable { outcome, .. }
            | Self::Timeout { outcome, .. }
            | Self::TooLarge { outcome, .. }
            | Self::Unreadable { outcome, .. } => outcome,
            Self::Auth(_)
            | Self::Mismatch(_)
            | Self::ReadOnly
            | Self::RateLimited { .. }
            | Self::Protected(_)
            | Self::NotRelated { .. }
            | Self::NotAsPlanned { .. } => return self,
        };
        *outcome = Some(WriteOutcome::NotDone);
        self
    }

    /// The outcome of a write; `None` for a read. A write that was refused before anything was sent has
    /// changed nothing.
    pub fn write_outcome(&self) -> Option<WriteOutcome> {
        match self {
            Self::Auth(_)
            | Self::ReadOnly
            | Self::RateLimited { .. }
            | Self::Protected(_)
            | Self::NotRelated { .. }
            | Self::NotAsPlanned { .. } => Some(WriteOutcome::NotDone),
            Self::Refused(refusal) => refusal.outcome,
            // Only reads have types of the application.
            Self::Mismatch(_) => None,
            Self::Unreachable { outcome, .. }
            | Self::Timeout { outcome, .. }
            | Self::TooLarge { outcome, .. }
            | Self::Unreadable { outcome, .. } => *outcome,
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

/// The outcome of a write that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    /// Nothing was changed.
    NotDone,
    /// It was done, though its answer is missing.
    Done,
    /// It may have been done.
    Unknown,
}
