use super::*;
use crate::TransportOptions;
use crate::store::Memory;

/// A login that nobody is to need.
#[derive(Debug)]
struct NoLogin;

impl Login for NoLogin {
    fn login(&self, _: ScopeSet) -> BoxFuture<'_, Result<LoginToken, AuthError>> {
        ready(Err(AuthError::LoginDeclined)).boxed()
    }
}

fn session() -> Session {
    let tenant: Tenant = "id.example.com".parse().unwrap();
    let transport = Arc::new(Transport::new(&tenant, TransportOptions::default()));
    let store = Box::new(Memory::default());
    Session::new(tenant, transport, ScopeSet::EMPTY, Box::new(NoLogin), store)
}

fn subject(expires_at: SystemTime) -> Subject {
    // Two logins may have the same text; what matters is which of them it was.
    Subject::new(Arc::new("login".to_owned().into()), expires_at, false)
}

#[test]
fn a_late_refusal_of_an_old_login_does_not_cost_the_new_one() {
    let session = session();
    let later = SystemTime::now() + Duration::from_hours(1);
    let (old, new) = (subject(later), subject(later));
    session.inner.lock().current = Some(new.clone());
    session.inner.forget(&old);
    assert!(session.is_logged_in());
    session.inner.forget(&new.clone());
    assert!(!session.is_logged_in());
}

#[test]
fn a_login_that_has_expired_is_none() {
    let session = session();
    session.inner.lock().current = Some(subject(SystemTime::now() - Duration::from_secs(1)));
    assert!(!session.is_logged_in());
}

#[test]
fn a_refusal_may_be_the_logins_fault_or_is_not() {
    let refused = |status, error: &str| {
        let mut refusal = OAuthRefusal::new(error, None);
        refusal.status = status;
        may_be_the_login(&refusal)
    };
    for (status, error) in [
        (401, "invalid_token"),
        (401, "invalid_scope"),
        (400, "invalid_grant"),
        (400, "invalid_request"),
    ] {
        assert!(refused(Some(status), error), "{status} {error}");
    }
    for (status, error) in [
        (400, "invalid_scope"),
        (400, "unauthorized_client"),
        (403, "invalid_grant"),
        (500, "invalid_request"),
    ] {
        assert!(!refused(Some(status), error), "{status} {error}");
    }
    assert!(!refused(None, "invalid_grant"), "the browser brought it");
}
