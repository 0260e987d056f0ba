use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt, ready};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use crate::{AuthError, ScopeSet, Tenant, own_tokens};

/// How long before its end a token is renewed, at most. A request that is sent just before that
/// must still find it valid when it arrives.
const LONGEST_MARGIN: Duration = Duration::from_secs(5);

/// An OAuth 2.0 access token, bound to the tenant that issued it. It cannot be printed.
#[derive(Clone)]
pub struct AccessToken {
    tenant: Tenant,
    secret: SecretString,
    /// When it is to be renewed; `None` where nobody has said how long it lives.
    renew_at: Option<Instant>,
}

impl AccessToken {
    /// A token that `tenant` issued, of which nothing more is known: it is good until it is
    /// refused.
    pub fn new(tenant: Tenant, secret: SecretString) -> Self {
        own_tokens::note(secret.expose_secret());
        Self { tenant, secret, renew_at: None }
    }

    /// Sets how long the token lives (`expires_in`: RFC 6749, section 5.1), counted from
    /// `asked_at`, when it was asked for: the tenant cannot have issued it earlier.
    pub fn with_lifetime(self, lifetime: Duration, asked_at: Instant) -> Self {
        let margin = LONGEST_MARGIN.min(lifetime / 4);
        // What lives longer than a clock can count is never renewed for its age.
        Self { renew_at: asked_at.checked_add(lifetime.saturating_sub(margin)), ..self }
    }

    /// Whether it is time for another token: this one has expired or will in a moment, the last
    /// quarter of its life and 5 seconds at most.
    pub fn is_due_for_renewal(&self) -> bool {
        self.renew_at.is_some_and(|renew_at| renew_at <= Instant::now())
    }

    /// The tenant that issued it, and the only one that may see it.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The token itself, for the `Authorization` header of a request to [`Self::tenant`].
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// Where the tokens for API calls come from: `Session`, which logs an administrator in (feature
/// `login`), a [`StaticToken`], a [`TokenFn`], or a type of the application.
///
/// A source is asked once for each unit of work, with just the scopes that the work needs, and again
/// when the token is due for renewal or was refused. Tokens that are dear to get are kept by the source.
/// Several units of work ask at the same time.
///
/// A token is bound to the tenant that issued it ([`AccessToken::new`]), and a client of another tenant
/// does not send it.
///
/// ```
/// use std::time::Duration;
///
/// use aic_auth::{AccessToken, AuthError, BoxFuture, ScopeSet, Tenant, TokenSource};
/// use tokio::time::Instant;
///
/// /// The tokens that a vault gives out.
/// #[derive(Debug)]
/// struct Vault {
///     tenant: Tenant,
/// }
///
/// impl Vault {
///     /// A token, and for how many seconds it is valid.
///     async fn fetch(&self, scopes: String) -> std::io::Result<(String, u64)> {
///         Ok((format!("a token with {scopes}"), 900))
///     }
/// }
///
/// impl TokenSource for Vault {
///     fn token(&self, scopes: ScopeSet) -> BoxFuture<'_, Result<AccessToken, AuthError>> {
///         Box::pin(async move {
///             let asked_at = Instant::now();
///             let fetched = self.fetch(scopes.to_string()).await;
///             let (token, seconds) = fetched.map_err(|error| AuthError::no_token(&error))?;
///             let token = AccessToken::new(self.tenant.clone(), token.into());
///             Ok(token.with_lifetime(Duration::from_secs(seconds), asked_at))
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let vault = Vault { tenant: "openam-example.forgeblocks.com".parse()? };
/// let token = vault.token(ScopeSet::of(&[aic_auth::Scope::Idm])).await?;
/// assert_eq!(token.expose(), "a token with fr:idm:*");
/// # Ok(())
/// # }
/// ```
pub trait TokenSource: Send + Sync + fmt::Debug {
    /// A token that carries `scopes`, for one unit of work. Work that outlives it
    /// ([`AccessToken::is_due_for_renewal`]) asks again.
    ///
    /// # Errors
    ///
    /// When nobody could be logged in, or the tenant gives out no such token. A source of the
    /// application has [`AuthError::no_token`] for that.
    fn token(&self, scopes: ScopeSet) -> BoxFuture<'_, Result<AccessToken, AuthError>>;

