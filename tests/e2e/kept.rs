//! Logins that outlive a process: the token file, and the commands that look after it. The
//! keychain's tests are in `desktop`.

use std::fs;
use std::path::{Path, PathBuf};

use aic_e2e::Start;
use aic_sim::Sim;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{logins_and_exchanges, tenant};

/// A tenant, and a file for logins to it.
async fn tenant_and_file() -> (Sim, TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("login/token.json");
    (tenant().await, folder, file)
}

/// A command that keeps its login in the file.
fn command(name: &str, sim: &Sim, file: &Path) -> Start {
    let file = file.to_str().unwrap();
    Start::new(&[name, "--token-file", file, "--credential-store", "file"]).at(sim).signing_in()
}

fn record(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

async fn succeeds(start: &Start) -> String {
    let (status, output, log) = start.run().await;
    assert!(status.success(), "{output}{log}");
    output
}

/// Its output where it ends with this status.
async fn ends(start: &Start, code: i32) -> (String, String) {
    let (status, output, log) = start.run().await;
    assert_eq!(status.code(), Some(code), "{output}{log}");
    (output, log)
}

/// Uses a server and returns what it logged.
async fn use_server(start: &Start) -> String {
    let mut client = start.connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    client.process().close();
    assert!(client.process().ended().await.success());
    client.process().log()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_made_looked_at_used_and_given_back() {
    let (sim, _folder, file) = tenant_and_file().await;
    sim.pad_login_tokens(3_000);
    let (output, _) = ends(&command("status", &sim, &file), 3).await;
    assert!(
        output.contains("Nobody is logged in.") && output.contains("aic-mcp login"),
        "{output}"
    );

    let output = succeeds(&command("login", &sim, &file)).await;
    assert!(output.contains("Signed in to http://127.0.0.1"), "{output}");
    assert!(output.contains("Ingrid Halvorsen <ingrid.halvorsen@northlight.example>"), "{output}");
    assert!(output.contains("(in 59 minutes)"), "{output}");
    let token = record(&file)["token"].as_str().unwrap().to_owned();
    assert_eq!(token.len(), 3_000);
    assert!(!output.contains(&token[..20]));

    let output = succeeds(&command("status", &sim, &file)).await;
    for part in [&sim.base_url(), "Ingrid", "fr:idm:* fr:am:*", "Valid until", "token.json"] {
        assert!(output.contains(part), "no {part:?} in {output}");
    }
    let output = succeeds(&command("status", &sim, &file).arg("--format").arg("json")).await;
    let status: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(status["loggedIn"], true);
    assert_eq!(status["administrator"]["sn"], "Halvorsen");
    assert_eq!(status["scopes"].as_array().unwrap().len(), 5);
    assert!(!output.contains(&token[..20]));

    sim.clear_requests();
    let call = command("call", &sim, &file).arg("listManagedObjects");
    succeeds(&call).await;
    assert_eq!(logins_and_exchanges(&sim), (0, 1), "the login is used");

    assert_eq!(sim.logins(), 1);
    let output = succeeds(&command("logout", &sim, &file)).await;
    assert!(output.contains("deleted") && output.contains("revoked"), "{output}");
    assert_eq!(sim.logins(), 0);
    assert!(!file.exists());
    let output = succeeds(&command("logout", &sim, &file)).await;
    assert!(output.contains("Nothing to do"), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_logs_in_anew_unless_it_is_to_reuse_the_login() {
    let (sim, _folder, file) = tenant_and_file().await;
    let serve = command("serve", &sim, &file);
    use_server(&serve).await;
    assert_eq!(logins_and_exchanges(&sim), (1, 1));
    use_server(&serve).await;
    assert_eq!(logins_and_exchanges(&sim), (2, 2), "a process has a login of its own");
    let log = use_server(&serve.clone().arg("--reuse-login")).await;
    assert_eq!(logins_and_exchanges(&sim), (2, 3));
    assert_eq!(log, "", "nobody is asked, and nothing is wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_used_is_none_and_says_why() {
    let (sim, _folder, file) = tenant_and_file().await;
    let serve = command("serve", &sim, &file).arg("--reuse-login");
    use_server(&serve).await;
    let good = record(&file);
    let mut logins = 1;
    let changed = |member: &str, value: Value| {
        let mut record = good.clone();
        record[member] = value;
        record.to_string()
    };
    for (text, why) in [
        (changed("tenant", "https://other.example.com".into()), "belongs to another tenant"),
        (changed("expires_at", 1_000_000_000.into()), "has expired"),
        (changed("scopes", "fr:idm:*".into()), "made for fewer tools"),
        ("{\"token\":".to_owned(), "cannot be read"),
        (String::new(), "cannot be read"),
    ] {
        fs::write(&file, text).unwrap();
        let log = use_server(&serve).await;
        assert!(log.contains(why), "no {why:?} in {log}");
        logins += 1;
        assert_eq!(logins_and_exchanges(&sim).0, logins, "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reused_login_that_the_tenant_no_longer_accepts_is_renewed_once() {
    let (sim, _folder, file) = tenant_and_file().await;
    succeeds(&command("login", &sim, &file)).await;
    sim.revoke_logins();
    let (output, _) = ends(&command("status", &sim, &file), 3).await;
    assert!(output.contains("no longer accepts the login"), "{output}");
    sim.clear_requests();
    use_server(&command("serve", &sim, &file).arg("--reuse-login")).await;
    assert_eq!(logins_and_exchanges(&sim), (1, 2));
    succeeds(&command("status", &sim, &file)).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_others_can_reach_is_refused_with_a_remedy_before_the_sign_in() {
    use std::os::unix::fs::PermissionsExt;

    let (sim, folder, _) = tenant_and_file().await;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("other.txt"), "").unwrap();
    let file = folder.path().join("token.json");
    let (output, log) = ends(&command("login", &sim, &file), 1).await;
    assert_eq!(output, "");
    assert!(log.contains("mode 755") && log.contains("--token-file"), "{log}");
    assert!(sim.requests().is_empty(), "nobody signs in for nothing");
    assert!(!file.exists());

    // A server can do without: one warning, one login for all its calls.
    let mut client = command("serve", &sim, &file).connect().await;
    for _ in 0..3 {
        client.call("listManagedObjects", json!({})).await.ok();
    }
    assert_eq!(sim.logins(), 1);
    let log = client.process().log();
    assert_eq!(log.matches("kept in memory only").count(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_cannot_be_kept_after_all_is_given_back() {
    let (sim, _folder, file) = tenant_and_file().await;
    // It could be written, as far as can be told.
    fs::create_dir_all(file.join("in-the-way")).unwrap();
    let (_, log) = ends(&command("login", &sim, &file), 1).await;
    assert!(log.contains("the sign-in worked, but") && log.contains("--token-file"), "{log}");
    assert_eq!(logins_and_exchanges(&sim).0, 1);
    assert_eq!(sim.logins(), 0, "it is revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_cannot_be_revoked_is_deleted_all_the_same() {
    let (sim, _folder, file) = tenant_and_file().await;
    succeeds(&command("login", &sim, &file)).await;
    let fault = aic_sim::Fault::new(aic_sim::FaultKind::Disconnect).path_contains("/revoke");
    sim.inject(fault);
    let (status, output, log) = command("logout", &sim, &file).run().await;
    assert!(status.success(), "{log}");
    assert!(output.contains("deleted"), "{output}");
    assert!(log.contains("could not be revoked") && log.contains("It expires"), "{log}");
    assert!(!file.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_from_the_shell_can_be_by_code() {
    let (sim, _folder, file) = tenant_and_file().await;
    sim.set_device_interval(std::time::Duration::from_secs(1));
    let login = command("login", &sim, &file).arg("--login").arg("device");
    let output = succeeds(&login).await;
    assert!(output.contains("Signed in"), "{output}");
    assert_eq!(
        record(&file)["scopes"],
        "fr:idm:* fr:idc:esv:read fr:idc:esv:update fr:idc:monitoring:*"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_refused_says_so_and_keeps_nothing() {
    let (sim, _folder, file) = tenant_and_file().await;
    sim.refuse_next_sign_in("access_denied", "not you");
    let (output, log) = ends(&command("login", &sim, &file), 3).await;
    assert_eq!(output, "");
    assert!(log.contains("access_denied (not you)") && log.contains("again"), "{log}");
    assert!(!file.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_keep_nothing_or_are_no_files_are_refused_at_the_start() {
    let sim = tenant().await;
    for (start, part) in [
        (Start::new(&["login"]).at(&sim), "cannot be kept in memory"),
        (
            Start::new(&["serve", "--credential-store", "file"])
                .at(&sim)
                .env("AIC_TOKEN_FILE", "t.json"),
            "absolute path",
        ),
    ] {
        let (status, output, log) = start.run().await;
        assert_eq!((status.code(), output.as_str()), (Some(2), ""), "{log}");
        assert!(log.contains(part) && log.contains("for example"), "{log}");
    }
    assert!(sim.requests().is_empty());
}
