//! The words in which a user is asked to sign in.

use aic_auth::login::SignInPage;
use aic_tools::Failure;
use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitationSchema, InputRequest, InputRequiredResult,
};

use super::decide::Form;
use crate::connection::PendingSignIn;

/// The key of an answer is this and the number of the login.
pub(super) const KEY: &str = "sign-in-";

/// The result that asks for a sign-in.
pub(super) fn input(waiting: &PendingSignIn, form: Form) -> InputRequiredResult {
    let request = ElicitRequest::new(question(waiting, form));
    let requests = [(format!("{KEY}{}", waiting.number), InputRequest::Elicitation(request))];
    InputRequiredResult::from_input_requests(requests.into())
}

/// The dialog that asks for a sign-in.
pub(super) fn question(waiting: &PendingSignIn, form: Form) -> ElicitRequestParams {
    let PendingSignIn { number, page, remedy, .. } = waiting;
    let remedy = remedy.as_ref().map(|remedy| format!(" {remedy}")).unwrap_or_default();
    let code = page.user_code.as_ref();
    let code = code.map(|code| {
        format!(" The page shows the code {code}, or asks for it; go on only if it is the same.")
    });
    let code = code.unwrap_or_default();
    let url = page.url.to_string();
    match form {
        Form::Url => ElicitRequestParams::UrlElicitationParams {
            meta: None,
            message: format!(
                "Sign in as an administrator, so that aic-mcp can act for you.{code}{remedy}"
            ),
            url,
            elicitation_id: format!("{KEY}{number}"),
        },
        Form::Text => ElicitRequestParams::FormElicitationParams {
            meta: None,
            message: format!(
                "Sign in as an administrator, so that aic-mcp can act for you: open {url}.{code}{remedy} \
                 The login is noticed by itself when you are done."
            ),
            requested_schema: ElicitationSchema::new(std::collections::BTreeMap::new()),
        },
    }
}

/// The line that says what is being waited for.
pub(in crate::server) fn progress(SignInPage { url, user_code, .. }: &SignInPage) -> String {
    match user_code {
        None => format!("Waiting for you to sign in at {url}"),
        Some(code) => format!("Waiting for you to sign in with the code {code} at {url}"),
    }
}

/// The failure that names the page.
pub(super) fn failure(tool: &str, PendingSignIn { page, remedy, .. }: &PendingSignIn) -> Failure {
    let SignInPage { url, user_code, time_limit } = page;
    let minutes = (time_limit.as_secs() / 60).max(1);
    let failure = Failure::needs_sign_in(tool, url.as_str(), user_code.as_deref(), minutes);
    match remedy {
        Some(remedy) => failure.with_remedy(remedy),
        None => failure,
    }
}
