//! A server that only reads.

use aic_e2e::Start;
use serde_json::json;

use crate::support::{tenant, user, writes};

#[tokio::test(flavor = "multi_thread")]
async fn tools_that_write_are_neither_listed_nor_called() {
    let sim = tenant().await;
    let mut all = Start::serve(&sim).connect().await.tools().await;
    // Where nothing can be changed, there are no changes to list.
    all.retain(|tool| tool["annotations"]["readOnlyHint"] == true && tool["name"] != "listChanges");
    let mut client = Start::serve(&sim).arg("--read-only").connect().await;
    let tools = client.tools().await;
    assert!(!tools.is_empty());
    assert_eq!(tools, all);
    assert!(client.server["instructions"].as_str().unwrap().contains("read-only"));
    client.call("listManagedObjects", json!({})).await.ok();
    let arguments = json!({ "objectType": "alpha_user", "objectData": user("no") });
    let failure = client.call("createManagedObject", arguments).await.failed();
    assert!(failure.contains("is switched off") && failure.contains("--read-only"), "{failure}");
    assert!(writes(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_library_refuses_to_write_too() {
    use aic_api::{ApiError, Client};
    use aic_auth::{ScopeSet, Tenant};

    let sim = tenant().await;
    let tenant: Tenant = sim.base_url().parse().unwrap();
    let client = Client::builder(tenant).access_token("token").read_only(true).build();
    let call = client.writing(ScopeSet::EMPTY);
    let refused = call.managed(&"alpha_user".parse().unwrap()).delete(&"x".parse().unwrap()).await;
    assert!(matches!(refused, Err(ApiError::ReadOnly)));
    assert!(sim.requests().is_empty());
}
