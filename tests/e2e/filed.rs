//! Logins in a file that no option names: every command finds what another has filed.

use aic_e2e::Start;
use aic_sim::Sim;
use serde_json::json;

use crate::first_run::Home;
use crate::support::{logins_and_exchanges, tenant};

/// The file of the tenant's own, as this system has it.
fn file_of(sim: &Sim) -> String {
    let tenant = sim.base_url().replace("http://", "").replace(':', "_");
    let state = if cfg!(target_os = "macos") {
        "Library/Application Support"
    } else if cfg!(windows) {
        "AppData/Local"
    } else {
        ".local/state"
    };
    format!("{state}/aic-mcp/logins/{tenant}/token.json")
}

fn at(home: &Home, sim: &Sim, args: &[&str]) -> Start {
    home.start(args).env("AIC_BASE_URL", &sim.base_url()).signing_in()
}

async fn succeeds(start: &Start) -> String {
    let (status, output, log) = start.run().await;
    assert!(status.success(), "{output}{log}");
    format!("{output}{log}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_by_code_is_found_by_every_command_without_an_option() {
    let (sim, home) = (tenant().await, Home::new());
    sim.set_device_interval(std::time::Duration::from_secs(1));
    let output = succeeds(&at(&home, &sim, &["login", "--login", "device"])).await;
    let file = home.path(&file_of(&sim));
    assert!(file.is_file(), "{output}");
    assert!(output.contains("uses it, and servers do with --reuse-login"), "{output}");

    let logins = logins_and_exchanges(&sim).0;
    let output = succeeds(&at(&home, &sim, &["status"])).await;
    assert!(output.contains("Ingrid") && output.contains(file.to_str().unwrap()), "{output}");
    let output = succeeds(&at(&home, &sim, &["doctor"])).await;
    assert!(output.contains("ok    login          in the token file"), "{output}");
    succeeds(&at(&home, &sim, &["call", "listManagedObjects"])).await;
    let mut client =
        at(&home, &sim, &["serve", "--login", "device", "--reuse-login"]).connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    assert_eq!(logins_and_exchanges(&sim).0, logins, "the login is used");

    let output = succeeds(&at(&home, &sim, &["logout"])).await;
    assert!(output.contains("deleted") && !file.exists(), "{output}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_any_rights_keeps_a_login_by_code() {
    /// The user `nobody` of most systems.
    const NOBODY: u32 = 65_534;
    let (sim, home) = (tenant().await, Home::new());
    sim.set_device_interval(std::time::Duration::from_secs(1));
    // Another user may not reach the place where the program was built.
    let copy = home.path("aic-mcp");
    std::fs::copy(aic_e2e::binary(), &copy).unwrap();
    let start = |args: &[&str]| {
        let start = at(&home, &sim, args);
        // Whoever is not root cannot become another user, and has no such rights to lose.
        if std::os::unix::fs::chown(home.path(""), Some(NOBODY), Some(NOBODY)).is_err() {
            return start;
        }
        start.as_user(NOBODY, copy.clone())
    };
    succeeds(&start(&["login", "--login", "device"])).await;
    assert!(home.path(&file_of(&sim)).is_file());
    let output = succeeds(&start(&["status"])).await;
    assert!(output.contains("Ingrid"), "{output}");
    succeeds(&start(&["call", "listManagedObjects"])).await;
    succeeds(&start(&["logout"])).await;
    assert!(!home.path(&file_of(&sim)).exists());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_kept_where_there_is_no_keychain() {
    let (sim, home) = (tenant().await, Home::new());
    let nowhere = format!("unix:path={}", home.path("no-bus").display());
    let at = |args: &[&str]| at(&home, &sim, args).env("DBUS_SESSION_BUS_ADDRESS", &nowhere);
    let output = succeeds(&at(&["login"])).await;
    assert!(output.contains("keeps it instead") && home.path(&file_of(&sim)).is_file(), "{output}");
    succeeds(&at(&["status"])).await;
    // The keychain is no place for a login that was to go there.
    let (status, _, log) = at(&["login", "--credential-store", "keychain"]).run().await;
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("--credential-store file"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_home_that_can_be_written_to_the_login_fails_before_the_sign_in() {
    let (sim, home) = (tenant().await, Home::new());
    home.write("file", "");
    let below_a_file = home.path("file/home").display().to_string();
    for (place, code, part) in [
        (below_a_file.as_str(), 1, "cannot be made"),
        ("relative", 2, "there is no home directory"),
    ] {
        let start = at(&home, &sim, &["login", "--login", "device"]).at_home(place);
        let start = start.env("USERPROFILE", place).env("LOCALAPPDATA", place);
        let (status, _, log) = start.run().await;
        assert_eq!(status.code(), Some(code), "{log}");
        assert!(log.contains(part) && log.contains("--token-file"), "{log}");
    }
    assert!(sim.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_keeps_its_login_on_the_volume() {
    let (sim, home) = (tenant().await, Home::new());
    let start = at(&home, &sim, &["status"]).env("DOCKER_CONTAINER", "true");
    let (_, output, log) = start.run().await;
    assert!(
        output.contains("Kept in        the token file /app/tokens/token.json"),
        "{output}{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tries_the_place_that_would_be_used() {
    let (sim, home) = (tenant().await, Home::new());
    let doctor = at(&home, &sim, &["doctor", "--credential-store", "file"]);
    let output = succeeds(&doctor).await;
    assert!(output.contains("nobody is logged in; the token file"), "{output}");
    let file = home.path(&file_of(&sim));
    let left = std::fs::read_dir(file.parent().unwrap()).unwrap().count();
    assert_eq!(left, 0, "the trial leaves nothing behind");

    home.write("file", "");
    let below_a_file = home.path("file/kept/token.json").display().to_string();
    let doctor = at(&home, &sim, &["doctor", "--token-file", &below_a_file]);
    let output = succeeds(&doctor).await;
    assert!(output.contains("warn  login") && output.contains("cannot be made"), "{output}");
}
