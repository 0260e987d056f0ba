use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use futures_util::future::{BoxFuture, FutureExt, Shared, WeakShared, ready};
use parking_lot::{Mutex, MutexGuard};
use secrecy::SecretString;
use tokio::sync::Notify;

use crate::account::{administrator, exchange};
use crate::login::{Login, LoginToken};
use crate::store::{CredentialStore, StoreError, StoredLogin, is_live, not_used};
use crate::{AccessToken, AuthError, OAuthRefusal, ScopeSet, Tenant, TokenSource, Transport};

/// How long a login waits for the store to keep it. The login does not depend on that.
const TIME_TO_STORE: Duration = Duration::from_secs(3);

/// How long a login that is kept is waited for. A keychain may ask its user to unlock it, and a
/// browser that opens beside that question would ask the same person for another login.
const TIME_TO_UNLOCK: Duration = Duration::from_mins(1);

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
    current: Option<ActiveLogin>,
    /// The scopes of a login kept from before that is still to be looked for.
    reuse: Option<ScopeSet>,
    /// The login under way, if any.
    pending: Option<Pending>,
    /// How a login ended that no call was waiting for: the next one is told.
    unheard: Option<AuthError>,
}

/// A login under way.
struct Pending {
    /// Weak, so that it ends when the last call that waits for it does.
    login: WeakShared<PendingLogin>,
    /// Whether it goes on without a call that waits for it.
    in_background: bool,
    declined: Arc<Notify>,
}

type PendingLogin = BoxFuture<'static, Result<ActiveLogin, AuthError>>;

/// A login that calls exchange.
#[derive(Clone)]
struct ActiveLogin {
    secret: Arc<SecretString>,
    expires_at: SystemTime,
    /// Whether an earlier process made it.
    is_reused: bool,
    /// Whose it is, once the tenant has told it.
    administrator: Arc<OnceLock<String>>,
    /// The scopes that were refused when it was new, so that it was not the login's fault.
    refused: Arc<Mutex<HashSet<ScopeSet>>>,
}

impl ActiveLogin {
    fn new(login: LoginToken, is_reused: bool) -> Self {
        let LoginToken { secret, expires_at, administrator, .. } = login;
        let administrator = administrator.map(OnceLock::from).unwrap_or_default();
        Self {
            secret: Arc::new(secret),
            expires_at,
            is_reused,
            administrator: Arc::new(administrator),
            refused: Arc::default(),
        }
    }

    /// Whether it is not the login's fault that these scopes are refused.
    fn is_known_to_lack(&self, scopes: ScopeSet) -> bool {
        self.refused.lock().contains(&scopes)
    }

    fn note_lack(&self, scopes: ScopeSet) {
        self.refused.lock().insert(scopes);
    }

    fn is_live(&self) -> bool {
        is_live(self.expires_at)
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.secret, &other.secret)
    }
}

