use aic_tools::{AuditOutcome, Failure};
use rmcp::model::InputRequiredResult;

/// Why a call has no result.
pub(super) enum Unfinished {
    /// It failed.
    Failed(Failure),
    /// It was cancelled, or cut off by the end of the server.
    Cancelled(Failure),
    /// The failure says what the user has to do to sign in.
    SignInNeeded(Failure),
    /// The client is to ask its user to sign in, and then to repeat the call.
    Input(Box<InputRequiredResult>),
    /// The client is to ask its user whether it may be done, and then to repeat the call.
    Confirm(Box<InputRequiredResult>),
    /// The user did not agree to it.
    Declined(Failure),
    /// It waits for the user's approval.
    Unapproved(Failure),
}

impl Unfinished {
    /// How the audit log calls it, and why, where that is worth a word.
    pub(super) fn outcome(&self) -> (AuditOutcome, Option<String>) {
        match self {
            Self::Failed(failure) => (AuditOutcome::Failed, Some(failure.summary().to_owned())),
            Self::Cancelled(failure) => {
                (AuditOutcome::Cancelled, Some(failure.summary().to_owned()))
            }
            Self::SignInNeeded(_) | Self::Input(_) => (AuditOutcome::SignInNeeded, None),
            Self::Confirm(_) | Self::Unapproved(_) => (AuditOutcome::ConfirmationNeeded, None),
            Self::Declined(failure) => (AuditOutcome::Declined, Some(failure.summary().to_owned())),
        }
    }

    /// The answer to the client: a question for its user, or else a failure.
    pub(super) fn into_answer(self) -> Result<Box<InputRequiredResult>, Failure> {
        match self {
            Self::Input(question) | Self::Confirm(question) => Ok(question),
            Self::Failed(failure)
            | Self::Cancelled(failure)
            | Self::SignInNeeded(failure)
            | Self::Declined(failure)
            | Self::Unapproved(failure) => Err(failure),
        }
    }
}
