//! Every tool against every class of fault.

use std::collections::HashSet;
use std::time::Duration;

use aic_e2e::{Client, Outcome, Start};
use aic_sim::{Fault, FaultKind, RequestRecord, Sim};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::tools;
use crate::support::{api_requests, tenant};

/// How many tools are tried at a time: most of the time goes into waiting before a repeat.
const AT_A_TIME: usize = 12;
/// The bytes that the server takes in, more than any answer of the tenant has.
const LARGEST_ANSWER: &str = "1048576";
const SERVICES: [&str; 4] = ["/openidm/", "/am/json/", "/environment/", "/monitoring/"];
const WRITING: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];
/// The actions that change nothing, although they are posted.
const ASKING: [&str; 5] = ["schema", "template", "listOutcomes", "getAllTypes", "validate"];

/// The faults that say of a write that it was not done.
const REFUSED_WHOLE: [&str; 4] = ["429", "429 once", "401", "revoked once"];

/// A kind of fault, and what the calls that meet it come to.
struct Class {
    name: &'static str,
    kind: FaultKind,
    meets: Meets,
    ends: Ends,
}

/// Which requests of a call meet the fault.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Meets {
    /// The first one.
    First,
    /// All of them.
    All,
    /// All that are not GET.
    Writes,
}

/// How a call must end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ends {
    /// As if nothing had been wrong.
    Well,
    /// As if nothing had been wrong, unless its first request writes.
    WellIfReading,
    /// With a failure.
    Badly,
    /// Either way.
    Somehow,
}

fn status(status: u16, headers: &[(&str, &str)]) -> FaultKind {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    FaultKind::Status { status, headers, body: format!("{{\"code\":{status},\"message\":\"No\"}}") }
}

fn classes() -> Vec<Class> {
    let class = |name, kind, meets, ends| Class { name, kind, meets, ends };
    let busy = || status(429, &[("retry-after", "0")]);
    let drip = FaultKind::SlowDrip { pieces: 3, pause: Duration::from_millis(3) };
    let mut classes = vec![
        class("429 once", busy(), Meets::First, Ends::Well),
        class("503 once", status(503, &[]), Meets::First, Ends::WellIfReading),
        class("disconnect once", FaultKind::Disconnect, Meets::First, Ends::WellIfReading),
        class("truncate once", FaultKind::Truncate, Meets::First, Ends::WellIfReading),
        class("revoked once", FaultKind::RevokeTokens, Meets::First, Ends::Well),
        class("slow drip", drip, Meets::All, Ends::Well),
    ];
    for (name, kind, ends) in [
        ("429", status(429, &[("retry-after", "100")]), Ends::Badly),
        ("500", status(500, &[]), Ends::Badly),
        ("503", status(503, &[]), Ends::Badly),
        ("401", status(401, &[]), Ends::Badly),
        ("302", status(302, &[("location", "https://canary.example/")]), Ends::Badly),
        ("firewall", FaultKind::Html403, Ends::Badly),
        ("disconnect", FaultKind::Disconnect, Ends::Badly),
        ("disconnect after", FaultKind::DisconnectAfter, Ends::Badly),
        ("truncate", FaultKind::Truncate, Ends::Somehow),
        ("huge", FaultKind::Huge(2 << 20), Ends::Badly),
        ("bomb", FaultKind::Bomb(2), Ends::Badly),
        ("empty", FaultKind::EmptyOk, Ends::Somehow),
    ] {
        classes.push(class(name, kind.clone(), Meets::All, ends));
        classes.push(class(name, kind, Meets::Writes, Ends::Somehow));
    }
    classes
}

