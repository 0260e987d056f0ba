//! The program logs its work, and no secret.

use aic_e2e::{Client, Start};
use aic_sim::{Fault, FaultKind, Sim};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::secrets::secrets;
use crate::support::{ATTEMPTS, tenant, until, user};

const NOBODY: &str = "/openidm/managed/alpha_user/nobody";

/// One call from the command line, at this level.
fn call(sim: &Sim, level: &str, tool: &str, arguments: &Value) -> Start {
    let arguments = arguments.to_string();
    Start::new(&["call", "--log-level", level, tool, "--args", &arguments]).at(sim).signing_in()
}

fn read_nobody() -> Value {
    json!({ "objectType": "alpha_user", "objectId": "nobody" })
}

/// The lines of a log that have all of these parts.
fn lines<'a>(log: &'a str, parts: &[&str]) -> Vec<&'a str> {
    log.lines().filter(|line| parts.iter().all(|part| line.contains(part))).collect()
}

/// A fault of every request for nobody.
fn away(status: u16) -> Fault {
    let kind = FaultKind::Status { status, headers: Vec::new(), body: String::new() };
    Fault::new(kind).path_contains(NOBODY)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_call_shows_what_was_sent_what_came_back_and_how_long_it_took() {
    let sim = tenant().await;
    let (status, _, log) = call(&sim, "debug", "getManagedObject", &read_nobody()).run().await;
    assert_eq!(status.code(), Some(1), "{log}");
    let path = format!("path={NOBODY} ");
    let sent = lines(&log, &["request answered", "method=GET", &path, "status=404", " ms="]);
    assert_eq!(sent.len(), 1, "{log}");
    let sent_with = sim.requests().into_iter().rfind(|request| request.path() == NOBODY);
    let sent_with = sent_with.unwrap().header("x-forgerock-transactionid").unwrap().to_owned();
    let call = format!(
        "call{{tool=\"getManagedObject\" toolset=\"managed-objects\" transaction_id=\"{sent_with}\"}}"
    );
    for part in ["attempt=1", "bytes=", "}: request", &call] {
        assert!(sent[0].contains(part), "no {part} in {}", sent[0]);
    }
    let ended = lines(&log, &["a call ends", "outcome=\"failed\"", "why=\"HTTP 404\"", " ms="]);
    assert!(ended.len() == 1 && ended[0].contains("requests=1"), "{log}");
    let exchanged = lines(&log, &["method=POST", "/am/oauth2/access_token", "exchanging", "ms="]);
    assert_eq!(exchanged.len(), 1, "{log}");
    for secret in secrets(&sim) {
        assert!(!log.contains(&secret), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_says_why_and_how_long_it_waits_and_so_does_giving_up() {
    let sim = tenant().await;
    sim.inject(away(503).times(ATTEMPTS));
    let (_, _, log) = call(&sim, "info", "getManagedObject", &read_nobody()).run().await;
    let repeat = ["INFO", "repeating a request", NOBODY, "why=\"HTTP 503\"", "wait_ms="];
    assert_eq!(lines(&log, &repeat).len() as u64, ATTEMPTS - 1, "{log}");
    let given_up = ["WARN", "a request is given up", "why=\"HTTP 503\"", "attempts=4"];
    assert_eq!(lines(&log, &given_up).len(), 1, "{log}");
    assert!(lines(&log, &["request answered"]).is_empty(), "{log}");

    sim.inject(Fault::new(FaultKind::Disconnect).path_contains(NOBODY));
    let (_, _, log) = call(&sim, "debug", "getManagedObject", &read_nobody()).run().await;
    let failed = ["request failed", "failure=\"connection broken\"", "attempt=1"];
    assert_eq!(lines(&log, &failed).len(), 1, "{log}");
    assert_eq!(lines(&log, &["repeating", "why=\"unreachable\""]).len(), 1, "{log}");
    let second = lines(&log, &["request answered", NOBODY, "attempt=2"]);
    assert_eq!(second.len(), 1, "{log}");

    sim.inject(Fault::new(FaultKind::Truncate).path_contains("/openidm/config"));
    let list = call(&sim, "debug", "listManagedObjects", &json!({}));
    let (_, _, log) = list.run().await;
    let failed = ["request failed", "failure=\"body\"", "status=200", "/openidm/config"];
    assert_eq!(lines(&log, &failed).len(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_level_has_what_it_is_for() {
    let theme = json!({ "realm": "alpha", "themeIdentifier": "Northlight",
        "themeUpdates": { "primaryColor": "#123456" } });
    for (level, there, absent) in [
        ("warn", None, Some("INFO")),
        ("info", Some("a login begins"), Some("DEBUG")),
        ("info", Some("the code of the login is redeemed"), Some("request answered")),
        ("debug", Some("method=PUT"), Some("TRACE")),
        ("trace", Some("a resource is locked"), None),
        ("trace", Some("the call's token is used again"), None),
    ] {
        let sim = tenant().await;
        let (status, _, log) = call(&sim, level, "updateTheme", &theme).run().await;
        assert!(status.success(), "{log}");
        assert!(there.is_none_or(|there| log.contains(there)), "{level}: {log}");
        assert!(absent.is_none_or(|absent| !log.contains(absent)), "{level}: {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_cancelled_is_logged_as_given_up() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).arg("--log-level").arg("debug").connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.inject(Fault::new(FaultKind::Hang).path_contains(NOBODY));
    let id = client.start_call("getManagedObject", read_nobody()).await;
    until(|| sim.requests().iter().any(|request| request.path() == NOBODY)).await;
    client.notify("notifications/cancelled", json!({ "requestId": id })).await;
    client.process().close();
    client.process().ended().await;
    let log = client.process().log();
    assert_eq!(lines(&log, &["request failed", NOBODY, "failure=\"given up\""]).len(), 1, "{log}");
    let ended = ["a call ends", "tool=\"getManagedObject\"", "outcome=\"given up\""];
    assert_eq!(lines(&log, &ended).len(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_of_json_names_the_call_that_it_belongs_to() {
    let sim = tenant().await;
    let read = call(&sim, "trace", "getManagedObject", &read_nobody()).arg("--log-format");
    let (_, _, log) = read.arg("json").run().await;
    let spoken = |line: &&str| line.starts_with("aic-mcp: ") || line.starts_with("getManaged");
    let failure = log.lines().position(|line| spoken(&line) && line.contains("failed:")).unwrap();
    let logged: Vec<Value> = log
        .lines()
        .take(failure)
        .filter(|line| !spoken(line))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    assert!(logged.len() > 8, "{log}");
    let request = sim.requests().into_iter().find(|request| request.path() == NOBODY).unwrap();
    let sent_with = request.header("x-forgerock-transactionid").unwrap();
    for line in &logged {
        assert!(line["timestamp"].is_string() && line["fields"]["message"].is_string(), "{line}");
        assert!(["INFO", "DEBUG", "TRACE"].contains(&line["level"].as_str().unwrap()), "{line}");
        assert!(line["target"].as_str().unwrap().starts_with("aic_"), "{line}");
        // The browser is opened on a thread of its own.
        if line["target"] != "aic_auth::login::open_browser" {
            let span = &line["span"];
            assert_eq!(span["tool"], "getManagedObject", "{line}");
            assert_eq!(span["toolset"], "managed-objects", "{line}");
            assert_eq!(span["transaction_id"], sent_with, "{line}");
        }
    }
    let answered = logged.iter().find(|line| line["fields"]["path"] == NOBODY).unwrap();
    let fields = &answered["fields"];
    assert_eq!((&fields["method"], &fields["status"]), (&json!("GET"), &json!(404)));
    assert!(fields["ms"].is_u64() && fields["bytes"].as_u64() > Some(0), "{fields}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_for_debug_messages_sees_requests_and_no_other_does() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    client.call("getManagedObject", read_nobody()).await.failed();
    assert_eq!(client.notifications(), 0);
    client.request("logging/setLevel", json!({ "level": "debug" })).await;
    client.call("getManagedObject", read_nobody()).await.failed();
    loop {
        let message = client.notification("notifications/message").await;
        let (level, text) = (&message["params"]["level"], &message["params"]["data"]);
        let text = text.as_str().unwrap();
        if text.contains(NOBODY) {
            assert_eq!(level, "debug");
            assert!(text.starts_with("request answered method=GET"), "{text}");
            assert!(text.contains("status=404 ms="), "{text}");
            assert!(text.contains("tool=\"getManagedObject\""), "{text}");
            break;
        }
    }
    assert!(!client.process().log().contains("request answered"), "its level is its own");
}

/// Texts that may be in no output, whatever the level: in arguments, and in what they search for.
const PLANTED: [&str; 5] = [
    "Planted-Password.1",
    "planted-client-secret",
    "planted-variable-value",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.cGxhbnRlZA",
    "planted-filter-value",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_level_and_no_format_shows_a_secret() {
    let mut all = Vec::new();
    for how in ["browser", "device"] {
        for level in ["error", "warn", "info", "debug", "trace"] {
            for format in ["text", "json"] {
                all.push(shows_no_secret(how, level, format));
            }
        }
    }
    let lengths = join_all(all).await;
    assert!(lengths.iter().max() > lengths.iter().min(), "the levels differ");
}

/// Has a server do a range of things at this level, and looks for secrets in all that it wrote.
/// Returns the length of its log.
async fn shows_no_secret(how: &str, level: &str, format: &str) -> usize {
    let sim = tenant().await;
    sim.set_device_interval(std::time::Duration::from_secs(1));
    let start = Start::serve(&sim)
        .arg("--login")
        .arg(how)
        .env("AIC_TOOLSETS", "all")
        .env("AIC_LOG", level)
        .env("AIC_LOG_FORMAT", format)
        .recording();
    let mut client = start.connect_as("2025-11-25", json!({ "elicitation": {} })).await;
    client.request("logging/setLevel", json!({ "level": "debug" })).await;
    write_secrets(&mut client).await;
    meet_faults(&sim, &mut client).await;
    client.process().close();
    client.process().ended().await;
    let (output, log) = (client.process().output(), client.process().log());
    assert!(output.contains("request answered"), "the client has the log as well");
    let mut known = secrets(&sim);
    assert!(known.len() > 8, "{}", known.len());
    let states = states(&sim);
    assert_eq!(states.is_empty(), how == "device", "{states:?}");
    known.extend(states);
    for planted in PLANTED {
        assert!(was_sent(&sim, planted), "{planted} has come to the tenant");
        known.push(planted.to_owned());
    }
    for secret in known {
        for text in [&output, &log] {
            assert!(!text.contains(&secret), "{secret} at {level} as {format}:\n{text}");
        }
    }
    log.len()
}

/// Whether a text has come to the tenant, in an address or in a body.
fn was_sent(sim: &Sim, text: &str) -> bool {
    let encoded = STANDARD.encode(text);
    sim.requests().iter().any(|request| {
        let body = String::from_utf8_lossy(&request.body);
        request.target.contains(text) || body.contains(text) || body.contains(&encoded)
    })
}

/// The `state` of each login, which the tenant's page has in its address.
fn states(sim: &Sim) -> Vec<String> {
    let authorize = |target: &String| target.starts_with("/am/oauth2/authorize?");
    let targets = sim.requests().into_iter().map(|request| request.target).filter(authorize);
    let state = |target: String| {
        let query = target.split_once('?').unwrap().1.to_owned();
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        pairs.filter(|(name, _)| name == "state").map(|(_, value)| value).collect::<Vec<_>>()
    };
    targets.flat_map(state).collect()
}

/// Calls with secrets in their arguments, some of which fail.
async fn write_secrets(client: &mut Client) {
    let [password, secret, value, token, searched] = PLANTED;
    let mut ada = user("ada.logged");
    ada["password"] = password.into();
    ada["description"] = token.into();
    let create = json!({ "objectType": "alpha_user", "objectData": ada });
    let created = client.call("createManagedObject", create.clone()).await.ok();
    // It is there already.
    client.call("createManagedObject", create).await.failed();
    let one = json!({ "objectType": "alpha_user", "objectId": created["objectId"] });
    client.call("getManagedObject", one).await.ok();
    let variable = json!({ "variableId": "esv-planted", "value": value, "type": "string" });
    client.call("setVariable", variable).await.ok();
    let variable = json!({ "variableId": "esv-planted", "value": [value], "type": 5 });
    client.call("setVariable", variable).await.failed();
    let owner = format!("managed/alpha_user/{}", created["objectId"].as_str().unwrap());
    let app = json!({ "realm": "alpha", "name": "Planted", "clientId": "planted",
        "owners": [{ "_ref": owner }],
        "oauth2Client": { "coreOAuth2ClientConfig": { "userpassword": secret } } });
    client.call("createOidcApp", app).await.ok();
    for queried in ["userName", "password"] {
        let filter = format!("{queried} eq \"{searched}\"");
        let query = json!({ "objectType": "alpha_user", "queryFilter": filter });
        client.call("queryManagedObjects", query).await;
    }
}

/// Calls that a tenant answers with their own tokens, or not at all, and a login that it refuses.
async fn meet_faults(sim: &Sim, client: &mut Client) {
    let echo = |status, body: &str, path: &str| {
        let kind = FaultKind::EchoToken { status, body: body.to_owned() };
        sim.inject(Fault::new(kind).path_contains(path));
    };
    for (status, body) in [(200, r#"{"_id":"{}"}"#), (400, r#"{"message":"{}"}"#), (500, "{}")] {
        echo(status, body, NOBODY);
        client.call("getManagedObject", read_nobody()).await;
    }
    // A tenant that takes a login for the id of a transaction.
    let userinfo = sim.requests().into_iter().find(|request| request.path().ends_with("userinfo"));
    let login = userinfo.unwrap().header("authorization").unwrap().replace("Bearer ", "");
    let headers = vec![("x-forgerock-transactionid".to_owned(), login)];
    let kind = FaultKind::Status { status: 404, headers, body: String::new() };
    sim.inject(Fault::new(kind).path_contains(NOBODY));
    client.call("getManagedObject", read_nobody()).await.failed();
    sim.inject(Fault::new(FaultKind::Disconnect).path_contains(NOBODY));
    client.call("getManagedObject", read_nobody()).await.failed();
    sim.inject(Fault::new(FaultKind::RevokeTokens).path_contains(NOBODY));
    client.call("getManagedObject", read_nobody()).await.failed();
    // The login is made anew, and nobody can say whose it is.
    sim.revoke_logins();
    let refusal = r#"{"error":"{}","error_description":"{}"}"#;
    echo(400, refusal, "/am/oauth2/userinfo");
    client.call("getManagedObject", read_nobody()).await.failed();
}
