//! The authorization endpoint.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::client::LOGIN_CLIENT;
use super::error::Refusal;
use super::login::{LoginRequest, required};
use super::{CODE_LIFETIME, Code, OAuth, PAGE_LIFETIME, SignIn, page};
use crate::bearer::{ADMINISTRATORS, Administrator, Offer};
use crate::crest::request::Parameters;

/// A request that has been found in order.
#[derive(Debug)]
pub(super) struct AuthorizationRequest {
    pub(super) redirect_uri: Url,
    /// The redirect URI as sent: the token request must repeat it exactly.
    pub(super) redirect_text: String,
    pub(super) login: LoginRequest,
    /// As sent: AM recommends one, and administrators' own logins are recorded without.
    state: Option<String>,
}

/// GET: signs the demo administrator in, or asks who signs in.
pub(super) async fn start(State(oauth): State<Arc<OAuth>>, parameters: Parameters) -> Response {
    let (redirect_uri, redirect_text) = match redirect_uri(&parameters) {
        Ok(redirect) => redirect,
        Err(problem) => return page::error(problem),
    };
    let state = parameters.get("state");
    let (uri, offer) = (redirect_uri.clone(), oauth.offer());
    let request = match AuthorizationRequest::parse(&parameters, uri, redirect_text, offer) {
        Ok(request) => request,
        Err(refusal) => return oauth.redirect_error(redirect_uri, state, &refusal),
    };
    let refusal = oauth.issued().refusal.take();
    if let Some(refusal) = refusal {
        return oauth.redirect_error(redirect_uri, state, &refusal);
    }
    match oauth.sign_in {
        SignIn::Automatic => oauth.redirect_code(request, &ADMINISTRATORS[0]),
        SignIn::Interactive => {
            let scopes = request.login.scopes.clone();
            let ticket = oauth.issued().pages.issue(request, oauth.now(), PAGE_LIFETIME);
            page::sign_in(&ticket, &scopes)
        }
    }
}

/// POST: the answer of the sign-in page.
pub(super) async fn decide(State(oauth): State<Arc<OAuth>>, form: String) -> Response {
    let form = Parameters::parse(&form);
    let ticket = form.get("ticket").unwrap_or_default();
    let waiting = oauth.issued().pages.take(ticket, oauth.now());
    let Some(request) = waiting else {
        return page::closed();
    };
    if let Some(administrator) = page::approved_by(&form) {
        return oauth.redirect_code(request, administrator);
    }
    oauth.redirect_error(request.redirect_uri, request.state.as_deref(), &Refusal::by_person())
}

impl OAuth {
    fn redirect_code(
        &self,
        request: AuthorizationRequest,
        administrator: &'static Administrator,
    ) -> Response {
        let mut location = request.redirect_uri.clone();
        let state = request.state.clone();
        let code = Code { request, administrator };
        let code = self.issued().codes.issue(code, self.now(), CODE_LIFETIME);
        location
            .query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("iss", &self.issuer())
            .extend_pairs(state.map(|state| ("state", state)))
            .append_pair("client_id", LOGIN_CLIENT);
        redirect(&location)
    }

    fn redirect_error(
        &self,
        mut location: Url,
        state: Option<&str>,
        refusal: &Refusal,
    ) -> Response {
        location
            .query_pairs_mut()
            .append_pair("error_description", &refusal.description)
            .append_pair("error", &refusal.error)
            .append_pair("iss", &self.issuer())
            .append_pair("client_id", LOGIN_CLIENT);
        if let Some(state) = state {
            location.query_pairs_mut().append_pair("state", state);
        }
        redirect(&location)
    }
}

impl AuthorizationRequest {
    /// Checks everything but the client and the redirect URI.
    fn parse(
        parameters: &Parameters,
        redirect_uri: Url,
        redirect_text: String,
        offer: Offer,
    ) -> Result<Self, Refusal> {
        if required(parameters, "response_type")? != "code" {
            let description = "Response type is not supported by the authorization server";
            return Err(Refusal::new("unsupported_response_type", description));
        }
        let state = parameters.get("state").map(str::to_owned);
        let login = LoginRequest::parse(parameters, offer)?;
        Ok(Self { redirect_uri, redirect_text, login, state })
    }
}

/// The redirect URI, if it is one that the client may use: nobody is redirected elsewhere.
fn redirect_uri(parameters: &Parameters) -> Result<(Url, String), &'static str> {
    if parameters.get("client_id") != Some(LOGIN_CLIENT) {
        return Err("Client authentication failed");
    }
    let text = parameters.get("redirect_uri").unwrap_or_default();
    // Any port is taken here, as RFC 8252, section 7.3, has it for loopback redirects, so that
    // tests and demos run side by side. Assumption: real tenants register port 3000 only, which
    // is the official server's. A login with another port would settle it.
    let port = text.strip_prefix("http://localhost:").and_then(|port| port.parse::<u16>().ok());
    match (port, Url::parse(text)) {
        (Some(1..), Ok(url)) => Ok((url, text.to_owned())),
        _ => Err("The redirection URI provided does not match a pre-registered value."),
    }
}

fn redirect(location: &Url) -> Response {
    match HeaderValue::try_from(location.as_str()) {
        Ok(location) => (StatusCode::FOUND, [(LOCATION, location)]).into_response(),
        Err(_) => page::error("The redirection URI cannot be sent."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(uri: &str) -> bool {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", LOGIN_CLIENT).append_pair("redirect_uri", uri);
        redirect_uri(&Parameters::parse(&query.finish())).is_ok()
    }

    #[test]
    fn only_the_loopback_redirect_is_allowed() {
        assert!(allowed("http://localhost:3000"));
        assert!(allowed("http://localhost:49152"));
        for uri in [
            "",
            "http://localhost",
            "http://localhost:0",
            "http://localhost:3000/",
            "http://localhost:3000@evil.example",
            "http://localhost:3000.evil.example",
            "https://localhost:3000",
            "http://127.0.0.1:3000",
            "http://localhost:70000",
            "http://localhost:+3000",
        ] {
            assert!(!allowed(uri), "{uri}");
        }
    }
}
