//! Helpers that several tests need.

use aic_e2e::{Client, Start};
use aic_sim::{RequestRecord, Sim};
use serde_json::{Value, json};

/// Where AIC says what an environment is.
pub(crate) const INFO: &str = "/environment/info";
/// The id of the simulated tenant's administrator.
pub(crate) const INGRID: &str = "5b0e9c1e-7d0f-4c57-9a53-2f6f3c1d8a01";
/// How often a request that only reads is sent before it is given up.
pub(crate) const ATTEMPTS: u64 = 4;

/// A simulated tenant and a server for it.
pub(crate) async fn served() -> (Sim, Client) {
    let sim = tenant().await;
    let client = Start::serve(&sim).connect().await;
    (sim, client)
}

/// A simulated tenant.
pub(crate) async fn tenant() -> Sim {
    Sim::start(aic_sim::Options::default()).await.expect("a tenant can be started")
}

/// Waits until something holds of a tenant, which tells nobody when it does.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    let held = aic_e2e::until(async || holds().then_some(())).await;
    held.expect("it comes to hold");
}

/// The requests to the tenant's APIs, without those of the login and the exchanges, and without the
/// one for what the environment is, which the first write of a process sends.
pub(crate) fn api_requests(sim: &Sim) -> Vec<RequestRecord> {
    sim.requests()
        .into_iter()
        .filter(|request| !request.path().starts_with("/am/oauth2/"))
        .filter(|request| request.path() != INFO)
        .collect()
}

/// The requests of the program, login and exchanges included, without those of a browser.
pub(crate) fn own_requests(sim: &Sim) -> Vec<RequestRecord> {
    let is_own = |request: &RequestRecord| {
        request.header("user-agent").is_some_and(|agent| agent.starts_with("aic-mcp-server/"))
    };
    sim.requests().into_iter().filter(is_own).collect()
}

/// The requests that were to change something, as `METHOD path`.
pub(crate) fn writes(sim: &Sim) -> Vec<String> {
    api_requests(sim)
        .iter()
        .filter(|request| request.method != "GET")
        .map(|request| format!("{} {}", request.method, request.target))
        .collect()
}

/// How many logins and how many token exchanges the tenant has seen.
pub(crate) fn logins_and_exchanges(sim: &Sim) -> (usize, usize) {
    let requests = sim.requests();
    let tokens = requests.iter().filter(|request| request.path().ends_with("/access_token"));
    let (exchanges, logins): (Vec<_>, Vec<_>) = tokens
        .partition(|request| String::from_utf8_lossy(&request.body).contains("token-exchange"));
    (logins.len(), exchanges.len())
}

/// A user that can be created.
pub(crate) fn user(name: &str) -> Value {
    json!({
        "userName": name,
        "givenName": "Test",
        "sn": "User",
        "mail": format!("{name}@northlight.example"),
    })
}

/// Creates a user and returns its id and revision.
pub(crate) async fn create_user(client: &mut Client, name: &str) -> (String, String) {
    let arguments = json!({ "objectType": "alpha_user", "objectData": user(name) });
    let created = client.call("createManagedObject", arguments).await.ok();
    let text = |member: &str| created[member].as_str().expect("a string").to_owned();
    (text("objectId"), text("revision"))
}

/// The newest change that is listed, null where there is none.
pub(crate) async fn newest_change(client: &mut Client) -> Value {
    let mut listed = client.call("listChanges", json!({})).await.ok();
    listed.pointer_mut("/changes/0").map(Value::take).unwrap_or_default()
}

/// Replaces what differs from run to run.
pub(crate) fn settled(mut value: Value) -> Value {
    fn settle(value: &mut Value) {
        match value {
            Value::Object(object) => {
                for (name, member) in object.iter_mut() {
                    match name.as_str() {
                        "_id" | "applicationId" | "objectId" | "themeId" => *member = "<id>".into(),
                        "_rev" | "revision" => *member = "<revision>".into(),
                        "lastChangeDate" => *member = "<date>".into(),
                        "transactionIds" => *member = json!(["<transaction>"]),
                        "pagedResultsCookie" => *member = "<cookie>".into(),
                        _ => settle(member),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(settle),
            _ => {}
        }
    }
    settle(&mut value);
    value
}

/// Asserts that a failure says all that it has to: what AIC answered, under which transaction, and
/// what to do next.
#[track_caller]
pub(crate) fn assert_explained(failure: &str, status: u16, parts: &[&str]) {
    for part in [&format!("status: {status}"), "transactionIds: ", "next: "] {
        assert!(failure.contains(part), "no {part:?} in\n{failure}");
    }
    for part in parts {
        assert!(failure.contains(part), "no {part:?} in\n{failure}");
    }
}
