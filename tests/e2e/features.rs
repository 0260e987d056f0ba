//! The tools for features.

use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{
    api_requests, assert_explained, logins_and_exchanges, served, settled, writes,
};

fn entry<'a>(features: &'a Value, name: &str) -> &'a Value {
    let features = features["features"].as_array().expect("a list");
    features.iter().find(|feature| feature["name"] == name).expect("the feature is listed")
}

#[tokio::test(flavor = "multi_thread")]
async fn features_are_listed_with_what_ai_agents_are_made_of() {
    let (sim, mut client) = served().await;
    let features = client.call("listFeatures", json!({})).await.ok();
    assert_eq!(features["count"], features["features"].as_array().unwrap().len());
    let agents = entry(&features, "AI Agents");
    assert_eq!(agents["status"], "notInstalled", "{agents}");
    assert_eq!(agents["parts"]["alpha"], json!({ "on": false }));
    insta::assert_json_snapshot!("listFeatures", settled(features));
    let mut targets: Vec<_> =
        api_requests(&sim).into_iter().map(|request| request.target).collect();
    targets.sort();
    let service = |realm: &str| {
        format!("/am/json/realms/root/realms/{realm}/realm-config/services/oauth-oidc")
    };
    assert_eq!(
        targets,
        [service("alpha"), service("bravo"), "/openidm/feature?_queryFilter=true".to_owned()]
    );
    let probe = api_requests(&sim).into_iter().find(|r| r.path() == service("alpha")).unwrap();
    assert_eq!(probe.header("accept-api-version"), Some("protocol=2.1,resource=1.0"));
    assert_eq!(logins_and_exchanges(&sim).1, 1, "one exchange for all of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn ai_agents_are_enabled_in_all_parts() {
    let (sim, mut client) = served().await;
    let enabled = client.call("enableAiAgent", json!({})).await.ok();
    assert_eq!(enabled["accepted"], true);
    insta::assert_json_snapshot!("enableAiAgent", settled(enabled));
    assert_eq!(writes(&sim), ["POST /environment/aiagent?_action=enable"]);
    let [request] = &api_requests(&sim)[..] else { panic!("nothing is asked besides") };
    let sent = request.body.clone();
    assert_eq!(serde_json::from_slice::<Value>(&sent).unwrap(), json!({}));
    let features = client.call("listFeatures", json!({})).await.ok();
    assert_eq!(entry(&features, "AI Agents")["status"], "installed", "{features}");
    client.call("enableAiAgent", json!({})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn ai_agents_that_cannot_be_seen_whole_are_indeterminate() {
    let (sim, mut client) = served().await;
    let forbidden = FaultKind::Status {
        status: 403,
        headers: Vec::new(),
        body: "{\"code\":403,\"message\":\"Access denied\"}".to_owned(),
    };
    sim.inject(Fault::new(forbidden.clone()).path_contains("/realms/bravo/").times(1));
    let features = client.call("listFeatures", json!({})).await.ok();
    let agents = entry(&features, "AI Agents");
    assert_eq!(agents["status"], "indeterminate");
    assert_eq!(agents["parts"]["alpha"], json!({ "on": false }));
    let problem = agents["parts"]["bravo"]["problem"].as_str().unwrap();
    assert!(problem.contains("403") && problem.contains("Access denied"), "{problem}");
    assert_eq!(entry(&features, "groups")["availableVersions"], json!(["1"]));

    sim.clear_faults();
    sim.inject(Fault::new(forbidden).path_contains("/openidm/feature").times(1));
    let failure = client.call("listFeatures", json!({})).await.failed();
    assert_explained(&failure, 403, &["Access denied"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feature_installed_in_part_is_indeterminate() {
    let (_sim, mut client) = served().await;
    client.call("installIdmFeature", json!({ "featureName": "aiagent" })).await.ok();
    let features = client.call("listFeatures", json!({})).await.ok();
    let agents = entry(&features, "AI Agents");
    assert_eq!(agents["status"], "indeterminate");
    assert_eq!(agents["parts"]["idmFeature"], json!({ "on": true }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feature_is_checked_and_installed() {
    let (sim, mut client) = served().await;
    let name = json!({ "featureName": "password/timestamps" });
    let before = client.call("validateIdmFeature", name.clone()).await.ok();
    assert_eq!(before["success"], true);
    let installed = client.call("installIdmFeature", name.clone()).await.ok();
    assert!(installed["note"].as_str().unwrap().contains("cannot be undone"), "{installed}");
    insta::assert_json_snapshot!("installIdmFeature", settled(installed));
    let after = client.call("validateIdmFeature", name.clone()).await.ok();
    assert_eq!(after["success"], false, "an answer, not a failure");
    insta::assert_json_snapshot!("validateIdmFeature", settled(after));
    let again = client.call("installIdmFeature", name).await.failed();
    assert_explained(&again, 400, &["validateIdmFeature", "changed: nothing"]);
    let features = client.call("listFeatures", json!({})).await.ok();
    assert_eq!(entry(&features, "password/timestamps")["installedVersion"], "1");

    let path = "/openidm/feature/password/timestamps";
    let first = &api_requests(&sim)[0];
    assert_eq!(first.target, format!("{path}?_action=validate"));
    assert_eq!(serde_json::from_slice::<Value>(&first.body).unwrap(), json!({}));
    assert_eq!(api_requests(&sim)[1].target, format!("{path}?_action=install"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feature_that_is_none_is_refused() {
    let (sim, mut client) = served().await;
    for bad in ["", "a//b", "/a", "a/", "../feature", "a/../b", "a b", "a%2fb", "a?x=1", "é"] {
        for tool in ["validateIdmFeature", "installIdmFeature"] {
            let failure = client.call(tool, json!({ "featureName": bad })).await.failed();
            assert!(failure.contains("`featureName`"), "{bad:?}: {failure}");
        }
    }
    let long = json!({ "featureName": "x".repeat(129) });
    let failure = client.call("installIdmFeature", long).await.failed();
    assert!(failure.contains("up to 128"), "{failure}");
    assert!(sim.requests().is_empty());
    for tool in ["validateIdmFeature", "installIdmFeature"] {
        let failure = client.call(tool, json!({ "featureName": "none/such" })).await.failed();
        assert_explained(&failure, 404, &["listFeatures"]);
    }
    let failure = client.call("enableAiAgent", json!({ "realm": "alpha" })).await.failed();
    assert!(failure.contains("unknown field `realm`"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn enabling_that_was_cut_off_says_how_to_look() {
    let (sim, mut client) = served().await;
    let unavailable = FaultKind::Status { status: 503, headers: Vec::new(), body: String::new() };
    sim.inject(Fault::new(unavailable).path_contains("/environment/aiagent"));
    let failure = client.call("enableAiAgent", json!({})).await.failed();
    assert_explained(&failure, 503, &["changed: unknown", "listFeatures"]);
}
