//! The faults of journeys are found: of those of the tenant, and of those that are not written yet.

use aic_e2e::{Client, Start};
use serde_json::{Value, json};

use super::{alpha, get, graph, nodes};
use crate::support::{api_requests, served, tenant};

async fn validate(client: &mut Client, arguments: Value) -> Value {
    client.call("validateJourney", arguments).await.ok()
}

/// The rule and the node of each finding, in the order of the names.
fn found(answer: &Value) -> Vec<(String, String)> {
    let findings = answer["findings"].as_array().expect("findings").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found: Vec<_> =
        findings.map(|finding| (text(&finding["rule"]), text(&finding["node"]))).collect();
    found.sort();
    found
}

fn is_found(answer: &Value, expected: &[(&str, &str)]) {
    let expected: Vec<_> =
        expected.iter().map(|(rule, node)| ((*rule).to_owned(), (*node).to_owned())).collect();
    assert_eq!(found(answer), expected, "{answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journeys_of_the_tenant_are_sound() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    for realm in ["alpha", "bravo"] {
        let answer = validate(&mut client, json!({ "realm": realm })).await;
        assert_eq!(answer["valid"], true, "{answer:#}");
        assert!(answer.get("note").is_none(), "{answer:#}");
        for journey in answer["journeys"].as_array().expect("journeys") {
            assert!(journey.get("findings").is_none(), "{journey:#}");
            let one = json!({ "realm": realm, "journeyName": journey["journeyName"] });
            let one = validate(&mut client, one).await;
            assert_eq!((&one["valid"], &one["findings"]), (&json!(true), &json!([])), "{one:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_journeys_are_read_by_type_and_not_node_by_node() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).connect().await;
    validate(&mut client, json!({ "realm": "alpha" })).await;
    let requests = api_requests(&sim);
    let lists = requests.iter().filter(|request| request.path().starts_with(&nodes("")));
    for request in lists.filter(|request| request.method == "GET") {
        assert!(request.target.contains("_queryFilter=true"), "{request:?}");
    }
}

/// A journey with faults that AM stores without a word.
async fn odd(client: &mut Client) -> Value {
    let decision = |script: &str, outcomes: &[&str], connections: Value| {
        json!({ "nodeType": "ScriptedDecisionNode", "connections": connections,
            "config": { "script": script, "outcomes": outcomes } })
    };
    let scripts = client.call("listScripts", json!({ "realm": "alpha" })).await.ok();
    let scripts = scripts["scripts"].as_array().expect("scripts").iter();
    let mut scripts = scripts.filter(|script| script["name"] == "Northlight Contractor Check");
    let script = scripts.next().expect("the script")["_id"].as_str().expect("an id");
    json!({ "entryNodeId": "page", "nodes": {
        "page": { "nodeType": "PageNode", "version": "2.0", "connections": { "Yes": "store" },
            "config": { "nodes": [{ "_id": "choice", "nodeType": "ChoiceCollectorNode",
                "config": { "choices": ["yes"], "defaultChoice": "yes", "prompt": "?" } }] } },
        "store": { "nodeType": "DataStoreDecisionNode", "config": {},
            "connections": { "true": "named", "false": "inner" } },
        "named": decision("Northlight Contractor Check", &["contractor", "Error"],
            json!({ "contractor": "success", "Nope": "decision" })),
        "decision": decision(script, &["contractor", "employee", "never"],
            json!({ "contractor": "success", "employee": "success", "never": "failure" })),
        "inner": { "nodeType": "InnerTreeEvaluatorNode", "config": { "tree": "NoSuchTree" },
            "connections": { "true": "success", "false": "failure" } },
        "own": { "nodeType": "InnerTreeEvaluatorNode", "config": { "tree": "New" },
            "connections": { "true": "success", "false": "failure" } },
    } })
}

/// The rules that it breaks, each with the node.
const ODD: [(&str, &str); 10] = [
    ("circularJourneys", ""),
    ("missingInnerJourney", "inner"),
    ("missingScript", "named"),
    ("scriptOutcomeNotDeclared", "decision"),
    ("scriptOutcomeNotSet", "decision"),
    ("unconnectedOutcome", "named"),
    ("unconnectedOutcome", "page"),
    ("unknownOutcome", "named"),
    ("unknownOutcome", "page"),
    ("unreachableNode", "own"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_is_checked_before_it_is_written_and_after() {
    let (sim, mut client) = served().await;
    let sent = |data: Value| json!({ "realm": "alpha", "journeyName": "New", "journeyData": data });
    let answer = validate(&mut client, sent(graph())).await;
    assert_eq!((&answer["valid"], &answer["findings"]), (&json!(true), &json!([])), "{answer:#}");

    let odd = odd(&mut client).await;
    let answer = validate(&mut client, sent(odd.clone())).await;
    assert_eq!(answer["valid"], false);
    is_found(&answer, &ODD);

    let unknown = json!({ "entryNodeId": "a", "nodes": { "a": { "nodeType": "NoSuchNode" } } });
    is_found(&validate(&mut client, sent(unknown)).await, &[("unknownNodeType", "a")]);
    let unwritable = json!({ "entryNodeId": "a", "nodes": {} });
    is_found(&validate(&mut client, sent(unwritable)).await, &[("graph", "")]);
    assert!(api_requests(&sim).iter().all(|request| request.method != "PUT"));

    let created = client.call("createJourney", sent(odd)).await.ok();
    let stored = validate(&mut client, alpha("New")).await;
    let id = |name: &str| created["nodeIds"][name].as_str().unwrap_or_default();
    let mut expected = ODD.map(|(rule, name)| (rule, id(name)));
    expected.sort_unstable();
    is_found(&stored, &expected);
    let named = stored["findings"].as_array().expect("findings").iter();
    assert!(named.filter(|finding| finding["nodeName"] == "named").count() == 3, "{stored:#}");

    let all = validate(&mut client, json!({ "realm": "alpha" })).await;
    assert_eq!(all["valid"], false);
    assert_eq!(all["journeys"][0]["journeyName"], "New", "what is wrong comes first");
    assert_eq!(all["journeys"][0]["findings"], stored["findings"]);
    assert!(all["journeys"][1].get("findings").is_none(), "{all:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_that_is_not_there_is_said_to_be_missing() {
    let (_sim, mut client) = served().await;
    let failure = client.call("validateJourney", alpha("None")).await.failed();
    assert!(failure.contains("listJourneys"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_get_journey_shows_can_be_checked_as_it_is() {
    let (_sim, mut client) = served().await;
    let read = get(&mut client, "Registration").await;
    let mut data = read["journey"].clone();
    data["nodeConfigs"] = read["nodeConfigs"].clone();
    for name in [Some("Registration"), None] {
        let mut arguments = json!({ "realm": "alpha", "journeyData": data });
        if let Some(name) = name {
            arguments["journeyName"] = name.into();
        }
        let answer = validate(&mut client, arguments).await;
        assert_eq!((&answer["valid"], &answer["findings"]), (&json!(true), &json!([])));
    }
}
