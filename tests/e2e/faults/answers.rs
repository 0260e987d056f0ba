//! The meaning of AIC's answers, as the model is told.

use aic_sim::{Fault, FaultKind};
use serde_json::json;

use crate::support::{ATTEMPTS, api_requests, assert_explained, served, user, writes};

fn status(status: u16, headers: &[(&str, &str)], body: &str) -> FaultKind {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    FaultKind::Status { status, headers, body: body.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_next_step() {
    let (sim, mut client) = served().await;
    let html = [("content-type", "text/html; charset=UTF-8")];
    for (kind, parts) in [
        (
            status(401, &[], r#"{"code":401,"message":"Access Denied"}"#),
            &["the rights are missing"][..],
        ),
        (
            status(403, &[], r#"{"code":403,"message":"insufficient scope"}"#),
            &["scopes: fr:idm:* (what this call asked for)", "log in again for all groups"],
        ),
        (
            status(403, &[], r#"{"code":403,"message":"Access denied"}"#),
            &["scopes: fr:idm:*", "role"],
        ),
        (status(403, &html, "<title>403</title>403 Forbidden"), &["firewall"]),
        (
            status(
                403,
                &[],
                r#"{"code":403,"message":"This operation is not available in ForgeRock Identity Cloud."}"#,
            ),
            &["does not offer this to any administrator"],
        ),
        (status(403, &html, ""), &["firewall"]),
        (status(404, &[], ""), &["404"]),
        (status(400, &[], r#""odd""#), &["message: odd"]),
        (
            status(400, &[], r#"{"error":"invalid_token","error_description":"It is past"}"#),
            &["message: It is past"],
        ),
        (status(409, &[], r#"{"code":409,"message":"It exists"}"#), &["message: It exists"]),
        (status(500, &[], r#"{"code":500}"#), &["without saying why"]),
        (
            status(502, &html, "<title>502 Server Error</title>"),
            &["502 Server Error", "restarting"],
        ),
        (status(429, &[("retry-after", "61")], ""), &["retry after: 61 s"]),
    ] {
        let FaultKind::Status { status, .. } = kind else { continue };
        sim.inject(Fault::new(kind).path_contains("/openidm/").times(ATTEMPTS));
        let failure = client.call("listManagedObjects", json!({})).await.failed();
        assert_explained(&failure, status, parts);
        sim.clear_faults();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_web_server_repeats_of_a_request_is_not_told() {
    let (sim, mut client) = served().await;
    let body = json!({ "code": 400, "reason": "Bad Request", "message": "It is not valid JSON",
        "detail": "\"{\\\"password\\\":\\\"canary\\\"}\"" });
    let odd = status(400, &[], &body.to_string());
    sim.inject(Fault::new(odd).on("POST").path_contains("/managed/"));
    let arguments = json!({ "objectType": "alpha_user", "objectData": user("odd") });
    let failure = client.call("createManagedObject", arguments).await.failed();
    assert_explained(&failure, 400, &["message: It is not valid JSON", "changed: nothing"]);
    assert!(!failure.contains("canary"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_that_am_does_not_know_are_named() {
    let (_sim, mut client) = served().await;
    let owner = crate::support::create_user(&mut client, "owner").await.0;
    let arguments = json!({ "realm": "alpha", "name": "Odd", "clientId": "odd",
        "owners": [{ "_ref": format!("managed/alpha_user/{owner}") }],
        "oauth2Client": { "coreOAuth2ClientConfig": {
            "scopes": { "inherited": false, "value": ["openid"] },
            "colour": { "inherited": false, "value": "red" } } } });
    let failure = client.call("createOidcApp", arguments).await.failed();
    assert_explained(
        &failure,
        400,
        &["unknown attributes: coreOAuth2ClientConfig.colour\n", "known attributes: ", "scopes"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_not_follow_a_redirect() {
    let (sim, mut client) = served().await;
    let other = crate::support::tenant().await;
    let elsewhere = format!("{}/openidm/config/managed?canary", other.base_url());
    sim.inject(
        Fault::new(status(302, &[("location", &elsewhere)], ""))
            .path_contains("/openidm/")
            .times(9),
    );
    let failure = client.call("listManagedObjects", json!({})).await.failed();
    assert_explained(&failure, 302, &["Check that the tenant's URL"]);
    assert!(!failure.contains("canary"), "{failure}");
    assert!(other.requests().is_empty(), "nothing went there");
    assert_eq!(api_requests(&sim).len(), 1, "nor was it tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_was_just_defined_is_waited_for() {
    let (sim, mut client) = served().await;
    let definition = json!({ "schema": { "type": "object", "properties": {} } });
    let arguments = json!({ "objectName": "alpha_device", "objectDefinition": definition });
    client.call("createManagedObjectDefinition", arguments).await.ok();
    let late = Fault::new(FaultKind::NotYetThere).path_contains("/managed/alpha_device");
    sim.inject(late.clone().times(2));
    let devices = json!({ "objectType": "alpha_device" });
    let found = client.call("queryManagedObjects", devices.clone()).await.ok();
    assert_eq!(found["count"], 0);
    sim.inject(late.clone().times(9));
    let failure = client.call("queryManagedObjects", devices).await.failed();
    assert_explained(&failure, 404, &["made a moment ago"]);
    sim.clear_faults();

    sim.inject(late);
    let before = writes(&sim).len();
    let device = json!({ "objectType": "alpha_device", "objectData": {} });
    let failure = client.call("createManagedObject", device.clone()).await.failed();
    assert_explained(&failure, 404, &["made a moment ago", "changed: nothing"]);
    assert_eq!(writes(&sim).len(), before + 1);
    client.call("createManagedObject", device).await.ok();

    sim.inject(Fault::new(FaultKind::NotYetThere).path_contains("/managed/alpha_user"));
    let users = json!({ "objectType": "alpha_user" });
    let failure = client.call("queryManagedObjects", users).await.failed();
    assert_explained(&failure, 404, &["listManagedObjects"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_revoked_meanwhile_is_renewed() {
    let (sim, mut client) = served().await;
    sim.inject(Fault::new(FaultKind::RevokeTokens).on("POST").path_contains("/openidm/managed"));
    let arguments = json!({ "objectType": "alpha_user", "objectData": user("once") });
    client.call("createManagedObject", arguments).await.ok();
    let query = json!({ "objectType": "alpha_user", "queryFilter": "userName eq \"once\"" });
    assert_eq!(client.call("queryManagedObjects", query).await.ok()["count"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_waited_for_longer_than_a_minute_is_not_tried_again() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    for refused in [429, 503] {
        for (wait, requests) in [("100", 1), ("0", 4)] {
            let busy = status(refused, &[("retry-after", wait)], "");
            sim.inject(Fault::new(busy).path_contains("/openidm/").times(ATTEMPTS));
            sim.clear_requests();
            let failure = client.call("listManagedObjects", json!({})).await.failed();
            assert_explained(&failure, refused, &[&format!("retry after: {wait} s")]);
            assert_eq!(api_requests(&sim).len(), requests, "{refused}, after {wait} s");
            sim.clear_faults();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exchange_is_repeated_and_a_login_is_not() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.clear_requests();
    for kind in [
        status(503, &[], ""),
        status(429, &[("retry-after", "0")], ""),
        FaultKind::Disconnect,
        FaultKind::Truncate,
    ] {
        sim.inject(Fault::new(kind).path_contains("/access_token"));
        client.call("listManagedObjects", json!({})).await.ok();
    }
    assert_eq!(crate::support::logins_and_exchanges(&sim), (0, 8));
    let away = status(503, &[("retry-after", "100")], "");
    sim.inject(Fault::new(away).path_contains("/access_token"));
    let failure = client.call("listManagedObjects", json!({})).await.failed();
    assert!(failure.contains("HTTP 503 while exchanging the login"), "{failure}");
    assert!(failure.contains("restarting"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_service_is_not_asked_when_it_takes_no_more() {
    let (sim, mut client) = served().await;
    let logs = json!({ "sources": ["am-access"] });
    let soon = std::time::SystemTime::now() + std::time::Duration::from_mins(30);
    let reset = soon.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().to_string();
    let last = status(
        200,
        &[
            ("x-ratelimit-limit", "28"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", &reset),
        ],
        r#"{"result":[],"resultCount":"0"}"#,
    );
    sim.inject(Fault::new(last).path_contains("/monitoring/"));
    client.call("queryLogs", logs.clone()).await.ok();
    sim.clear_requests();
    let failure = client.call("queryLogs", logs).await.failed();
    assert!(failure.contains("takes no more requests for "), "{failure}");
    assert!(failure.contains("larger pages"), "{failure}");
    assert!(api_requests(&sim).is_empty(), "nothing was sent");
    client.call("listManagedObjects", json!({})).await.ok();
}
