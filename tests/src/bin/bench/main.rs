//! `cargo xtask bench`: how fast the release binary is, and how much it takes.
//!
//! Times depend on the machine, so each stands beside what the same machine needs for something simpler,
//! and is compared with the last release's by that measure. `--keep` puts the figures of this run in place
//! of the last release's, in `tests/figures.json`.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "this is a report, not a library")]
#![expect(clippy::disallowed_methods, reason = "what answers is a tenant of its own")]

mod figures;

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use aic_api::Client as ApiClient;
use aic_api::idm::ManagedQuery;
use aic_auth::{Scope, ScopeSet, Tenant};
use aic_e2e::{Browser, Client, Start, binary, busy, resident_mib};
use aic_sim::Sim;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::figures::{Figures, Unit, Yardstick};

const HELLO: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;

#[tokio::main]
async fn main() {
    let keep = std::env::args().nth(1).map(|argument| {
        assert_eq!(argument, "--keep", "the benchmark takes nothing but --keep");
    });
    let mut figures = Figures::new().expect("the last release's figures can be read");
    figures.print_heading();
    let size = std::fs::metadata(binary()).expect("the binary is there").len();
    figures.note("binary", Unit::Megabytes, mega(size), "aim 12 MB, at most 14");
    cold_start(&mut figures);
    let sim = Sim::start(aic_sim::Options::default()).await.expect("a tenant can be started");
    let mut process = Start::serve(&sim).spawn();
    process.send(HELLO).await;
    process.line().await;
    figures.note("idle RSS", Unit::Mebibytes, resident_mib(&process), "aim 8 MiB");
    drop(process);
    let mut client = Start::serve(&sim).connect().await;
    let after = resident_mib(client.process());
    figures.note("RSS after tools/list", Unit::Mebibytes, after, "");
    let listed = client.request("tools/list", json!({})).await;
    let bytes = listed["result"].to_string().len();
    figures.note("tools/list", Unit::Bytes, count(bytes), "aim 70000 bytes");
    one_after_the_other(&sim, &mut client, &mut figures).await;
    all_at_once(&sim, &mut client, &mut figures).await;
    throughput(&sim, &mut client, &mut figures).await;
    client_overhead(&sim, &mut figures).await;
    ending(&sim, &mut figures).await;
    far_away(&mut figures).await;
    if keep.is_some() {
        figures.keep().expect("the figures can be written");
        println!("kept in tests/figures.json");
    }
}

/// Spawn to the first answer, beside what `cat` takes to give a line back.
fn cold_start(figures: &mut Figures) {
    let serve = median(60, || {
        let mut command = Command::new(binary());
        command.args(["serve", "--tenant", "http://127.0.0.1:9"]);
        first_line(command)
    });
    let echo = median(60, || first_line(Command::new("cat")));
    let yardstick = Yardstick { what: "cat", took: millis(echo), aim: "aim 4 ms" };
    figures.note_beside("cold start", Unit::Milliseconds, millis(serve), yardstick);
}

fn first_line(mut command: Command) -> Duration {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started");
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "{HELLO}").expect("it reads");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("it answers");
    let taken = start.elapsed();
    assert!(line.starts_with('{'), "{line}");
    drop(stdin);
    let _ = child.wait();
    taken
}

/// Calls one after the other, beside the same two requests sent by hand.
async fn one_after_the_other(sim: &Sim, client: &mut Client, figures: &mut Figures) {
    const CALLS: usize = 500;
    let arguments = json!({ "objectType": "alpha_user", "pageSize": 1, "fields": "userName" });
    client.call("queryManagedObjects", arguments.clone()).await.ok();
    let login = last_form_value(sim, "subject_token");
    let mut calls = Vec::new();
    for _ in 0..CALLS {
        let start = Instant::now();
        client.call("queryManagedObjects", arguments.clone()).await.ok();
        calls.push(start.elapsed());
    }
    let browser = Browser::new();
    let mut by_hand = Vec::new();
    for _ in 0..CALLS {
        let start = Instant::now();
        let token = exchange(sim, &browser, &login).await;
        get(&browser, &users(sim), &token).await;
        by_hand.push(start.elapsed());
    }
    let (call, took) = (millis(middle(calls)), millis(middle(by_hand)));
    let yardstick = Yardstick { what: BY_HAND, took, aim: "aim 1.5 ms" };
    figures.note_beside("a call", Unit::Milliseconds, call, yardstick);
}

