//! Environments that are not written to.

use aic_e2e::{Client, Start};
use aic_sim::{Fault, FaultKind, Sim};
use serde_json::{Value, json};

use crate::support::{INFO, tenant, user, writes};

/// A change of static configuration.
const THEME: &str = "updateTheme";
/// A change of what each environment has of its own.
const VARIABLE: &str = "setVariable";

fn arguments(tool: &str) -> Value {
    match tool {
        THEME => json!({ "realm": "alpha", "themeIdentifier": "Northlight",
            "themeUpdates": { "primaryColor": "#123456" } }),
        _ => json!({ "variableId": "esv-smtp-port", "type": "int", "value": 2525 }),
    }
}

/// How often the tenant was asked what it is.
fn asked(sim: &Sim) -> usize {
    sim.requests().iter().filter(|request| request.path() == INFO).count()
}

async fn refused(client: &mut Client, tool: &str, parts: &[&str]) {
    let failure = client.call(tool, arguments(tool)).await.failed();
    for part in parts.iter().chain(&["\nchanged: nothing", "\nnext: "]) {
        assert!(failure.contains(part), "{part}: {failure}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_is_asked_about_once_and_only_before_a_write() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    client.call("getThemes", json!({ "realm": "alpha" })).await.ok();
    assert_eq!(asked(&sim), 0);
    let mut calls = Vec::new();
    for number in 0..5 {
        let data = user(&format!("user{number}"));
        let arguments = json!({ "objectType": "alpha_user", "objectData": data });
        calls.push(client.start_call("createManagedObject", arguments).await);
    }
    for call in calls {
        client.outcome("createManagedObject", call).await.ok();
    }
    client.call(THEME, arguments(THEME)).await.ok();
    assert_eq!(asked(&sim), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_tiers_that_are_named_are_written_to() {
    for (tier, immutable, allowed, written) in [
        ("development", false, None, true),
        ("sandbox", false, None, true),
        ("other", false, None, true),
        ("staging", false, None, false),
        ("production", false, None, false),
        ("other", true, None, false),
        ("something", false, None, false),
        ("development", false, Some("sandbox"), false),
        ("staging", false, Some("development,staging"), true),
        ("something", false, Some("all"), true),
    ] {
        let sim = tenant().await;
        sim.set_environment(tier, immutable, false);
        let start = Start::serve(&sim);
        let start = match allowed {
            Some(allowed) => start.arg("--allow-tier").arg(allowed),
            None => start,
        };
        let mut client = start.connect().await;
        if written {
            client.call(VARIABLE, arguments(VARIABLE)).await.ok();
        } else {
            refused(&mut client, VARIABLE, &["is not written to", "--allow-tier"]).await;
            assert!(writes(&sim).is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_that_is_immutable_or_locked_stays_and_data_does_not() {
    let sim = tenant().await;
    sim.set_environment("production", true, false);
    let start = Start::serve(&sim).arg("--allow-tier").arg("all");
    let mut client = start.connect().await;
    refused(&mut client, THEME, &["is immutable", "the themes", "promoted"]).await;
    assert!(writes(&sim).is_empty());
    client.call(VARIABLE, arguments(VARIABLE)).await.ok();

    let sim = tenant().await;
    sim.set_environment("development", false, true);
    let mut client = Start::serve(&sim).connect().await;
    refused(&mut client, THEME, &["locked for a promotion", "until the promotion is done"]).await;
    assert!(writes(&sim).is_empty());
    // A promotion ends.
    sim.set_environment("development", false, false);
    client.call(THEME, arguments(THEME)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_that_says_nothing_of_itself_is_not_written_to() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    for kind in [FaultKind::Html403, FaultKind::EmptyOk] {
        sim.inject(Fault::new(kind).path_contains(INFO).times(u64::MAX));
        refused(&mut client, VARIABLE, &["does not tell its tier", "`unknown`"]).await;
        sim.clear_faults();
    }
    assert!(writes(&sim).is_empty());
    // It is asked again, for the fault may be gone.
    client.call(VARIABLE, arguments(VARIABLE)).await.ok();

    sim.inject(Fault::new(FaultKind::Html403).path_contains(INFO).times(u64::MAX));
    let start = Start::serve(&sim).env("AIC_ALLOW_TIER", "development,unknown");
    start.connect().await.call(VARIABLE, arguments(VARIABLE)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_the_environment_from_being_asked_has_its_own_remedy() {
    let refused_with = |status: u16, body: &str| FaultKind::Status {
        status,
        headers: Vec::new(),
        body: body.to_owned(),
    };
    let no_scope = r#"{"error":"invalid_scope","error_description":"Unknown scopes"}"#;
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    for (at, kind, part) in [
        (INFO, refused_with(503, "{}"), "HTTP 503"),
        (INFO, FaultKind::Truncate, "could not be reached"),
        ("/am/oauth2/access_token", refused_with(400, no_scope), "invalid_scope"),
    ] {
        // Logged in, so that it is the exchange that fails.
        client.call("listManagedObjects", json!({})).await.ok();
        sim.inject(Fault::new(kind).path_contains(at).times(u64::MAX));
        let failure = client.call(VARIABLE, arguments(VARIABLE)).await.failed();
        assert!(failure.contains(part) && failure.contains("changed: nothing"), "{failure}");
        assert!(
            !failure.contains("--allow-tier"),
            "the guard is not to be switched off: {failure}"
        );
        sim.clear_faults();
    }
    assert!(writes(&sim).is_empty());
}

/// Has the tenant answer the next question for what it is with this.
fn says(sim: &Sim, info: &Value) {
    let kind = FaultKind::Status { status: 200, headers: Vec::new(), body: info.to_string() };
    sim.inject(Fault::new(kind).path_contains(INFO));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_understood_counts_as_immutable_or_locked() {
    for (immutable, locked, why) in [
        (json!("true"), json!(false), "is immutable"),
        (json!(false), json!("true"), "is locked"),
        (json!("yes"), json!(false), "does not say"),
        (json!(1), json!(false), "does not say"),
        (json!(false), json!(null), "does not say"),
    ] {
        let sim = tenant().await;
        let mut client = Start::serve(&sim).connect().await;
        says(&sim, &json!({ "tier": "development", "immutable": immutable, "locked": locked }));
        refused(&mut client, THEME, &[why]).await;
        assert!(writes(&sim).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_is_asked_again_after_a_refusal_and_while_it_is_locked() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    client.call(THEME, arguments(THEME)).await.ok();
    // A promotion begins: the tenant refuses by itself, and from then on it is not asked to write.
    sim.set_environment("development", false, true);
    let mut again = arguments(THEME);
    again["themeUpdates"]["primaryColor"] = "#654321".into();
    client.call(THEME, again.clone()).await.failed();
    sim.clear_requests();
    for _ in 0..2 {
        let failure = client.call(THEME, again.clone()).await.failed();
        assert!(failure.contains("is locked"), "{failure}");
    }
    assert_eq!(asked(&sim), 2, "it is never believed to be locked");
    assert!(writes(&sim).is_empty());
    sim.set_environment("development", false, false);
    client.call(THEME, again).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_not_asked_about_what_would_be_refused() {
    let sim = tenant().await;
    sim.set_environment("production", true, false);
    let start = Start::serve(&sim).confirming();
    let mut client = start.connect_with_forms("2025-11-25").await;
    refused(&mut client, THEME, &["is immutable"]).await;
    assert_eq!(client.questions(), 0);
    let mut dry = Start::serve(&sim).arg("--dry-run").connect().await;
    refused(&mut dry, THEME, &["is immutable"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tier_that_does_not_exist_is_refused_at_the_start() {
    let (status, _, problem) = Start::new(&["tools", "--allow-tier", "dev"]).run().await;
    assert_eq!(status.code(), Some(2));
    assert!(problem.contains("there are development, sandbox, staging"), "{problem}");
}