/// The faults that a server which gives up soon is tried with.
fn slow_classes() -> Vec<Class> {
    let drip = FaultKind::SlowDrip { pieces: 1000, pause: Duration::from_hours(1) };
    let class = |name, kind, meets, ends| Class { name, kind, meets, ends };
    vec![
        class("hang", FaultKind::Hang, Meets::All, Ends::Badly),
        class("hang", FaultKind::Hang, Meets::Writes, Ends::Somehow),
        class("endless drip", drip, Meets::Writes, Ends::Somehow),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tool_gets_over_what_it_can_and_tells_the_truth_about_the_rest() {
    let names = all_tools().await;
    let tried: Vec<_> = stream::iter(names)
        .map(|tool| tokio::spawn(try_all(tool)))
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    let broken: Vec<String> = tried
        .into_iter()
        .flat_map(|result| result.unwrap_or_else(|error| vec![error.to_string()]))
        .collect();
    assert!(broken.is_empty(), "{} promises are broken:\n{}", broken.len(), broken.join("\n\n"));
}

pub(crate) async fn all_tools() -> Vec<String> {
    let (status, output, _) = Start::new(&["tools", "--format", "json"]).run().await;
    assert!(status.success());
    let tools: Vec<Value> = serde_json::from_str(&output).expect("a list");
    let names = tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned());
    // A change is undone once only; what becomes of that under faults is tried with undoing.
    names.filter(|name| name != "undoChange").collect()
}

/// Tries a tool against everything and says which promises it breaks.
async fn try_all(tool: String) -> Vec<String> {
    let sim = tenant().await;
    let serve = || Start::serve(&sim).arg("--max-response").arg(LARGEST_ANSWER);
    let mut client = serve().connect().await;
    let Some(arguments) = tools::arguments(&tool, &mut client).await else {
        return vec![format!("{tool}: the table of arguments does not have it")];
    };
    sim.remember();
    let before = sim.fingerprint();
    sim.clear_requests();
    let outcome = client.call(&tool, arguments.clone()).await;
    if outcome.is_error {
        return vec![format!("{tool} fails without a fault: {}", outcome.text)];
    }
    let requests = api_requests(&sim);
    let trial = Trial { sim, tool, arguments, well: outcome.data, requests, before };
    let mut broken = trial.run(&mut client, classes()).await;
    let serve = || Start::serve(&trial.sim).arg("--http-timeout").arg("1");
    let mut client = serve().connect().await;
    // On a busy machine even this may take longer than a second.
    while client.call("getLogSources", json!({})).await.is_error {}
    broken.extend(trial.run(&mut client, slow_classes()).await);
    broken
}

/// A tool that is tried, and what it did when nothing was wrong.
struct Trial {
    sim: Sim,
    tool: String,
    arguments: Value,
    well: Value,
    requests: Vec<RequestRecord>,
    /// The tenant's state before.
    before: u64,
}

impl Trial {
    async fn run(&self, client: &mut Client, classes: Vec<Class>) -> Vec<String> {
        let mut broken = Vec::new();
        for class in classes.into_iter().filter(|class| self.is_met_by(class)) {
            self.sim.restore();
            self.sim.clear_requests();
            self.inject(&class);
            let outcome = client.call(&self.tool, self.arguments.clone()).await;
            self.sim.clear_faults();
            let found = self.broken_by(&class, &outcome);
            let about = format!("{} under {} of {:?}", self.tool, class.name, class.meets);
            broken
                .extend(found.into_iter().map(|what| format!("{about}: {what}\n{}", outcome.text)));
            // The server lives; whether one or all requests met the fault makes no difference to that.
            if class.meets != Meets::All {
                continue;
            }
            while client
                .call("getVariable", json!({ "variableId": "esv-smtp-port" }))
                .await
                .is_error
            {
                assert!(
                    class.name == "hang" || class.name == "endless drip",
                    "{about}: it is dead"
                );
            }
        }
        broken
    }

    fn is_met_by(&self, class: &Class) -> bool {
        let is_read = |request: &RequestRecord| request.method == "GET";
        match class.meets {
            Meets::Writes => {
                // Where all of them are, the class that meets all has tried it.
                self.requests.iter().any(is_read) && !self.requests.iter().all(is_read)
            }
            Meets::First | Meets::All => true,
        }
    }

    fn inject(&self, class: &Class) {
        let fault = Fault::new(class.kind.clone());
        match class.meets {
            Meets::First => {
                if let Some(first) = self.requests.first() {
                    self.sim.inject(fault.path_contains(first.path()));
                }
            }
            Meets::All => {
                for service in SERVICES {
                    self.sim.inject(fault.clone().path_contains(service).times(u64::MAX));
                }
            }
            Meets::Writes => {
                for (service, method) in SERVICES.iter().flat_map(|s| WRITING.map(|m| (s, m))) {
                    let fault = fault.clone().on(method).path_contains(service);
                    self.sim.inject(fault.times(u64::MAX));
                }
            }
        }
    }

    fn broken_by(&self, class: &Class, outcome: &Outcome) -> Vec<&'static str> {
        let mut broken = Vec::new();
        let must_end_well = match class.ends {
            Ends::Well => true,
            Ends::WellIfReading => !self.requests.first().is_some_and(is_write),
            Ends::Badly => self.requests.is_empty(),
            Ends::Somehow => !outcome.is_error,
        };
        let ends_badly = class.ends == Ends::Badly && !self.requests.is_empty();
        if must_end_well && outcome.is_error {
            broken.push("it fails");
        }
        if ends_badly && !outcome.is_error {
            broken.push("it succeeds");
        }
        let members = |value: &Value| {
            value.as_object().into_iter().flat_map(|o| o.keys().cloned()).collect::<Vec<_>>()
        };
        if class.ends == Ends::Well && members(&outcome.data) != members(&self.well) {
            broken.push("the result is another");
        }
        if outcome.text.contains("canary") {
            broken.push("it shows where a redirect leads");
        }
        if self.repeats_a_write() {
            broken.push("a write was sent twice");
        }
        let has_written = api_requests(&self.sim).iter().any(is_write);
        if has_written && !self.requests.iter().any(is_write) {
            broken.push("a tool that reads has written");
        }
        if outcome.is_error {
            let has_changed = has_written && self.sim.fingerprint() != self.before;
            let changed = outcome.text.lines().find_map(|line| line.strip_prefix("changed: "));
            let claims_nothing = changed.is_none_or(|text| text.starts_with("nothing"));
            if claims_nothing && has_changed {
                broken.push("it says that nothing was changed, and something was");
            }
            let claims_not_to_know = changed.is_some_and(|text| text.starts_with("unknown"));
            // A program that gives up after a second may do so before the tenant has noted a request.
            let may_be_unseen = ["hang", "endless drip"].contains(&class.name);
            let has_sent_nothing = !has_written && !may_be_unseen;
            if claims_not_to_know && (has_sent_nothing || REFUSED_WHOLE.contains(&class.name)) {
                broken.push("it says that it does not know, and it can");
            }
            if changed.is_some_and(|text| text.starts_with("yes")) && !has_changed {
                broken.push("it says that something was changed, and nothing was");
            }
        }
        broken
    }

    /// Whether a write was sent again that had not been refused before it did anything.
    fn repeats_a_write(&self) -> bool {
        let mut seen = HashSet::new();
        api_requests(&self.sim)
            .into_iter()
            .filter(|request| is_write(request) && !matches!(request.status, Some(401 | 429)))
            .any(|request| !seen.insert((request.method, request.target, request.body)))
    }
}

fn is_write(request: &RequestRecord) -> bool {
    let asks = |action: &&str| request.target.contains(&format!("_action={action}"));
    request.method != "GET" && !ASKING.iter().any(asks)
}