impl Session {
    /// A session at the transport's tenant that logs in by `login` when a token is first needed, asking for
    /// `scopes`, and keeps the login in `store`.
    pub fn new(
        transport: Arc<Transport>,
        scopes: ScopeSet,
        login: Box<dyn Login>,
        store: Box<dyn CredentialStore>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                transport,
                scopes,
                login,
                store,
                store_failed: AtomicBool::new(false),
                state: Mutex::default(),
            }),
        }
    }

    /// The tenant that it logs in to.
    pub fn tenant(&self) -> &Tenant {
        self.inner.transport.tenant()
    }

    /// Takes a login that the store has kept from before, if it is still valid and was asked for
    /// at least `scopes`, in place of the first login.
    pub fn reuse_kept_login(self, scopes: ScopeSet) -> Self {
        self.inner.lock().reuse = Some(scopes);
        self
    }

    /// Whether there is a login that is still good, so that a token needs no other.
    pub fn is_logged_in(&self) -> bool {
        self.inner.lock().current.as_ref().is_some_and(ActiveLogin::is_live)
    }

    /// The id of the administrator who is logged in, as far as the tenant has told it.
    pub fn administrator(&self) -> Option<String> {
        let login = self.inner.lock().current.clone()?;
        login.administrator.get().cloned()
    }

    /// Lets the login under way, if any, go on for as long as it takes, although the calls that
    /// wait for it are given up: the next call joins it, or finds it done. Where it fails
    /// meanwhile, the next call is told why.
    pub fn log_in_in_background(&self) {
        let mut state = self.inner.lock();
        let Some(pending) = &mut state.pending else { return };
        if let Some(login) = pending.login.upgrade().filter(|_| !pending.in_background) {
            pending.in_background = true;
            tokio::spawn(login);
        }
    }

    /// Ends the login under way, if any, because the administrator does not want it.
    pub fn decline_login(&self) {
        if let Some(pending) = &self.inner.lock().pending {
            pending.declined.notify_one();
        }
    }

    async fn issue(&self, scopes: ScopeSet) -> Result<AccessToken, AuthError> {
        let inner = &self.inner;
        let known = inner.lock().current.clone().filter(ActiveLogin::is_live);
        let mut is_new = known.is_none();
        let mut login = match known {
            Some(login) => login,
            None => inner.logged_in().await?,
        };
        is_new &= !login.is_reused;
        loop {
            let exchanged = exchange(&inner.transport, &login.secret, scopes).await;
            let fault = match &exchanged {
                Err(AuthError::ExchangeRefused { refusal, .. }) => fault(refusal),
                _ => Fault::Request,
            };
            match fault {
                Fault::Request => return exchanged,
                // Other scopes may still be had for it.
                Fault::Unclear if is_new || login.is_known_to_lack(scopes) => {
                    login.note_lack(scopes);
                    return exchanged;
                }
                // The next login may be another administrator's.
                Fault::Unclear | Fault::Login => inner.forget(&login),
            }
            if is_new {
                return exchanged;
            }
            // AM does not say whether it is the login that it refuses or what was asked for; a
            // new login is tried once.
            is_new = true;
            login = inner.logged_in().await?;
        }
    }
}

