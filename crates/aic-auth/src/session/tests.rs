use std::borrow::Cow;

use tokio::time::sleep;

use super::*;
use crate::store::Memory;

mod with_tenant;

/// A login that nobody is to need.
#[derive(Debug)]
struct NoLogin;

impl Login for NoLogin {
    fn login(&self, _: ScopeSet) -> BoxFuture<'_, Result<LoginToken, AuthError>> {
        ready(Err(AuthError::LoginDeclined)).boxed()
    }
}

fn session_with(store: Box<dyn CredentialStore>) -> Session {
    let tenant: Tenant = "id.example.com".parse().unwrap();
    let transport = Arc::<Transport>::from(tenant);
    Session::new(transport, ScopeSet::EMPTY, Box::new(NoLogin), store)
}

fn session() -> Session {
    session_with(Box::new(Memory::default()))
}

/// A keychain whose user takes so long to unlock it.
#[derive(Debug)]
struct Locked(Duration);

impl CredentialStore for Locked {
    fn name(&self) -> Cow<'static, str> {
        "the keychain".into()
    }

    fn save(&self, _: StoredLogin) -> BoxFuture<'_, Result<(), StoreError>> {
        ready(Ok(())).boxed()
    }

    fn load(&self, tenant: &Tenant) -> BoxFuture<'_, Result<Option<StoredLogin>, StoreError>> {
        let login = StoredLogin {
            tenant: tenant.clone(),
            token: "kept".to_owned().into(),
            expires_at: SystemTime::now() + Duration::from_hours(1),
            scopes: ScopeSet::EMPTY,
            administrator: Some("astrid".to_owned()),
        };
        sleep(self.0).map(|()| Ok(Some(login))).boxed()
    }

    fn check(&self, _: &Tenant) -> BoxFuture<'_, Result<(), StoreError>> {
        ready(Ok(())).boxed()
    }

    fn delete(&self, _: &Tenant) -> BoxFuture<'_, Result<(), StoreError>> {
        ready(Ok(())).boxed()
    }
}

#[tokio::test(start_paused = true)]
async fn a_keychain_that_asks_its_user_is_waited_for() {
    let log_in = |unlocked_after| {
        let session = session_with(Box::new(Locked(unlocked_after)));
        let session = session.reuse_kept_login(ScopeSet::EMPTY);
        async move { session.inner.logged_in().await.map(|login| login.is_reused) }
    };
    assert!(log_in(Duration::from_secs(30)).await.unwrap());
    // Nobody answers the keychain: there is another way to log in.
    let end = log_in(Duration::from_hours(1)).await;
    assert!(matches!(end, Err(AuthError::LoginDeclined)), "{end:?}");
}

fn active_login(expires_at: SystemTime) -> ActiveLogin {
    // Two logins may have the same text; what matters is which of them it was.
    let secret = "login".to_owned().into();
    ActiveLogin::new(LoginToken { secret, expires_at, administrator: None, name: None }, false)
}

#[test]
fn a_late_refusal_of_an_old_login_does_not_cost_the_new_one() {
    let session = session();
    let later = SystemTime::now() + Duration::from_hours(1);
    let (old, new) = (active_login(later), active_login(later));
    session.inner.lock().current = Some(new.clone());
    session.inner.forget(&old);
    assert!(session.is_logged_in());
    session.inner.forget(&new.clone());
    assert!(!session.is_logged_in());
}

#[test]
fn a_login_that_has_expired_is_none() {
    let session = session();
    session.inner.lock().current = Some(active_login(SystemTime::now() - Duration::from_secs(1)));
    assert!(!session.is_logged_in());
}

#[test]
fn a_refusal_is_the_fault_of_the_login_or_of_the_request() {
    let refused = |status, error: &str| {
        let mut refusal = OAuthRefusal::new(error, None);
        refusal.status = status;
        fault(&refusal)
    };
    for (status, error, expected) in [
        (401, "invalid_token", Fault::Login),
        (401, "invalid_scope", Fault::Login),
        (400, "invalid_grant", Fault::Unclear),
        (400, "invalid_request", Fault::Unclear),
        (400, "invalid_scope", Fault::Request),
        (400, "unauthorized_client", Fault::Request),
        (403, "invalid_grant", Fault::Request),
        (500, "invalid_request", Fault::Request),
    ] {
        assert_eq!(refused(Some(status), error), expected, "{status} {error}");
    }
    assert_eq!(refused(None, "invalid_grant"), Fault::Request, "the browser brought it");
}
