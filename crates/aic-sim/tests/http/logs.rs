use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Tenant, answer, filter};

const SCOPES: &str = "fr:idm:* fr:idc:monitoring:*";

async fn tenant() -> Tenant {
    Tenant::scoped(SCOPES).await
}

async fn search(tenant: &Tenant, parameters: &str) -> Answer {
    tenant.get(&format!("/monitoring/logs?{parameters}")).await
}

/// The payloads of everything found.
async fn payloads(tenant: &Tenant, parameters: &str) -> Vec<Value> {
    let found = search(tenant, parameters).await.json();
    let entries = found["result"].as_array().unwrap().iter();
    entries.map(|entry| entry["payload"].clone()).collect()
}

#[tokio::test]
async fn sources_are_listed_with_the_rate_limit() {
    let tenant = tenant().await;
    let answer = tenant.get("/monitoring/logs/sources").await;
    let list = answer.json();
    assert_eq!(list["resultCount"], 15);
    assert!(list["result"].as_array().unwrap().contains(&json!("am-authentication")));
    assert_eq!(answer.header("x-ratelimit-limit"), "60");
    assert_eq!(answer.header("x-ratelimit-remaining"), "59");
    assert!(answer.header("x-ratelimit-reset").parse::<u64>().unwrap() > 1_700_000_000);
}

