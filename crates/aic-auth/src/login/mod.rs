//! How an administrator logs in.

mod browser;
mod callback;
mod open_browser;
mod page;

use std::fmt;
use std::time::SystemTime;

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use url::Url;

pub use browser::BrowserLogin;
pub use open_browser::OpenBrowser;

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

/// How the administrator is told what to do. None of the methods may block.
pub trait Prompt: Send + Sync + fmt::Debug {
    /// A login has started, and waits for the administrator at `url`.
    fn sign_in(&self, url: &Url);

    /// The login has ended, well or not, and what [`Self::sign_in`] showed is of no more use.
    fn ended(&self) {}
}
