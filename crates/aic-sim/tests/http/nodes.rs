use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Tenant, answer, text};

const NODES: &str = "/am/json/alpha/realm-config/authentication/authenticationtrees/nodes";
const ID: &str = "11111111-1111-4111-8111-111111111111";
const CHILD: &str = "22222222-2222-4222-8222-222222222222";

async fn act(tenant: &Tenant, path: &str, action: &str, body: Value) -> Answer {
    tenant.send(Method::POST, &format!("{NODES}{path}?_action={action}"), body).await
}

fn ids(outcomes: &Value) -> Vec<String> {
    outcomes.as_array().unwrap().iter().map(|outcome| text(&outcome["id"])).collect()
}

#[tokio::test]
async fn types_are_listed_and_described() {
    let tenant = Tenant::demo_of_am().await;
    let types = act(&tenant, "", "getAllTypes", json!({})).await.json();
    let types = types["result"].as_array().unwrap();
    assert_eq!(types.len(), 234);
    for kind in types {
        let path = format!("/{}", text(&kind["_id"]));
        let schema = act(&tenant, &path, "schema", json!({})).await.json();
        let template = act(&tenant, &path, "template", json!({})).await.json();
        let outcomes = act(&tenant, &path, "listOutcomes", json!({})).await;
        assert_eq!((&schema["type"], outcomes.status), (&json!("object"), StatusCode::OK));
        for name in template.as_object().unwrap().keys() {
            assert!(schema["properties"][name]["title"].is_string(), "{path} {name}");
        }
        let itself = act(&tenant, &path, "getType", json!({})).await.json();
        assert_eq!(&itself, kind);
    }
    let second = act(&tenant, "/PageNode/2.0", "getType", json!({})).await.json();
    assert_eq!((&second["_id"], &second["name"]), (&json!("2.0"), &json!("Page Node")));
    assert_eq!(second["metadata"]["pageNodeCompatibility"], "unsupported");
}

#[tokio::test]
async fn a_schema_says_what_a_version_has() {
    let tenant = Tenant::demo_of_am().await;
    let schema = act(&tenant, "/ValidatedUsernameNode/2.0", "schema", json!({})).await.json();
    assert_eq!(schema["properties"]["prepopulate"]["default"], false);
    assert_eq!(schema["required"].as_array().unwrap().len(), 4);
    let open = act(&tenant, "/CrowdStrikeDeviceDetails", "schema", json!({})).await.json();
    assert_eq!(open, json!({"type": "object", "required": []}));
    let path = format!("{NODES}/CrowdStrikeDeviceDetails/{ID}");
    let saved = tenant.send(Method::PUT, &path, json!({"tenant": "x"})).await;
    assert_eq!((saved.status, &saved.json()["tenant"]), (StatusCode::CREATED, &json!("x")));
}

#[tokio::test]
async fn schemas_offer_what_the_realm_has() {
    let tenant = Tenant::demo_of_am().await;
    let inner = act(&tenant, "/InnerTreeEvaluatorNode", "schema", json!({})).await.json();
    assert!(inner["properties"]["tree"]["enum"].as_array().unwrap().contains(&json!("Onboarding")));
    let decision = act(&tenant, "/ScriptedDecisionNode", "schema", json!({})).await.json();
    let titles = &decision["properties"]["script"]["options"]["enum_titles"];
    assert!(titles.as_array().unwrap().contains(&json!("Northlight Device Check")));
    assert_eq!(decision["required"], json!(["outcomes", "inputs", "outputs"]));
}

