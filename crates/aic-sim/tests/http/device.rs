use std::time::Duration;

use aic_sim::{Options, Seed};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, CHALLENGE, Tenant, VERIFIER, answer, changed, filter, text};

const CODE: &str = "/am/oauth2/device/code";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The codes of one device.
pub(crate) struct Codes {
    device: String,
    pub(crate) user: String,
}

impl Tenant {
    pub(crate) async fn ask(&self, changes: &[(&str, &str)]) -> Answer {
        let fields = [
            ("client_id", "AICMCPClient"),
            ("scope", "fr:idm:* fr:am:*"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        self.form(CODE, &changed(&fields, changes)).await
    }

    pub(crate) async fn codes(&self) -> Codes {
        let issued = self.ask(&[]).await.json();
        Codes { device: text(&issued["device_code"]), user: text(&issued["user_code"]) }
    }

    pub(crate) async fn poll(&self, codes: &Codes) -> Answer {
        self.poll_with(codes, &[]).await
    }

    async fn poll_with(&self, codes: &Codes, changes: &[(&str, &str)]) -> Answer {
        let fields = [
            ("grant_type", GRANT),
            ("client_id", "AICMCPClient"),
            ("device_code", codes.device.as_str()),
            ("code_verifier", VERIFIER),
        ];
        self.form("/am/oauth2/access_token", &changed(&fields, changes)).await
    }
}

async fn tenant() -> Tenant {
    Tenant::signed_out(Options::default()).await
}

#[track_caller]
pub(crate) fn assert_refused(answer: &Answer, status: StatusCode, error: &str, description: &str) {
    let expected = json!({"error_description": description, "error": error});
    assert_eq!((answer.status, answer.json()), (status, expected));
}

#[track_caller]
pub(crate) fn assert_pending(answer: &Answer) {
    let description = "The user has not yet completed authorization";
    assert_refused(answer, StatusCode::FORBIDDEN, "authorization_pending", description);
}

#[track_caller]
fn assert_too_fast(answer: &Answer) {
    let description = "The polling interval has not elapsed since the last request";
    assert_refused(answer, StatusCode::BAD_REQUEST, "slow_down", description);
}

#[track_caller]
fn assert_unknown(answer: &Answer) {
    let description = "The provided access grant is invalid, expired, or revoked.";
    assert_refused(answer, StatusCode::BAD_REQUEST, "invalid_grant", description);
}

#[tokio::test]
async fn a_client_is_told_where_to_send_the_person_and_how_often_to_ask() {
    let tenant = tenant().await;
    for path in [CODE, "/am/oauth2/realms/root/device/code"] {
        let fields = [
            ("client_id", "AICMCPClient"),
            ("scope", "fr:idm:*"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let issued = tenant.form(path, &fields).await;
        assert_eq!((issued.status, issued.header("cache-control")), (StatusCode::OK, "no-store"));
        let issued = issued.json();
        let page = format!("{}/am/oauth2/device/user", tenant.sim.base_url());
        let user_code = text(&issued["user_code"]);
        assert_eq!(user_code.len(), 8);
        assert_eq!(
            issued,
            json!({
                "user_code": user_code,
                "device_code": issued["device_code"],
                "verification_uri": page,
                "verification_url": page,
                "verification_uri_complete": format!("{page}?user_code={user_code}"),
                "interval": 5,
                "expires_in": 300,
            })
        );
        assert!(text(&issued["device_code"]).len() >= 43);
    }
}

#[tokio::test]
async fn a_code_is_issued_for_a_request_in_order_only() {
    let tenant = tenant().await;
    for (change, error, description) in [
        (("code_challenge", ""), "invalid_request", "Missing parameter, 'code_challenge'"),
        (
            ("code_challenge_method", ""),
            "invalid_request",
            "Missing parameter, 'code_challenge_method'",
        ),
        (("code_challenge", "x"), "invalid_request", "Invalid code challenge, S256 is required"),
        (
            ("code_challenge_method", "plain"),
            "invalid_request",
            "Invalid code challenge, S256 is required",
        ),
        (("scope", ""), "invalid_scope", "No scope requested"),
        (("scope", "openid"), "invalid_scope", "Unknown/invalid scope(s): [openid]"),
    ] {
        assert_refused(&tenant.ask(&[change]).await, StatusCode::BAD_REQUEST, error, description);
    }
    for client in ["", "AICMCPExchangeClient"] {
        let refused = tenant.ask(&[("client_id", client)]).await;
        let description = "Client authentication failed";
        assert_refused(&refused, StatusCode::UNAUTHORIZED, "invalid_client", description);
    }
    let json = answer(tenant.call(Method::POST, CODE, &json!({}))).await;
    assert_refused(&json, StatusCode::BAD_REQUEST, "invalid_request", "Invalid Content Type");
}

#[tokio::test]
async fn an_approved_code_gives_one_login() {
    let mut tenant = tenant().await;
    let codes = tenant.codes().await;
    assert_pending(&tenant.poll(&codes).await);
    assert_eq!(tenant.sim.logins(), 0);
    assert!(tenant.sim.approve_device(&codes.user));

    let login = tenant.poll(&codes).await;
    assert_eq!((login.status, tenant.sim.logins()), (StatusCode::OK, 1));
    let login = login.json();
    let token = text(&login["access_token"]);
    let expected = json!({
        "access_token": token,
        "scope": "fr:am:* fr:idm:*",
        "token_type": "Bearer",
        "expires_in": 3599,
    });
    assert_eq!(login, expected);
    assert_unknown(&tenant.poll(&codes).await);

    let exchanged = tenant.exchange(&[("subject_token", &token), ("scope", "fr:idm:*")]).await;
    tenant.token = text(&exchanged.json()["access_token"]);
    assert_eq!(tenant.get("/openidm/config/managed").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_logs_know_the_login_as_they_know_any_other() {
    let mut tenant = Tenant::signed_out(Options::default().seed(Seed::Empty)).await;
    let codes = tenant.codes().await;
    tenant.sim.approve_device(&codes.user);
    tenant.poll(&codes).await;
    tenant.token = tenant.token_for("fr:idc:monitoring:*").await;
    let events = async |source: &str, event: &str| {
        let filter = filter(&format!("/payload/eventName eq \"{event}\""));
        let found = tenant.get(&format!("/monitoring/logs?source={source}&{filter}")).await.json();
        let entries = found["result"].as_array().unwrap().clone();
        entries.into_iter().map(|entry| entry["payload"].clone()).collect::<Vec<_>>()
    };
    let sessions = events("am-activity", "AM-SESSION-CREATED").await;
    let logins = events("am-authentication", "AM-LOGIN-COMPLETED").await;
    assert_eq!((sessions.len(), logins.len()), (2, 2), "with the login that reads the logs");
    let (device, code) = (&logins[0], &logins[1]);
    assert_eq!(device["principal"], json!(["AICMCPClient"]));
    assert_eq!(device["principal"], code["principal"]);
    assert_eq!(device["userId"], code["userId"]);
    assert_eq!(device["trackingIds"], sessions[0]["trackingIds"]);
    let keys = |entry: &Value| entry.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(device), keys(code));
}

#[tokio::test]
async fn a_client_that_polls_too_fast_has_to_slow_down() {
    let tenant = tenant().await;
    tenant.sim.set_device_interval(Duration::from_secs(20));
    let codes = tenant.codes().await;
    let other = tenant.codes().await;
    assert_pending(&tenant.poll(&codes).await);
    for _ in 0..10 {
        assert_too_fast(&tenant.poll(&codes).await);
    }
    tenant.sim.advance_clock(Duration::from_secs(40));
    assert_too_fast(&tenant.poll(&codes).await);
    tenant.sim.advance_clock(Duration::from_secs(75));
    assert_pending(&tenant.poll(&codes).await);
    assert_pending(&tenant.poll(&other).await);
    tenant.sim.advance_clock(Duration::from_secs(20));
    assert_pending(&tenant.poll(&other).await);
    assert!(tenant.sim.approve_device(&codes.user));
    assert_eq!(tenant.poll(&codes).await.status, StatusCode::OK, "nobody waits for a decision");
}

#[tokio::test]
async fn the_interval_can_be_chosen() {
    let tenant = tenant().await;
    tenant.sim.set_device_interval(Duration::from_millis(2_500));
    assert_eq!(tenant.ask(&[]).await.json()["interval"], 2);
    tenant.sim.set_device_interval(Duration::ZERO);
    assert_eq!(tenant.ask(&[]).await.json()["interval"], 0);
    let codes = tenant.codes().await;
    for _ in 0..5 {
        assert_pending(&tenant.poll(&codes).await);
    }
}

#[tokio::test]
async fn pending_can_be_a_bad_request() {
    let tenant = tenant().await;
    tenant.sim.set_device_interval(Duration::ZERO);
    let codes = tenant.codes().await;
    tenant.sim.answer_pending_with_bad_request(true);
    let pending = tenant.poll(&codes).await;
    let description = "The user has not yet completed authorization";
    assert_refused(&pending, StatusCode::BAD_REQUEST, "authorization_pending", description);
    tenant.sim.answer_pending_with_bad_request(false);
    assert_pending(&tenant.poll(&codes).await);
}

#[tokio::test]
async fn a_refused_code_stays_refused() {
    let tenant = tenant().await;
    let codes = tenant.codes().await;
    assert!(tenant.sim.refuse_device(&codes.user));
    assert!(!tenant.sim.approve_device(&codes.user));
    for _ in 0..2 {
        let description = "Resource Owner did not authorize the request";
        let refused = tenant.poll(&codes).await;
        assert_refused(&refused, StatusCode::BAD_REQUEST, "access_denied", description);
    }
}

#[tokio::test]
async fn a_code_lasts_five_minutes_by_the_tenants_clock() {
    let tenant = tenant().await;
    let (pending, approved) = (tenant.codes().await, tenant.codes().await);
    assert!(tenant.sim.approve_device(&approved.user));
    tenant.sim.advance_clock(Duration::from_mins(4));
    assert_pending(&tenant.poll(&pending).await);
    tenant.sim.advance_clock(Duration::from_mins(1));
    assert!(!tenant.sim.approve_device(&pending.user));
    assert!(!tenant.sim.refuse_device(&pending.user));
    for codes in [pending, approved] {
        let expired = tenant.poll(&codes).await;
        let description = "The device code has expired";
        assert_refused(&expired, StatusCode::BAD_REQUEST, "expired_token", description);
    }
}

#[tokio::test]
async fn a_code_is_of_no_use_to_anyone_else() {
    let tenant = tenant().await;
    let codes = tenant.codes().await;
    assert!(tenant.sim.approve_device(&codes.user.to_lowercase()));
    let other_verifier = "x".repeat(43);
    for verifier in ["", &other_verifier] {
        let refused = tenant.poll_with(&codes, &[("code_verifier", verifier)]).await;
        let description = "Invalid code verifier.";
        assert_refused(&refused, StatusCode::BAD_REQUEST, "invalid_grant", description);
    }
    for code in ["", "unknown", &codes.user] {
        assert_unknown(&tenant.poll_with(&codes, &[("device_code", code)]).await);
    }
    let client = tenant.poll_with(&codes, &[("client_id", "another")]).await;
    let description = "Client authentication failed";
    assert_refused(&client, StatusCode::UNAUTHORIZED, "invalid_client", description);
    assert_eq!(tenant.poll(&codes).await.status, StatusCode::OK);
    for user_code in [codes.user.as_str(), "BCDFGHJK", ""] {
        assert!(!tenant.sim.approve_device(user_code) && !tenant.sim.refuse_device(user_code));
    }
}

#[tokio::test]
async fn the_grant_is_advertised_without_its_endpoint() {
    let tenant = tenant().await;
    let metadata = tenant.get("/am/oauth2/.well-known/openid-configuration").await.json();
    assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT)));
    assert_eq!(metadata.get("device_authorization_endpoint"), None);
}
