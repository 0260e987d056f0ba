//! The examples of `aic-api`, run against the simulated tenant.

use std::process::Stdio;
use std::sync::Arc;

use aic_auth::login::{BrowserLogin, Prompt, SignInPage};
use aic_auth::store::Memory;
use aic_auth::{Scope, ScopeSet, Session, Tenant, TokenSource, Transport};
use aic_e2e::{Browser, PATIENCE};
use aic_sim::Sim;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use crate::support::{api_requests, logins_and_exchanges, tenant};

const LIST_USERS: &str = env!("CARGO_BIN_EXE_example-list-users");
const PRINT_JOURNEY: &str = env!("CARGO_BIN_EXE_example-print-journey");
const FOLLOW_LOGS: &str = env!("CARGO_BIN_EXE_example-follow-logs");
const SET_VARIABLE: &str = env!("CARGO_BIN_EXE_example-set-variable");

/// An example with the environment that every one needs.
fn example(program: &str, arguments: &[&str], sim: &Sim) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("AIC_BASE_URL", sim.base_url())
        // A browser that does nothing: the test is the one that signs in.
        .env("BROWSER", "true")
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Runs an example with a token of all scopes, and returns what it printed.
async fn run(program: &str, arguments: &[&str], sim: &Sim) -> String {
    let mut command = example(program, arguments, sim);
    command.env("AIC_TOKEN", token(sim).await);
    sim.clear_requests();
    let output = timeout(PATIENCE, command.output()).await.expect("it ends").expect("it starts");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    String::from_utf8(output.stdout).expect("text")
}

/// A token of all scopes.
async fn token(sim: &Sim) -> String {
    #[derive(Debug)]
    struct SignIn;
    impl Prompt for SignIn {
        fn sign_in(&self, page: &SignInPage) {
            let url = page.url.to_string();
            tokio::spawn(async move { Browser::new().open(&url).await });
        }
    }
    let tenant: Tenant = sim.base_url().parse().expect("a tenant");
    let transport: Arc<Transport> = tenant.into();
    let login = BrowserLogin::new(Arc::clone(&transport), Arc::new(SignIn));
    let login = Box::new(login.callback_port(0));
    let scopes = ScopeSet::of(&Scope::ALL);
    let session = Session::new(transport, scopes, login, Box::new(Memory::default()));
    session.token(scopes).await.expect("a token").expose().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_listed_page_by_page() {
    let sim = tenant().await;
    let listed = run(LIST_USERS, &["bravo"], &sim).await;
    let lines: Vec<_> = listed.lines().collect();
    let (last, users) = lines.split_last().expect("a last line");
    assert!(last.starts_with(&format!("{} users; transaction ", users.len())), "{last}");
    assert!(users.len() > 5 && users.iter().all(|user| user.contains('@')), "{listed}");
    assert!(api_requests(&sim)[0].path().ends_with("/bravo_user"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_an_administrator_logs_in() {
    let sim = tenant().await;
    let mut command = example(LIST_USERS, &[], &sim);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.expect("a line in time");
    let line = line.expect("readable").expect("a line");
    let page = line.strip_prefix("to sign in, open ").expect("a page to sign in at");
    Browser::new().open(page).await.expect("the page");
    let output = timeout(PATIENCE, child.wait_with_output()).await.expect("it ends");
    let output = output.expect("an end");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains(" users; transaction "));
    assert_eq!(logins_and_exchanges(&sim), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_printed_with_its_pages() {
    let sim = tenant().await;
    let printed = run(PRINT_JOURNEY, &["alpha", "Login"], &sim).await;
    assert!(printed.starts_with("Login: "), "{printed}");
    assert_eq!(printed.lines().filter(|line| line.starts_with("* ")).count(), 1, "{printed}");
    assert!(printed.contains("(PageNode)"), "{printed}");
    assert!(printed.contains("    | ValidatedUsernameNode"), "{printed}");
    assert!(printed.contains(" -> success"), "{printed}");
    assert!(!printed.contains("unreadable"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_followed() {
    let sim = tenant().await;
    let value = format!("v-{}", std::process::id());
    run(SET_VARIABLE, &["esv-logged", &value], &sim).await;
    run(LIST_USERS, &[], &sim).await;
    let printed = run(FOLLOW_LOGS, &["idm-access,am-access", "1"], &sim).await;
    assert!(printed.contains("alpha_user"), "{printed}");
    let request = &api_requests(&sim)[0];
    assert_eq!(request.path(), "/monitoring/logs");
    assert!(request.target.contains("beginTime="), "{}", request.target);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_is_set() {
    let sim = tenant().await;
    let printed = run(SET_VARIABLE, &["esv-mail-from", "no-reply@example.com"], &sim).await;
    assert!(printed.starts_with("esv-mail-from is set"), "{printed}");
    let requests = api_requests(&sim);
    let methods: Vec<_> = requests.iter().map(|request| request.method.as_str()).collect();
    assert_eq!(methods, ["GET", "PUT"]);
    let body: Value = serde_json::from_slice(&requests[1].body).expect("JSON");
    assert_eq!(body["valueBase64"], "bm8tcmVwbHlAZXhhbXBsZS5jb20=");
    assert_eq!(body["expressionType"], json!("string"));
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_told() {
    let sim = tenant().await;
    let mut command = example(PRINT_JOURNEY, &["alpha", "Nowhere"], &sim);
    command.env("AIC_TOKEN", token(&sim).await);
    let output = timeout(PATIENCE, command.output()).await.expect("it ends").expect("it starts");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("404"));
}
