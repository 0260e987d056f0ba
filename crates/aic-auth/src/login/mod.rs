//! How an administrator logs in.

mod browser;
mod callback;
mod device;
mod open_browser;
mod page;

use std::fmt;
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use url::Url;

pub use browser::BrowserLogin;
#[cfg(fuzzing)]
pub use callback::fuzzing;
pub use device::DeviceLogin;
pub use open_browser::{finds_browser, open_browser};

use crate::oauth::IssuedToken;
use crate::{AuthError, ScopeSet};

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

/// What a login gives: the token that is exchanged for those that calls use.
#[derive(Debug, Clone)]
pub struct LoginToken {
    /// The token itself.
    pub secret: SecretString,
    /// When it stops being accepted.
    pub expires_at: SystemTime,
}

impl From<IssuedToken> for LoginToken {
    fn from(issued: IssuedToken) -> Self {
        let expires_at = issued.expires_at();
        Self { secret: issued.secret, expires_at }
    }
}

/// What an administrator has to do to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The tenant's page to open.
    pub url: Url,
    /// The code that the page shows, to be compared, or asks for, to be typed in (RFC 8628,
    /// section 3.3). A login that comes back to this machine by itself has none.
    pub user_code: Option<String>,
    /// How long there is to do it.
    pub time_limit: Duration,
}

/// How the administrator is told what to do. None of the methods may block.
pub trait Prompt: Send + Sync + fmt::Debug {
    /// A login has started, and waits for the administrator.
    fn sign_in(&self, invitation: &Invitation);

    /// The login has ended, well or not, and what [`Self::sign_in`] showed is of no more use.
    fn ended(&self) {}
}

/// Tells the prompt that the login has ended, however it ends.
struct Told<'a>(&'a dyn Prompt);

impl<'a> Told<'a> {
    fn new(prompt: &'a dyn Prompt, invitation: &Invitation) -> Self {
        prompt.sign_in(invitation);
        Self(prompt)
    }
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        self.0.ended();
    }
}
