//! A session at a simulated tenant.

use std::sync::atomic::AtomicUsize;

use aic_sim::{Fault, FaultKind, Options, Seed, Sim};
use futures_util::future::join_all;

use super::*;
use crate::Scope;

const IDM: ScopeSet = ScopeSet::of(&[Scope::Idm]);
const AM: ScopeSet = ScopeSet::of(&[Scope::Am]);

/// An administrator who signs in at once.
#[derive(Debug)]
struct SignsIn {
    sim: Arc<Sim>,
    logins: Arc<AtomicUsize>,
    /// Whether the login waits until it is let go on.
    gate: Arc<tokio::sync::Semaphore>,
    /// Whether the login fails.
    fails: bool,
}

impl Login for SignsIn {
    fn login(&self, scopes: ScopeSet) -> BoxFuture<'_, Result<LoginToken, AuthError>> {
        async move {
            self.logins.fetch_add(1, Ordering::Relaxed);
            self.gate.acquire().await.unwrap().forget();
            if self.fails {
                return Err(AuthError::LoginRefused(OAuthRefusal::new("access_denied", None)));
            }
            let secret = self.sim.issue_login(&scopes.to_string()).unwrap().into();
            let expires_at = SystemTime::now() + Duration::from_hours(1);
            Ok(LoginToken { secret, expires_at, administrator: None, name: None })
        }
        .boxed()
    }
}

struct Tested {
    sim: Arc<Sim>,
    session: Session,
    logins: Arc<AtomicUsize>,
    gate: Arc<tokio::sync::Semaphore>,
}

impl Tested {
    async fn start() -> Self {
        Self::with(Box::new(Memory::default()), false).await
    }

    async fn with(store: Box<dyn CredentialStore>, fails: bool) -> Self {
        let sim = Arc::new(Sim::start(Options::default().seed(Seed::Empty)).await.unwrap());
        let tenant: Tenant = sim.base_url().parse().unwrap();
        let transport = Arc::<Transport>::from(tenant);
        let (logins, gate) =
            (Arc::<AtomicUsize>::default(), Arc::new(tokio::sync::Semaphore::new(1_000)));
        let login = SignsIn {
            sim: Arc::clone(&sim),
            logins: Arc::clone(&logins),
            gate: Arc::clone(&gate),
            fails,
        };
        let scopes = IDM.union(AM);
        let session = Session::new(transport, scopes, Box::new(login), store);
        Self { sim, session, logins, gate }
    }

    /// How often somebody has signed in.
    fn logins(&self) -> usize {
        self.logins.load(Ordering::Relaxed)
    }

