//! The next step, in words for a person at a terminal.

use aic_api::error::Hint;
use aic_auth::Hint as AuthHint;
use aic_tools::hint_in_words;

/// The remedy for an error, for the person who ran the command. A model is told some of it in
/// other words: it has tools and a user, where a person has commands.
pub(crate) fn for_people(hint: Hint) -> &'static str {
    match hint {
        Hint::Auth(hint) => of_auth(hint),
        Hint::AskForLessOrWaitLonger => {
            "Try again later, ask for less at a time, or raise --http-timeout \
             (AIC_HTTP_TIMEOUT_SECS)."
        }
        Hint::AskForLess => {
            "Ask for less: fewer fields, a smaller page, a narrower filter. Or raise --max-response \
             (AIC_MAX_RESPONSE_BYTES)."
        }
        Hint::CheckTenant => "Check that --tenant (AIC_BASE_URL) names the tenant's own host.",
        Hint::PlanAgain => {
            "Look at what is there now, and run the command again if it is still wanted."
        }
        Hint::AllowWrites => "Leave --read-only (AIC_READ_ONLY) out to make changes.",
        Hint::AllowType => {
            "To write objects of this type, name it in --allow-types (AIC_ALLOW_TYPES)."
        }
        Hint::AllowTier => {
            "To write to this environment, name its tier in --allow-tier (AIC_ALLOW_TIER)."
        }
        Hint::AllowUnknownTier => {
            "To write to this environment, name `unknown` in --allow-tier (AIC_ALLOW_TIER), too."
        }
        Hint::CheckEnvironment => {
            "AIC's admin console shows whether the environment is locked or immutable."
        }
        // These speak to nobody in particular.
        Hint::CheckLoginAndRights
        | Hint::AskForRights
        | Hint::UseAdministratorLogin
        | Hint::AskForRightsOrScopes
        | Hint::LogInForMoreScopes
        | Hint::CorrectProperties
        | Hint::GiveUp
        | Hint::ChangeContent
        | Hint::CheckNames
        | Hint::RetryInSeconds
        | Hint::UseListedValue
        | Hint::AvoidConflict
        | Hint::ReadCurrentRevision
        | Hint::CorrectRequest
        | Hint::WaitForQuota
        | Hint::RetryInAMinute
        | Hint::CheckValues
        | Hint::CheckNetwork
        | Hint::CheckIntermediaries
        | Hint::UseHeldReference
        | Hint::Promote
        | Hint::CorrectType
        | Hint::WaitForPromotion => hint_in_words(hint),
    }
}

fn of_auth(hint: AuthHint) -> &'static str {
    match hint {
        AuthHint::FinishInTime => "Run the command again, and sign in at the page that it opens.",
        AuthHint::AskBeforeLogin => "Run the command again to sign in after all.",
        AuthHint::LogInAgain => "Run `aic-mcp login` to log in again.",
        AuthHint::LogInAsAdministrator => {
            "Run the command again, and sign in as an administrator of this tenant."
        }
        AuthHint::DoWithoutScopes => {
            "The tenant does not know these scopes, or does not give them out here. Tools with other \
             scopes still work."
        }
        AuthHint::WaitLonger => "Try again later, or raise --http-timeout (AIC_HTTP_TIMEOUT_SECS).",
        AuthHint::CheckTenant => "Check that --tenant (AIC_BASE_URL) names the tenant's own host.",
        AuthHint::FreePort
        | AuthHint::AllowListening
        | AuthHint::UseAnotherAdministrator
        | AuthHint::CheckNetwork
        | AuthHint::RetryInAMinute
        | AuthHint::CheckCertificates
        | AuthHint::CheckTokenSource
        | AuthHint::UseOneTenant => hint_in_words(Hint::Auth(hint)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_told_of_commands_and_options_and_not_of_tools_and_users() {
        for hint in [
            Hint::Auth(AuthHint::FinishInTime),
            Hint::Auth(AuthHint::AskBeforeLogin),
            Hint::Auth(AuthHint::LogInAsAdministrator),
            Hint::AllowTier,
            Hint::AllowUnknownTier,
            Hint::AllowType,
            Hint::PlanAgain,
            Hint::CheckEnvironment,
        ] {
            let words = for_people(hint);
            assert_ne!(words, hint_in_words(hint));
            assert!(!words.contains("the user") && !words.contains("Call the tool"), "{words}");
        }
        assert_eq!(for_people(Hint::CheckNetwork), hint_in_words(Hint::CheckNetwork));
    }
}
