use std::time::Duration;

use aic_sim::{Fault, FaultKind, Options, SignIn};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Tenant, answer, text, ticket, value};

async fn signed_out() -> Tenant {
    Tenant::signed_out(Options::default()).await
}

#[tokio::test]
async fn a_code_becomes_a_login_and_a_login_an_access_token() {
    let mut tenant = signed_out().await;
    let redirect = tenant.authorize(&[]).await.redirect();
    assert_eq!(value(&redirect, "state"), "state-1");
    assert_eq!(value(&redirect, "client_id"), "AICMCPClient");
    assert_eq!(value(&redirect, "iss"), format!("{}/am/oauth2", tenant.sim.base_url()));

    let login = tenant.redeem(&[("code", &value(&redirect, "code"))]).await;
    assert_eq!(login.status, StatusCode::OK);
    assert_eq!(login.header("cache-control"), "no-store");
    let login = login.json();
    assert_eq!(login["scope"], "fr:am:* fr:idm:*");
    assert_eq!(login["token_type"], "Bearer");
    assert_eq!(login["expires_in"], 3599);
    assert_eq!(login.get("refresh_token"), None);

    let login = text(&login["access_token"]);
    let exchanged =
        tenant.exchange(&[("subject_token", &login), ("scope", "fr:idm:*")]).await.json();
    assert_eq!(exchanged["scope"], "fr:idm:*");
    assert_eq!(exchanged["issued_token_type"], "urn:ietf:params:oauth:token-type:access_token");
    tenant.token = text(&exchanged["access_token"]);
    assert_eq!(tenant.get("/openidm/config/managed").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_root_realm_path_is_the_same_provider() {
    let tenant = signed_out().await;
    let code = tenant.code().await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", "AICMCPClient"),
        ("redirect_uri", crate::support::REDIRECT),
        ("code_verifier", crate::support::VERIFIER),
        ("code", &code),
    ];
    let login = tenant.form("/am/oauth2/realms/root/access_token", &fields).await;
    assert_eq!(login.status, StatusCode::OK);
}

#[tokio::test]
async fn a_stranger_is_never_redirected() {
    let tenant = signed_out().await;
    for change in [
        ("client_id", "another"),
        ("redirect_uri", "https://evil.example"),
        ("redirect_uri", "http://localhost:3000@evil.example"),
    ] {
        let answer = tenant.authorize(&[change]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{change:?}");
        assert!(!answer.headers.contains_key("location"));
        assert!(answer.header("content-type").starts_with("text/html"));
    }
}

#[tokio::test]
async fn mistakes_of_the_client_go_back_to_it() {
    let tenant = signed_out().await;
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("scope", "openid"), "invalid_scope"),
        (("scope", ""), "invalid_scope"),
    ] {
        let redirect = tenant.authorize(&[change]).await.redirect();
        assert_eq!(value(&redirect, "error"), error, "{change:?}");
        assert_eq!(value(&redirect, "code"), "");
    }
}

#[tokio::test]
async fn a_state_is_given_back_and_may_be_left_out() {
    let tenant = signed_out().await;
    let redirect = tenant.authorize(&[("state", "")]).await.redirect();
    assert!(!value(&redirect, "code").is_empty());
    let redirect = tenant.authorize(&[("state", "mine")]).await.redirect();
    assert_eq!(value(&redirect, "state"), "mine");
}

