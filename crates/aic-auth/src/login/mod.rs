//! How an administrator logs in.

mod browser;
mod callback;
mod device;
mod open_browser;
mod page;

use std::fmt;
use std::time::{Duration, SystemTime};

use futures_util::future::{BoxFuture, FutureExt, ready};
use secrecy::SecretString;
use tokio::time::{Instant, timeout_at};
use url::Url;

pub use browser::BrowserLogin;
#[cfg(fuzzing)]
pub use callback::fuzzing;
pub use device::DeviceLogin;
pub use open_browser::{Openers, finds_browser, open_browser};
pub use page::MARK;

use crate::account::administrator;
use crate::error::showable;
use crate::oauth::IssuedToken;
use crate::{AuthError, ScopeSet, Transport};

/// How long the tenant has to say who has signed in, by id and by name.
const TIME_TO_NAME: Duration = Duration::from_secs(5);

/// One way of logging an administrator in.
pub trait Login: Send + Sync + fmt::Debug {
    /// Logs somebody in; `scopes` are all that any later exchange may ask for.
    ///
    /// Dropping the future ends the login and frees whatever it holds, such as a port.
    ///
    /// # Errors
    ///
    /// When the login is refused, not finished in time or cannot start.
    fn login(&self, scopes: ScopeSet) -> BoxFuture<'_, Result<LoginToken, AuthError>>;
}

/// The result of a login: the token that is exchanged for the tokens of calls.
#[derive(Debug, Clone)]
pub struct LoginToken {
    /// The token itself.
    pub secret: SecretString,
    /// When it stops being accepted.
    pub expires_at: SystemTime,
    /// The id of the administrator whose it is, where the tenant has told it.
    pub administrator: Option<String>,
    /// The name of that administrator, where [`Prompt::name`] has found it.
    pub name: Option<String>,
}

/// The page at which an administrator signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInPage {
    /// Its address: the tenant's, or one of this machine's that leads there and can be opened
    /// by one browser only.
    pub url: Url,
    /// The code that the page shows, to be compared, or asks for, to be typed in (RFC 8628,
    /// section 3.3). A login that comes back to this machine by itself has none.
    pub user_code: Option<String>,
    /// How long there is to do it.
    pub time_limit: Duration,
}

/// How the administrator is told what to do, and known. None of the methods may block.
pub trait Prompt: Send + Sync + fmt::Debug {
    /// A login has started, and waits for the administrator.
    fn sign_in(&self, page: &SignInPage);

    /// No browser has opened the page so far: where one was to be opened, nobody seems to see it.
    fn not_opened(&self) {}

    /// Finds out the name of the administrator with this id, by means of the login. A login is not
    /// held up for long by it.
    fn name<'a>(
        &'a self,
        _login: &'a SecretString,
        _administrator: &'a str,
    ) -> BoxFuture<'a, Option<String>> {
        ready(None).boxed()
    }

    /// The login has worked, and it is this administrator's, by the id, where that is known.
    fn signed_in(&self, _administrator: Option<&str>) {}

    /// The login has ended, well or not, and what [`Self::sign_in`] showed is of no more use.
    fn ended(&self) {}
}

/// Tells the prompt that the login has ended, however it ends.
struct ShownPrompt<'a>(&'a dyn Prompt);

impl<'a> ShownPrompt<'a> {
    fn new(prompt: &'a dyn Prompt, page: &SignInPage) -> Self {
        let seconds = page.time_limit.as_secs();
        tracing::info!(seconds, "the administrator is asked to sign in");
        prompt.sign_in(page);
        Self(prompt)
    }

    /// Tells that no browser has opened the page.
    fn not_opened(&self) {
        tracing::info!("no browser has opened the page to sign in at");
        self.0.not_opened();
    }

    /// Finds out who has signed in, and tells it.
    async fn signed_in(&self, transport: &Transport, issued: IssuedToken) -> LoginToken {
        let expires_at = issued.expires_at();
        // The login is good without a name, so it does not wait for one for long.
        let deadline = Instant::now() + TIME_TO_NAME;
        let asked = administrator(transport, &issued.secret);
        let administrator = match timeout_at(deadline, asked).await {
            Ok(Ok(id)) => Some(showable(&id, 200)),
            Ok(Err(error)) => {
                tracing::info!(why = %error.in_short(), "the administrator is not known");
                None
            }
            Err(_) => None,
        };
        let name = match &administrator {
            Some(id) => timeout_at(deadline, self.0.name(&issued.secret, id)).await.ok().flatten(),
            None => None,
        };
        tracing::info!("the administrator has signed in");
        self.0.signed_in(administrator.as_deref());
        LoginToken { secret: issued.secret, expires_at, administrator, name }
    }
}

impl Drop for ShownPrompt<'_> {
    fn drop(&mut self) {
        self.0.ended();
    }
}
