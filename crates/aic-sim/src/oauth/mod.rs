//! The root realm's OAuth 2.0 provider: the administrator's login and the exchange of that login
//! for tokens with just the scopes that a call needs.

mod authorize;
mod client;
mod device;
mod discovery;
mod error;
mod expiring;
mod identify;
mod login;
mod page;
mod pkce;
mod token;
mod userinfo;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};

use crate::bearer::{Administrator, Caller, Offer, Scopes};
use crate::clock::Clock;
use authorize::AuthorizationRequest;
use device::Devices;
use error::Refusal;
use expiring::Expiring;
use parking_lot::{Mutex, MutexGuard};

pub(crate) use identify::identify;

/// How long an authorization code can be redeemed.
const CODE_LIFETIME: Duration = Duration::from_mins(2);
/// How long a sign-in page waits for its answer.
///
/// Assumption: nothing is known of it. Waiting with the page open would settle it.
const PAGE_LIFETIME: Duration = Duration::from_mins(10);
/// How long a login lasts, as recorded.
const LOGIN_LIFETIME: Duration = Duration::from_secs(3_599);
/// How long an exchanged token lasts unless the tenant is told otherwise.
///
/// Assumption: as long as a service account's token, which is recorded. One exchange would settle it.
const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(899);

/// The mode of sign-in: it decides who answers the authorization request, and the page for a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignIn {
    /// The demo administrator signs in and consents at once.
    #[default]
    Automatic,
    /// A page asks who signs in and whether they consent.
    Interactive,
}

/// The OAuth 2.0 provider and what it has issued.
#[derive(Debug)]
pub(crate) struct OAuth {
    base_url: Arc<str>,
    sign_in: SignIn,
    clock: Arc<Clock>,
    issued: Mutex<Issued>,
    access_token_lifetime: Mutex<Duration>,
}

#[derive(Debug, Default)]
struct Issued {
    /// Sign-in pages that wait for an answer.
    pages: Expiring<AuthorizationRequest>,
    codes: Expiring<Code>,
    devices: Devices,
    logins: Expiring<Caller>,
    access_tokens: Expiring<Caller>,
    /// How the next sign-in is to be refused.
    refusal: Option<Refusal>,
    offer: Offer,
}

/// The request for which an authorization code stands.
#[derive(Debug)]
struct Code {
    request: AuthorizationRequest,
    administrator: &'static Administrator,
}

impl OAuth {
    pub(crate) fn new(base_url: Arc<str>, sign_in: SignIn, clock: Arc<Clock>) -> Self {
        let access_token_lifetime = Mutex::new(ACCESS_TOKEN_LIFETIME);
        Self { base_url, sign_in, clock, issued: Mutex::default(), access_token_lifetime }
    }

    pub(crate) fn revoke_logins(&self) {
        self.issued().logins.clear();
    }

    pub(crate) fn revoke_access_tokens(&self) {
        self.issued().access_tokens.clear();
    }

    pub(crate) fn set_access_token_lifetime(&self, lifetime: Duration) {
        *self.access_token_lifetime.lock() = lifetime;
    }

    /// Issues an access token for the first administrator; `None` where a scope is not offered.
    pub(crate) fn issue_access_token(&self, scopes: &str) -> Option<String> {
        let mut issued = self.issued();
        let scopes = Scopes::parse(scopes, issued.offer).ok()?;
        let caller = Caller::of_new_session(Administrator::first(), scopes);
        let lifetime = *self.access_token_lifetime.lock();
        Some(issued.access_tokens.issue(caller, self.now(), lifetime))
    }

    /// Logs the first administrator in; `None` where a scope is not offered.
    pub(crate) fn issue_login(&self, scopes: &str) -> Option<String> {
        let mut issued = self.issued();
        let scopes = Scopes::parse(scopes, issued.offer).ok()?;
        let caller = Caller::of_new_session(Administrator::first(), scopes);
        Some(issued.logins.issue(caller, self.now(), LOGIN_LIFETIME))
    }

    /// How many logins are valid.
    pub(crate) fn logins(&self) -> usize {
        self.issued().logins.count(self.now())
    }

    /// Gives the tokens of new logins this many characters.
    pub(crate) fn pad_login_tokens(&self, length: usize) {
        self.issued().logins.pad_secrets(length);
    }

    pub(crate) fn refuse_next_sign_in(&self, error: &str, description: &str) {
        self.issued().refusal = Some(Refusal::new(error, description));
    }

    /// Whether the clients may ask for the scope for restarts.
    pub(crate) fn offer_restart(&self, restart: bool) {
        self.issued().offer = Offer { restart };
    }

    fn offer(&self) -> Offer {
        self.issued().offer
    }

    fn issued(&self) -> MutexGuard<'_, Issued> {
        self.issued.lock()
    }

    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn issuer(&self) -> String {
        format!("{}/am/oauth2", self.base_url)
    }
}

/// The provider under `/am`, at its short path and at that of the root realm.
pub(crate) fn router(oauth: Arc<OAuth>) -> Router {
    let provider = Router::new()
        .route("/authorize", get(authorize::start).post(authorize::decide))
        .nest("/device", device::router())
        .route("/access_token", post(token::issue))
        .route("/token/revoke", post(token::revoke))
        .route("/userinfo", get(userinfo::show))
        .route("/.well-known/openid-configuration", get(discovery::show));
    Router::new()
        .nest("/oauth2", provider.clone())
        .nest("/oauth2/realms/root", provider)
        .with_state(oauth)
}
