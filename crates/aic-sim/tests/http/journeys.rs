use aic_sim::{Options, Seed};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Tenant, answer, text};

const TREES: &str = "/am/json/alpha/realm-config/authentication/authenticationtrees/trees";
const NODES: &str = "/am/json/alpha/realm-config/authentication/authenticationtrees/nodes";
const SUCCESS: &str = "70e691a5-1e33-4ac3-a356-e7b6d60d92e0";
const FAILURE: &str = "e301438c-0bd0-429c-ab0c-66126501069a";
const PAGE: &str = "11111111-1111-4111-8111-111111111111";
const NAME: &str = "22222222-2222-4222-8222-222222222222";
const CHECK: &str = "33333333-3333-4333-8333-333333333333";

/// A journey with the settings of its nodes, as the reference server sends it.
fn journey() -> Value {
    json!({
        "_id": "Door",
        "entryNodeId": PAGE,
        "nodes": {
            PAGE: {
                "nodeType": "PageNode",
                "displayName": "Page",
                "connections": {"outcome": CHECK},
                "config": {
                    "_id": PAGE,
                    "nodes": [{"_id": NAME, "nodeType": "ValidatedUsernameNode",
                        "displayName": "Name"}],
                    "pageHeader": {"en": "Knock"},
                },
            },
            CHECK: {
                "nodeType": "DataStoreDecisionNode",
                "displayName": "Check",
                "connections": {"true": SUCCESS, "false": FAILURE},
                "config": {"_id": CHECK},
            },
        },
        "staticNodes": {"startNode": {"x": 50, "y": 250}, SUCCESS: {"x": 550, "y": 150},
            FAILURE: {"x": 550, "y": 350}},
        "description": "Who is there?",
        "identityResource": "managed/alpha_user",
    })
}

/// Writes the node that the journey's page refers to.
async fn put_name(tenant: &Tenant) {
    let path = format!("{NODES}/ValidatedUsernameNode/{NAME}");
    let body = json!({"_id": NAME, "validateInput": true});
    assert_eq!(tenant.send(Method::PUT, &path, body).await.status, StatusCode::CREATED);
}

async fn put(tenant: &Tenant, name: &str, body: Value) -> Answer {
    tenant.send(Method::PUT, &format!("{TREES}/{name}"), body).await
}

fn changed(name: &str, value: Value) -> Value {
    let mut journey = journey();
    journey[name] = value;
    journey
}

#[tokio::test]
async fn the_stock_journeys_are_there_and_whole() {
    let tenant = Tenant::demo_of_am().await;
    for realm in ["alpha", "bravo"] {
        let (trees, nodes) = (TREES.replace("alpha", realm), NODES.replace("alpha", realm));
        let all = tenant
            .get(&format!("{trees}?_queryFilter=true&_pageSize=-1&_fields=_id,description,nodes"))
            .await
            .json();
        assert_eq!(all["resultCount"], 7);
        let onboarding = all["result"].as_array().unwrap().iter();
        let onboarding = onboarding.clone().find(|tree| tree["_id"] == "Onboarding").unwrap();
        assert_eq!(onboarding["nodes"].as_object().unwrap().len(), 30);
        assert_eq!(onboarding.get("enabled"), None);
        for tree in all["result"].as_array().unwrap() {
            for (id, node) in tree["nodes"].as_object().unwrap() {
                let (kind, version) = (text(&node["nodeType"]), text(&node["version"]));
                let found = tenant.get(&format!("{nodes}/{kind}/{version}/{id}")).await;
                assert_eq!(found.status, StatusCode::OK, "{}", node["displayName"]);
                let node_outcomes = found.json()["_outcomes"].clone();
                let mut outcomes: Vec<_> =
                    node_outcomes.as_array().unwrap().iter().map(|it| text(&it["id"])).collect();
                let mut connected: Vec<_> =
                    node["connections"].as_object().unwrap().keys().cloned().collect();
                outcomes.sort();
                connected.sort();
                assert_eq!(outcomes, connected, "{} of {}", node["displayName"], tree["_id"]);
            }
        }
    }
}