#[tokio::test]
async fn a_code_works_once_for_its_own_request_and_for_two_minutes() {
    let tenant = signed_out().await;
    let code = tenant.code().await;
    assert_eq!(tenant.redeem(&[("code", &code)]).await.status, StatusCode::OK);
    assert_eq!(tenant.redeem(&[("code", &code)]).await.json()["error"], "invalid_grant");

    let other_verifier = "x".repeat(43);
    for change in [
        ("redirect_uri", "http://localhost:3001"),
        ("code_verifier", other_verifier.as_str()),
        ("code_verifier", ""),
    ] {
        let code = tenant.code().await;
        let refused = tenant.redeem(&[("code", &code), change]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["error"], "invalid_grant", "{change:?}");
    }

    let code = tenant.code().await;
    tenant.sim.advance_clock(Duration::from_secs(121));
    assert_eq!(tenant.redeem(&[("code", &code)]).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn the_token_endpoint_names_what_is_wrong() {
    let tenant = signed_out().await;
    let unsupported = tenant.redeem(&[("grant_type", "password")]).await.json();
    assert_eq!(unsupported["error"], "unsupported_grant_type");
    let client = tenant.redeem(&[("client_id", "another")]).await;
    assert_eq!(client.status, StatusCode::UNAUTHORIZED);
    assert_eq!(client.json()["error"], "invalid_client");
    let request = tenant.call(Method::POST, "/am/oauth2/access_token", &json!({}));
    assert_eq!(answer(request).await.json()["error"], "invalid_request");
}

#[tokio::test]
async fn every_bad_exchange_gets_the_one_answer() {
    let tenant = signed_out().await;
    let login = tenant.login().await;
    let good = [("subject_token", login.as_str()), ("scope", "fr:idm:*")];
    for change in [
        ("subject_token", "forged"),
        ("subject_token", ""),
        ("client_id", "AICMCPClient"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        ("requested_token_type", "urn:ietf:params:oauth:token-type:jwt"),
    ] {
        let fields: Vec<_> =
            good.into_iter().filter(|(name, _)| *name != change.0).chain([change]).collect();
        let refused = tenant.exchange(&fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{change:?}");
        let expected =
            json!({"error": "invalid_request", "error_description": "Invalid token exchange."});
        assert_eq!(refused.json(), expected, "{change:?}");
    }
    let scopes = "fr:idm:* fr:iga:* fr:idc:esv:restart";
    let scope = tenant.exchange(&[good[0], ("scope", scopes)]).await.json();
    assert_eq!(scope["error"], "invalid_scope");
    assert_eq!(
        scope["error_description"],
        "Unknown/invalid scope(s): [fr:iga:*, fr:idc:esv:restart]"
    );
    tenant.sim.offer_restart_scope(true);
    let offered = tenant.exchange(&[good[0], ("scope", "fr:idc:esv:restart")]).await;
    assert_eq!(offered.status, StatusCode::OK);
}

#[tokio::test]
async fn tokens_expire_by_the_tenants_clock() {
    let mut tenant = Tenant::demo().await;
    let login = tenant.login().await;
    tenant.sim.advance_clock(Duration::from_mins(15));
    assert_eq!(tenant.get("/openidm/config/managed").await.status, StatusCode::UNAUTHORIZED);
    let fields = [("subject_token", login.as_str()), ("scope", "fr:idm:*")];
    tenant.token = text(&tenant.exchange(&fields).await.json()["access_token"]);
    assert_eq!(tenant.get("/openidm/config/managed").await.status, StatusCode::OK);
    tenant.sim.advance_clock(Duration::from_hours(1));
    assert_eq!(tenant.exchange(&fields).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn exchanged_tokens_live_as_long_as_the_tenant_is_told() {
    let mut tenant = Tenant::demo().await;
    let login = tenant.login().await;
    tenant.sim.set_access_token_lifetime(Duration::from_millis(20_900));
    let fields = [("subject_token", login.as_str()), ("scope", "fr:idm:*")];
    let answer = tenant.exchange(&fields).await.json();
    assert_eq!(answer["expires_in"], 20);
    tenant.token = text(&answer["access_token"]);
    tenant.sim.advance_clock(Duration::from_secs(10));
    assert_eq!(tenant.get("/openidm/config/managed").await.status, StatusCode::OK);
    let later = FaultKind::AdvanceClock(Duration::from_secs(11));
    tenant.sim.inject(Fault::new(later));
    assert_eq!(tenant.get("/openidm/config/managed").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn revoked_tokens_are_refused_and_new_ones_work() {
    let tenant = Tenant::demo().await;
    let login = tenant.login().await;
    tenant.sim.revoke_access_tokens();
    assert_eq!(tenant.get("/openidm/config/managed").await.status, StatusCode::UNAUTHORIZED);
    let fields = [("subject_token", login.as_str()), ("scope", "fr:idm:*")];
    assert_eq!(tenant.exchange(&fields).await.status, StatusCode::OK);

    tenant.sim.revoke_logins();
    assert_eq!(tenant.exchange(&fields).await.status, StatusCode::BAD_REQUEST);
    let login = tenant.login().await;
    let fields = [("subject_token", login.as_str()), ("scope", "fr:idm:*")];
    assert_eq!(tenant.exchange(&fields).await.status, StatusCode::OK);

    let revoke = [("client_id", "AICMCPClient"), ("token", login.as_str())];
    let revoked = tenant.form("/am/oauth2/token/revoke", &revoke).await;
    assert_eq!((revoked.status, revoked.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(tenant.exchange(&fields).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn logins_are_counted_while_they_are_valid() {
    let tenant = signed_out().await;
    assert_eq!(tenant.sim.logins(), 0);
    let login = tenant.login().await;
    tenant.exchange(&[("subject_token", &login), ("scope", "fr:idm:*")]).await;
    tenant.login().await;
    assert_eq!(tenant.sim.logins(), 2);
    let revoke = [("client_id", "AICMCPClient"), ("token", login.as_str())];
    tenant.form("/am/oauth2/token/revoke", &revoke).await;
    assert_eq!(tenant.sim.logins(), 1);
    tenant.sim.advance_clock(Duration::from_hours(1));
    assert_eq!(tenant.sim.logins(), 0);
    tenant.login().await;
    tenant.sim.revoke_logins();
    assert_eq!(tenant.sim.logins(), 0);
}

#[tokio::test]
async fn tokens_of_logins_can_be_as_long_as_on_a_real_tenant() {
    let tenant = signed_out().await;
    let short = tenant.login().await;
    tenant.sim.pad_login_tokens(3_000);
    let long = tenant.login().await;
    assert_eq!(long.len(), 3_000);
    assert!(long.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    for login in [&short, &long] {
        let exchanged = tenant.exchange(&[("subject_token", login), ("scope", "fr:idm:*")]).await;
        assert_eq!(exchanged.status, StatusCode::OK);
        assert_eq!(text(&exchanged.json()["access_token"]).len(), 43);
    }
}

#[tokio::test]
async fn services_take_exchanged_tokens_with_their_scope_only() {
    let mut tenant = Tenant::demo().await;
    let login = tenant.login().await;
    let narrow = [("subject_token", login.as_str()), ("scope", "fr:am:*")];
    tenant.token = text(&tenant.exchange(&narrow).await.json()["access_token"]);
    let forbidden = tenant.get("/openidm/config/managed").await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    assert_eq!(forbidden.json()["message"], "Access denied");
    for token in [login, String::new(), "forged".to_owned()] {
        tenant.token = token;
        let refused = tenant.get("/openidm/config/managed").await;
        let expected = json!({"code": 401, "reason": "Unauthorized", "message": "Access Denied"});
        assert_eq!((refused.status, refused.json()), (StatusCode::UNAUTHORIZED, expected));
    }
}

#[tokio::test]
async fn userinfo_tells_the_subject() {
    let mut tenant = signed_out().await;
    tenant.token = tenant.login().await;
    let info = tenant.get("/am/oauth2/userinfo").await.json();
    assert_eq!(info, json!({"sub": "5b0e9c1e-7d0f-4c57-9a53-2f6f3c1d8a01"}));
    tenant.token = "forged".to_owned();
    assert_eq!(tenant.get("/am/oauth2/userinfo").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_metadata_names_the_endpoints() {
    let tenant = signed_out().await;
    let metadata = tenant.get("/am/oauth2/.well-known/openid-configuration").await.json();
    let issuer = format!("{}/am/oauth2", tenant.sim.base_url());
    assert_eq!(metadata["issuer"], issuer);
    assert_eq!(metadata["token_endpoint"], format!("{issuer}/access_token"));
}

#[tokio::test]
async fn a_sign_in_can_be_refused_once() {
    let tenant = signed_out().await;
    tenant.sim.refuse_next_sign_in("access_denied", "Not today & never");
    let redirect = tenant.authorize(&[]).await.redirect();
    assert_eq!(value(&redirect, "error"), "access_denied");
    assert_eq!(value(&redirect, "error_description"), "Not today & never");
    assert_eq!(value(&redirect, "state"), "state-1");
    assert_ne!(tenant.code().await, "");
}

#[tokio::test]
async fn the_page_signs_the_chosen_administrator_in_once() {
    let tenant = Tenant::signed_out(Options::default().sign_in(SignIn::Interactive)).await;
    let page = tenant.authorize(&[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let second = "c27d4a86-3b1a-4f0e-8f7b-90d5e4b6a202";
    assert!(page.text.contains(second) && page.text.contains("fr:idm:*"));

    let ticket = ticket(&page.text);
    let fields = [("ticket", ticket.as_str()), ("administrator", second), ("decision", "allow")];
    let code = value(&tenant.form("/am/oauth2/authorize", &fields).await.redirect(), "code");
    let login = text(&tenant.redeem(&[("code", &code)]).await.json()["access_token"]);
    let request = tenant.request(Method::GET, "/am/oauth2/userinfo").bearer_auth(login);
    assert_eq!(answer(request).await.json()["sub"], second);

    let again = tenant.form("/am/oauth2/authorize", &fields).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_page_takes_no_for_an_answer() {
    let tenant = Tenant::signed_out(Options::default().sign_in(SignIn::Interactive)).await;
    let ticket = ticket(&tenant.authorize(&[]).await.text);
    let fields = [("ticket", ticket.as_str()), ("decision", "deny")];
    let redirect = tenant.form("/am/oauth2/authorize", &fields).await.redirect();
    assert_eq!(value(&redirect, "error"), "access_denied");
    assert_eq!(value(&redirect, "state"), "state-1");
}

#[tokio::test]
async fn other_methods_are_refused_as_json() {
    let tenant = signed_out().await;
    let refused = tenant.send(Method::DELETE, "/am/oauth2/authorize", Value::Null).await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(refused.json()["code"], 405);
}
