//! The page at the end of a browser login.

use aic_e2e::{Browser, Outcome, Start};
use aic_sim::{Fault, FaultKind, Sim};
use serde_json::json;

use crate::first_run::Home;
use crate::support::{INGRID, logins_and_exchanges, tenant, until};

#[tokio::test(flavor = "multi_thread")]
async fn success_is_told_only_once_the_token_is_there() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).not_signing_in().connect().await;
    sim.inject(Fault::new(FaultKind::Withhold).path_contains("/access_token"));
    let call = client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    let told = tokio::spawn(async move { Browser::new().open(&page).await });
    until(|| logins_and_exchanges(&sim).0 == 1).await;
    assert!(!told.is_finished(), "the browser waits with everybody else");
    sim.release();
    let (status, text) = told.await.unwrap().unwrap();
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("You are signed in") && text.contains(INGRID), "{text}");
    assert!(text.contains("Signed in until") && text.contains(" UTC, "), "{text}");
    client.outcome("listManagedObjects", call).await.ok();
}

/// The status and the text of the last page of a login for a call, and what became of the call.
async fn last_page(sim: &Sim) -> (u16, String, Outcome) {
    let mut client = Start::serve(sim).not_signing_in().connect().await;
    let call = client.start_call("listManagedObjects", json!({})).await;
    let page = client.process().sign_in_page().await;
    let (status, text) = Browser::new().open(&page).await.unwrap();
    (status, text, client.outcome("listManagedObjects", call).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_does_not_say_whose_login_it_is_spoils_nothing() {
    let sim = tenant().await;
    let broken = FaultKind::Status { status: 500, headers: Vec::new(), body: String::new() };
    sim.inject(Fault::new(broken).path_contains("/userinfo"));
    let (status, text, outcome) = last_page(&sim).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("the tenant has not said whose sign-in this is"), "{text}");
    outcome.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_given_out_is_no_success() {
    let sim = tenant().await;
    let refusal = json!({ "error": "invalid_grant", "error_description": "no\u{202e}code" });
    let kind = FaultKind::Status { status: 400, headers: Vec::new(), body: refusal.to_string() };
    sim.inject(Fault::new(kind).path_contains("/access_token"));
    let (status, text, outcome) = last_page(&sim).await;
    assert_eq!(status, 400, "{text}");
    assert!(text.contains("The sign-in did not work"), "{text}");
    assert!(text.contains("invalid_grant: no⟦U+202E⟧code"), "{text}");
    assert!(text.contains("start the sign-in anew"), "{text}");
    outcome.failed();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_for_the_command_line_is_told_by_name() {
    let (sim, home) = (tenant().await, Home::new());
    let login = home.start(&["login", "--credential-store", "file"]);
    let mut process = login.env("AIC_BASE_URL", &sim.base_url()).spawn();
    let page = process.sign_in_page().await;
    let (status, text) = Browser::new().open(&page).await.unwrap();
    assert_eq!(status, 200, "{text}");
    let name = "Ingrid Halvorsen &lt;ingrid.halvorsen@northlight.example&gt;";
    assert!(text.contains(name) && text.contains(INGRID), "{text}");
    assert!(process.ended().await.success());
    let output = process.line().await.unwrap();
    let name = "as Ingrid Halvorsen <ingrid.halvorsen@northlight.example>, ";
    assert!(output.contains(name) && output.contains(INGRID), "{output}");
    assert_eq!(logins_and_exchanges(&sim), (1, 1), "the name is read once");
}