#[tokio::test]
async fn an_empty_tenant_has_the_stock_journeys_only() {
    let empty = Tenant::with_scope(Options::default().seed(Seed::Empty), "fr:am:*").await;
    let all = empty.get(&format!("{TREES}?_queryFilter=true")).await.json();
    assert_eq!(all["resultCount"], 6);
}

#[tokio::test]
async fn the_nodes_on_a_page_come_before_it() {
    let tenant = Tenant::demo_of_am().await;
    let page = journey()["nodes"][PAGE]["config"].clone();
    for (path, body) in
        [(format!("{NODES}/PageNode/{PAGE}"), page), (format!("{TREES}/Door"), journey())]
    {
        let refused = tenant.send(Method::PUT, &path, body).await;
        assert_eq!((refused.status, &*refused.text), (StatusCode::INTERNAL_SERVER_ERROR, ""));
    }
    assert_eq!(tenant.get(&format!("{TREES}/Door")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn settings_in_a_tree_are_kept_or_dropped_as_chosen() {
    let tenant = Tenant::demo_of_am().await;
    put_name(&tenant).await;
    tenant.sim.drop_settings_in_trees();
    assert_eq!(put(&tenant, "Door", journey()).await.status, StatusCode::CREATED);
    let check = format!("{NODES}/DataStoreDecisionNode/{CHECK}");
    assert_eq!(tenant.get(&check).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_journey_may_bring_its_nodes() {
    let tenant = Tenant::demo_of_am().await;
    put_name(&tenant).await;
    let created = put(&tenant, "Door", journey()).await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert!(
        created
            .header("location")
            .ends_with("/alpha/realm-config/authentication/authenticationtrees/trees/Door")
    );
    let tree = created.json();
    assert_eq!(created.header("etag"), format!("\"{}\"", text(&tree["_rev"])));
    assert_eq!(tree["nodes"][CHECK].get("config"), None);
    assert_eq!(tree["nodes"][CHECK]["version"], "1.0");
    assert_eq!((&tree["enabled"], &tree["mustRun"]), (&json!(true), &json!(false)));

    let page = tenant.get(&format!("{NODES}/PageNode/{PAGE}")).await.json();
    assert_eq!(page["pageHeader"], json!({"en": "Knock"}));
    assert_eq!(
        page["nodes"],
        json!([{"_id": NAME, "nodeType": "ValidatedUsernameNode", "displayName": "Name",
            "nodeVersion": "1.0"}])
    );
    let name = tenant.get(&format!("{NODES}/ValidatedUsernameNode/{NAME}")).await.json();
    assert_eq!(
        (&name["validateInput"], &name["usernameAttribute"]),
        (&json!(true), &json!("userName"))
    );

    let again = put(&tenant, "Door", journey()).await;
    assert_eq!((again.status, &again.json()["_rev"]), (StatusCode::OK, &tree["_rev"]));
    let other = put(&tenant, "Door", changed("description", json!("Nobody"))).await;
    assert_ne!(other.json()["_rev"], tree["_rev"]);
}

#[tokio::test]
async fn deleting_a_journey_leaves_its_nodes() {
    let tenant = Tenant::demo_of_am().await;
    put_name(&tenant).await;
    put(&tenant, "Door", journey()).await;
    let door = format!("{TREES}/Door");
    let before = tenant.get(&door).await.json();
    let deleted = tenant.send(Method::DELETE, &door, Value::Null).await;
    assert_eq!((deleted.status, deleted.json()), (StatusCode::OK, before));
    for method in [Method::GET, Method::DELETE] {
        let gone = tenant.send(method, &door, Value::Null).await;
        assert_eq!(
            (gone.status, &gone.json()["message"]),
            (StatusCode::NOT_FOUND, &json!("Not Found"))
        );
    }
    let nodes =
        [("DataStoreDecisionNode", CHECK), ("PageNode", PAGE), ("ValidatedUsernameNode", NAME)];
    let nodes = nodes.map(|(kind, id)| format!("{NODES}/{kind}/{id}"));
    for node in &nodes {
        assert_eq!(tenant.get(node).await.status, StatusCode::OK);
    }
    tenant.sim.delete_nodes_with_journeys();
    put(&tenant, "Door", journey()).await;
    tenant.send(Method::DELETE, &door, Value::Null).await;
    for node in &nodes {
        assert_eq!(tenant.get(node).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_tree_may_lead_nowhere() {
    let tenant = Tenant::demo_of_am().await;
    let dangling = json!({"entryNodeId": "node1", "nodes": {}});
    assert_eq!(put(&tenant, "Empty", dangling).await.status, StatusCode::CREATED);
    let unknown = json!({"entryNodeId": "node1", "nodes": {"node1": {"nodeType": "type1",
        "displayName": "One", "connections": {"outcome": "node2"}}}});
    assert_eq!(put(&tenant, "Odd", unknown).await.status, StatusCode::CREATED);
    let unknown = tenant.get(&format!("{NODES}/type1/node1")).await;
    assert_eq!(unknown.json()["message"], "Resource 'type1/node1' not found");
}

#[tokio::test]
async fn a_journey_may_name_nodes_that_are_not_there() {
    let tenant = Tenant::demo_of_am().await;
    put_name(&tenant).await;
    put(&tenant, "Door", journey()).await;
    let check = format!("{NODES}/DataStoreDecisionNode/{CHECK}");
    assert_eq!(tenant.send(Method::DELETE, &check, Value::Null).await.status, StatusCode::OK);
    let mut tree = tenant.get(&format!("{TREES}/Door")).await.json();
    tree.as_object_mut().unwrap().remove("_rev");
    assert_eq!(put(&tenant, "Door", tree).await.status, StatusCode::OK);
    assert_eq!(tenant.get(&check).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn faults_are_refused_and_change_nothing() {
    let tenant = Tenant::demo_of_am().await;
    put_name(&tenant).await;
    let mut broken = journey();
    broken["nodes"][CHECK]["config"] = json!({"other": 1});
    for (body, message) in [
        (changed("entryNodeId", Value::Null), "Node with ID entryNodeId must exist in the tree."),
        (changed("nodes", json!({PAGE: {}})), "Data validation failed for the attribute, Nodes"),
        (changed("enabled", json!("yes")), "Data validation failed for the attribute, Enabled"),
        (changed("_rev", json!("1")), "Invalid attribute specified."),
        (broken, "Invalid attribute specified."),
    ] {
        let refused = put(&tenant, "Door", body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["message"], message);
    }
    let refused = put(&tenant, "Door", changed("colour", json!("red"))).await.json();
    let valid = refused["detail"]["validAttributes"].as_array().unwrap();
    for name in ["description", "entryNodeId", "identityResource", "innerTreeOnly", "uiConfig"] {
        assert!(valid.contains(&json!(name)), "{name}");
    }
    assert_eq!(tenant.get(&format!("{TREES}/Door")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(tenant.get(&format!("{NODES}/PageNode/{PAGE}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn preconditions_hold() {
    let tenant = Tenant::demo_of_am().await;
    put_name(&tenant).await;
    let login = format!("{TREES}/Login");
    let tree = journey();
    let new = tenant.call(Method::PUT, &login, &tree).header("If-None-Match", "*");
    assert_eq!(answer(new).await.status, StatusCode::PRECONDITION_FAILED);
    let stale = tenant.call(Method::PUT, &login, &tree).header("If-Match", "\"0\"");
    assert_eq!(answer(stale).await.status, StatusCode::PRECONDITION_FAILED);
    let etag = tenant.get(&login).await.header("etag").to_owned();
    let current = tenant.call(Method::PUT, &login, &tree).header("If-Match", etag);
    assert_eq!(answer(current).await.status, StatusCode::OK);
}