#[tokio::test]
async fn outcomes_follow_from_the_configuration() {
    let tenant = Tenant::demo_of_am().await;
    for (kind, config, expected) in [
        ("ChoiceCollectorNode", json!({"choices": ["red", "blue"]}), vec!["red", "blue"]),
        ("ScriptedDecisionNode", json!({"outcomes": ["known"]}), vec!["known"]),
        ("ScriptedDecisionNode", json!({}), vec![]),
        ("DataStoreDecisionNode", json!({}), vec!["true", "false"]),
        ("InnerTreeEvaluatorNode", json!({"tree": "Login"}), vec!["true", "false"]),
        (
            "InnerTreeEvaluatorNode",
            json!({"tree": "Login", "displayErrorOutcome": true}),
            vec!["true", "false", "error"],
        ),
        (
            "WebAuthnAuthenticationNode",
            json!({"isRecoveryCodeAllowed": true}),
            vec!["unsupported", "noDevice", "success", "failure", "error", "recoveryCode"],
        ),
        (
            "OathTokenVerifierNode",
            json!({"isRecoveryCodeAllowed": true}),
            vec!["successOutcome", "failureOutcome", "notRegisteredOutcome", "recoveryCodeOutcome"],
        ),
        (
            "PingOneAuthorizeNode",
            json!({"statementCodes": ["PUSH_REQ"]}),
            vec!["permit", "deny", "indeterminate", "PUSH_REQ", "clientError"],
        ),
        (
            "PingOneAuthorizeNode",
            json!({"statementCodes": ["PUSH_REQ"], "useContinue": true}),
            vec!["continue", "clientError"],
        ),
        ("VerifyAuthIdentifierNode", json!({}), vec!["True", "False", "Error"]),
        ("VerifyAuthSenderNode", json!({}), vec!["true", "error"]),
        (
            "SelectIdPNode",
            json!({"includeLocalAuthentication": false}),
            vec!["socialAuthentication"],
        ),
        ("RESTNode", json!({"responseCodes": ["200"]}), vec!["200", "NOMATCHRESPONSE", "ERROR"]),
        ("PageNode", json!({"nodes": []}), vec![]),
        (
            "PageNode",
            json!({"nodes": [
                {"_id": ID, "nodeType": "ValidatedUsernameNode", "displayName": "Name"},
                {"_id": CHILD, "nodeType": "ChoiceCollectorNode", "displayName": "Choice",
                    "nodeProperties": {"choices": ["yes", "no"]}},
            ]}),
            vec!["yes", "no"],
        ),
        ("PageNode/2.0", json!({"nodes": []}), vec![]),
        (
            "PageNode/2.0",
            json!({"nodes": [{"_id": "last", "nodeType": "ChoiceCollectorNode",
                "displayName": "Choice", "_properties": {"choices": ["yes"]}}]}),
            vec!["last-yes"],
        ),
    ] {
        let outcomes = act(&tenant, &format!("/{kind}"), "listOutcomes", config).await.json();
        assert_eq!(ids(&outcomes), expected, "{kind}");
    }
}