#[tokio::test]
async fn the_limit_holds_for_a_minute() {
    let tenant = tenant().await;
    for _ in 0..60 {
        assert_eq!(tenant.get("/monitoring/logs/sources").await.status, StatusCode::OK);
    }
    let refused = tenant.get("/monitoring/logs/sources").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("x-ratelimit-remaining"), "0");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait));
    tenant.sim.advance_clock(Duration::from_secs(wait));
    assert_eq!(tenant.get("/monitoring/logs/sources").await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_scope_does_not_do() {
    let tenant = Tenant::demo().await;
    assert_eq!(search(&tenant, "source=am-access").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_write_is_found_by_its_transaction_with_what_it_changed() {
    let tenant = tenant().await;
    let users = format!("/openidm/managed/alpha_user?{}", filter("userName eq 'dokonkwo'"));
    let id = tenant.get(&users).await.json()["result"][0]["_id"].as_str().unwrap().to_owned();
    let target = format!("/openidm/managed/alpha_user/{id}");
    let patch = json!([{"operation": "replace", "field": "/city", "value": "Lagos"},
        {"operation": "replace", "field": "/password", "value": "Secret123!"}]);
    let request = tenant.call(Method::PATCH, &target, &patch);
    let request = request.header("X-ForgeRock-TransactionId", "aic-mcp-1");
    let patched = answer(request.header("User-Agent", "aic-mcp-server/9.9.9 test")).await;
    assert_eq!(patched.status, StatusCode::OK);

    let by_transaction = "source=idm-everything&transactionId=aic-mcp-1";
    let found = payloads(&tenant, by_transaction).await;
    assert_eq!(found.len(), 2);
    let (activity, access) = (&found[0], &found[1]);
    assert_eq!(activity["eventName"], "activity");
    assert_eq!(activity["objectId"], format!("managed/alpha_user/{id}"));
    assert_eq!(activity["operation"], "PATCH");
    assert_eq!(activity["changedFields"], json!(["city"]));
    assert_eq!(
        (&activity["before"]["city"], &activity["after"]["city"]),
        (&json!("Bristol"), &json!("Lagos"))
    );
    assert_eq!(activity["passwordChanged"], true);
    assert_eq!(access["http"]["request"]["method"], "PATCH");
    assert!(access["http"]["request"]["path"].as_str().unwrap().ends_with(&target));
    assert_eq!(
        access["http"]["request"]["headers"]["user-agent"],
        json!(["aic-mcp-server/9.9.9 test"])
    );
    assert_eq!(access["http"]["request"]["headers"].get("authorization"), None);
    assert_eq!(access["response"]["statusCode"], "200");
    assert_eq!(access["transactionId"], "aic-mcp-1/0");
    assert_eq!(access["userId"], activity["runAs"]);

    let by_agent = filter("/payload/http/request/headers/user-agent co \"aic-mcp-server\"");
    assert_eq!(payloads(&tenant, &format!("source=idm-access&{by_agent}")).await.len(), 1);
    assert!(payloads(&tenant, "source=idm-access&transactionId=aic-mcp").await.is_empty());
}

#[tokio::test]
async fn creating_deleting_and_configuring_leave_traces() {
    let tenant = tenant().await;
    let create = "/openidm/managed/alpha_role?_action=create";
    let role = tenant.send(Method::POST, create, json!({"name": "auditor"})).await.json();
    let target = format!("/openidm/managed/alpha_role/{}", role["_id"].as_str().unwrap());
    tenant.send(Method::DELETE, &target, Value::Null).await;
    tenant.send(Method::DELETE, &target, Value::Null).await;
    let roles = filter("/payload/objectId co \"managed/alpha_role\"");
    let found = payloads(&tenant, &format!("source=idm-activity&{roles}")).await;
    let operations: Vec<_> = found.iter().map(|payload| &payload["operation"]).collect();
    assert_eq!(operations, ["CREATE", "DELETE"]);
    assert_eq!(
        (&found[0]["before"], &found[0]["after"]["name"]),
        (&Value::Null, &json!("auditor"))
    );
    assert_eq!(found[1]["after"], Value::Null);

    let themes = tenant.get("/openidm/config/ui/themerealm").await.json();
    tenant.send(Method::PUT, "/openidm/config/ui/themerealm", themes).await;
    let found = payloads(&tenant, "source=idm-config").await;
    assert_eq!(found.len(), 2, "one of them from before the start");
    assert_eq!(found[1]["objectId"], "config/ui/themerealm");
    let failed = filter("/payload/response/statusCode eq \"404\"");
    assert_eq!(payloads(&tenant, &format!("source=idm-access&{failed}")).await.len(), 1);
}

#[tokio::test]
async fn what_went_wrong_can_be_found() {
    let tenant = tenant().await;
    for filter_text in [
        "/payload/response/statusCode ge 400",
        "/payload/response/statusCode eq 401",
        "/payload/response/statusCode ge \"400\"",
    ] {
        let failed = payloads(&tenant, &format!("source=am-access&{}", filter(filter_text))).await;
        assert!(!failed.is_empty(), "{filter_text}");
        assert!(failed.iter().all(|entry| entry["response"]["statusCode"] == "401"));
    }
    for source in ["am-core", "idm-sync"] {
        let errors = format!("source={source}&{}", filter("/payload/level eq \"ERROR\""));
        assert!(!payloads(&tenant, &errors).await.is_empty(), "{source}");
    }
    for source in ["am-config", "environment-access", "idm-config", "idm-core", "idm-sync"] {
        assert!(!payloads(&tenant, &format!("source={source}")).await.is_empty(), "{source}");
    }
    let lines = payloads(&tenant, "source=idm-core").await;
    assert!(lines.iter().any(|line| line.as_str().unwrap().starts_with("SEVERE: ")));
    let hour = time::OffsetDateTime::now_utc() - time::Duration::HOUR;
    let since = hour.format(&time::format_description::well_known::Rfc3339).unwrap();
    let failed = filter("/payload/result eq \"FAILED\"");
    let recent = format!("source=am-authentication&beginTime={since}&{failed}");
    assert!(!payloads(&tenant, &recent).await.is_empty());
}

#[tokio::test]
async fn logins_and_exchanges_name_their_clients_and_share_a_session() {
    let tenant = tenant().await;
    let principal = |client: &str| {
        let filter = filter(&format!("/payload/principal eq \"{client}\""));
        format!("source=am-authentication&{filter}")
    };
    let login = payloads(&tenant, &principal("AICMCPClient")).await;
    assert_eq!((login.len(), &login[0]["eventName"]), (1, &json!("AM-LOGIN-COMPLETED")));
    let exchange = payloads(&tenant, &principal("AICMCPExchangeClient")).await;
    assert_eq!((exchange.len(), &exchange[0]["eventName"]), (1, &json!("AM-TOKEN-EXCHANGE")));
    assert_eq!(exchange[0]["trackingIds"], login[0]["trackingIds"]);
    let subject = &exchange[0]["entries"][0]["info"]["subjectAuditTrackingId"];
    assert_eq!(*subject, login[0]["trackingIds"][0]);
    let administrator = payloads(&tenant, &principal("ingrid.halvorsen@northlight.example")).await;
    assert_eq!(administrator[0]["eventName"], "AM-TREE-LOGIN-COMPLETED");
    assert_eq!(administrator[0]["trackingIds"], login[0]["trackingIds"]);
}

#[tokio::test]
async fn journeys_of_the_hours_before_can_be_followed() {
    let tenant = tenant().await;
    let failed = filter(
        "/payload/eventName eq \"AM-TREE-LOGIN-COMPLETED\" and /payload/result eq \"FAILED\"",
    );
    let failed = payloads(&tenant, &format!("source=am-authentication&{failed}")).await;
    assert_eq!(failed.len(), 11);
    let locked = failed.iter().filter(|payload| payload["principal"][0] == "jmuller");
    let locked: Vec<_> = locked.collect();
    assert_eq!(locked.len(), 2);

    let execution = locked[0]["trackingIds"][0].as_str().unwrap();
    let trace = filter(&format!("/payload/trackingIds eq \"{execution}\""));
    let trace = payloads(&tenant, &format!("source=am-authentication&{trace}")).await;
    let nodes: Vec<_> = trace
        .iter()
        .filter(|payload| payload["eventName"] == "AM-NODE-LOGIN-COMPLETED")
        .map(|payload| payload["entries"][0]["info"]["nodeType"].as_str().unwrap())
        .collect();
    assert_eq!(nodes.first(), Some(&"MessageNode"));
    assert_eq!(nodes.iter().filter(|kind| **kind == "IdentityStoreDecisionNode").count(), 5);
    assert_eq!(nodes[nodes.len() - 2..], ["AccountLockoutNode", "EmailTemplateNode"]);
    let lock = payloads(&tenant, "source=idm-activity").await;
    let user = lock[0]["objectId"].as_str().unwrap();
    let user = tenant.get(&format!("/openidm/{user}")).await.json();
    assert_eq!(
        (&user["userName"], &user["accountStatus"]),
        (&json!("jmuller"), &json!("inactive"))
    );
}

#[tokio::test]
async fn pages_follow_one_another_from_the_oldest_on() {
    let tenant = tenant().await;
    let (mut cookie, mut dates, mut ids) = (String::new(), Vec::new(), BTreeSet::new());
    loop {
        let target = format!("source=am-everything&_pageSize=100&_pagedResultsCookie={cookie}");
        let page = search(&tenant, &target).await.json();
        assert_eq!(page["totalPagedResultsPolicy"], "NONE");
        assert_eq!(page["totalPagedResults"], -1);
        for entry in page["result"].as_array().unwrap() {
            assert_eq!(entry["type"], "application/json");
            dates.push(entry["timestamp"].as_str().unwrap().to_owned());
            ids.insert(entry["payload"]["_id"].as_str().unwrap().to_owned());
        }
        match page["pagedResultsCookie"].as_str() {
            Some(next) => next.clone_into(&mut cookie),
            None => break,
        }
    }
    assert!(dates.is_sorted() && dates.len() > 300);
    assert_eq!(ids.len(), dates.len());
}

#[tokio::test]
async fn what_cannot_be_searched_is_refused_without_a_reason() {
    let tenant = tenant().await;
    let day = "beginTime=2026-01-01T00:00:00Z&endTime=2026-01-02T00:00:01Z";
    for (parameters, status) in [
        (day.to_owned(), 400),
        ("_pageSize=1001".to_owned(), 400),
        ("_pagedResultsCookie=x".to_owned(), 400),
        (filter("payload/eventName eq \"x\""), 500),
        (filter("/payload/entries/0/info pr"), 500),
        (filter("not (true)"), 500),
    ] {
        let refused = search(&tenant, &format!("source=am-access&{parameters}")).await;
        assert_eq!(refused.status.as_u16(), status, "{parameters}");
        let reason = refused.json();
        assert_eq!(reason["message"], reason["reason"], "{parameters}");
    }
    for sources in ["", "source=", "source=am-nothing"] {
        assert_eq!(search(&tenant, sources).await.status, StatusCode::BAD_REQUEST, "{sources}");
    }
}

#[tokio::test]
async fn logs_stay_behind_when_the_clock_moves_on() {
    let mut tenant = tenant().await;
    assert!(!payloads(&tenant, "source=am-authentication").await.is_empty());
    tenant.sim.advance_clock(Duration::from_hours(26));
    tenant.token = tenant.token_for(SCOPES).await;
    let found = payloads(&tenant, "source=am-authentication").await;
    assert!(found.iter().all(|payload| payload["realm"] == "/"));
    assert_eq!(found.len(), 3);
}

#[tokio::test]
async fn a_tail_shows_what_is_new() {
    let tenant = tenant().await;
    let target = "/monitoring/logs/tail?source=idm-access";
    let first = tenant.get(target).await.json();
    assert_eq!(first["resultCount"], 0);
    let cookie = first["pagedResultsCookie"].as_str().unwrap();
    tenant.get("/openidm/managed/alpha_role?_queryFilter=true").await;
    let next = tenant.get(&format!("{target}&_pagedResultsCookie={cookie}")).await.json();
    assert_eq!(next["resultCount"], 1);
    assert_eq!(next["result"][0]["payload"]["request"]["operation"], "QUERY");
}

#[tokio::test]
async fn a_change_of_a_journey_names_the_administrator_too() {
    let tenant = Tenant::scoped("fr:am:* fr:idc:monitoring:*").await;
    let tree = "/am/json/realms/root/realms/alpha/realm-config/authentication/authenticationtrees\
                /trees/Login";
    let mut journey = tenant.get(tree).await.json();
    journey.as_object_mut().unwrap().remove("_rev");
    let request = tenant.call(Method::PUT, tree, &journey);
    let written = answer(request.header("X-ForgeRock-TransactionId", "aic-mcp-2")).await;
    assert_eq!(written.status, StatusCode::OK);
    let found = payloads(&tenant, "source=am-config&transactionId=aic-mcp-2").await;
    let users: Vec<_> = found.iter().map(|entry| entry["userId"].as_str().unwrap()).collect();
    assert_eq!(
        users,
        [
            "id=5b0e9c1e-7d0f-4c57-9a53-2f6f3c1d8a01,ou=user,ou=am-config",
            "id=dsameuser,ou=user,ou=am-config",
        ]
    );
    assert_eq!(found[0]["objectId"], found[1]["objectId"]);
}
