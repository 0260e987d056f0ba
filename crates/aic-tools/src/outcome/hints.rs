//! The hints of `aic-auth` and `aic-api`, in words.

use aic_api::error::Hint;
use aic_auth::Hint as AuthHint;

/// The sentence that tells a model what to do next.
pub fn hint_in_words(hint: Hint) -> &'static str {
    match hint {
        Hint::Auth(hint) => of_auth(hint),
        Hint::CheckLoginAndRights => {
            "Check that the login is still valid and that the administrator has the rights for \
             this, or log in again."
        }
        Hint::AskForRights => {
            "The token is new, so the rights are missing: ask for them, or use another account. \
             Logging in again does not help."
        }
        Hint::UseAdministratorLogin => {
            "Log in as an administrator: the log service takes no service account's token, \
             whatever its scopes."
        }
        Hint::AskForRightsOrScopes => {
            "The administrator's role or the scopes of the login do not allow this; ask for the \
             right, or use another account."
        }
        Hint::LogInForMoreScopes => {
            "The token has other scopes than this takes: log in again for all groups of tools, as \
             an administrator who may have them."
        }
        Hint::CorrectProperties => "Correct the properties named and send the request again.",
        Hint::GiveUp => {
            "Advanced Identity Cloud does not offer this to any administrator; do not try again."
        }
        Hint::ChangeContent => {
            "A firewall in front of AIC refused the content, often because of HTML or script in a \
             value; change it and try again."
        }
        Hint::CheckNames => "Check the names and ids; list or query to find the right ones.",
        Hint::RetryInSeconds => {
            "It was made a moment ago, and AIC takes a while to know it everywhere: try again in \
             some seconds."
        }
        Hint::UseListedValue => "Use one of the values that the message lists.",
        Hint::AvoidConflict => {
            "Read what is there, and use another name or change the existing one."
        }
        Hint::ReadCurrentRevision => {
            "Read the object again for its current revision, look at what has changed, and repeat \
             the change with that revision."
        }
        Hint::CorrectRequest => "Correct the request as the message says.",
        Hint::WaitForQuota => "Wait as long as stated, or a minute, before the next request.",
        Hint::RetryInAMinute => "AIC may be restarting: try again in a minute.",
        Hint::CheckValues => {
            "AIC failed without saying why; check the values sent, and try again later."
        }
        Hint::CheckTenant => "Check that the tenant's URL is the one of AIC itself.",
        Hint::CheckNetwork => CHECK_NETWORK,
        Hint::AskForLessOrWaitLonger => {
            "Try again later, ask for less at a time, or raise the HTTP timeout."
        }
        Hint::AskForLess => "Ask for less: fewer fields, a smaller page, a narrower filter.",
        Hint::CheckIntermediaries => {
            "Try again later; if it stays so, something between here and AIC answers in its place."
        }
        Hint::CorrectType => "The program expects another shape; tell its developers.",
        Hint::UseHeldReference => "Give a reference that it holds, as it is stored.",
        Hint::PlanAgain => {
            "Look at what is there now, and call the tool again if it is still wanted."
        }
        Hint::AllowWrites => "Start the server without read-only to make changes.",
        Hint::AllowType => {
            "Ask the user. If the user wants it, the server has to be started with --allow-types \
             (AIC_ALLOW_TYPES) naming this type."
        }
        Hint::AllowTier => {
            "Ask the user. If the user wants it, the server has to be started with --allow-tier \
             (AIC_ALLOW_TIER) naming this tier."
        }
        Hint::AllowUnknownTier => {
            "Ask the user. If the environment may be written to, the server has to be started with \
             --allow-tier (AIC_ALLOW_TIER) naming `unknown` too."
        }
        Hint::Promote => "Make the change in the development environment and have it promoted.",
        Hint::WaitForPromotion => "Wait until the promotion is done, and try again.",
        Hint::CheckEnvironment => {
            "Tell the user. AIC's admin console shows whether the environment is locked or \
             immutable."
        }
    }
}

const CHECK_NETWORK: &str = "Check the tenant's name, the network and any proxy, and try again.";

fn of_auth(hint: AuthHint) -> &'static str {
    match hint {
        AuthHint::FreePort => {
            "Close the program that uses the port, or finish the login that another aic-mcp has \
             open, and try again."
        }
        AuthHint::AllowListening => {
            "Check that this machine allows listening on 127.0.0.1, and try again."
        }
        AuthHint::FinishInTime => {
            "Call the tool again and sign in at the page that it names or opens."
        }
        AuthHint::AskBeforeLogin => {
            "Ask the user whether to go on; calling the tool again asks for the sign-in again."
        }
        AuthHint::LogInAgain => "Log in again.",
        AuthHint::LogInAsAdministrator => {
            "Call the tool again to log in anew, as an administrator of this tenant."
        }
        AuthHint::DoWithoutScopes => {
            "The tenant does not know these scopes, or does not give them out here: do without the \
             tool. Tools with other scopes still work."
        }
        AuthHint::UseAnotherAdministrator => {
            "The tenant does not give these scopes to this administrator, and logging in again as \
             the same one does not help. Tools with other scopes may still work."
        }
        AuthHint::CheckNetwork => CHECK_NETWORK,
        AuthHint::WaitLonger => "Try again later, or raise the HTTP timeout.",
        AuthHint::RetryInAMinute => {
            "AIC may be restarting or have too many requests: try again in a minute."
        }
        AuthHint::CheckTenant => {
            "Check that AIC_BASE_URL names a PingOne Advanced Identity Cloud tenant, and try again."
        }
        AuthHint::CheckCertificates => "Check SSL_CERT_FILE and the system's certificates.",
        AuthHint::CheckTokenSource => "Check where the tokens come from, as the message says.",
        AuthHint::UseOneTenant => "Use a client and a token source of the same tenant.",
    }
}

#[cfg(test)]
mod tests {
    use aic_api::ApiError;
    use aic_api::error::Service;
    use aic_auth::AuthError;

    use super::*;

    #[test]
    fn a_model_is_told_to_call_again_where_that_starts_the_login() {
        let words = |error: AuthError| hint_in_words(ApiError::from(error).hint());
        assert!(words(AuthError::LoginTimedOut { seconds: 300 }).contains("Call the tool again"));
        assert!(words(AuthError::LoginDeclined).starts_with("Ask the user"));
    }

    #[test]
    fn a_network_is_one_whether_a_token_or_an_answer_is_waited_for() {
        let reason = String::new();
        let auth = AuthError::Unreachable { during: "testing", reason: reason.clone() };
        let api = ApiError::Unreachable { service: Service::Am, reason, outcome: None };
        assert_eq!(hint_in_words(ApiError::from(auth).hint()), hint_in_words(api.hint()));
    }
}
