//! The tools for OIDC applications.

mod half_done;
mod whole;

use aic_e2e::Client;
use aic_sim::{Fault, FaultKind, RequestRecord, Sim};
use serde_json::{Value, json};

use crate::support::api_requests;

const CLIENTS: &str = "/am/json/realms/root/realms/alpha/realm-config/agents/OAuth2Client";
const APPLICATIONS: &str = "/openidm/managed/alpha_application";
const SECRET: &str = "canary-secret";

/// A setting as AM writes it.
fn own(value: impl Into<Value>) -> Value {
    json!({ "inherited": false, "value": value.into() })
}

/// An owner for new applications.
async fn owner(client: &mut Client) -> Value {
    let arguments = json!({ "objectType": "alpha_user", "pageSize": 1, "fields": "userName" });
    let users = client.call("queryManagedObjects", arguments).await.ok();
    let id = users["objects"][0]["_id"].as_str().expect("an id");
    json!({ "_ref": format!("managed/alpha_user/{id}") })
}

async fn create(client: &mut Client, name: &str, client_id: &str) -> Value {
    let owner = owner(client).await;
    let settings = json!({ "coreOAuth2ClientConfig": {
        "userpassword": SECRET, "scopes": own(json!(["openid"])) } });
    let arguments = json!({ "realm": "alpha", "name": name, "clientId": client_id,
        "owners": [owner], "oauth2Client": settings });
    client.call("createOidcApp", arguments).await.ok()
}

/// A new application's arguments, but for its settings.
async fn draft(client: &mut Client) -> Value {
    json!({ "realm": "alpha", "name": "New", "clientId": "new", "owners": [owner(client).await] })
}

fn app(name: &str) -> Value {
    json!({ "realm": "alpha", "name": name })
}

async fn get(client: &mut Client, name: &str) -> Value {
    client.call("getOidcApp", app(name)).await.ok()
}

fn body(request: &RequestRecord) -> Value {
    serde_json::from_slice(&request.body).expect("a JSON body")
}

fn sent(sim: &Sim, method: &str, path: &str) -> RequestRecord {
    let mut requests = api_requests(sim).into_iter();
    let found = requests.find(|request| request.method == method && request.target.contains(path));
    found.expect("such a request")
}

fn unavailable() -> Fault {
    let body = r#"{"code":503,"reason":"Service Unavailable","message":"Not now"}"#.to_owned();
    Fault::new(FaultKind::Status { status: 503, headers: Vec::new(), body })
}
