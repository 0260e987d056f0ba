use aic_sim::{Options, SignIn};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::support::{Answer, Tenant};

async fn interactive() -> Tenant {
    Tenant::signed_out(Options::default().sign_in(SignIn::Interactive)).await
}

/// Holds a page to what every page of the tenant promises.
#[track_caller]
fn assert_page(page: &Answer, heading: &str, forms: &str) {
    let text = &page.text;
    assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
    assert!(text.contains(&format!("<h1>{heading}</h1>")), "{text}");
    assert!(text.contains("Simulated tenant") && text.contains("Nothing here is real"), "{text}");
    assert!(text.contains("name=\"viewport\" content=\"width=device-width, initial-scale=1\""));
    assert!(text.contains("prefers-color-scheme: dark"));
    for foreign in ["<script", "src=", "href=", "url(", "@import", " style="] {
        assert!(!text.contains(foreign), "{foreign} in {text}");
    }

    let (_, style) = text.split_once("<style>").unwrap();
    let (style, _) = style.split_once("</style>").unwrap();
    let hash = STANDARD.encode(Sha256::digest(style));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action {forms}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    assert_eq!(page.header("content-security-policy"), policy);
}

#[tokio::test]
async fn pages_allow_their_own_style_and_nothing_else() {
    let tenant = interactive().await;
    let page = tenant.authorize(&[]).await;
    assert_page(&page, "Sign in to the simulated tenant", "'self' http://localhost:*");
    let page = tenant.authorize(&[("client_id", "<b>")]).await;
    assert_page(&page, "This sign-in cannot go on", "'none'");
    for path in ["/am/oauth2/authorize", "/am/oauth2/device/user"] {
        let page = tenant.form(path, &[("ticket", "unknown")]).await;
        assert_page(&page, "This sign-in cannot go on", "'none'");
    }

    let page = tenant.visit("").await;
    assert_page(&page, "Connect an application", "'self'");
    let page = tenant.visit("BCDFGHJK").await;
    assert_page(&page, "This code cannot be used", "'self'");
    let page = tenant.visit(&tenant.codes().await.user).await;
    assert_page(&page, "Connect an application to the simulated tenant", "'self'");
    assert_page(&tenant.decide(&page, "deny").await, "The sign-in is refused", "'none'");
    let page = tenant.visit(&tenant.codes().await.user).await;
    assert_page(&tenant.decide(&page, "allow").await, "You are signed in", "'none'");
}

#[tokio::test]
async fn everything_asked_has_a_label_and_every_answer_a_name() {
    let page = interactive().await.authorize(&[]).await.text;
    assert_eq!(page.matches("<label class=\"choice\"><input type=\"radio\"").count(), 2);
    assert_eq!(page.matches("name=\"administrator\"").count(), 2);
    for (id, value) in [("approve", "allow"), ("refuse", "deny")] {
        assert!(page.contains(&format!("id=\"{id}\" name=\"decision\" value=\"{value}\"")));
    }
    assert!(page.contains("Journeys, scripts and applications") && page.contains("AICMCPClient"));
    let page = interactive().await.visit("").await.text;
    assert!(page.contains("<label class=\"field\" for=\"user_code\">Code</label>"), "{page}");
    assert!(page.contains("id=\"user_code\" name=\"user_code\""), "{page}");
}
