//! Reading journeys.

use std::collections::BTreeSet;

use aic_e2e::{Client, Start};
use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use super::{AUTHENTICATION, alpha, create, get, puts};
use crate::support::{
    ATTEMPTS, api_requests, assert_explained, logins_and_exchanges, served, tenant,
};

#[tokio::test(flavor = "multi_thread")]
async fn journeys_are_listed_with_the_default_one() {
    let (sim, mut client) = served().await;
    let listed = client.call("listJourneys", json!({ "realm": "alpha" })).await.ok();
    let sent = api_requests(&sim);
    assert_eq!(logins_and_exchanges(&sim), (1, 1));
    let journeys = listed["journeys"].as_array().unwrap();
    assert_eq!(listed["count"], journeys.len());
    let onboarding = journeys.iter().find(|journey| journey["_id"] == "Onboarding").unwrap();
    let nodes = get(&mut client, "Onboarding").await["journey"]["nodes"].as_object().unwrap().len();
    assert_eq!((&onboarding["nodes"], &onboarding["enabled"]), (&json!(nodes), &json!(true)));
    assert!(journeys.iter().all(|journey| journey.to_string().len() < 300), "{listed}");
    assert_eq!(listed["defaultJourney"], "Login");
    let mut sent: Vec<_> = sent
        .iter()
        .map(|r| (r.target.clone(), r.header("accept-api-version").unwrap().to_owned()))
        .collect();
    sent.sort();
    let fields = "_id,description,identityResource,uiConfig,nodes,enabled,mustRun,\
                  maximumSessionTime,maximumIdleTime";
    let list = format!(
        "{AUTHENTICATION}/authenticationtrees/trees?_queryFilter=true&_pageSize=-1&_fields={}",
        fields.replace(',', "%2C")
    );
    let inner = format!(
        "{AUTHENTICATION}/authenticationtrees/nodes/InnerTreeEvaluatorNode?_queryFilter=true\
         &_fields=_id%2Ctree"
    );
    assert_eq!(
        sent,
        [
            (AUTHENTICATION.to_owned(), "protocol=1.0,resource=1.0".to_owned()),
            (inner, "protocol=2.1,resource=1.0".to_owned()),
            (list, "protocol=2.1,resource=1.0".to_owned()),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn journeys_are_listed_even_without_the_default_one() {
    let (sim, mut client) = served().await;
    let broken = FaultKind::Status { status: 500, headers: Vec::new(), body: "{}".to_owned() };
    sim.inject(Fault::new(broken.clone()).path_contains("/authenticationtrees/trees?"));
    let failure = client.call("listJourneys", json!({ "realm": "alpha" })).await.failed();
    assert_explained(&failure, 500, &[]);
    // The settings' path is the beginning of the journeys' and the nodes'.
    let list = json!({ "result": [{ "_id": "Only" }] }).to_string();
    let whole = FaultKind::Status { status: 200, headers: Vec::new(), body: list };
    sim.inject(Fault::new(whole).path_contains("/authenticationtrees/trees?"));
    sim.inject(Fault::new(broken).path_contains("/realm-config/authentication").times(2));
    let listed = client.call("listJourneys", json!({ "realm": "alpha" })).await.ok();
    assert_eq!((&listed["count"], listed.get("defaultJourney")), (&json!(1), None));
    assert!(listed["note"].as_str().unwrap().contains("default journey could not be read"));

    sim.inject(Fault::new(FaultKind::Html403).path_contains("/nodes/InnerTreeEvaluatorNode"));
    let listed = client.call("listJourneys", json!({ "realm": "alpha" })).await.ok();
    assert!(listed["note"].as_str().unwrap().contains("inner journeys could not be read"));
    assert_eq!(listed["defaultJourney"], "Login");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nodes_of_a_long_journey_are_asked_for_all_at_once() {
    let (sim, mut client) = served().await;
    client.call("listNodeTypes", json!({ "realm": "alpha" })).await.ok();
    sim.clear_requests();
    // No answer about a node ever comes, so whatever is asked was asked without waiting for one.
    sim.inject(Fault::new(FaultKind::Hang).path_contains("/authenticationtrees/nodes/").times(999));
    let arguments = json!({ "realm": "alpha", "journeyName": "Onboarding" });
    client.start_call("getJourney", arguments).await;
    let asked = async |method: &str| {
        let requests = api_requests(&sim);
        requests.iter().filter(|r| r.method == method && r.path().contains("/nodes/")).count()
    };
    let all_asked = async {
        while asked("GET").await < 30 {
            tokio::task::yield_now().await;
        }
    };
    let all_asked = tokio::time::timeout(aic_e2e::PATIENCE, all_asked).await;
    assert!(all_asked.is_ok(), "{} nodes were asked for", asked("GET").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_journey_is_read_whole_with_each_request_once() {
    let (sim, mut client) = served().await;
    client.call("listNodeTypes", json!({ "realm": "alpha" })).await.ok();
    sim.clear_requests();
    let found = with_schemas(&mut client, "Onboarding").await;

    let tree = found["journey"]["nodes"].as_object().unwrap();
    assert!(tree.len() >= 30);
    let configs = found["nodeConfigs"].as_object().unwrap();
    let schemas = found["nodeSchemas"].as_object().unwrap();
    let mut ids: BTreeSet<&str> = tree.keys().map(String::as_str).collect();
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    let kind = |name: &Value, version: &Value| match version.as_str() {
        None | Some("1.0") => name.as_str().unwrap().to_owned(),
        Some(version) => format!("{}/{version}", name.as_str().unwrap()),
    };
    for (id, node) in tree {
        kinds.insert(kind(&node["nodeType"], &node["version"]));
        for child in configs[id]["nodes"].as_array().into_iter().flatten() {
            ids.insert(child["_id"].as_str().unwrap());
            kinds.insert(kind(&child["nodeType"], &child["nodeVersion"]));
        }
    }
    assert!(ids.len() > tree.len(), "there are nodes on pages");
    assert!(kinds.contains("PageNode/2.0"), "{kinds:?}");
    assert_eq!(configs.keys().map(String::as_str).collect::<BTreeSet<_>>(), ids);
    assert_eq!(schemas.keys().cloned().collect::<BTreeSet<_>>(), kinds);
    for known in ["_id", "_rev", "_type"] {
        assert!(configs.values().all(|config| config.get(known).is_none()), "{known}");
    }
    assert!(schemas.values().all(|schema| schema["type"] == "object"));
    assert_eq!(found.get("note"), None);

    let requests = api_requests(&sim);
    assert_eq!(requests.len(), 1 + ids.len() + kinds.len(), "each once");
    assert_eq!(logins_and_exchanges(&sim), (0, 1));
    for request in &requests {
        let is_versioned = request.path().contains("/2.0");
        let version = if is_versioned { "3.0" } else { "1.0" };
        let expected = format!("protocol=2.1,resource={version}");
        assert_eq!(request.header("accept-api-version"), Some(expected.as_str()));
    }

    sim.clear_requests();
    let without = get(&mut client, "Onboarding").await;
    assert_eq!(
        (without.get("nodeSchemas"), &without["nodeConfigs"]),
        (None, &found["nodeConfigs"])
    );
    assert_eq!(api_requests(&sim).len(), 1 + ids.len(), "each once, and no schema");
}

/// Reads a journey with the schemas of its nodes' types.
async fn with_schemas(client: &mut Client, name: &str) -> Value {
    let mut arguments = alpha(name);
    arguments["includeSchemas"] = json!(true);
    client.call("getJourney", arguments).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_read_by_its_id_or_its_name_also_on_a_page() {
    let (sim, mut client) = served().await;
    let whole = get(&mut client, "Onboarding").await;
    let tree = whole["journey"]["nodes"].as_object().unwrap();
    let is_page = |node: &Value| node["nodeType"] == "PageNode";
    let (page_id, page) = tree
        .iter()
        .find(|(id, node)| is_page(node) && whole["nodeConfigs"][*id]["nodes"][0].is_object())
        .unwrap();
    let mut read = async |node: &Value| {
        let mut arguments = alpha("Onboarding");
        arguments["node"] = node.clone();
        client.call("getJourneyNode", arguments).await
    };
    let found = read(&json!(page_id)).await.ok();
    let node = &found["node"];
    assert_eq!(node["nodeId"], page_id.as_str());
    for member in ["nodeType", "displayName", "connections"] {
        assert_eq!(node[member], page[member], "{member}");
    }
    let outcomes = node["outcomes"].as_array().unwrap();
    let connected: Vec<_> = page["connections"].as_object().unwrap().keys().collect();
    assert!(connected.iter().all(|outcome| outcomes.contains(&json!(outcome))), "{found}");
    let on_page = whole["nodeConfigs"][page_id]["nodes"].as_array().unwrap();
    let children = found["children"].as_array().unwrap();
    assert_eq!(children.len(), on_page.len());
    assert_eq!(children[0]["nodeId"], on_page[0]["_id"]);

    sim.clear_requests();
    let child = read(&on_page[0]["_id"]).await.ok();
    assert_eq!(child["node"]["nodeType"], on_page[0]["nodeType"]);
    assert_eq!(child["node"].get("connections"), None);
    let id = on_page[0]["_id"].as_str().unwrap();
    let config = &child["node"]["config"];
    let shown = whole["nodeConfigs"][id].as_object().unwrap();
    assert!(config.as_object().unwrap().iter().all(|(name, value)| shown[name] == *value));

    let named = tree.values().filter(|node| node["displayName"] == page["displayName"]).count();
    let by_name = read(&page["displayName"]).await;
    if named == 1 {
        assert_eq!(by_name.ok()["node"]["nodeId"], page_id.as_str());
    } else {
        assert!(by_name.failed().contains(page_id.as_str()));
    }
    let failure = read(&json!("No such node")).await.failed();
    assert!(failure.contains("has no node \"No such node\"."), "{failure}");
    assert!(failure.contains(page["displayName"].as_str().unwrap()), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_broken_node_does_not_hide_a_journey() {
    let (sim, mut client) = served().await;
    let whole = get(&mut client, "Login").await;
    let count = whole["nodeConfigs"].as_object().unwrap().len();
    let (id, node) = whole["journey"]["nodes"]
        .as_object()
        .unwrap()
        .iter()
        .find(|(_, node)| node["nodeType"] != "PageNode")
        .unwrap();
    let arguments = json!({ "realm": "alpha", "force": true,
        "nodes": [{ "nodeType": node["nodeType"], "nodeId": id }] });
    client.call("deleteJourneyNodes", arguments).await.ok();
    let broken = get(&mut client, "Login").await;
    assert_eq!(broken["journey"], whole["journey"]);
    assert_eq!(broken["nodeConfigs"].as_object().unwrap().len(), count);
    assert!(broken["nodeConfigs"][id]["error"].as_str().unwrap().contains("404 Not Found"));
    assert!(broken["note"].as_str().unwrap().starts_with("1 of the nodes"), "{broken}");

    // A page that cannot be read hides only what is on it.
    sim.inject(
        Fault::new(FaultKind::Disconnect)
            .on("GET")
            .path_contains("/nodes/PageNode/")
            .times(ATTEMPTS),
    );
    let broken = get(&mut client, "Login").await;
    assert!(broken["note"].as_str().unwrap().starts_with("2 of the nodes"), "{broken}");
    // So does a schema.
    sim.inject(Fault::new(FaultKind::Html403).on("POST").path_contains("/nodes/PageNode?"));
    let broken = with_schemas(&mut client, "Login").await;
    let schema = &broken["nodeSchemas"]["PageNode"];
    assert!(schema["error"].as_str().unwrap().contains("403"), "{broken}");
    assert_eq!(broken["nodeConfigs"].as_object().unwrap().len(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_tenant_calls_a_node_cannot_lead_elsewhere() {
    let (sim, mut client) = served().await;
    let hostile = json!({ "_id": "Odd", "entryNodeId": "a", "nodes": {
        "a": { "nodeType": "../../../../../users", "connections": {} },
        "b/../c": { "nodeType": "PageNode", "connections": {} },
        "d": { "nodeType": "PageNode", "version": "..", "connections": {} },
        "e": null,
    } });
    let kind = FaultKind::Status { status: 200, headers: Vec::new(), body: hostile.to_string() };
    sim.inject(Fault::new(kind).path_contains("/trees/Odd"));
    let found = get(&mut client, "Odd").await;
    for (_, config) in found["nodeConfigs"].as_object().unwrap() {
        assert!(config["error"].as_str().unwrap().contains("this is not a node"), "{found}");
    }
    assert_eq!(found["nodeConfigs"].as_object().unwrap().len(), 4);
    assert_eq!(api_requests(&sim).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_may_not_know_versions() {
    let (sim, mut client) = served().await;
    let with = get(&mut client, "Onboarding").await;
    sim.without_versioned_nodes();
    sim.clear_requests();
    let without = get(&mut client, "Onboarding").await;
    assert_eq!(without.get("note"), None);
    let ids = |found: &Value| found["nodeConfigs"].as_object().unwrap().keys().cloned().collect();
    let (with, without): (BTreeSet<String>, BTreeSet<String>) = (ids(&with), ids(&without));
    assert_eq!(with, without);
    assert!(api_requests(&sim).iter().all(|request| {
        request.header("accept-api-version") == Some("protocol=2.1,resource=1.0")
    }));

    // What is written there has no versions either.
    sim.clear_requests();
    create(&mut client, "Older").await;
    let bodies: Vec<_> = puts(&sim).iter().map(Value::to_string).collect();
    assert!(bodies.iter().all(|body| !body.to_ascii_lowercase().contains("version")), "{bodies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_made_without_a_request() {
    let (sim, mut client) = served().await;
    let arguments = json!({ "realm": "bravo", "journeyName": "Sign in & out/".replace('/', "?") });
    let preview = client.call("getJourneyPreviewUrl", arguments).await.ok();
    let base = sim.base_url();
    assert_eq!(
        preview["url"],
        format!(
            "{base}/am/XUI/?realm=/bravo&authIndexType=service\
             &authIndexValue=Sign%20in%20%26%20out%3F"
        )
    );
    let preview = client.call("getJourneyPreviewUrl", json!({ "realm": "alpha" })).await.ok();
    assert_eq!(preview["url"], format!("{base}/am/XUI/?realm=/alpha"));
    let failure = client.call("getJourneyPreviewUrl", json!({ "realm": "root" })).await.failed();
    assert!(failure.contains("`realm`"), "{failure}");
    assert!(sim.requests().is_empty(), "not even a login");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_journey_is_shortened_by_what_can_be_read_elsewhere() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).arg("--max-result").arg("30000").connect().await;
    let mut arguments = alpha("Onboarding");
    arguments["includeSchemas"] = json!(true);
    let outcome = client.call("getJourney", arguments).await;
    assert!(outcome.text.chars().count() <= 30_000);
    let found = outcome.ok();
    assert!(found["journey"]["nodes"].as_object().unwrap().len() >= 30);
    let note = found["note"].as_str().unwrap();
    assert!(note.contains("getNodeTypeDetails"), "{note}");
    let mut client = Start::serve(&sim).arg("--max-result").arg("12000").connect().await;
    let outcome = client.call("getJourney", alpha("Onboarding")).await;
    assert!(outcome.text.chars().count() <= 12_000);
    assert!(outcome.ok()["note"].as_str().unwrap().contains("getJourneyNode"));
}
