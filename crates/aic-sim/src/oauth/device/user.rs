//! The pages for the person who has the user code.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::Decision;
use crate::bearer::ADMINISTRATORS;
use crate::crest::request::Parameters;
use crate::oauth::error::Refusal;
use crate::oauth::{Issued, OAuth, PAGE_LIFETIME, SignIn, page};

/// GET /oauth2/device/user: asks for the user code, or what to do with the device that has it.
pub(super) async fn show(State(oauth): State<Arc<OAuth>>, parameters: Parameters) -> Response {
    let Some(user_code) = parameters.get("user_code").filter(|code| !code.trim().is_empty()) else {
        return page::ask_for_code();
    };
    let now = oauth.now();
    let mut issued = oauth.issued();
    let Issued { devices, refusal, .. } = &mut *issued;
    let Some(device) = devices.pending(user_code, now) else {
        return page::unknown_code();
    };
    if let Some(refusal) = refusal.take() {
        let page = page::refused(Some(&refusal.description));
        device.decision = Some(Decision::Refused(refusal));
        return page;
    }
    match oauth.sign_in {
        SignIn::Automatic => {
            device.decision = Some(Decision::Approved(&ADMINISTRATORS[0]));
            page::approved(&ADMINISTRATORS[0])
        }
        SignIn::Interactive => {
            let (user_code, scopes) = (device.user_code.clone(), device.login.scopes.clone());
            let ticket = devices.pages.issue(user_code.clone(), now, PAGE_LIFETIME);
            page::device_consent(&ticket, &scopes, &user_code)
        }
    }
}

/// POST: the answer of the page that asked what to do.
pub(super) async fn decide(State(oauth): State<Arc<OAuth>>, form: String) -> Response {
    let now = oauth.now();
    let form = Parameters::parse(&form);
    let devices = &mut oauth.issued().devices;
    let ticket = form.get("ticket").unwrap_or_default();
    let Some(user_code) = devices.pages.take(ticket, now) else {
        return page::closed();
    };
    let (decision, page) = match page::approved_by(&form) {
        Some(administrator) => (Decision::Approved(administrator), page::approved(administrator)),
        None => (Decision::Refused(Refusal::by_person()), page::refused(None)),
    };
    if devices.decide(&user_code, decision, now) { page } else { page::unknown_code() }
}
