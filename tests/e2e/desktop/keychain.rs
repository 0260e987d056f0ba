//! Keeping the login in the Secret Service of a desktop session.

use aic_e2e::{SecretService, Start};
use aic_sim::Sim;
use serde_json::{Value, json};

use crate::support::{logins_and_exchanges, tenant};

/// The service that entries are filed under.
const SERVICE: &str = "PingOneAIC_MCP_Server";

#[tokio::test(flavor = "multi_thread")]
async fn the_login_is_kept_where_other_programs_find_it() {
    let session = SecretService::unlocked().await;
    let sim = tenant().await;
    assert_eq!(session.lookup(SERVICE, &account(&sim)), None);
    let mut client = serve(&sim, &session).connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    let record = record(&session, &sim);
    assert_eq!(record["tenant"], sim.base_url());
    assert!(record["token"].as_str().is_some_and(|token| token.len() > 10));
    assert!(record["expires_at"].is_u64());
    assert_eq!(client.process().log().matches("warn").count(), 0, "{}", client.process().log());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tenant_has_an_entry_of_its_own() {
    let session = SecretService::unlocked().await;
    let (first, second) = (tenant().await, tenant().await);
    serve(&first, &session).connect().await.call("listManagedObjects", json!({})).await.ok();
    let before = record(&session, &first);
    serve(&second, &session).connect().await.call("listManagedObjects", json!({})).await.ok();
    assert_eq!(record(&session, &second)["tenant"], second.base_url());
    assert_eq!(record(&session, &first), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_cannot_be_used_means_one_warning_and_one_login() {
    for (session, reason) in [
        (SecretService::locked().await, "it is locked, or there is none yet"),
        (SecretService::empty().await, "it is locked, or there is none yet"),
        (SecretService::missing().await, "there is none here"),
    ] {
        let sim = tenant().await;
        let mut client = serve(&sim, &session).connect().await;
        for _ in 0..3 {
            client.call("listManagedObjects", json!({})).await.ok();
        }
        assert_eq!(logins_and_exchanges(&sim), (1, 3));
        let log = client.process().log();
        assert_eq!(log.matches("kept in memory only").count(), 1, "{log}");
        assert!(log.contains(reason), "{log}");
        assert_eq!(session.lookup(SERVICE, &account(&sim)), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_of_3000_characters_is_made_looked_at_used_and_given_back() {
    let session = SecretService::unlocked().await;
    let sim = tenant().await;
    sim.pad_login_tokens(3_000);
    let run = async |command: &[&str]| {
        let start = Start::new(command).at(&sim).signing_in();
        let (status, output, log) = in_session(start, &session).run().await;
        assert!(status.success(), "{command:?}: {output}{log}");
        output
    };
    let output = run(&["login"]).await;
    assert!(output.contains("Kept in the keychain until"), "{output}");
    let token = record(&session, &sim)["token"].as_str().unwrap().to_owned();
    assert_eq!(token.len(), 3_000);
    assert!(run(&["status"]).await.contains("Ingrid Halvorsen"));
    run(&["call", "listManagedObjects"]).await;
    assert_eq!(logins_and_exchanges(&sim).0, 1, "the login is used");
    let mut client = serve(&sim, &session).arg("--reuse-login").connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    assert_eq!(logins_and_exchanges(&sim).0, 1, "by servers too");
    let output = run(&["logout"]).await;
    assert!(output.contains("deleted from the keychain and revoked"), "{output}");
    assert_eq!(session.lookup(SERVICE, &account(&sim)), None);
    assert_eq!(sim.logins(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_say_what_is_wrong_with_the_keychain_and_what_to_do() {
    let session = SecretService::missing().await;
    let sim = tenant().await;
    for command in ["login", "status", "logout"] {
        let start = in_session(Start::new(&[command]).at(&sim).signing_in(), &session);
        let (status, output, log) = start.run().await;
        assert_eq!((status.code(), output.as_str()), (Some(1), ""), "{log}");
        assert!(log.contains("there is none here"), "{log}");
        assert!(log.contains("--token-file"), "{log}");
    }
    assert!(sim.requests().is_empty(), "nobody signs in for nothing");
}

/// A server that keeps its login in the keychain of this session.
fn serve(sim: &Sim, session: &SecretService) -> Start {
    in_session(Start::serve(sim), session)
}

fn in_session(start: Start, session: &SecretService) -> Start {
    let start = start.env("AIC_CREDENTIAL_STORE", "keychain");
    session.env().iter().fold(start, |start, (name, value)| start.env(name, value))
}

fn record(session: &SecretService, sim: &Sim) -> Value {
    let record = session.lookup(SERVICE, &account(sim)).expect("an entry");
    serde_json::from_str(&record).expect("a record")
}

/// The tenant's host and port.
fn account(sim: &Sim) -> String {
    sim.base_url().trim_start_matches("http://").to_owned()
}