impl TokenSource for Session {
    fn token(&self, scopes: ScopeSet) -> BoxFuture<'_, Result<AccessToken, AuthError>> {
        self.issue(scopes).boxed()
    }

    fn renewable(&self) -> bool {
        true
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Logs in, or waits for the login under way.
    async fn logged_in(self: &Arc<Self>) -> Result<ActiveLogin, AuthError> {
        let login = self.log_in().await;
        if login.is_err() {
            self.lock().unheard = None;
        }
        login
    }

    /// Starts a login or joins the one under way.
    fn log_in(self: &Arc<Self>) -> Shared<PendingLogin> {
        let mut state = self.lock();
        if let Some(login) = state.pending.as_ref().and_then(|pending| pending.login.upgrade()) {
            tracing::trace!("waiting for the login under way");
            return login;
        }
        // Another call may have finished a login since this one found none, or refused.
        if let Some(login) = state.current.clone().filter(ActiveLogin::is_live) {
            return ready(Ok(login)).boxed().shared();
        }
        if let Some(error) = state.unheard.take() {
            return ready(Err(error)).boxed().shared();
        }
        let declined = Arc::new(Notify::new());
        let inner = Arc::clone(self);
        let no = Arc::clone(&declined);
        let login = async move { inner.perform_login(&no).await }.boxed().shared();
        let weak = login.downgrade();
        state.pending = weak.map(|login| Pending { login, in_background: false, declined });
        login
    }

    async fn perform_login(self: &Arc<Self>, declined: &Notify) -> Result<ActiveLogin, AuthError> {
        let result = tokio::select! {
            result = self.reuse_or_log_in() => result,
            () = declined.notified() => Err(AuthError::LoginDeclined),
        };
        note_end(&result);
        let mut state = self.lock();
        let pending = state.pending.take();
        match &result {
            Ok(login) => {
                self.ask_whose(login);
                state.current = Some(login.clone());
            }
            // A later caller gets a new login, and need not hear that an earlier one timed out.
            Err(AuthError::LoginTimedOut { .. }) => {}
            Err(error) if pending.is_some_and(|pending| pending.in_background) => {
                state.unheard = Some(error.clone());
            }
            Err(_) => {}
        }
        result
    }

    async fn reuse_or_log_in(&self) -> Result<ActiveLogin, AuthError> {
        let reuse = self.lock().reuse.take();
        if let Some(scopes) = reuse
            && let Some(kept) = self.kept(scopes).await
        {
            tracing::info!("the login kept from before is used");
            let StoredLogin { token, expires_at, administrator, .. } = kept;
            let login = LoginToken { secret: token, expires_at, administrator, name: None };
            return Ok(ActiveLogin::new(login, true));
        }
        tracing::info!("a login begins");
        let login = self.login.login(self.scopes).await?;
        self.keep(&login).await;
        Ok(ActiveLogin::new(login, false))
    }

    /// Asks the tenant whose login this is, if that is not known. No call waits for the answer.
    fn ask_whose(self: &Arc<Self>, login: &ActiveLogin) {
        if login.administrator.get().is_some() {
            return;
        }
        let (inner, login) = (Arc::clone(self), login.clone());
        tokio::spawn(async move {
            match administrator(&inner.transport, &login.secret).await {
                Ok(id) => {
                    let _ = login.administrator.set(id);
                }
                Err(error) => {
                    tracing::info!(why = %error.in_short(), "the administrator is not known");
                }
            }
        });
    }

    /// The login kept from before, if it can be used for these scopes.
    async fn kept(&self, scopes: ScopeSet) -> Option<StoredLogin> {
        let kept = self.in_time(TIME_TO_UNLOCK, self.store.load(self.transport.tenant())).await??;
        if !kept.is_live() {
            return not_used("it has expired");
        }
        if !kept.scopes.contains(scopes) {
            return not_used("it was made for fewer tools");
        }
        Some(kept)
    }

    async fn keep(&self, login: &LoginToken) {
        let record = StoredLogin {
            tenant: self.transport.tenant().clone(),
            token: login.secret.clone(),
            expires_at: login.expires_at,
            scopes: self.scopes,
            administrator: login.administrator.clone(),
        };
        if self.in_time(TIME_TO_STORE, self.store.save(record)).await.is_some() {
            tracing::info!(store = %self.store.name(), "the login is kept");
        }
    }

    /// The store's answer, unless it cannot be used: then there is one warning, and the login is
    /// good for this process.
    async fn in_time<T>(
        &self,
        limit: Duration,
        work: BoxFuture<'_, Result<T, StoreError>>,
    ) -> Option<T> {
        let reason = match tokio::time::timeout(limit, work).await {
            Ok(Ok(value)) => return Some(value),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("it did not answer within {} seconds", limit.as_secs()),
        };
        if !self.store_failed.swap(true, Ordering::Relaxed) {
            let store = self.store.name();
            tracing::warn!("{store} cannot be used, so the login is kept in memory only: {reason}");
        }
        None
    }

    /// Drops the login, unless it has been replaced by now.
    fn forget(&self, login: &ActiveLogin) {
        let mut state = self.lock();
        if state.current.as_ref().is_some_and(|current| current.is_same(login)) {
            state.current = None;
            tracing::info!("the tenant does not accept the login, which is dropped");
        }
    }
}

/// Has the log have how a login ended. Nothing is at fault when nobody signs in.
fn note_end(result: &Result<ActiveLogin, AuthError>) {
    match result {
        Ok(_) => {}
        Err(error @ (AuthError::LoginDeclined | AuthError::LoginTimedOut { .. })) => {
            tracing::info!(why = %error.in_short(), "nobody has signed in");
        }
        Err(error) => tracing::warn!(why = %error.in_short(), "the login has failed"),
    }
}

/// The reason for a refused exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The login is not accepted.
    Login,
    /// The scopes are not given out to any login.
    Request,
    /// The one or the other.
    Unclear,
}

/// AM answers an exchange of an expired or revoked login with 401, or with the same 400 that it
/// uses for every other fault of the request.
fn fault(refusal: &OAuthRefusal) -> Fault {
    match (refusal.status, refusal.error.as_str()) {
        (Some(401), _) => Fault::Login,
        (Some(400), "invalid_grant" | "invalid_request") => Fault::Unclear,
        _ => Fault::Request,
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("tenant", self.transport.tenant())
            .field("scopes", &self.scopes)
            .field("login", &self.login)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
