use aic_auth::Hint as AuthHint;

use super::{ApiError, Cause};
use crate::Protected;

/// The remedy for an [`ApiError`], for a program that puts it into words: only it knows who reads them,
/// and what its options are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// There is no token; this is what can be done about that.
    Auth(AuthHint),
    /// The login may have ended, or the administrator may lack the rights.
    CheckLoginAndRights,
    /// The administrator lacks the rights, whatever the login.
    AskForRights,
    /// The service takes administrators' tokens only.
    UseAdministratorLogin,
    /// The administrator's role, or the scopes of the login, do not allow it.
    AskForRightsOrScopes,
    /// A login with more scopes is needed.
    LogInForMoreScopes,
    /// The properties that the refusal names break a rule of their type.
    CorrectProperties,
    /// No administrator is offered this.
    GiveUp,
    /// A firewall in front of AIC takes offence at the content.
    ChangeContent,
    /// A name or an id is of nothing that is there.
    CheckNames,
    /// AIC needs some seconds before it knows everywhere what was made.
    RetryInSeconds,
    /// The refusal lists the values that are allowed.
    UseListedValue,
    /// Something of this name is there, and can be read and changed.
    AvoidConflict,
    /// The object has another revision by now.
    ReadCurrentRevision,
    /// The refusal says what is wrong with the request.
    CorrectRequest,
    /// The service takes requests again after the stated time, or a minute.
    WaitForQuota,
    /// The service may be there again in a minute.
    RetryInAMinute,
    /// AIC failed without a reason; what was sent may be why.
    CheckValues,
    /// The tenant's URL is perhaps not the one of AIC itself.
    CheckTenant,
    /// The tenant's name, the network or a proxy is wrong.
    CheckNetwork,
    /// A smaller request, or a longer
    /// [`request_timeout`](aic_auth::TransportOptions::request_timeout), may be answered in time.
    AskForLessOrWaitLonger,
    /// A smaller answer is accepted, as is a larger one within a larger
    /// [`largest_answer`](crate::ClientBuilder::largest_answer).
    AskForLess,
    /// Something between here and AIC may answer in its place.
    CheckIntermediaries,
    /// The error says where the application's type does not fit what AIC has.
    CorrectType,
    /// The error names the references that are held.
    UseHeldReference,
    /// The change can be planned anew from what is there now.
    PlanAgain,
    /// The client refuses writes by [`read_only`](crate::ClientBuilder::read_only).
    AllowWrites,
    /// The client refuses this type, which
    /// [`allowed_types`](crate::ClientBuilder::allowed_types) may name.
    AllowType,
    /// The client refuses this tier, which
    /// [`writable_tiers`](crate::ClientBuilder::writable_tiers) may name.
    AllowTier,
    /// The client refuses an environment that does not tell its tier, unless
    /// [`writable_tiers`](crate::ClientBuilder::writable_tiers) has
    /// [`Tier::Unknown`](crate::environment::Tier::Unknown).
    AllowUnknownTier,
    /// The change can be made in the development environment, and promoted.
    Promote,
    /// The environment can be changed again after the promotion.
    WaitForPromotion,
    /// AIC's admin console shows whether the environment is locked or immutable.
    CheckEnvironment,
}

impl ApiError {
    /// The remedy.
    pub fn hint(&self) -> Hint {
        match self {
            Self::Auth(error) => Hint::Auth(error.hint()),
            Self::Refused(refusal) => refusal.cause.hint(),
            Self::Unreachable { .. } => Hint::CheckNetwork,
            Self::Timeout { .. } => Hint::AskForLessOrWaitLonger,
            Self::RateLimited { .. } => Cause::RateLimited.hint(),
            Self::TooLarge { .. } => Hint::AskForLess,
            Self::Unreadable { .. } => Hint::CheckIntermediaries,
            Self::Mismatch(_) => Hint::CorrectType,
            Self::Protected(protected) => protected.hint(),
            Self::NotRelated { .. } => Hint::UseHeldReference,
            Self::NotAsPlanned { .. } => Hint::PlanAgain,
            Self::ReadOnly => Hint::AllowWrites,
        }
    }
}

impl Cause {
    fn hint(self) -> Hint {
        match self {
            Self::Unauthorized => Hint::CheckLoginAndRights,
            Self::RightsMissing => Hint::AskForRights,
            Self::NoAdministrator => Hint::UseAdministratorLogin,
            Self::Forbidden => Hint::AskForRightsOrScopes,
            Self::ScopeMissing => Hint::LogInForMoreScopes,
            Self::PolicyFailed => Hint::CorrectProperties,
            Self::NotOffered => Hint::GiveUp,
            Self::BlockedAtEdge => Hint::ChangeContent,
            Self::NotFound => Hint::CheckNames,
            Self::NotYetThere => Hint::RetryInSeconds,
            Self::ValueNotAllowed => Hint::UseListedValue,
            Self::Conflict => Hint::AvoidConflict,
            Self::PreconditionFailed => Hint::ReadCurrentRevision,
            Self::Invalid => Hint::CorrectRequest,
            Self::RateLimited => Hint::WaitForQuota,
            Self::Unavailable => Hint::RetryInAMinute,
            Self::Internal => Hint::CheckValues,
            Self::Unexpected => Hint::CheckTenant,
        }
    }
}

impl Protected {
    fn hint(&self) -> Hint {
        match self {
            Self::Powerful(_) => Hint::AllowType,
            Self::Immutable { .. } => Hint::Promote,
            Self::Locked { .. } => Hint::WaitForPromotion,
            Self::Unclear { .. } => Hint::CheckEnvironment,
            Self::Tier(_) => Hint::AllowTier,
            Self::Unreadable(_) => Hint::AllowUnknownTier,
        }
    }
}

#[cfg(test)]
mod tests {
    use aic_auth::AuthError;

    use super::*;
    use crate::environment::Tier;

    #[test]
    fn a_protected_environment_hints_at_the_option_that_decides_and_a_login_at_the_login() {
        let protected = |protected| ApiError::Protected(protected).hint();
        assert_eq!(protected(Protected::Tier(Tier::Staging)), Hint::AllowTier);
        assert_eq!(protected(Protected::Unreadable(String::new())), Hint::AllowUnknownTier);
        assert_eq!(protected(Protected::Powerful("svcacct".to_owned())), Hint::AllowType);
        let declined = ApiError::Auth(AuthError::LoginDeclined).hint();
        assert_eq!(declined, Hint::Auth(AuthHint::AskBeforeLogin));
    }

    #[test]
    fn rights_that_are_missing_are_told_from_a_login_that_may_have_ended() {
        assert_eq!(Cause::RightsMissing.hint(), Hint::AskForRights);
        assert_eq!(Cause::Unauthorized.hint(), Hint::CheckLoginAndRights);
        assert_eq!(Cause::ScopeMissing.hint(), Hint::LogInForMoreScopes);
    }
}