    /// Answers the next exchanges with this refusal.
    fn refuse(&self, status: u16, error: &str, times: u64) {
        let (headers, body) = (Vec::new(), format!(r#"{{"error":"{error}"}}"#));
        let fault = Fault::new(FaultKind::Status { status, headers, body }).times(times);
        self.sim.inject(fault.on("POST").path_contains("/access_token"));
    }

    /// No login goes on before the gate is opened again.
    fn close_gate(&self) {
        while let Ok(permit) = self.gate.try_acquire() {
            permit.forget();
        }
    }
}

#[tokio::test]
async fn calls_share_one_login_and_get_tokens_of_their_own() {
    let tested = Tested::start().await;
    assert!(!tested.session.is_logged_in() && tested.session.renewable());
    let tokens = join_all((0..5).map(|_| tested.session.token(IDM))).await;
    let mut secrets: Vec<_> =
        tokens.iter().map(|token| token.as_ref().unwrap().expose().to_owned()).collect();
    secrets.sort_unstable();
    secrets.dedup();
    assert_eq!((secrets.len(), tested.logins()), (5, 1));
    assert!(tested.session.is_logged_in());
    assert_eq!(tested.session.tenant().to_string(), tested.sim.base_url());
}

#[tokio::test]
async fn the_administrator_is_known_once_the_tenant_has_told_it() {
    let tested = Tested::start().await;
    assert_eq!(tested.session.administrator(), None);
    tested.session.token(IDM).await.unwrap();
    while tested.session.administrator().is_none() {
        tokio::task::yield_now().await;
    }
    let asked = |it: &aic_sim::RequestRecord| it.target.contains("userinfo");
    assert_eq!(tested.sim.requests().iter().filter(|it| asked(it)).count(), 1);
}

#[tokio::test]
async fn a_login_that_was_revoked_is_replaced_once_for_all_calls() {
    let tested = Tested::start().await;
    tested.session.token(IDM).await.unwrap();
    tested.sim.revoke_logins();
    let tokens = join_all((0..5).map(|_| tested.session.token(IDM))).await;
    assert!(tokens.iter().all(Result::is_ok), "{tokens:?}");
    assert_eq!(tested.logins(), 2);
}

#[tokio::test]
async fn a_login_is_dropped_for_a_401_and_kept_for_a_refused_scope() {
    let tested = Tested::start().await;
    tested.session.token(IDM).await.unwrap();
    for (status, error) in [(400, "invalid_scope"), (403, "access_denied")] {
        tested.refuse(status, error, 1);
        let refused = tested.session.token(IDM).await.unwrap_err();
        assert!(matches!(refused, AuthError::ExchangeRefused { .. }), "{refused}");
        assert!(tested.session.is_logged_in());
    }
    assert_eq!(tested.logins(), 1);
    tested.refuse(401, "invalid_token", 1);
    tested.session.token(IDM).await.unwrap();
    assert_eq!(tested.logins(), 2);
    // Nobody is asked to sign in over and over again.
    tested.refuse(401, "invalid_token", 2);
    tested.session.token(IDM).await.unwrap_err();
    assert_eq!(tested.logins(), 3);
    assert!(!tested.session.is_logged_in());
}

#[tokio::test]
async fn a_new_login_that_is_refused_at_once_is_not_followed_by_another() {
    let tested = Tested::start().await;
    tested.refuse(401, "invalid_token", 1);
    tested.session.token(IDM).await.unwrap_err();
    assert_eq!((tested.logins(), tested.session.is_logged_in()), (1, false));
}

#[tokio::test]
async fn scopes_that_are_not_given_out_do_not_cost_a_login_each_time() {
    let tested = Tested::start().await;
    tested.session.token(IDM).await.unwrap();
    // The tenant does not say whether it is the login that it refuses.
    tested.refuse(400, "invalid_grant", 2);
    tested.session.token(AM).await.unwrap_err();
    assert_eq!(tested.logins(), 2, "a new login is tried");
    tested.refuse(400, "invalid_grant", 1);
    tested.session.token(AM).await.unwrap_err();
    assert_eq!(tested.logins(), 2, "it is known not to help");
    assert!(tested.session.is_logged_in());
    tested.refuse(400, "invalid_grant", 1);
    tested.session.token(IDM).await.unwrap();
    assert_eq!(tested.logins(), 3, "other scopes were had before");
}

#[tokio::test]
async fn a_kept_login_that_is_refused_is_replaced_by_a_new_one() {
    let tested = Tested::with(Box::new(Locked(Duration::ZERO)), false).await;
    let session = tested.session.clone().reuse_kept_login(ScopeSet::EMPTY);
    session.token(IDM).await.unwrap();
    assert_eq!(tested.logins(), 1, "the tenant has never seen the login that was kept");
}

#[tokio::test]
async fn a_kept_login_of_fewer_scopes_is_not_used() {
    let tested = Tested::with(Box::new(Locked(Duration::ZERO)), false).await;
    let session = tested.session.clone().reuse_kept_login(IDM);
    let login = session.inner.logged_in().await.unwrap();
    assert!(!login.is_reused);
    let session = Tested::with(Box::new(Locked(Duration::ZERO)), false).await.session;
    let login = session.reuse_kept_login(ScopeSet::EMPTY).inner.logged_in().await.unwrap();
    assert!(login.is_reused);
}

#[tokio::test]
async fn a_login_that_was_given_up_begins_anew() {
    let tested = Tested::start().await;
    tested.close_gate();
    assert!(tested.session.token(IDM).now_or_never().is_none());
    tested.gate.add_permits(9);
    tested.session.token(IDM).await.unwrap();
    assert_eq!(tested.logins(), 2);
}

#[tokio::test]
async fn a_login_in_the_background_goes_on_without_a_call() {
    let tested = Tested::start().await;
    tested.close_gate();
    tested.session.log_in_in_background();
    let mut call = tested.session.token(IDM);
    assert!((&mut call).now_or_never().is_none());
    tested.session.log_in_in_background();
    tested.session.log_in_in_background();
    drop(call);
    tested.gate.add_permits(1);
    while !tested.session.is_logged_in() {
        tokio::task::yield_now().await;
    }
    tested.session.token(IDM).await.unwrap();
    assert_eq!(tested.logins(), 1);
}

#[tokio::test]
async fn the_failure_of_a_login_in_the_background_is_told_to_the_next_call_alone() {
    let tested = Tested::with(Box::new(Memory::default()), true).await;
    tested.close_gate();
    let mut call = tested.session.token(IDM);
    assert!((&mut call).now_or_never().is_none());
    tested.session.log_in_in_background();
    drop(call);
    tested.gate.add_permits(1);
    while tested.session.inner.lock().unheard.is_none() {
        tokio::task::yield_now().await;
    }
    let told = tested.session.token(IDM).await.unwrap_err();
    assert!(matches!(told, AuthError::LoginRefused(_)), "{told}");
    assert_eq!(tested.logins(), 1);
    tested.gate.add_permits(1);
    tested.session.token(IDM).await.unwrap_err();
    assert_eq!(tested.logins(), 2);
    assert!(tested.session.inner.lock().unheard.is_none(), "a call has heard it");
}

#[tokio::test]
async fn a_login_that_is_declined_ends_for_the_calls_that_wait() {
    let tested = Tested::start().await;
    tested.session.decline_login();
    tested.close_gate();
    let mut call = tested.session.token(IDM);
    assert!((&mut call).now_or_never().is_none());
    tested.session.decline_login();
    let error = call.await.unwrap_err();
    assert!(matches!(error, AuthError::LoginDeclined), "{error}");
    tested.gate.add_permits(1);
    tested.session.token(IDM).await.unwrap();
    assert_eq!(tested.logins(), 2, "it can be begun again");
}

#[tokio::test]
async fn a_login_is_kept_as_it_was_made() {
    let store = Arc::new(Memory::default());
    let tested = Tested::with(Box::new(Kept(Arc::clone(&store))), false).await;
    tested.session.token(IDM).await.unwrap();
    let kept = store.load(tested.session.tenant()).await.unwrap().unwrap();
    assert_eq!(kept.scopes, IDM.union(AM));
    assert!(kept.is_live());
    assert!(!format!("{:?}", tested.session).contains("secret"));
    assert!(format!("{:?}", tested.session).contains("127.0.0.1"));
}

/// A store that somebody else looks into.
#[derive(Debug)]
struct Kept(Arc<Memory>);

impl CredentialStore for Kept {
    fn name(&self) -> Cow<'static, str> {
        self.0.name()
    }

    fn save(&self, login: StoredLogin) -> BoxFuture<'_, Result<(), StoreError>> {
        self.0.save(login)
    }

    fn load(&self, tenant: &Tenant) -> BoxFuture<'_, Result<Option<StoredLogin>, StoreError>> {
        self.0.load(tenant)
    }

    fn check(&self, tenant: &Tenant) -> BoxFuture<'_, Result<(), StoreError>> {
        self.0.check(tenant)
    }

    fn delete(&self, tenant: &Tenant) -> BoxFuture<'_, Result<(), StoreError>> {
        self.0.delete(tenant)
    }
}
