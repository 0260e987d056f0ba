//! Calls of the server, found again in the tenant's logs.

use std::collections::BTreeSet;

use aic_e2e::{Client, Start};
use aic_sim::{RequestRecord, Sim};
use serde_json::{Value, json};

use crate::support::{INGRID, api_requests, create_user, served, user};

async fn trace(client: &mut Client, arguments: Value) -> Value {
    client.call("traceMcpActivity", arguments).await.ok()
}

fn log_requests(sim: &Sim) -> Vec<RequestRecord> {
    let all = api_requests(sim).into_iter();
    all.filter(|request| request.path() == "/monitoring/logs").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_found_again_call_by_call() {
    let (sim, mut client) = served().await;
    let (id, revision) = create_user(&mut client, "traced").await;
    let one = json!({ "objectType": "alpha_user", "objectId": id });
    let mut patch = one.clone();
    patch["revision"] = json!(revision);
    patch["operations"] = json!([{ "operation": "replace", "field": "/sn", "value": "Changed" }]);
    let patched = client.call("patchManagedObject", patch).await.ok();
    let failure = client
        .call("getManagedObject", json!({ "objectType": "alpha_user", "objectId": "none" }))
        .await
        .failed();
    let theme = json!({ "realm": "alpha", "themeIdentifier": "Northlight",
        "themeUpdates": { "primaryColor": "#123456" } });
    let themed = client.call("updateTheme", theme).await.ok();
    let deleted = client.call("deleteManagedObject", one).await.ok();

    sim.clear_requests();
    let trail = trace(&mut client, json!({})).await;
    assert_eq!(log_requests(&sim).len(), 1, "one day is one request");
    // The tracing itself exchanges a token too.
    assert_eq!((&trail["count"], &trail["exchanges"]), (&json!(5), &json!(6)), "{trail:#}");
    let login = &trail["logins"][0];
    assert_eq!(
        (&login["administrator"], &login["client"]),
        (&json!(INGRID), &json!("AICMCPClient"))
    );
    let calls = trail["calls"].as_array().unwrap();
    for call in calls {
        assert_eq!(call["administrator"], INGRID);
        assert!(call["userAgent"].as_str().unwrap().starts_with("aic-mcp-server/"), "{call}");
    }
    let of = |id: &Value| {
        calls.iter().find(|call| call["transactionId"] == *id).expect("the call is found")
    };
    let object = format!("managed/alpha_user/{id}");
    let patched = of(&patched["transactionIds"][0]);
    assert_eq!(patched["changes"][0], format!("PATCH {object}: sn"), "{patched}");
    let requests = patched["requests"].to_string();
    assert!(requests.contains(&format!("PATCH /openidm/{object} 200")), "{requests}");
    let deleted = of(&deleted["transactionIds"][0]);
    assert!(deleted["changes"][0].as_str().unwrap().starts_with(&format!("DELETE {object}")));
    assert!(of(&themed["transactionIds"][0])["changes"].to_string().contains("themerealm"));
    let failed = failure.lines().find_map(|line| line.strip_prefix("transactionIds: ")).unwrap();
    assert_eq!(of(&json!(failed))["failed"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_and_one_administrator_are_found_among_others() {
    let (_sim, mut client) = served().await;
    create_user(&mut client, "one").await;
    let arguments = json!({ "objectType": "alpha_user", "objectData": user("other") });
    let created = client.call("createManagedObject", arguments).await.ok();
    let id = &created["transactionIds"][0];
    let trail = trace(&mut client, json!({ "transactionId": id })).await;
    assert_eq!((&trail["count"], &trail["calls"][0]["transactionId"]), (&json!(1), id));
    let trail = trace(&mut client, json!({ "administrator": INGRID })).await;
    assert_eq!(trail["count"], 2);
    let trail = trace(&mut client, json!({ "administrator": "5b0e9c1e\" or true" })).await;
    assert_eq!(trail["count"], 0);
    let trail = trace(&mut client, json!({ "clientIds": ["somebodyElse"] })).await;
    assert_eq!((&trail["exchanges"], &trail["count"]), (&json!(0), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_time_is_asked_for_day_by_day() {
    let (sim, mut client) = served().await;
    create_user(&mut client, "traced").await;
    sim.clear_requests();
    let begin = "2026-03-01T06:00:00Z";
    let arguments = json!({ "beginTime": begin, "endTime": "2026-03-03T18:00:00Z" });
    trace(&mut client, arguments).await;
    let mut windows: Vec<_> = log_requests(&sim)
        .iter()
        .map(|request| {
            let query = request.target.split_once('?').unwrap().1.to_owned();
            let value = |name: &str| {
                let pair = query.split('&').find_map(|pair| pair.strip_prefix(name));
                pair.unwrap().replace("%3A", ":")
            };
            (value("beginTime="), value("endTime="))
        })
        .collect();
    windows.sort();
    let window = |begin: &str, end: &str| (begin.to_owned(), end.to_owned());
    assert_eq!(
        windows,
        [
            window(begin, "2026-03-01T18:00:00Z"),
            window("2026-03-01T18:00:00Z", "2026-03-02T18:00:00Z"),
            window("2026-03-02T18:00:00Z", "2026-03-03T18:00:00Z"),
        ]
    );
    sim.clear_requests();
    for (bad, part) in [
        (
            json!({ "beginTime": "2026-01-01T00:00:00Z", "endTime": "2026-03-01T00:00:00Z" }),
            "30 days",
        ),
        (
            json!({ "beginTime": "2026-03-02T00:00:00Z", "endTime": "2026-03-01T00:00:00Z" }),
            "Exchange",
        ),
        (json!({ "administrator": " " }), "administrator"),
    ] {
        let failure = client.call("traceMcpActivity", bad).await.failed();
        assert!(failure.contains(part), "{failure}");
    }
    assert!(log_requests(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_followed_and_what_is_cut_is_said() {
    let (sim, mut client) = served().await;
    // More entries than a page holds.
    let mut calls = Vec::new();
    for number in 0..350 {
        let data = user(&format!("user{number}"));
        let arguments = json!({ "objectType": "alpha_user", "objectData": data });
        calls.push(client.start_call("createManagedObject", arguments).await);
    }
    for call in calls {
        client.outcome("createManagedObject", call).await.ok();
    }
    sim.clear_requests();
    let trail = trace(&mut client, json!({})).await;
    assert_eq!(log_requests(&sim).len(), 2, "{}", trail["note"]);
    let count = trail["count"].as_u64().unwrap();
    assert_eq!(trail["calls"].as_array().unwrap().len() as u64, count);
    assert!(count < 350, "a result has its budget");
    let note = trail["note"].as_str().unwrap();
    assert!(note.contains(&format!("Only the first {count} of 350 calls are shown")), "{note}");
    let mut seen = transactions(&trail);
    let mut begin = begin_of_others(&trail);
    while let Some(time) = begin {
        let trail = trace(&mut client, json!({ "beginTime": time })).await;
        seen.extend(transactions(&trail));
        begin = begin_of_others(&trail);
    }
    assert_eq!(seen.len(), 350, "all are found, the oldest first");
    let mut short = Start::serve(&sim).arg("--max-result").arg("3000").connect().await;
    let trail = trace(&mut short, json!({})).await;
    assert!(trail["note"].as_str().unwrap().contains("are shown, for length"), "{trail}");
}

fn transactions(trail: &Value) -> BTreeSet<String> {
    let calls = trail["calls"].as_array().unwrap();
    calls.iter().map(|call| call["transactionId"].as_str().unwrap().to_owned()).collect()
}

/// Where a trail that was cut goes on.
fn begin_of_others(trail: &Value) -> Option<String> {
    let (_, rest) = trail["note"].as_str().unwrap().split_once("the others begin at ")?;
    Some(rest.split_once(", which").unwrap().0.to_owned())
}
