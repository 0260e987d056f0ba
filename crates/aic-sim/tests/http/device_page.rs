use std::time::Duration;

use aic_sim::{Options, SignIn};
use reqwest::{Method, StatusCode};

use crate::device::{assert_pending, assert_refused};
use crate::support::{Answer, Tenant, answer, text, ticket};

const PAGE: &str = "/am/oauth2/device/user";
const FIRST: &str = "5b0e9c1e-7d0f-4c57-9a53-2f6f3c1d8a01";
const SECOND: &str = "c27d4a86-3b1a-4f0e-8f7b-90d5e4b6a202";

impl Tenant {
    /// Opens the page, with what somebody has typed as the code unless it is empty.
    pub(crate) async fn visit(&self, user_code: &str) -> Answer {
        let query = if user_code.is_empty() { String::new() } else { query(user_code) };
        answer(self.request(Method::GET, &format!("{PAGE}{query}"))).await
    }

    /// Answers the page for the second administrator.
    pub(crate) async fn decide(&self, page: &Answer, decision: &str) -> Answer {
        let ticket = ticket(&page.text);
        let fields = [("ticket", &*ticket), ("administrator", SECOND), ("decision", decision)];
        self.form(PAGE, &fields).await
    }

    async fn signed_in_as(&self, login: &Answer) -> String {
        let login = text(&login.json()["access_token"]);
        let request = self.request(Method::GET, "/am/oauth2/userinfo").bearer_auth(login);
        text(&answer(request).await.json()["sub"])
    }
}

fn query(user_code: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new("?".to_owned());
    query.append_pair("user_code", user_code).finish()
}

async fn interactive() -> Tenant {
    Tenant::signed_out(Options::default().sign_in(SignIn::Interactive)).await
}

#[track_caller]
fn assert_unknown(page: &Answer) {
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("This code cannot be used"), "{page:?}");
    assert!(page.text.contains("name=\"user_code\""), "{page:?}");
}

#[tokio::test]
async fn the_demo_administrator_approves_at_once() {
    let tenant = Tenant::signed_out(Options::default()).await;
    let codes = tenant.codes().await;
    assert_pending(&tenant.poll(&codes).await);
    let page = tenant.visit(&codes.user).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("You are signed in") && page.text.contains("Ingrid Halvorsen"));
    assert_eq!(tenant.signed_in_as(&tenant.poll(&codes).await).await, FIRST);
    assert_unknown(&tenant.visit(&codes.user).await);
}

#[tokio::test]
async fn the_address_with_the_code_leads_to_the_page_of_either_path() {
    let tenant = Tenant::signed_out(Options::default()).await;
    let complete = text(&tenant.ask(&[]).await.json()["verification_uri_complete"]);
    let target = complete.strip_prefix(&tenant.sim.base_url()).unwrap();
    let page = answer(tenant.request(Method::GET, target)).await;
    assert!(page.text.contains("You are signed in"), "{page:?}");
    let code = tenant.codes().await.user;
    let target = format!("/am/oauth2/realms/root/device/user{}", query(&code));
    let page = answer(tenant.request(Method::GET, &target)).await;
    assert!(page.text.contains("You are signed in"), "{page:?}");
}

#[tokio::test]
async fn the_page_shows_the_code_and_signs_the_chosen_administrator_in() {
    let tenant = interactive().await;
    let codes = tenant.codes().await;
    let page = tenant.visit(&codes.user).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains(&codes.user) && page.text.contains("fr:idm:*"), "{page:?}");
    assert_pending(&tenant.poll(&codes).await);

    let approved = tenant.decide(&page, "allow").await;
    assert_eq!(approved.status, StatusCode::OK);
    assert!(approved.text.contains("You are signed in") && approved.text.contains("Kwame Adjei"));
    assert_eq!(tenant.signed_in_as(&tenant.poll(&codes).await).await, SECOND);

    let again = tenant.decide(&page, "allow").await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.text.contains("This sign-in is no longer open"), "{again:?}");
}

#[tokio::test]
async fn the_page_takes_no_and_anything_unclear_for_a_refusal() {
    let tenant = interactive().await;
    for decision in ["deny", "", "ALLOW"] {
        let codes = tenant.codes().await;
        let page = tenant.visit(&codes.user).await;
        let refused = tenant.decide(&page, decision).await;
        assert!(refused.text.contains("The sign-in is refused"), "{refused:?}");
        let description = "Resource Owner did not authorize the request";
        let poll = tenant.poll(&codes).await;
        assert_refused(&poll, StatusCode::BAD_REQUEST, "access_denied", description);
    }
    let codes = tenant.codes().await;
    let ticket = ticket(&tenant.visit(&codes.user).await.text);
    let fields = [("ticket", ticket.as_str()), ("decision", "allow"), ("administrator", "nobody")];
    assert!(tenant.form(PAGE, &fields).await.text.contains("The sign-in is refused"));
}

#[tokio::test]
async fn without_a_code_the_page_asks_for_it() {
    let tenant = interactive().await;
    for page in [
        tenant.visit("").await,
        tenant.visit("  ").await,
        answer(tenant.request(Method::GET, &format!("{PAGE}?user_code="))).await,
    ] {
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("name=\"user_code\""), "{page:?}");
        assert!(!page.text.contains("This code cannot be used"), "{page:?}");
    }
}

#[tokio::test]
async fn a_code_may_be_typed_as_people_type() {
    let tenant = interactive().await;
    let code = tenant.codes().await.user;
    let (left, right) = code.split_at(4);
    for typed in [code.to_lowercase(), format!("{left}-{right}"), format!(" {left} {right} ")] {
        let page = tenant.visit(&typed).await;
        assert!(page.text.contains(&code) && page.text.contains("id=\"approve\""), "{page:?}");
    }
}

#[tokio::test]
async fn codes_that_nobody_waits_for_are_unknown() {
    let tenant = interactive().await;
    let refused = tenant.codes().await;
    let expired = tenant.codes().await;
    let late = tenant.visit(&expired.user).await;
    tenant.sim.refuse_device(&refused.user);
    tenant.sim.advance_clock(Duration::from_mins(5));
    for code in ["BCDFGHJK", "<script>", &refused.user, &expired.user] {
        let page = tenant.visit(code).await;
        assert_unknown(&page);
        assert!(!page.text.contains("<script>"));
    }
    assert_unknown(&tenant.decide(&late, "allow").await);
}

#[tokio::test]
async fn a_sign_in_can_be_refused_at_the_page_of_a_device() {
    for sign_in in [SignIn::Automatic, SignIn::Interactive] {
        let tenant = Tenant::signed_out(Options::default().sign_in(sign_in)).await;
        let codes = tenant.codes().await;
        tenant.sim.refuse_next_sign_in("server_error", "Not today & never");
        assert_unknown(&tenant.visit("BCDFGHJK").await);
        assert_pending(&tenant.poll(&codes).await);
        let page = tenant.visit(&codes.user).await;
        assert!(page.text.contains("Not today &amp; never"), "{page:?}");
        let refused = tenant.poll(&codes).await;
        assert_refused(&refused, StatusCode::BAD_REQUEST, "server_error", "Not today & never");
        let next = tenant.visit(&tenant.codes().await.user).await;
        assert!(!next.text.contains("The sign-in is refused"), "{next:?}");
    }
}
