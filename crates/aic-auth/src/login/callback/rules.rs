use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, StatusCode};
use oauth2::{AuthorizationCode, CsrfToken};
use subtle::ConstantTimeEq;
use url::{Url, form_urlencoded};

use super::Outcome;
use super::entrance::Entrance;
use crate::login::page::{self, Page};
use crate::{OAuthRefusal, Tenant};

/// The rules that tell the tenant's answer from anything else that may reach the port.
pub(super) struct Rules {
    pub(super) state: CsrfToken,
    pub(super) tenant: Tenant,
    pub(super) port: u16,
    pub(super) entrance: Entrance,
    /// The program's name on the pages.
    pub(super) program: String,
}

impl Rules {
    /// Tells whether a request is the tenant's answer to this login, or something that gets this
    /// page and changes nothing.
    pub(super) fn judge(
        &self,
        method: &Method,
        uri: &hyper::Uri,
        headers: &HeaderMap,
    ) -> Result<Outcome, Page> {
        let enters = self.entrance.is_at(uri.path());
        if !enters && uri.path() != "/" {
            return Err(page::stray(StatusCode::NOT_FOUND, "There is nothing here."));
        }
        if method != Method::GET {
            return Err(page::stray(StatusCode::METHOD_NOT_ALLOWED, "Only GET is answered here."));
        }
        let elsewhere = || page::stray(StatusCode::FORBIDDEN, "This request came from elsewhere.");
        if !self.is_this_host(headers) {
            return Err(elsewhere());
        }
        if enters {
            return Err(self.entrance.open(headers));
        }
        if !self.comes_from_tenant(headers) {
            return Err(elsewhere());
        }
        let answer = Parameters::parse(uri.query().unwrap_or_default())
            .ok_or_else(|| page::stray(StatusCode::BAD_REQUEST, "This is no answer to a login."))?;
        let Some(state) = answer.state else {
            return Err(page::stray(StatusCode::BAD_REQUEST, "This is no answer to a login."));
        };
        if !bool::from(state.as_bytes().ct_eq(self.state.secret().as_bytes())) {
            return Err(page::expired());
        }
        if !self.entrance.admits(headers) {
            tracing::warn!("another browser answered for the one that signs in, and was not heard");
            return Err(page::other_browser());
        }
        match (answer.code, answer.error) {
            (Some(code), None) if !code.is_empty() => Ok(Ok(AuthorizationCode::new(code))),
            (None, Some(error)) => {
                Ok(Err(OAuthRefusal::new(&error, answer.error_description.as_deref())))
            }
            _ => Err(page::stray(StatusCode::BAD_REQUEST, "This is no answer to a login.")),
        }
    }

    /// A name that resolves to loopback only for this one request (DNS rebinding) is not ours.
    fn is_this_host(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).map(HeaderValue::as_bytes).unwrap_or_default();
        ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|name| format!("{name}:{}", self.port).as_bytes() == host)
    }

    /// A redirect from the tenant carries no origin, the tenant's, or our own; a page of anybody
    /// else that sends its visitors here gives itself away.
    fn comes_from_tenant(&self, headers: &HeaderMap) -> bool {
        [header::ORIGIN, header::REFERER].iter().all(|name| {
            headers.get_all(name).iter().all(|value| {
                let url = value.to_str().ok().and_then(|value| Url::parse(value).ok());
                url.is_some_and(|url| url.origin() == self.tenant.url().origin())
            })
        })
    }
}

/// The parameters of an authorization response (RFC 6749, section 4.1.2).
#[derive(Default)]
struct Parameters {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Parameters {
    /// `None` where a parameter comes twice, which RFC 6749, section 3.1, forbids.
    fn parse(query: &str) -> Option<Self> {
        let mut parameters = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match &*name {
                "state" => &mut parameters.state,
                "code" => &mut parameters.code,
                "error" => &mut parameters.error,
                "error_description" => &mut parameters.error_description,
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        Some(parameters)
    }
}

/// A door for the fuzz targets.
#[cfg(fuzzing)]
pub mod fuzzing {
    use std::time::Duration;

