use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::{sleep, timeout};
use url::Url;

use super::{Login, LoginToken, Prompt, ShownPrompt, SignInPage};
use crate::error::showable;
use crate::oauth::{IssuedToken, LOGIN_CLIENT, TokenFailure, request, request_token};
use crate::{AuthError, OAuthRefusal, ScopeSet, Tenant, Transport};

/// How much less often to ask after `slow_down` (RFC 8628, section 3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);
/// The longest pause between two questions while the tenant cannot be reached.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// No tenant is asked more often than this, whatever it allows.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// No login is waited for longer than this, whatever the tenant allows.
const LONGEST_LOGIN: Duration = Duration::from_mins(30);

/// Login on another device: the administrator opens a page of the tenant wherever there is a
/// browser, and this machine asks the tenant until that is done (RFC 8628). The request is bound
/// to this process by PKCE (RFC 7636), which AM takes with this grant too.
pub struct DeviceLogin {
    transport: Arc<Transport>,
    prompt: Arc<dyn Prompt>,
}

impl DeviceLogin {
    /// A login at the transport's tenant that tells the administrator what to do through `prompt`.
    pub fn new(transport: Arc<Transport>, prompt: Arc<dyn Prompt>) -> Self {
        Self { transport, prompt }
    }

    async fn run(&self, scopes: ScopeSet) -> Result<LoginToken, AuthError> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let authorization = self.start(scopes, &challenge).await?;
        let page = authorization.sign_in_page(self.transport.tenant())?;
        let time_limit = page.time_limit;
        let shown = ShownPrompt::new(&*self.prompt, &page);
        // The tenant ends the login in time by itself; this is for one that no longer answers.
        let issued = timeout(time_limit, self.poll(&authorization, &verifier, time_limit))
            .await
            .unwrap_or_else(|_| Err(timed_out(time_limit)))?;
        Ok(shown.signed_in(&self.transport, issued).await)
    }

    /// The device authorization request (RFC 8628, section 3.1).
    async fn start(
        &self,
        scopes: ScopeSet,
        challenge: &PkceCodeChallenge,
    ) -> Result<DeviceAuthorization, AuthError> {
        const DURING: &str = "starting the login";
        let scope = scopes.to_string();
        let form = [
            ("client_id", LOGIN_CLIENT),
            ("scope", &scope),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", challenge.method().as_str()),
        ];
        let path = "/am/oauth2/device/code";
        let answer = request(&self.transport, path, &form, DURING, 1).await;
        let authorization: DeviceAuthorization = answer.map_err(refused)?.parse()?;
        let (interval, lifetime) = (authorization.interval().as_secs(), authorization.expires_in);
        tracing::info!(interval, lifetime, "the tenant has given a code to sign in with");
        Ok(authorization)
    }

    /// Asks for the token until there is one or none will come (RFC 8628, sections 3.4 and 3.5).
    async fn poll(
        &self,
        authorization: &DeviceAuthorization,
        verifier: &PkceCodeVerifier,
        time_limit: Duration,
    ) -> Result<IssuedToken, AuthError> {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", authorization.device_code.expose_secret()),
            ("code_verifier", verifier.secret().as_str()),
            ("client_id", LOGIN_CLIENT),
        ];
        let mut pace = Pace::new(authorization.interval());
        let mut attempt = 0;
        loop {
            attempt += 1;
            let during = "waiting for the sign-in";
            let asked = request_token(&self.transport, &form, during, attempt).await;
            let failure = match asked {
                Ok(token) => return Ok(token),
                Err(failure) => failure,
            };
            let pause = pace.after(failure, time_limit)?;
            let wait_ms = pause.as_secs() * 1000;
            tracing::trace!(wait_ms, "nobody has signed in with the code yet");
            sleep(pause).await;
        }
    }
}

