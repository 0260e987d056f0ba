use std::mem;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{self, HeaderMap, HeaderValue};
use oauth2::CsrfToken;
use subtle::ConstantTimeEq;
use tokio::sync::watch;
use url::Url;

use crate::AuthError;
use crate::login::page::{self, Page};

/// The short address that a login starts at, and the one browser that has opened it.
///
/// The tenant's page has the `state` of the login in its address. A browser is given its page on
/// the command line, which every user of a machine can read, so it is given this address instead
/// and gets the other one in an answer, together with a cookie that it has to bring back.
pub(super) struct Entrance {
    address: Url,
    /// The tenant's page, which has secrets of the login in its query.
    tenants_page: HeaderValue,
    /// Cookies do not tell ports apart, so the name has to.
    cookie_name: String,
    cookie: CsrfToken,
    max_age: Duration,
    is_opened: watch::Sender<bool>,
}

impl Entrance {
    /// An entrance on `port` that leads to the tenant's page for `max_age`.
    pub(super) fn new(port: u16, tenants_page: &Url, max_age: Duration) -> Result<Self, AuthError> {
        let once = CsrfToken::new_random();
        let address = format!("http://localhost:{port}/login/{}", once.secret());
        let listen = |reason: String| AuthError::Listen { reason };
        let address = Url::parse(&address).map_err(|error| listen(error.to_string()))?;
        let mut tenants_page = HeaderValue::from_str(tenants_page.as_str())
            .map_err(|error| listen(error.to_string()))?;
        tenants_page.set_sensitive(true);
        Ok(Self {
            address,
            tenants_page,
            cookie_name: format!("aic-auth-login-{port}"),
            cookie: CsrfToken::new_random(),
            max_age,
            is_opened: watch::Sender::new(false),
        })
    }

    /// The address for the browser to open.
    pub(super) fn address(&self) -> &Url {
        &self.address
    }

    /// Whether a request for this path is one for the entrance.
    pub(super) fn is_at(&self, path: &str) -> bool {
        path.as_bytes().ct_eq(self.address.path().as_bytes()).into()
    }

    /// Sends the first browser that comes on to the tenant, and that one only.
    pub(super) fn open(&self, headers: &HeaderMap) -> Page {
        if !is_visit(headers) {
            return page::stray(StatusCode::FORBIDDEN, "This address is for a person to open.");
        }
        let is_first = || self.is_opened.send_if_modified(|opened| !mem::replace(opened, true));
        if !self.admits(headers) && !is_first() {
            tracing::warn!("a second browser asked for the page to sign in at, and did not get it");
            return page::other_browser();
        }
        let cookie = self.set_cookie(self.cookie.secret(), self.max_age);
        page::moved(self.tenants_page.clone(), cookie)
    }

    /// Resolves when a browser has opened the address.
    pub(super) fn opened(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut is_opened = self.is_opened.subscribe();
        async move {
            let _ = is_opened.wait_for(|opened| *opened).await;
        }
    }

    /// Whether a request comes from the browser that has opened the address.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(header::COOKIE).iter();
        cookies
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
            .filter_map(|pair| pair.trim_ascii().strip_prefix(self.cookie_name.as_bytes()))
            .filter_map(|rest| rest.strip_prefix(b"="))
            .any(|value| value.ct_eq(self.cookie.secret().as_bytes()).into())
    }

    /// Has the browser forget its cookie.
    pub(super) fn forget(&self) -> HeaderValue {
        self.set_cookie("", Duration::ZERO)
    }

    /// The path is the registered one of the redirect URI, which no path of ours is below.
    fn set_cookie(&self, value: &str, max_age: Duration) -> HeaderValue {
        let (name, seconds) = (&self.cookie_name, max_age.as_secs());
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax");
        let mut cookie =
            HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""));
        cookie.set_sensitive(true);
        cookie
    }

    /// The cookie as the browser brings it back.
    #[cfg(any(test, fuzzing))]
    pub(super) fn cookie(&self) -> HeaderValue {
        let text = format!("{}={}", self.cookie_name, self.cookie.secret());
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// Whether somebody wants to see the page: a browser that only looks ahead, and a page that loads
/// the address as a part of itself (Fetch Metadata), must not use it up.
fn is_visit(headers: &HeaderMap) -> bool {
    let looks_ahead = |name| {
        headers.get_all(name).iter().any(|value| {
            let value = value.as_bytes().to_ascii_lowercase();
            value.windows(8).any(|part| part == b"prefetch" || part == b"prerende")
        })
    };
    let mode = headers.get("sec-fetch-mode");
    !looks_ahead("sec-purpose")
        && !looks_ahead("purpose")
        && mode.is_none_or(|mode| mode.as_bytes() == b"navigate")
}