    use super::{CsrfToken, Entrance, HeaderMap, Method, Rules, Tenant, header};

    /// The meaning of a request for a login.
    #[derive(Debug, PartialEq, Eq)]
    pub enum Verdict {
        /// The tenant's answer, with its authorization code.
        Code(String),
        /// The tenant's refusal, as it is told.
        Refused(String),
        /// No answer to this login.
        Stray,
    }

    /// Judges a request as the listener does that waits on `port` for the login of `state`, where
    /// the browser that has opened the login's page sends it.
    pub fn judge(
        tenant: &Tenant,
        port: u16,
        state: &str,
        method: &Method,
        uri: &hyper::Uri,
        headers: &HeaderMap,
    ) -> Verdict {
        let page = tenant.endpoint("/am/oauth2/authorize");
        let Ok(entrance) = Entrance::new(port, &page, Duration::from_mins(5)) else {
            return Verdict::Stray;
        };
        let mut headers = headers.clone();
        headers.insert(header::COOKIE, entrance.cookie());
        let state = CsrfToken::new(state.to_owned());
        let (tenant, program) = (tenant.clone(), String::new());
        let rules = Rules { state, tenant, port, entrance, program };
        match rules.judge(method, uri, &headers) {
            Ok(Ok(code)) => Verdict::Code(code.into_secret()),
            Ok(Err(refusal)) => Verdict::Refused(refusal.to_string()),
            Err(_) => Verdict::Stray,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn rules() -> Rules {
        let page = "https://id.example.com/am/oauth2/authorize?state=the-state".parse().unwrap();
        Rules {
            state: CsrfToken::new("the-state".to_owned()),
            tenant: "https://id.example.com".parse().unwrap(),
            port: 3000,
            entrance: Entrance::new(3000, &page, Duration::from_mins(5)).unwrap(),
            program: "this program".to_owned(),
        }
    }

    /// The verdict on a request with these headers, and only these.
    fn judged(
        rules: &Rules,
        (method, target): (&str, &str),
        headers: &[(&str, &str)],
    ) -> Result<Outcome, Page> {
        let mut map = HeaderMap::new();
        map.insert(header::HOST, HeaderValue::from_static("localhost:3000"));
        for (name, value) in headers {
            let name: header::HeaderName = name.parse().unwrap();
            map.insert(name, value.parse().unwrap());
        }
        rules.judge(&method.parse().unwrap(), &target.parse().unwrap(), &map)
    }

    /// The verdict on a request of the browser that has opened the login.
    fn judge(method: &str, target: &str, headers: &[(&str, &str)]) -> Result<Outcome, StatusCode> {
        let rules = rules();
        let cookie = rules.entrance.cookie();
        let headers = [&[("cookie", cookie.to_str().unwrap())], headers].concat();
        judged(&rules, (method, target), &headers).map_err(|page| page.status)
    }

    fn code(target: &str, headers: &[(&str, &str)]) -> Option<String> {
        judge("GET", target, headers).ok()?.ok().map(|code| code.secret().clone())
    }

    #[test]
    fn the_right_state_wins_the_code() {
        let target = "/?code=c%2Bd&iss=x&state=the-state&client_id=y";
        assert_eq!(code(target, &[]).as_deref(), Some("c+d"));
        assert_eq!(
            code(target, &[("referer", "https://id.example.com/am/XUI/?x")]).as_deref(),
            Some("c+d")
        );
    }

    #[test]
    fn an_error_with_the_right_state_ends_the_login() {
        let outcome =
            judge("GET", "/?error=access_denied&error_description=no&state=the-state", &[]);
        assert_eq!(outcome.unwrap().unwrap_err().to_string(), "access_denied (no)");
    }

    #[test]
    fn anything_else_is_stray() {
        let right = "/?code=c&state=the-state";
        let stray = |method, target, headers| judge(method, target, headers).unwrap_err().as_u16();
        assert_eq!(stray("GET", "/favicon.ico", &[]), 404);
        assert_eq!(stray("GET", "/callback?code=c&state=the-state", &[]), 404);
        assert_eq!(stray("POST", right, &[]), 405);
        assert_eq!(stray("HEAD", right, &[]), 405);
        assert_eq!(stray("GET", "/", &[]), 400);
        assert_eq!(stray("GET", "/?code=c", &[]), 400);
        assert_eq!(stray("GET", "/?code=c&state=", &[]), 400);
        assert_eq!(stray("GET", "/?code=c&state=the-stat", &[]), 400);
        assert_eq!(stray("GET", "/?code=c&state=the-statf", &[]), 400);
        assert_eq!(stray("GET", "/?error=access_denied", &[]), 400);
        assert_eq!(stray("GET", "/?code=&state=the-state", &[]), 400);
        assert_eq!(stray("GET", "/?code=c&error=e&state=the-state", &[]), 400);
        assert_eq!(stray("GET", "/?code=c&state=the-state&state=the-state", &[]), 400);
        assert_eq!(stray("GET", right, &[("origin", "https://evil.example")]), 403);
        assert_eq!(stray("GET", right, &[("origin", "null")]), 403);
        assert_eq!(
            stray("GET", right, &[("referer", "https://id.example.com.evil.example/")]),
            403
        );
        assert_eq!(stray("GET", right, &[("host", "evil.example:3000")]), 403);
        assert_eq!(stray("GET", right, &[("host", "localhost:3001")]), 403);
    }

    fn header_of(page: &Page, name: &header::HeaderName) -> String {
        let found = page.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[test]
    fn the_first_browser_is_sent_on_with_a_cookie_and_no_other() {
        let rules = rules();
        let path = rules.entrance.address().path().to_owned();
        let enter = |headers: &[(&str, &str)]| judged(&rules, ("GET", &path), headers).unwrap_err();
        // None of these uses the address up.
        for (name, value) in [
            ("sec-purpose", "prefetch;prerender"),
            ("sec-purpose", "prerender"),
            ("purpose", "prefetch"),
            ("sec-fetch-mode", "no-cors"),
            ("host", "evil.example:3000"),
        ] {
            assert_eq!(enter(&[(name, value)]).status, 403, "{name}");
        }
        let other = judged(&rules, ("GET", &path[..path.len() - 1]), &[]).unwrap_err();
        assert_eq!(other.status, 404);
        assert_eq!(judged(&rules, ("HEAD", &path), &[]).unwrap_err().status, 405);

        let first = enter(&[("sec-fetch-mode", "navigate"), ("purpose", "something else")]);
        assert_eq!(first.status, 303);
        let page = header_of(&first, &header::LOCATION);
        assert_eq!(page, "https://id.example.com/am/oauth2/authorize?state=the-state");
        let cookie = header_of(&first, &header::SET_COOKIE);
        let (pair, attributes) = cookie.split_once(';').unwrap();
        assert_eq!(attributes, " Path=/; Max-Age=300; HttpOnly; SameSite=Lax");

        assert_eq!(enter(&[]).status, 403, "somebody else");
        assert_eq!(enter(&[("cookie", "aic-auth-login-3000=x")]).status, 403);
        let again = enter(&[("cookie", &format!("a=b; {pair}; c=d"))]);
        assert_eq!(again.status, 303, "the same browser loads it again");
        assert_eq!(header_of(&again, &header::SET_COOKIE), cookie);
    }

    #[test]
    fn only_the_browser_that_opened_the_login_can_finish_or_end_it() {
        let rules = rules();
        let cookie = rules.entrance.cookie();
        let right = cookie.to_str().unwrap();
        let (name, value) = right.split_once('=').unwrap();
        for target in ["/?code=c&state=the-state", "/?error=access_denied&state=the-state"] {
            for wrong in [
                "",
                name,
                &format!("{name}="),
                &format!("x{right}"),
                &right[..right.len() - 1],
                &format!("{right}x"),
                &format!("other={value}"),
                value,
            ] {
                let page = judged(&rules, ("GET", target), &[("cookie", wrong)]).unwrap_err();
                assert_eq!(page.status, 403, "{wrong}");
            }
            assert!(judged(&rules, ("GET", target), &[]).is_err());
            assert!(judged(&rules, ("GET", target), &[("cookie", right)]).is_ok());
        }
    }
}
