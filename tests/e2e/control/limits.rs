//! How far a confused model gets.

use aic_e2e::Start;
use serde_json::{Value, json};

use crate::support::{tenant, user};

fn variable(number: u32) -> Value {
    json!({ "variableId": format!("esv-n{number}"), "type": "string", "value": "x" })
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_an_end_to_what_is_changed() {
    for confirm in ["auto", "never"] {
        let sim = tenant().await;
        let start = Start::serve(&sim).env("AIC_CONFIRM", confirm).env("AIC_MAX_WRITES", "3/min,3");
        let mut client = start.connect().await;
        for number in 0..3 {
            client.call("setVariable", variable(number)).await.ok();
        }
        let before = sim.fingerprint();
        let failure = client.call("setVariable", variable(3)).await.failed();
        assert!(failure.contains("this server has made 3 changes"), "{failure}");
        assert!(failure.contains("Only a person can raise the limit"), "{failure}");
        assert_eq!(sim.fingerprint(), before);
        client.call("getVariable", json!({ "variableId": "esv-n0" })).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_counts_as_one() {
    let sim = tenant().await;
    let start = Start::serve(&sim).env("AIC_CONFIRM", "auto").env("AIC_MAX_WRITES", "2/min,2");
    let mut client = start.connect().await;
    let retry = |to: &str| {
        json!({ "nodeType": "RetryLimitDecisionNode", "config": { "retryLimit": 3 },
            "connections": { "Retry": to, "Reject": "failure" } })
    };
    let nodes = json!({ "a": retry("b"), "b": retry("c"), "c": retry("success") });
    let journey = json!({ "realm": "alpha", "journeyName": "Mine",
        "journeyData": { "entryNodeId": "a", "nodes": nodes } });
    client.call("createJourney", journey).await.ok();
    client.call("setVariable", variable(1)).await.ok();
    client.call("setVariable", variable(2)).await.failed();
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_that_hold_power_are_not_written_unless_their_type_is_named() {
    let sim = tenant().await;
    let account = json!({ "name": "mine", "accountStatus": "active", "scopes": ["fr:idm:*"] });
    for (object_type, data) in [("svcacct", account), ("teammember", user("eve"))] {
        let arguments = json!({ "objectType": object_type, "objectData": data });
        let before = sim.fingerprint();
        let mut client = Start::serve(&sim).connect().await;
        let failure = client.call("createManagedObject", arguments).await.failed();
        assert!(failure.contains("give power over the tenant itself"), "{failure}");
        assert!(failure.contains("--allow-types"), "{failure}");
        assert_eq!(sim.fingerprint(), before);
    }
    // Named, it is still asked about.
    let start = Start::serve(&sim).confirming().arg("--allow-types").arg("svcacct");
    let mut client = start.connect().await;
    let data = json!({ "name": "mine", "accountStatus": "active", "scopes": ["fr:idm:*"] });
    let arguments = json!({ "objectType": "svcacct", "objectData": data });
    let failure = client.call("createManagedObject", arguments).await.failed();
    assert!(failure.contains("power: objects of svcacct hold power themselves"), "{failure}");
}
