use aic_tools::{AuditOutcome, Failure};
use rmcp::model::InputRequiredResult;

/// Why a call has no result.
pub(super) enum Unfinished {
    /// It failed.
    Failed(Failure),
    /// The failure says what the user has to do to sign in.
    Told(Failure),
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
            Self::Told(_) | Self::Input(_) => (AuditOutcome::SignInNeeded, None),
            Self::Confirm(_) | Self::Unapproved(_) => (AuditOutcome::ConfirmationNeeded, None),
            Self::Declined(failure) => (AuditOutcome::Declined, Some(failure.summary().to_owned())),
        }
    }
}