#[tokio::test]
async fn a_put_creates_and_then_replaces() {
    let tenant = Tenant::demo_of_am().await;
    let path = format!("{NODES}/ChoiceCollectorNode/{ID}");
    let body = json!({"_id": ID, "choices": ["a", "b"], "defaultChoice": "b"});
    let created = tenant.send(Method::PUT, &path, body).await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert!(created.header("location").ends_with(&format!("/nodes/ChoiceCollectorNode/{ID}")));
    let node = created.json();
    assert_eq!(created.header("etag"), format!("\"{}\"", text(&node["_rev"])));
    assert_eq!(node["prompt"], "Choose");
    assert_eq!(
        node["_type"],
        json!({"_id": "ChoiceCollectorNode", "name": "Choice Collector", "collection": true,
            "version": "1.0"})
    );
    assert_eq!(ids(&node["_outcomes"]), ["a", "b"]);
    assert_eq!(tenant.get(&path).await.json(), node);

    let replaced = tenant.send(Method::PUT, &path, node.clone()).await;
    assert_eq!((replaced.status, replaced.json()), (StatusCode::OK, node.clone()));
    let deleted = tenant.send(Method::DELETE, &path, Value::Null).await;
    assert_eq!((deleted.status, deleted.json()), (StatusCode::OK, node));
    assert_eq!(tenant.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn configuration_that_makes_no_sense_is_refused() {
    let tenant = Tenant::demo_of_am().await;
    let path = format!("{NODES}/ChoiceCollectorNode/{ID}");
    let unknown = tenant.send(Method::PUT, &path, json!({"colours": []})).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        unknown.json()["detail"],
        json!({"validAttributes": ["choices", "defaultChoice", "prompt"]})
    );
    for body in [json!({"choices": "a"}), json!({"choices": [1]})] {
        let refused = tenant.send(Method::PUT, &path, body).await.json();
        assert_eq!(refused["message"], "Data validation failed for the attribute, Choices");
    }
    assert_eq!(tenant.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_missing_type_is_told_from_a_missing_node() {
    let tenant = Tenant::demo_of_am().await;
    let node = tenant.get(&format!("{NODES}/PageNode/{ID}")).await;
    assert_eq!(
        (node.status, &node.json()["message"]),
        (StatusCode::NOT_FOUND, &json!("Not Found"))
    );
    let kind = tenant.get(&format!("{NODES}/NoNode/{ID}")).await;
    let message = json!(format!("Resource 'NoNode/{ID}' not found"));
    assert_eq!((kind.status, &kind.json()["message"]), (StatusCode::NOT_FOUND, &message));
    let schema = act(&tenant, "/NoNode", "schema", json!({})).await;
    assert_eq!(schema.status, StatusCode::NOT_FOUND);
    let put = tenant.send(Method::PUT, &format!("{NODES}/NoNode/{ID}"), json!({})).await;
    assert_eq!(put.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn versions_are_part_of_the_path() {
    let tenant = Tenant::demo_of_am().await;
    let path = format!("{NODES}/PageNode/2.0/{ID}");
    let created = tenant.send(Method::PUT, &path, json!({"nodes": []})).await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(created.json()["_type"]["version"], "2.0");
    assert_eq!(created.header("content-api-version"), "resource=3.0");
    assert_eq!(tenant.get(&path).await.status, StatusCode::OK);
    let unversioned = format!("{NODES}/PageNode/{ID}");
    assert_eq!(tenant.get(&unversioned).await.status, StatusCode::NOT_FOUND);
    let unknown = tenant.get(&format!("{NODES}/PageNode/3.0/{ID}")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);

    tenant.send(Method::PUT, &unversioned, json!({})).await;
    let version = "protocol=2.1,resource=3.0";
    let asked =
        tenant.call(Method::GET, &unversioned, &Value::Null).header("Accept-API-Version", version);
    assert_eq!(answer(asked).await.status, StatusCode::NOT_FOUND);
    assert_eq!(tenant.get(&unversioned).await.json()["_type"]["version"], "1.0");
    let listed = tenant.get(&format!("{NODES}/PageNode/2.0?_queryFilter=true")).await.json();
    let listed = listed["result"].as_array().unwrap();
    assert!(listed.iter().any(|node| node["_id"] == ID));
    assert!(listed.iter().all(|node| node["_type"]["version"] == "2.0"));
}

#[tokio::test]
async fn an_earlier_release_knows_no_versions() {
    let tenant = Tenant::demo_of_am().await;
    let path = format!("{NODES}/PageNode/2.0/{ID}");
    tenant.send(Method::PUT, &path, json!({"nodes": []})).await;
    tenant.sim.without_versioned_nodes();
    assert_eq!(tenant.get(&path).await.status, StatusCode::NOT_FOUND);
    let node = tenant.get(&format!("{NODES}/PageNode/{ID}")).await;
    assert_eq!((node.status, node.json()["_type"].get("version")), (StatusCode::OK, None));
    let trees = NODES.replace("/nodes", "/trees");
    let tree = tenant.get(&format!("{trees}/Onboarding")).await.json();
    assert!(tree["nodes"].as_object().unwrap().values().all(|it| it.get("version").is_none()));
    let second = act(&tenant, "/PageNode/2.0", "schema", json!({})).await;
    assert_eq!(second.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_node_is_among_the_descendents() {
    let tenant = Tenant::demo_of_am().await;
    let created =
        act(&tenant, "/MeterNode", "create", json!({"_id": ID, "metricKey": "logins"})).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let again =
        act(&tenant, "/MeterNode", "create", json!({"_id": ID, "metricKey": "logins"})).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(again.json()["message"], "Unable to save config: Service already exists");
    let all = act(&tenant, "", "nextdescendents", json!({})).await.json();
    assert!(all["result"].as_array().unwrap().iter().any(|node| node["_id"] == ID));
    let meters = tenant.get(&format!("{NODES}/MeterNode?_queryFilter=true")).await.json();
    assert_eq!(meters["resultCount"], 1);
}
