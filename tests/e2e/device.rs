//! Signing in with a code on another device, through every way of telling the user.

use std::time::Duration;

use aic_e2e::{Browser, Client, Start};
use aic_sim::{Fault, FaultKind, Sim};
use serde_json::{Value, json};

use crate::support::{logins_and_exchanges, tenant, until};

/// A tenant that lets itself be asked every second, and how to start a server for it whose user
/// does nothing by itself.
pub(crate) async fn tenant_and_start() -> (Sim, Start) {
    let sim = tenant().await;
    sim.set_device_interval(Duration::from_secs(1));
    let start = Start::serve(&sim).arg("--login").arg("device").not_signing_in();
    (sim, start)
}

pub(crate) async fn list(client: &mut Client) -> u64 {
    client.start_call("listManagedObjects", json!({})).await
}

pub(crate) async fn listed(client: &mut Client, id: u64) {
    client.outcome("listManagedObjects", id).await.ok();
}

pub(crate) async fn not_listed(client: &mut Client, id: u64) -> String {
    client.outcome("listManagedObjects", id).await.failed()
}

pub(crate) fn device_codes(sim: &Sim) -> usize {
    sim.requests().iter().filter(|request| request.path().ends_with("/device/code")).count()
}

/// The page and the code that a failed call names.
pub(crate) fn page_and_code(failure: &str) -> (String, String) {
    let value = |name: &str| {
        let line = failure.lines().find_map(|line| line.strip_prefix(name));
        line.expect("a page and a code").to_owned()
    };
    let code = value("code: ");
    (value("page: "), code.split(' ').next().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_opens_pages_is_asked_once_for_all_calls() {
    let (sim, start) = tenant_and_start().await;
    let capabilities = json!({ "elicitation": { "form": {}, "url": {} } });
    let mut client = start.connect_as("2025-11-25", capabilities).await;
    let mut calls = Vec::new();
    for _ in 0..5 {
        calls.push(list(&mut client).await);
    }
    let question = client.question().await;
    assert_eq!(question["method"], "elicitation/create");
    let params = &question["params"];
    assert_eq!(params["mode"], "url");
    let page = params["url"].as_str().unwrap();
    assert!(page.starts_with(&sim.base_url()), "{page}");
    let code = page.split_once("user_code=").unwrap().1;
    assert!(params["message"].as_str().unwrap().contains(code), "{params}");

    client.reply(&question, json!({ "action": "accept" })).await;
    let (status, _) = Browser::new().open(page).await.unwrap();
    assert_eq!(status, 200);
    for call in calls {
        listed(&mut client, call).await;
    }
    assert_eq!((device_codes(&sim), client.questions()), (1, 0));
    assert_eq!(logins_and_exchanges(&sim).1, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_forms_only_is_asked_by_a_form() {
    for version in ["2025-06-18", "2025-11-25"] {
        let (sim, start) = tenant_and_start().await;
        let mut client = start.connect_as(version, json!({ "elicitation": {} })).await;
        let call = list(&mut client).await;
        let question = client.question().await;
        let params = &question["params"];
        assert_eq!(params["requestedSchema"]["type"], "object", "{version}: {params}");
        let message = params["message"].as_str().unwrap();
        let page = message.split_whitespace().find(|word| word.starts_with("http")).unwrap();
        // The user signs in without pressing anything in the client: the question is taken back.
        Browser::new().open(page.trim_end_matches('.')).await.unwrap();
        listed(&mut client, call).await;
        let cancelled = client.notification("notifications/cancelled").await;
        assert_eq!(cancelled["params"]["requestId"], question["id"]);
        assert_eq!(device_codes(&sim), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_cannot_ask_is_told_by_a_failed_call_and_the_next_finds_the_login_done() {
    for version in ["2025-06-18", "2025-11-25", "2026-07-28"] {
        let (sim, start) = tenant_and_start().await;
        let mut client = start.connect_as(version, json!({})).await;
        let call = list(&mut client).await;
        let failure = not_listed(&mut client, call).await;
        assert!(failure.starts_with("listManagedObjects was not carried out"), "{failure}");
        assert!(failure.contains("changed: nothing"), "{failure}");
        let (page, code) = page_and_code(&failure);
        assert!(page.ends_with(&code), "{failure}");
        Browser::new().open(&page).await.unwrap();
        until(|| sim.logins() == 1).await;
        let call = list(&mut client).await;
        listed(&mut client, call).await;
        assert_eq!(device_codes(&sim), 1, "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_2026_is_asked_by_the_result() {
    for (capability, mode) in [(json!({ "url": {} }), "url"), (json!({}), "form")] {
        let (sim, start) = tenant_and_start().await;
        let capabilities = json!({ "elicitation": capability });
        let mut client = start.connect_as("2026-07-28", capabilities).await;
        let call = list(&mut client).await;
        let result = client.answer(call).await["result"].take();
        assert_eq!(result["resultType"], "input_required", "{result}");
        let requests = result["inputRequests"].as_object().unwrap();
        let (key, request) = requests.iter().next().unwrap();
        assert_eq!(request["params"]["mode"], mode, "{request}");
        let code = sim_code(request);
        assert!(sim.approve_device(&code), "{code}");
        let again = json!({
            "name": "listManagedObjects",
            "arguments": {},
            "inputResponses": { key: { "action": "accept" } },
        });
        let call = client.start("tools/call", again).await;
        listed(&mut client, call).await;
        assert_eq!(device_codes(&sim), 1);
    }
}

/// The user code in a question.
fn sim_code(request: &Value) -> String {
    let message = request["params"]["message"].as_str().unwrap();
    let after = message.split_once("the code ").unwrap().1;
    after.split(',').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_declines_ends_the_login() {
    let (sim, start) = tenant_and_start().await;
    let asks = json!({ "elicitation": {} });
    let mut client = start.connect_as("2025-11-25", asks.clone()).await;
    let (first, second) = (list(&mut client).await, list(&mut client).await);
    let question = client.question().await;
    // The second call has begun once a later request is answered.
    client.request("ping", json!({})).await;
    client.reply(&question, json!({ "action": "decline" })).await;
    for call in [first, second] {
        let failure = not_listed(&mut client, call).await;
        assert!(failure.contains("declined to sign in"), "{failure}");
    }
    list(&mut client).await;
    client.question().await;
    assert_eq!(device_codes(&sim), 2, "the next call asks again");

    let mut client = start.connect_as("2026-07-28", asks).await;
    let call = list(&mut client).await;
    let result = client.answer(call).await["result"].take();
    let key = result["inputRequests"].as_object().unwrap().keys().next().unwrap();
    let again = json!({
        "name": "listManagedObjects",
        "arguments": {},
        "inputResponses": { key: { "action": "decline" } },
    });
    let call = client.start("tools/call", again).await;
    let failure = not_listed(&mut client, call).await;
    assert!(failure.contains("declined to sign in"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_closed_without_an_answer_leaves_the_page_in_a_failed_call() {
    let (sim, start) = tenant_and_start().await;
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    let call = list(&mut client).await;
    let question = client.question().await;
    client.reply(&question, json!({ "action": "cancel" })).await;
    let failure = not_listed(&mut client, call).await;
    let (page, _) = page_and_code(&failure);
    Browser::new().open(&page).await.unwrap();
    until(|| sim.logins() == 1).await;
    let call = list(&mut client).await;
    listed(&mut client, call).await;
    assert_eq!(device_codes(&sim), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_asks_to_slow_down_or_is_away_for_a_while_is_asked_again() {
    let (sim, start) = tenant_and_start().await;
    sim.answer_pending_with_bad_request(true);
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    sim.inject(Fault::new(FaultKind::Disconnect).path_contains("/access_token"));
    sim.inject(
        Fault::new(FaultKind::Status {
            status: 503,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: "<html>away</html>".to_owned(),
        })
        .path_contains("/access_token"),
    );
    sim.inject(
        Fault::new(FaultKind::Status {
            status: 400,
            headers: Vec::new(),
            body: r#"{"error":"slow_down"}"#.to_owned(),
        })
        .path_contains("/access_token"),
    );
    let call = list(&mut client).await;
    let question = client.question().await;
    assert!(sim.approve_device(&sim_code(&question)));
    listed(&mut client, call).await;
    assert_eq!(device_codes(&sim), 1);
    let polls = sim.requests().iter().filter(|r| r.path().ends_with("/access_token")).count();
    assert_eq!(polls, 3 + 1 + 1, "three faults, the login, the exchange");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_will_not_change_ends_the_login_at_once() {
    let (sim, start) = tenant_and_start().await;
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    let refusal = |status, error: &str| FaultKind::Status {
        status,
        headers: Vec::new(),
        body: json!({ "error": error }).to_string(),
    };
    for (kind, told) in [
        (FaultKind::Html403, "HTTP 403"),
        (refusal(400, "invalid_grant"), "invalid_grant"),
        (refusal(401, "invalid_client"), "invalid_client"),
    ] {
        sim.clear_requests();
        sim.inject(Fault::new(kind).path_contains("/access_token"));
        let call = list(&mut client).await;
        let failure = not_listed(&mut client, call).await;
        assert!(failure.contains(told), "no {told:?} in {failure}");
        assert_eq!((device_codes(&sim), logins_and_exchanges(&sim)), (1, (1, 0)), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_at_the_page_tells_why_and_the_next_call_can_log_in() {
    let (sim, start) = tenant_and_start().await;
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    let call = list(&mut client).await;
    let question = client.question().await;
    assert!(sim.refuse_device(&sim_code(&question)));
    let failure = not_listed(&mut client, call).await;
    assert!(failure.contains("refused the login: access_denied"), "{failure}");

    // Without a call that waits, the next one is told, and the one after it starts anew.
    let mut client = start.connect().await;
    let call = list(&mut client).await;
    let (_, code) = page_and_code(&not_listed(&mut client, call).await);
    assert!(sim.refuse_device(&code));
    let call = list(&mut client).await;
    let failure = not_listed(&mut client, call).await;
    assert!(failure.contains("refused the login: access_denied"), "{failure}");
    let call = list(&mut client).await;
    let (_, next) = page_and_code(&not_listed(&mut client, call).await);
    assert_ne!(code, next);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_expires_ends_the_login_and_the_next_call_gets_another() {
    let (sim, start) = tenant_and_start().await;
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    let call = list(&mut client).await;
    let first = client.question().await;
    sim.advance_clock(Duration::from_secs(301));
    let failure = not_listed(&mut client, call).await;
    assert!(failure.contains("not finished within 300 seconds"), "{failure}");
    let call = list(&mut client).await;
    let second = client.question().await;
    assert_ne!(sim_code(&first), sim_code(&second));
    assert!(sim.approve_device(&sim_code(&second)));
    listed(&mut client, call).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_without_the_grant_is_explained() {
    let (sim, start) = tenant_and_start().await;
    sim.inject(
        Fault::new(FaultKind::Status {
            status: 400,
            headers: Vec::new(),
            body: r#"{"error":"unauthorized_client","error_description":"no devices"}"#.to_owned(),
        })
        .path_contains("/device/code"),
    );
    let mut client = start.connect().await;
    let call = list(&mut client).await;
    let failure = not_listed(&mut client, call).await;
    assert!(failure.contains("unauthorized_client (no devices)"), "{failure}");
    assert!(failure.contains("status: 400"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_tools_need_is_asked_for_bound_by_pkce() {
    let form = async |arguments: &[&str]| {
        let (sim, mut start) = tenant_and_start().await;
        for argument in arguments {
            start = start.arg(argument);
        }
        let mut client = start.connect().await;
        let call = list(&mut client).await;
        not_listed(&mut client, call).await;
        let requests = sim.requests();
        let body = &requests.iter().find(|r| r.path().ends_with("/device/code")).unwrap().body;
        let form: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
        let value = |name: &str| form.iter().find(|(known, _)| known == name).unwrap().1.clone();
        assert_eq!(value("client_id"), "AICMCPClient");
        assert_eq!(value("code_challenge_method"), "S256");
        assert_eq!(value("code_challenge").len(), 43);
        value("scope")
    };
    assert_eq!(
        form(&[]).await,
        "fr:idm:* fr:idc:esv:read fr:idc:esv:update fr:idc:monitoring:*",
        "no access management, as the reference server has it"
    );
    assert!(form(&["--toolsets", "all"]).await.contains("fr:am:*"));
    assert_eq!(form(&["--toolsets", "managed-objects"]).await, "fr:idm:*");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_signs_in_by_code_unless_told_otherwise() {
    let sim = tenant().await;
    let start = Start::serve(&sim).not_signing_in().env("DOCKER_CONTAINER", "true");
    let mut client = start.connect().await;
    let call = list(&mut client).await;
    page_and_code(&not_listed(&mut client, call).await);

    let mut client = start.env("AIC_LOGIN", "browser").connect().await;
    list(&mut client).await;
    let page = client.process().sign_in_page().await;
    assert!(page.contains("/login/"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_the_code_are_on_standard_error_in_progress_and_in_the_clients_log() {
    let (sim, start) = tenant_and_start().await;
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    client.request("logging/setLevel", json!({ "level": "info" })).await;
    let call = json!({ "name": "listManagedObjects", "arguments": {},
        "_meta": { "progressToken": 7 } });
    let call = client.start("tools/call", call).await;
    let question = client.question().await;
    let code = sim_code(&question);
    let progress = client.notification("notifications/progress").await;
    let mut log = client.notification("notifications/message").await;
    while !log["params"]["data"].as_str().unwrap().contains(&code) {
        log = client.notification("notifications/message").await;
    }
    let page = client.process().sign_in_page().await;
    for text in [&progress["params"]["message"], &log["params"]["data"]] {
        let text = text.as_str().unwrap();
        assert!(text.contains(&code) && text.contains(&page), "{text}");
    }
    assert!(client.process().log().contains(&code));
    assert!(sim.approve_device(&code));
    listed(&mut client, call).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_signs_in_by_code_as_well() {
    let sign_in = async |arguments: &[&str]| {
        let start = Start::new(&[&["demo"], arguments].concat());
        let mut client = start.connect().await;
        let params = json!({ "name": "listManagedObjects", "arguments": {},
            "_meta": { "progressToken": "here" } });
        let call = client.start("tools/call", params).await;
        let progress = client.notification("notifications/progress").await;
        listed(&mut client, call).await;
        progress["params"]["message"].as_str().unwrap().to_owned()
    };
    assert!(sign_in(&["--login", "device"]).await.contains("sign in with the code "));
    assert!(!sign_in(&[]).await.contains("with the code"));
}