/// The same two requests, sent by a client that does nothing else.
const BY_HAND: &str = "by hand";

async fn exchange(sim: &Sim, browser: &Browser, login: &str) -> String {
    let token_type = "urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token";
    let body = format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange\
         &subject_token={login}&subject_token_type={token_type}\
         &requested_token_type={token_type}&scope=fr%3Aidm%3A%2A&client_id=AICMCPExchangeClient"
    );
    let answer = browser
        .client()
        .post(format!("{}/am/oauth2/access_token", sim.base_url()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .expect("an answer");
    let answer: Value =
        serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("a token answer");
    answer["access_token"].as_str().expect("a token").to_owned()
}

/// A form field of the last token request, as it was sent.
fn last_form_value(sim: &Sim, name: &str) -> String {
    let requests = sim.requests();
    let forms = requests.iter().rev().map(|request| String::from_utf8_lossy(&request.body));
    let mut values = forms.filter_map(|form| {
        let pair = form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(pair.to_owned())
    });
    values.next().expect("there was one")
}

async fn all_at_once(sim: &Sim, client: &mut Client, figures: &mut Figures) {
    const CALLS: usize = 500;
    let arguments = json!({ "objectType": "alpha_user", "pageSize": 20 });
    let before = busy(client.process());
    let taken = at_once(client, CALLS, &arguments).await;
    let used = busy(client.process()).saturating_sub(before);
    let after = resident_mib(client.process());
    let by_hand = by_hand(sim, CALLS, 20).await;
    let yardstick =
        Yardstick { what: BY_HAND, took: millis(by_hand), aim: "aim 500 ms, of 20 users each" };
    figures.note_beside("500 calls at once", Unit::Milliseconds, millis(taken), yardstick);
    let took = per_call(by_hand, CALLS);
    let yardstick = Yardstick { what: "time by hand", took, aim: "of the server alone" };
    let used = per_call(used, CALLS);
    figures.note_beside("processor for each", Unit::Microseconds, used, yardstick);
    figures.note("RSS after 500 calls", Unit::Mebibytes, after, "aim 30 MiB");
}

/// How many calls are under way where many are.
const UNDER_WAY: usize = 64;

/// How long the requests of so many calls take by hand, many of them at a time, for pages of so many
/// users.
async fn by_hand(sim: &Sim, calls: usize, page: usize) -> Duration {
    let login = last_form_value(sim, "subject_token");
    let browser = Browser::new();
    let query = format!("_queryFilter=true&_pageSize={page}");
    let fields = if page == 1 { "&_fields=userName" } else { "" };
    let url = format!("{}/openidm/managed/alpha_user?{query}{fields}", sim.base_url());
    let start = Instant::now();
    stream::iter(0..calls)
        .for_each_concurrent(UNDER_WAY, async |_| {
            let token = exchange(sim, &browser, &login).await;
            get(&browser, &url, &token).await;
        })
        .await;
    start.elapsed()
}

/// How long so many calls take that are sent without waiting.
async fn at_once(client: &mut Client, calls: usize, arguments: &Value) -> Duration {
    let start = Instant::now();
    let mut ids = Vec::new();
    for _ in 0..calls {
        ids.push(client.start_call("queryManagedObjects", arguments.clone()).await);
    }
    for id in ids {
        client.outcome("queryManagedObjects", id).await.ok();
    }
    start.elapsed()
}

/// Calls per second with 64 under way, beside the same two requests sent by hand as many at a time.
async fn throughput(sim: &Sim, client: &mut Client, figures: &mut Figures) {
    const CALLS: usize = 4_000;
    let arguments = json!({ "objectType": "alpha_user", "pageSize": 1, "fields": "userName" });
    let before = busy(client.process());
    let start = Instant::now();
    let mut ids = VecDeque::new();
    for _ in 0..CALLS {
        if ids.len() == UNDER_WAY
            && let Some(id) = ids.pop_front()
        {
            client.outcome("queryManagedObjects", id).await.ok();
        }
        ids.push_back(client.start_call("queryManagedObjects", arguments.clone()).await);
    }
    for id in ids {
        client.outcome("queryManagedObjects", id).await.ok();
    }
    let ours = start.elapsed();
    let used = busy(client.process()).saturating_sub(before);

    let by_hand = by_hand(sim, CALLS, 1).await;
    let took = count(CALLS) / by_hand.as_secs_f64();
    let yardstick = Yardstick { what: BY_HAND, took, aim: "64 under way" };
    let ours = count(CALLS) / ours.as_secs_f64();
    figures.note_beside("small calls", Unit::PerSecond, ours, yardstick);
    let took = per_call(by_hand, CALLS);
    let yardstick = Yardstick { what: "time by hand", took, aim: "of the server alone" };
    let used = per_call(used, CALLS);
    figures.note_beside("processor for a small one", Unit::Microseconds, used, yardstick);
}

/// A request of the API client, beside the same request in a bare loop of reqwest.
async fn client_overhead(sim: &Sim, figures: &mut Figures) {
    const ROUNDS: usize = 40;
    const REQUESTS: u32 = 100;
    let login = last_form_value(sim, "subject_token");
    let browser = Browser::new();
    let token = exchange(sim, &browser, &login).await;
    let tenant: Tenant = sim.base_url().parse().expect("a tenant");
    let scopes = ScopeSet::of(&[Scope::Idm]);
    let api = ApiClient::builder(tenant.clone()).access_token(token.as_str()).build();
    let object_type = "alpha_user".parse().expect("a type");
    let query = ManagedQuery {
        page_size: Some(1),
        fields: Some("userName".to_owned()),
        ..ManagedQuery::default()
    };
    let url = users(sim);
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does falls on both.
    for _ in 0..ROUNDS {
        let call = api.reading(scopes);
        let start = Instant::now();
        for _ in 0..REQUESTS {
            call.managed(&object_type).query(&query).await.expect("a page");
        }
        ours.push(start.elapsed());
        let start = Instant::now();
        for _ in 0..REQUESTS {
            get(&browser, &url, &token).await;
        }
        bare.push(start.elapsed());
    }
    let each = |times: Vec<Duration>| middle(times).as_secs_f64() * 1e6 / f64::from(REQUESTS);
    let yardstick = Yardstick { what: "reqwest alone", took: each(bare), aim: "aim 10 % over it" };
    figures.note_beside("a request of the client", Unit::Microseconds, each(ours), yardstick);
}

/// One user of many.
fn users(sim: &Sim) -> String {
    let query = "_queryFilter=true&_pageSize=1&_fields=userName";
    format!("{}/openidm/managed/alpha_user?{query}", sim.base_url())
}

/// Gets a page and reads it as JSON.
async fn get(browser: &Browser, url: &str, token: &str) -> Value {
    let answer = browser.client().get(url).bearer_auth(token).send().await.expect("an answer");
    let body = answer.bytes().await.expect("a body");
    serde_json::from_slice(&body).expect("JSON")
}

/// Closed input to the end of the process, with a request under way that is never answered.
async fn ending(sim: &Sim, figures: &mut Figures) {
    let mut client = Start::serve(sim).connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.inject(aic_sim::Fault::new(aic_sim::FaultKind::Hang).path_contains("/openidm/"));
    client.start_call("listManagedObjects", json!({})).await;
    let start = Instant::now();
    client.process().close();
    let status = client.process().ended().await;
    assert!(status.success());
    let taken = millis(start.elapsed());
    figures.note("end with a call under way", Unit::Milliseconds, taken, "at most 1 s");
}

/// A journey of thirty nodes, ten of them on pages, as createJourney takes it.
fn thirty_nodes() -> Value {
    let child = |number: usize| {
        json!({ "_id": format!("field{number}"), "nodeType": "ValidatedUsernameNode",
            "displayName": "Name", "config": { "validateInput": false } })
    };
    let nodes = (0..20).map(|number| {
        let next = if number == 19 { "success".to_owned() } else { format!("n{}", number + 1) };
        let node = if number < 5 {
            json!({ "nodeType": "PageNode", "displayName": "Page", "connections": { "outcome": next },
                "config": { "nodes": [child(2 * number), child(2 * number + 1)] } })
        } else {
            json!({ "nodeType": "DataStoreDecisionNode", "displayName": "Check",
                "connections": { "true": next, "false": "failure" }, "config": {} })
        };
        (format!("n{number}"), node)
    });
    json!({ "entryNodeId": "n0", "nodes": nodes.collect::<serde_json::Map<_, _>>() })
}

/// A journey of thirty nodes, from and to a tenant whose every answer takes 50 ms.
async fn far_away(figures: &mut Figures) {
    const LATENCY: Duration = Duration::from_millis(50);
    let sim = Sim::start(aic_sim::Options::default()).await.expect("a tenant can be started");
    let mut client = Start::serve(&sim).connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.set_latency(LATENCY);
    let mut times = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let arguments = json!({ "realm": "alpha", "journeyName": "Onboarding" });
        client.call("getJourney", arguments).await.ok();
        times.push(start.elapsed());
    }
    let read = millis(middle(times));
    let aim = "aim 230 ms, four round trips";
    figures.note("getJourney, 50 ms away", Unit::Milliseconds, read, aim);
    let arguments = json!({ "objectType": "alpha_user", "pageSize": 1, "fields": "userName" });
    let mut client = Start::serve(&sim).connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    let taken = at_once(&mut client, 200, &arguments).await;
    figures.note("200 calls, 50 ms away", Unit::Milliseconds, millis(taken), "aim 300 ms");
    let after = resident_mib(client.process());
    figures.note("RSS after 200 calls", Unit::Mebibytes, after, "aim 30 MiB");
    let mut client = Start::serve(&sim).arg("--confirm").arg("never").connect().await;
    client.call("listManagedObjects", json!({})).await.ok();
    let mut times = Vec::new();
    for number in 0..5 {
        sim.clear_requests();
        let start = Instant::now();
        let arguments = json!({ "realm": "alpha", "journeyName": format!("Far {number}"),
            "journeyData": thirty_nodes() });
        client.call("createJourney", arguments).await.ok();
        times.push(start.elapsed());
        let requests = sim.requests();
        let exchanges = requests.iter().filter(|one| one.path().ends_with("/access_token"));
        assert_eq!(exchanges.count(), 1, "one exchange");
    }
    let made = millis(middle(times));
    let aim = "aim 700 ms, of 30 nodes";
    figures.note("createJourney, 50 ms away", Unit::Milliseconds, made, aim);
}

fn median(runs: usize, mut run: impl FnMut() -> Duration) -> Duration {
    middle((0..runs).map(|_| run()).collect())
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The part of a time that falls to each of so many calls, in microseconds.
fn per_call(time: Duration, calls: usize) -> f64 {
    time.as_secs_f64() * 1e6 / count(calls)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "a size in megabytes, to two decimals")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "far below what would lose a digit")]
fn count(number: usize) -> f64 {
    number as f64
}
