use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::future::{BoxFuture, FutureExt, Shared, WeakShared};
use secrecy::{ExposeSecret, SecretString};

use crate::login::{Login, LoginToken};
use crate::oauth::{EXCHANGE_CLIENT, IssuedToken, TokenFailure, request_token};
use crate::store::{CredentialStore, StoredLogin};
use crate::{AccessToken, AuthError, OAuthRefusal, ScopeSet, Tenant, TokenSource, Transport};

/// How much earlier than stated a token counts as expired, for clocks that differ.
const CLOCK_SKEW: Duration = Duration::from_mins(1);
/// How long a login waits for the store. A keychain may ask its user to unlock it; the login does
/// not depend on that.
const TIME_TO_STORE: Duration = Duration::from_secs(3);

/// One administrator's login, shared by all calls of a process.
///
/// The first call that needs a token starts the login and others join it; later calls reuse it
/// until it expires. Each token handed out is the login exchanged for just the scopes asked for
/// (RFC 8693), and is not kept.
#[derive(Debug, Clone)]
pub struct Session {
    inner: Arc<Inner>,
}

struct Inner {
    tenant: Tenant,
    transport: Arc<Transport>,
    scopes: ScopeSet,
    login: Box<dyn Login>,
    store: Box<dyn CredentialStore>,
    /// Whether somebody has been told that the store does not work.
    store_failed: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Subject>,
    /// The login under way, if any. Weak, so that it ends when the last call that waits for it
    /// does.
    pending: Option<WeakShared<PendingLogin>>,
}

type PendingLogin = BoxFuture<'static, Result<Subject, AuthError>>;

/// A login that calls exchange.
#[derive(Clone)]
struct Subject {
    secret: Arc<SecretString>,
    expires_at: SystemTime,
}

impl Subject {
    fn is_live(&self) -> bool {
        SystemTime::now() + CLOCK_SKEW < self.expires_at
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.secret, &other.secret)
    }
}

impl Session {
    /// A session at `tenant` that logs in by `login` when a token is first needed, asking for
    /// `scopes`, and keeps the login in `store`.
    pub fn new(
        tenant: Tenant,
        transport: Arc<Transport>,
        scopes: ScopeSet,
        login: Box<dyn Login>,
        store: Box<dyn CredentialStore>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                tenant,
                transport,
                scopes,
                login,
                store,
                store_failed: AtomicBool::new(false),
                state: Mutex::default(),
            }),
        }
    }

    async fn issue(&self, scopes: ScopeSet) -> Result<AccessToken, AuthError> {
        let inner = &self.inner;
        let known = inner.lock().current.clone().filter(Subject::is_live);
        if let Some(subject) = known {
            match inner.exchange(&subject, scopes).await? {
                Ok(token) => return Ok(token),
                // AM does not say whether it is the login that it refuses or what was asked for;
                // a new login is tried once.
                Err(_) => inner.forget(&subject),
            }
        }
        let subject = inner.log_in().await?;
        inner.exchange(&subject, scopes).await?.map_err(|refusal| {
            // The next call starts over, maybe with another administrator.
            inner.forget(&subject);
            AuthError::ExchangeRefused { scopes: scopes.to_string(), refusal }
        })
    }
}

impl TokenSource for Session {
    fn tenant(&self) -> &Tenant {
        &self.inner.tenant
    }

    fn token(&self, scopes: ScopeSet) -> BoxFuture<'_, Result<AccessToken, AuthError>> {
        self.issue(scopes).boxed()
    }

    fn renewable(&self) -> bool {
        true
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a login or joins the one under way.
    fn log_in(self: &Arc<Self>) -> Shared<PendingLogin> {
        let mut state = self.lock();
        if let Some(pending) = state.pending.as_ref().and_then(WeakShared::upgrade) {
            return pending;
        }
        // Another call may have finished a login since this one found none, or refused.
        if let Some(subject) = state.current.clone().filter(Subject::is_live) {
            return async move { Ok(subject) }.boxed().shared();
        }
        let inner = Arc::clone(self);
        let login = async move { inner.perform_login().await }.boxed().shared();
        state.pending = login.downgrade();
        login
    }

    async fn perform_login(&self) -> Result<Subject, AuthError> {
        let result = self.login.login(self.scopes).await;
        if let Ok(login) = &result {
            self.keep(login).await;
        }
        let mut state = self.lock();
        state.pending = None;
        let LoginToken { secret, expires_at } = result?;
        let subject = Subject { secret: Arc::new(secret), expires_at };
        state.current = Some(subject.clone());
        Ok(subject)
    }

    async fn keep(&self, login: &LoginToken) {
        let record = StoredLogin {
            tenant: self.tenant.clone(),
            token: login.secret.clone(),
            expires_at: login.expires_at,
        };
        let kept = tokio::time::timeout(TIME_TO_STORE, self.store.save(record)).await;
        let reason = match kept {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("it did not answer within {} seconds", TIME_TO_STORE.as_secs()),
        };
        if !self.store_failed.swap(true, Ordering::Relaxed) {
            let store = self.store.name();
            tracing::warn!("{store} cannot be used, so the login is kept in memory only: {reason}");
        }
    }

    /// Drops the login, unless it has been replaced by now.
    fn forget(&self, subject: &Subject) {
        let mut state = self.lock();
        if state.current.as_ref().is_some_and(|current| current.is_same(subject)) {
            state.current = None;
        }
    }

    /// Exchanges the login for a token with `scopes`. The inner error is a refusal that a new
    /// login may help against.
    async fn exchange(
        &self,
        subject: &Subject,
        scopes: ScopeSet,
    ) -> Result<Result<AccessToken, OAuthRefusal>, AuthError> {
        const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
        let scope = scopes.to_string();
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", subject.secret.expose_secret()),
            ("subject_token_type", ACCESS_TOKEN),
            ("requested_token_type", ACCESS_TOKEN),
            ("scope", &scope),
            ("client_id", EXCHANGE_CLIENT),
        ];
        let during = "exchanging the login for a token";
        match request_token(&self.transport, &self.tenant, &form, during).await {
            Ok(IssuedToken { secret, .. }) => Ok(Ok(AccessToken::new(self.tenant.clone(), secret))),
            Err(TokenFailure::Refused(refusal)) if may_be_the_login(&refusal) => Ok(Err(refusal)),
            Err(TokenFailure::Refused(refusal)) => {
                Err(AuthError::ExchangeRefused { scopes: scope, refusal })
            }
            Err(TokenFailure::Other(error)) => Err(error),
        }
    }
}

/// AM answers an exchange of an expired or revoked login with 401, or with the same 400 that it
/// uses for every other fault of the request.
fn may_be_the_login(refusal: &OAuthRefusal) -> bool {
    refusal.status == Some(401)
        || (refusal.status == Some(400)
            && matches!(refusal.error.as_str(), "invalid_grant" | "invalid_request"))
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("tenant", &self.tenant)
            .field("scopes", &self.scopes)
            .field("login", &self.login)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