    /// Whether asking again could give another token than the one before; by default it could.
    fn renewable(&self) -> bool {
        true
    }
}

impl<S: TokenSource + ?Sized> TokenSource for Arc<S> {
    fn token(&self, scopes: ScopeSet) -> BoxFuture<'_, Result<AccessToken, AuthError>> {
        (**self).token(scopes)
    }

    fn renewable(&self) -> bool {
        (**self).renewable()
    }
}

/// A token from elsewhere, used as it is for every call, whatever its scopes are.
#[derive(Debug, Clone)]
pub struct StaticToken(AccessToken);

impl StaticToken {
    /// Uses `token` for every call.
    pub fn new(token: AccessToken) -> Self {
        Self(token)
    }
}

impl TokenSource for StaticToken {
    fn token(&self, _: ScopeSet) -> BoxFuture<'_, Result<AccessToken, AuthError>> {
        ready(Ok(self.0.clone())).boxed()
    }

    fn renewable(&self) -> bool {
        false
    }
}

/// A function that gives out tokens: a [`TokenSource`] without a type of its own.
///
/// ```
/// use aic_auth::{AccessToken, Tenant, TokenFn, TokenSource};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let tenant: Tenant = "openam-example.forgeblocks.com".parse()?;
/// let source = TokenFn::new(move |scopes| {
///     let token = AccessToken::new(tenant.clone(), format!("a token with {scopes}").into());
///     async { Ok(token) }
/// });
/// let token = source.token(aic_auth::ScopeSet::EMPTY).await?;
/// assert_eq!(token.expose(), "a token with ");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TokenFn<F>(F);

impl<F, T> TokenFn<F>
where
    F: Fn(ScopeSet) -> T + Send + Sync,
    T: Future<Output = Result<AccessToken, AuthError>> + Send + 'static,
{
    /// Asks `function` for every token.
    pub fn new(function: F) -> Self {
        Self(function)
    }
}

impl<F, T> TokenSource for TokenFn<F>
where
    F: Fn(ScopeSet) -> T + Send + Sync,
    T: Future<Output = Result<AccessToken, AuthError>> + Send + 'static,
{
    fn token(&self, scopes: ScopeSet) -> BoxFuture<'_, Result<AccessToken, AuthError>> {
        (self.0)(scopes).boxed()
    }
}

impl<F> fmt::Debug for TokenFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenFn")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_show_itself() {
        let tenant: Tenant = "id.example.com".parse().unwrap();
        let token = StaticToken::new(AccessToken::new(tenant, "canary".to_owned().into()));
        assert!(!format!("{token:?}").contains("canary"));
    }

    fn token() -> AccessToken {
        AccessToken::new("id.example.com".parse().unwrap(), "secret".to_owned().into())
    }

    /// After how many milliseconds a token that lives for `seconds` is due.
    async fn due_after(seconds: u64) -> u64 {
        let token = token().with_lifetime(Duration::from_secs(seconds), Instant::now());
        let mut passed = 0;
        while !token.is_due_for_renewal() {
            tokio::time::advance(Duration::from_millis(50)).await;
            passed += 50;
        }
        passed
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_due_a_little_before_its_end() {
        for (lifetime, due) in [(0, 0), (1, 750), (10, 7_500), (20, 15_000), (60, 55_000)] {
            assert_eq!(due_after(lifetime).await, due, "{lifetime} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_that_it_took_to_get_a_token_counts() {
        let asked_at = Instant::now();
        tokio::time::advance(Duration::from_secs(16)).await;
        assert!(token().with_lifetime(Duration::from_secs(20), asked_at).is_due_for_renewal());
        assert!(!token().with_lifetime(Duration::from_secs(40), asked_at).is_due_for_renewal());
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_without_an_end_is_never_due() {
        let tokens = [token(), token().with_lifetime(Duration::MAX, Instant::now())];
        tokio::time::advance(Duration::from_hours(24 * 365)).await;
        assert!(tokens.iter().all(|token| !token.is_due_for_renewal()));
    }
}