/// The pauses between the questions for the token.
#[derive(Debug)]
struct Pace {
    /// The pause that the tenant asks for.
    interval: Duration,
    /// The last pause.
    pause: Duration,
}

impl Pace {
    fn new(interval: Duration) -> Self {
        Self { interval, pause: interval }
    }

    /// The pause after a question that brought no token.
    ///
    /// # Errors
    ///
    /// [`AuthError`], where none will come.
    fn after(
        &mut self,
        failure: TokenFailure,
        time_limit: Duration,
    ) -> Result<Duration, AuthError> {
        match failure {
            TokenFailure::Refused(refusal) => {
                match refusal.error.as_str() {
                    "authorization_pending" => {}
                    "slow_down" => self.interval += SLOW_DOWN,
                    "expired_token" => return Err(timed_out(time_limit)),
                    _ => return Err(AuthError::LoginRefused(refusal)),
                }
                self.pause = self.interval;
            }
            // The administrator may be signing in meanwhile, so a tenant that is away for a
            // while is asked again, less and less often.
            TokenFailure::Other(error) if passes(&error) => {
                self.pause = (self.pause * 2).min(LONGEST_PAUSE).max(self.interval);
            }
            TokenFailure::Other(error) => return Err(error),
        }
        Ok(self.pause)
    }
}

fn timed_out(time_limit: Duration) -> AuthError {
    AuthError::LoginTimedOut { seconds: time_limit.as_secs() }
}

fn refused(failure: TokenFailure) -> AuthError {
    match failure {
        TokenFailure::Refused(refusal) => AuthError::LoginRefused(refusal),
        TokenFailure::Other(error) => error,
    }
}

/// Whether the same question may be answered a little later.
fn passes(error: &AuthError) -> bool {
    match error {
        AuthError::Unreachable { .. }
        | AuthError::Timeout { .. }
        | AuthError::Unavailable { .. } => true,
        AuthError::NotOAuth { status, .. } => *status >= 500,
        _ => false,
    }
}

/// The tenant's answer to the device authorization request (RFC 8628, section 3.2). AM has sent
/// the address as `verification_url` since before the RFC, and sends both names now.
#[derive(Deserialize)]
struct DeviceAuthorization {
    device_code: SecretString,
    user_code: String,
    verification_uri: Option<String>,
    verification_url: Option<String>,
    verification_uri_complete: Option<String>,
    expires_in: u64,
    interval: Option<u64>,
}

impl DeviceAuthorization {
    fn interval(&self) -> Duration {
        Duration::from_secs(self.interval.unwrap_or(5)).clamp(SHORTEST_PAUSE, LONGEST_LOGIN)
    }

    /// The page and the code for the administrator. Nobody is to sign in at a page that is not the
    /// tenant's kind of page, in the open or on no host at all.
    fn sign_in_page(&self, tenant: &Tenant) -> Result<SignInPage, AuthError> {
        let page =
            [&self.verification_uri_complete, &self.verification_uri, &self.verification_url]
                .into_iter()
                .flatten()
                .filter_map(|text| Url::parse(text).ok())
                .find(|url| {
                    let secure = url.scheme() == "https";
                    url.has_host() && (secure || tenant.is_loopback() && url.scheme() == "http")
                });
        let page = page.ok_or_else(|| {
            AuthError::LoginRefused(OAuthRefusal::new(
                "invalid_response",
                Some("the tenant named no page to sign in at"),
            ))
        })?;
        Ok(SignInPage {
            url: page,
            user_code: Some(showable(&self.user_code, 40)),
            time_limit: Duration::from_secs(self.expires_in).min(LONGEST_LOGIN),
        })
    }
}

impl Login for DeviceLogin {
    fn login(&self, scopes: ScopeSet) -> BoxFuture<'_, Result<LoginToken, AuthError>> {
        self.run(scopes).boxed()
    }
}

impl fmt::Debug for DeviceLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceLogin")
            .field("tenant", self.transport.tenant())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
