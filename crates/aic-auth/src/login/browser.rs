use std::convert::Infallible;
use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::future::{BoxFuture, FutureExt};
use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    basic::BasicClient,
};
use tokio::time::timeout;
use url::Url;

use super::callback::{Answer, CallbackListener, LoginStart};
use super::{Login, LoginToken, Prompt, ShownPrompt, SignInPage, page};
use crate::oauth::{IssuedToken, LOGIN_CLIENT, TokenFailure, request_token};
use crate::{AuthError, ScopeSet, Transport};

/// The port of the redirect URI that is registered for the login client on every tenant.
pub(super) const REGISTERED_PORT: u16 = 3000;
/// How long an administrator may take to sign in.
const TIME_TO_SIGN_IN: Duration = Duration::from_mins(5);
/// How long a browser may take to start and to open the page.
const TIME_TO_OPEN: Duration = Duration::from_secs(10);

/// Login with the administrator's browser: authorization code grant with PKCE, the code coming
/// back to a loopback address of this machine (RFC 6749 section 4.1, RFC 7636, RFC 8252).
pub struct BrowserLogin {
    transport: Arc<Transport>,
    prompt: Arc<dyn Prompt>,
    port: u16,
    time_limit: Duration,
    program: String,
}

impl BrowserLogin {
    /// A login at the transport's tenant that tells the administrator what to do through `prompt`.
    pub fn new(transport: Arc<Transport>, prompt: Arc<dyn Prompt>) -> Self {
        Self {
            transport,
            prompt,
            port: REGISTERED_PORT,
            time_limit: TIME_TO_SIGN_IN,
            program: "This program".to_owned(),
        }
    }

    /// The port that the login comes back to, 0 for any free one. Real tenants know port 3000
    /// only, so this is heeded for loopback tenants and for no other.
    pub fn callback_port(mut self, port: u16) -> Self {
        if self.transport.tenant().is_loopback() {
            self.port = port;
        }
        self
    }

    /// The program's name on the pages.
    pub fn program(mut self, name: impl Into<String>) -> Self {
        self.program = name.into();
        self
    }

    async fn run(&self, scopes: ScopeSet) -> Result<LoginToken, AuthError> {
        let listener = CallbackListener::bind(self.port)?;
        let redirect_uri = listener.redirect_uri();
        let (url, state, verifier) = self.authorization_request(scopes, &redirect_uri)?;
        let tenant = self.transport.tenant();
        let start = LoginStart { program: &self.program, tenant, page: &url };
        let expected = listener.expect(state, start, self.time_limit)?;
        let page = SignInPage {
            url: expected.address().clone(),
            user_code: None,
            time_limit: self.time_limit,
        };
        let opened = expected.opened();
        let shown = ShownPrompt::new(&*self.prompt, &page);
        // A program that opens browsers may say that it has, and none is there to be seen.
        let not_opened = async {
            if timeout(TIME_TO_OPEN, opened).await.is_err() {
                shown.not_opened();
            }
            pending::<Infallible>().await
        };
        // Only the person is under the time limit: once the answer has come, what follows has
        // limits of its own.
        let answer = tokio::select! {
            answer = timeout(self.time_limit, listener.answer(expected)) => answer,
            never = not_opened => match never {},
        };
        let Answer { outcome, browser } =
            answer.map_err(|_| AuthError::LoginTimedOut { seconds: self.time_limit.as_secs() })?;
        let result = match outcome {
            Ok(code) => {
                tracing::info!("the browser has come back with a code");
                self.redeem(&code, &redirect_uri, &verifier).await
            }
            Err(refusal) => {
                tracing::info!("the browser has come back with a refusal");
                Err(AuthError::LoginRefused(refusal))
            }
        };
        let result = match result {
            Ok(issued) => Ok(shown.signed_in(&self.transport, issued).await),
            Err(error) => Err(error),
        };
        browser
            .show(match &result {
                Ok(login) => page::signed_in(&self.program, tenant, login, SystemTime::now()),
                Err(error) => page::failed(error),
            })
            .await;
        result
    }

    fn authorization_request(
        &self,
        scopes: ScopeSet,
        redirect_uri: &str,
    ) -> Result<(Url, CsrfToken, PkceCodeVerifier), AuthError> {
        let listen = |error: url::ParseError| AuthError::Listen { reason: error.to_string() };
        let page = self.transport.tenant().endpoint("/am/oauth2/authorize");
        let client = BasicClient::new(ClientId::new(LOGIN_CLIENT.to_owned()))
            .set_auth_uri(AuthUrl::from_url(page))
            .set_redirect_uri(RedirectUrl::new(redirect_uri.to_owned()).map_err(listen)?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(scopes.iter().map(|scope| oauth2::Scope::new(scope.to_string())))
            .set_pkce_challenge(challenge)
            .url();
        Ok((url, state, verifier))
    }

    async fn redeem(
        &self,
        code: &oauth2::AuthorizationCode,
        redirect_uri: &str,
        verifier: &PkceCodeVerifier,
    ) -> Result<IssuedToken, AuthError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.secret().as_str()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier.secret().as_str()),
            ("client_id", LOGIN_CLIENT),
        ];
        let during = "completing the login";
        let issued = request_token(&self.transport, &form, during, 1).await;
        let issued = issued.map_err(|failure| match failure {
            TokenFailure::Refused(refusal) => AuthError::CodeRefused(refusal),
            TokenFailure::Other(error) => error,
        })?;
        tracing::info!("the code of the login is redeemed");
        Ok(issued)
    }
}

impl Login for BrowserLogin {
    fn login(&self, scopes: ScopeSet) -> BoxFuture<'_, Result<LoginToken, AuthError>> {
        self.run(scopes).boxed()
    }
}

impl fmt::Debug for BrowserLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserLogin")
            .field("tenant", self.transport.tenant())
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;

    use super::*;
    use crate::{Scope, Tenant};

    #[derive(Debug, Default)]
    struct Told(Mutex<Vec<&'static str>>);

    impl Told {
        fn note(&self, event: &'static str) {
            self.0.lock().push(event);
        }
    }

    impl Prompt for Told {
        fn sign_in(&self, _: &SignInPage) {
            self.note("sign in");
        }

        fn not_opened(&self) {
            self.note("not opened");
        }

        fn ended(&self) {
            self.note("ended");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_no_browser_opens_is_told_once() {
        let tenant: Tenant = "http://127.0.0.1:9".parse().unwrap();
        let transport = Arc::<Transport>::from(tenant);
        let told = Arc::new(Told::default());
        let login = BrowserLogin::new(transport, told.clone()).callback_port(0);
        let error = login.login(ScopeSet::of(&[Scope::Idm])).await.unwrap_err();
        assert!(matches!(error, AuthError::LoginTimedOut { seconds: 300 }), "{error}");
        let told = told.0.lock();
        assert_eq!(*told, ["sign in", "not opened", "ended"]);
    }
}
