use aic_api::ApiError;
use aic_auth::AuthError;

use crate::outcome::ToolError;

/// The kind of a failure, for scripts: it says what has to happen before the same call can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The call was understood, and failed: AIC refused it, or something on the way to it broke.
    Failed,
    /// The arguments are not what the tool takes.
    WrongUse,
    /// An administrator has to log in first, or the login failed.
    LoginNeeded,
    /// A rule of the server stands against it, or a person has not agreed to it.
    Refused,
    /// It was cancelled.
    Cancelled,
}

impl From<&AuthError> for FailureKind {
    fn from(error: &AuthError) -> Self {
        if error.concerns_login() { Self::LoginNeeded } else { Self::Failed }
    }
}

impl From<&ApiError> for FailureKind {
    fn from(error: &ApiError) -> Self {
        match error {
            ApiError::Auth(error) => error.into(),
            ApiError::ReadOnly | ApiError::Protected(_) | ApiError::NotAsPlanned { .. } => {
                Self::Refused
            }
            _ => Self::Failed,
        }
    }
}

impl From<&ToolError> for FailureKind {
    fn from(error: &ToolError) -> Self {
        match error {
            ToolError::Arguments { .. } | ToolError::Faulty { .. } => Self::WrongUse,
            ToolError::Refused { .. } => Self::Refused,
            ToolError::Api { error, .. } => error.as_ref().into(),
            // Something was changed, so the call was let through.
            ToolError::HalfDone { .. } | ToolError::TooLong { .. } | ToolError::Internal(_) => {
                Self::Failed
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aic_api::Protected;
    use aic_api::environment::Tier;
    use aic_api::error::Service;

    use super::*;

    #[test]
    fn the_kind_of_an_error_follows_from_who_stands_against_the_call() {
        let timeout = || ApiError::Timeout { service: Service::Idm, outcome: None };
        let protected = ApiError::Protected(Protected::Tier(Tier::Production));
        let during = "testing";
        for (error, kind) in [
            (timeout(), FailureKind::Failed),
            (ApiError::Auth(AuthError::Timeout { during }), FailureKind::Failed),
            (ApiError::Auth(AuthError::LoginDeclined), FailureKind::LoginNeeded),
            (ApiError::ReadOnly, FailureKind::Refused),
            (protected, FailureKind::Refused),
        ] {
            assert_eq!(FailureKind::from(&ToolError::from(error.clone())), kind, "{error}");
        }
        for (error, kind) in [
            (ToolError::half_done(timeout(), "in part", "look"), FailureKind::Failed),
            (ToolError::refused("No.", "Leave it."), FailureKind::Refused),
            (ToolError::TooLong { length: 2, budget: 1 }, FailureKind::Failed),
        ] {
            assert_eq!(FailureKind::from(&error), kind, "{error}");
        }
    }
}
