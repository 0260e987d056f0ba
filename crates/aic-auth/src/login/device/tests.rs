use aic_sim::Sim;
use parking_lot::Mutex;

use super::*;
use crate::Scope;

fn authorization(extra: &str) -> DeviceAuthorization {
    let json = format!(r#"{{"device_code":"d","user_code":"BCDF-GHJK","expires_in":300{extra}}}"#);
    serde_json::from_str(&json).unwrap()
}

fn page(tenant: &str, extra: &str) -> Option<String> {
    let page = authorization(extra).sign_in_page(&tenant.parse().unwrap());
    page.ok().map(|page| page.url.to_string())
}

#[test]
fn the_complete_page_is_preferred_and_either_old_name_will_do() {
    let both = r#","verification_uri":"https://id.example.com/a","verification_url":"https://id.example.com/b""#;
    let tenant = "id.example.com";
    assert_eq!(page(tenant, both).as_deref(), Some("https://id.example.com/a"));
    let complete = format!(r#"{both},"verification_uri_complete":"https://id.example.com/c""#);
    assert_eq!(page(tenant, &complete).as_deref(), Some("https://id.example.com/c"));
    let old = r#","verification_url":"https://id.example.com/b""#;
    assert_eq!(page(tenant, old).as_deref(), Some("https://id.example.com/b"));
}

#[test]
fn nobody_is_sent_to_a_page_without_tls_or_to_no_page() {
    for bad in ["http://id.example.com/", "javascript:alert(1)", "file:///x", "nonsense"] {
        assert_eq!(page("id.example.com", &format!(r#","verification_uri":"{bad}""#)), None);
    }
    assert_eq!(page("id.example.com", ""), None);
    let local = r#","verification_uri":"http://127.0.0.1:1/""#;
    assert_eq!(page("http://127.0.0.1:1", local).as_deref(), Some("http://127.0.0.1:1/"));
}

#[test]
fn what_the_tenant_says_of_time_is_kept_within_reason() {
    let secs = Duration::from_secs;
    assert_eq!(authorization("").interval(), secs(5));
    assert_eq!(authorization(r#","interval":0"#).interval(), secs(1));
    assert_eq!(authorization(r#","interval":7"#).interval(), secs(7));
    let json = r#"{"device_code":"d","user_code":"c","expires_in":99999999999999,"verification_uri":"https://id.example.com/"}"#;
    let authorization: DeviceAuthorization = serde_json::from_str(json).unwrap();
    let page = authorization.sign_in_page(&"id.example.com".parse().unwrap()).unwrap();
    assert_eq!(page.time_limit, LONGEST_LOGIN);
}

#[test]
fn only_a_tenant_that_is_away_is_asked_again() {
    let during = "testing";
    let answered = |status| AuthError::NotOAuth { during, status };
    let unavailable = AuthError::Unavailable { during, status: 503, retry_after: None };
    let unreachable = AuthError::Unreachable { during, reason: "reset".to_owned() };
    for error in [unavailable, unreachable, AuthError::Timeout { during }, answered(500)] {
        assert!(passes(&error), "{error}");
    }
    let tls = AuthError::Tls { reason: "none".to_owned() };
    for error in [answered(200), answered(302), answered(403), answered(499), tls] {
        assert!(!passes(&error), "{error}");
    }
}

fn refusal(error: &str) -> TokenFailure {
    TokenFailure::Refused(OAuthRefusal::new(error, None))
}

#[test]
fn the_tenant_sets_the_pace_and_one_that_is_away_is_asked_less_often() {
    let secs = Duration::from_secs;
    let mut pace = Pace::new(secs(5));
    let mut after = |failure| pace.after(failure, secs(300)).unwrap().as_secs();
    let away = || TokenFailure::Other(AuthError::Timeout { during: "testing" });
    assert_eq!(after(refusal("authorization_pending")), 5);
    assert_eq!([after(away()), after(away()), after(away()), after(away())], [10, 20, 30, 30]);
    assert_eq!(after(refusal("authorization_pending")), 5, "it is back");
    assert_eq!(after(refusal("slow_down")), 10);
    assert_eq!(after(refusal("authorization_pending")), 10);
    // A tenant that wants to be asked every minute is not asked more often because it is away.
    assert_eq!(Pace::new(secs(60)).after(away(), secs(300)).unwrap(), secs(60));
}

#[test]
fn a_tenant_that_will_give_no_token_is_not_asked_again() {
    let end = |failure| {
        let time_limit = Duration::from_mins(5);
        Pace::new(SHORTEST_PAUSE).after(failure, time_limit).unwrap_err()
    };
    let expired = end(refusal("expired_token"));
    assert!(matches!(expired, AuthError::LoginTimedOut { seconds: 300 }), "{expired}");
    for error in ["access_denied", "invalid_grant", ""] {
        let denied = end(refusal(error));
        assert!(matches!(&denied, AuthError::LoginRefused(why) if why.error == error), "{denied}");
    }
    let page = AuthError::NotOAuth { during: "testing", status: 403 };
    let error = end(TokenFailure::Other(page));
    assert!(matches!(error, AuthError::NotOAuth { status: 403, .. }), "{error}");
}

/// An administrator who signs in, or refuses to, as soon as they are asked.
#[derive(Debug)]
struct Person {
    sim: Sim,
    agrees: bool,
    /// The administrator that was named, and how often a login has ended.
    told: Mutex<(Option<String>, usize)>,
}

impl Prompt for Person {
    fn sign_in(&self, page: &SignInPage) {
        let code = page.user_code.as_ref().unwrap();
        let decides = if self.agrees { Sim::approve_device } else { Sim::refuse_device };
        assert!(decides(&self.sim, code));
    }

    fn signed_in(&self, administrator: Option<&str>) {
        self.told.lock().0 = administrator.map(str::to_owned);
    }

    fn ended(&self) {
        self.told.lock().1 += 1;
    }
}

async fn logged_in(agrees: bool) -> (Arc<Person>, Result<LoginToken, AuthError>) {
    let options = aic_sim::Options::default().seed(aic_sim::Seed::Empty);
    let sim = Sim::start(options.sign_in(aic_sim::SignIn::Interactive)).await.unwrap();
    sim.set_device_interval(Duration::ZERO);
    let tenant: Tenant = sim.base_url().parse().unwrap();
    let transport = Arc::<Transport>::from(tenant);
    let person = Arc::new(Person { sim, agrees, told: Mutex::default() });
    let login = DeviceLogin::new(transport, Arc::clone(&person) as Arc<dyn Prompt>);
    let result = login.login(ScopeSet::of(&[Scope::Idm])).await;
    (person, result)
}

#[tokio::test]
async fn whoever_signs_in_by_the_code_is_logged_in_and_named() {
    let (person, login) = logged_in(true).await;
    let login = login.unwrap();
    assert_eq!(person.sim.logins(), 1);
    let told = person.told.lock().clone();
    assert!(login.administrator.is_some());
    assert_eq!(told, (login.administrator, 1));
}

#[tokio::test]
async fn whoever_refuses_the_code_is_not_logged_in() {
    let (person, login) = logged_in(false).await;
    let error = login.unwrap_err();
    assert!(matches!(&error, AuthError::LoginRefused(why) if why.error == "access_denied"));
    assert_eq!(*person.told.lock(), (None, 1));
}

#[tokio::test]
async fn a_login_that_the_tenant_does_not_start_says_why() {
    let sim = Sim::start(aic_sim::Options::default().seed(aic_sim::Seed::Empty)).await.unwrap();
    let (status, headers) = (400, Vec::new());
    let body = r#"{"error":"invalid_scope","error_description":"no such scope"}"#.to_owned();
    sim.inject(aic_sim::Fault::new(aic_sim::FaultKind::Status { status, headers, body }));
    let tenant: Tenant = sim.base_url().parse().unwrap();
    let transport = Arc::<Transport>::from(tenant);
    let person = Arc::new(Person { sim, agrees: true, told: Mutex::default() });
    let login = DeviceLogin::new(transport, Arc::clone(&person) as Arc<dyn Prompt>);
    let error = login.login(ScopeSet::of(&[Scope::Idm])).await.unwrap_err();
    assert!(matches!(&error, AuthError::LoginRefused(why) if why.error == "invalid_scope"));
    assert_eq!(*person.told.lock(), (None, 0), "nobody was asked to sign in");
    assert!(format!("{login:?}").contains("127.0.0.1"));
}
