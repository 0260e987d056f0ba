//! The tools for logs.

use aic_e2e::Start;
use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{api_requests, assert_explained, create_user, served, settled, tenant};

#[tokio::test(flavor = "multi_thread")]
async fn sources_are_listed() {
    let (sim, mut client) = served().await;
    let listed = client.call("getLogSources", json!({})).await.ok();
    let sources = listed["sources"].as_array().unwrap();
    assert!(
        sources.contains(&json!("am-authentication")) && sources.contains(&json!("idm-activity"))
    );
    assert_eq!(listed["count"], sources.len());
    assert_eq!(api_requests(&sim)[0].target, "/monitoring/logs/sources");
    insta::assert_json_snapshot!("getLogSources", settled(listed));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_tool_did_is_found_by_its_transaction() {
    let (sim, mut client) = served().await;
    let created = client
        .call(
            "createManagedObject",
            json!({ "objectType": "alpha_user", "objectData": crate::support::user("audited") }),
        )
        .await
        .ok();
    let transaction = created["transactionIds"][0].as_str().unwrap();
    sim.clear_requests();
    let found = client
        .call(
            "queryLogs",
            json!({ "sources": ["idm-activity", " idm-access"], "transactionId": transaction,
                "queryFilter": "/payload/transactionId sw \"aic-mcp\" and !(/payload/x pr)" }),
        )
        .await
        .ok();
    let sources: Vec<_> =
        found["entries"].as_array().unwrap().iter().map(|entry| &entry["source"]).collect();
    assert!(sources.contains(&&json!("idm-activity")), "{found}");
    assert_eq!(found["count"], sources.len());
    let target = api_requests(&sim)[0].target.clone();
    assert_eq!(
        target,
        format!(
            "/monitoring/logs?source=idm-activity%2Cidm-access&transactionId={transaction}\
             &_queryFilter=%2Fpayload%2FtransactionId%20sw%20%22aic-mcp%22%20and%20%21%28%2F\
             payload%2Fx%20pr%29&_pageSize=100"
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_the_cookie_to_the_end() {
    let (_sim, mut client) = served().await;
    for number in 0..5 {
        create_user(&mut client, &format!("paged{number}")).await;
    }
    let mut arguments = json!({ "sources": ["idm-activity"], "pageSize": 2 });
    let mut seen = Vec::new();
    loop {
        let page = client.call("queryLogs", arguments.clone()).await.ok();
        let entries = page["entries"].as_array().unwrap();
        seen.extend(entries.iter().map(|entry| entry["payload"]["_id"].to_string()));
        let Some(cookie) = page.get("pagedResultsCookie") else { break };
        assert!(page["note"].as_str().unwrap().contains("pagedResultsCookie"));
        arguments["pagedResultsCookie"] = cookie.clone();
    }
    assert!(seen.len() >= 5, "{seen:?}");
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all, "none comes twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn either_time_may_be_given_alone_and_is_sent_in_utc() {
    let (sim, mut client) = served().await;
    for (arguments, sent) in [
        (
            json!({ "beginTime": "2026-01-31T14:00:00+02:00" }),
            "&beginTime=2026-01-31T12%3A00%3A00Z&",
        ),
        (json!({ "endTime": "2026-01-31T14:00:00Z" }), "&endTime=2026-01-31T14%3A00%3A00Z&"),
    ] {
        sim.clear_requests();
        let mut arguments = arguments;
        arguments["sources"] = json!(["am-access"]);
        let nothing = client.call("queryLogs", arguments).await.ok();
        assert_eq!(nothing["entries"], json!([]));
        let note = nothing["note"].as_str().unwrap();
        assert!(
            note.contains("keeps its logs for 30 days: of this time there is nothing"),
            "{note}"
        );
        assert!(api_requests(&sim)[0].target.contains(sent), "{:?}", api_requests(&sim));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_aic_takes_is_sent_as_it_is() {
    let (sim, mut client) = served().await;
    for filter in [
        "/payload/response/statusCode ge 400",
        "/payload/x eq 'and' or  !(/payload/y pr)",
        "/payload/x co \"%2F not (in) AND\"",
    ] {
        sim.clear_requests();
        let arguments = json!({ "sources": ["am-access"], "queryFilter": filter });
        let found = client.call("queryLogs", arguments).await.ok();
        let note = found.get("note").and_then(Value::as_str).unwrap_or_default();
        assert!(!note.contains("30 days"), "the last day is kept: {note}");
        let url = url::Url::parse(&format!("http://x{}", api_requests(&sim)[0].target)).unwrap();
        let sent = url.query_pairs().find(|(name, _)| name == "_queryFilter").unwrap().1;
        assert_eq!(sent, filter);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dot_where_a_slash_belongs_is_pointed_out_when_nothing_is_found() {
    let (_sim, mut client) = served().await;
    let arguments = json!({ "sources": ["am-access"],
        "queryFilter": "/payload/response.statusCode ge 400 and /payload/x co \"a.b\"" });
    let nothing = client.call("queryLogs", arguments).await.ok();
    let note = nothing["note"].as_str().unwrap();
    assert!(note.ends_with("stands behind a slash: /payload/response/statusCode."), "{note}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aic_would_fail_without_a_word_is_refused_with_one() {
    let (sim, mut client) = served().await;
    let query = |more: Value| {
        let mut arguments = json!({ "sources": ["am-access"] });
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    };
    let times = |begin: &str, end: &str| query(json!({ "beginTime": begin, "endTime": end }));
    for (arguments, problem) in [
        (times("2026-01-30T00:00:00Z", "2026-01-31T00:00:01Z"), "longer than 24 hours"),
        (times("2026-01-31T00:00:01Z", "2026-01-31T00:00:00Z"), "ends before it begins"),
        (times("2026-01-31", "2026-01-31T00:00:00Z"), "`beginTime`: this is not a time"),
        (query(json!({ "endTime": "2026-01-31T00:00:00" })), "`endTime`: this is not a time"),
        (query(json!({ "queryFilter": "payload/level eq \"ERROR\"" })), "write /payload/level"),
        (
            query(json!({ "queryFilter": "/a pr and !(b eq \"/c\")" })),
            "`queryFilter`: at character 13, the field b is without the slash in front that AIC's \
             logs need; write /a pr and !(/b eq \"/c\")",
        ),
        (
            query(json!({ "queryFilter": "not (/payload/level eq \"INFO\")" })),
            "negation is written `!(...)`; write !(/payload/level eq \"INFO\")",
        ),
        (
            query(json!({ "queryFilter": "/a = \"x\" AND /b != \"y\" || /c in (1, 2)" })),
            "write /a eq \"x\" and !(/b eq \"y\") or (/c eq 1 or /c eq 2)",
        ),
        (
            query(json!({ "queryFilter": "_queryFilter=%2Fpayload%2Flevel+eq+%22ERROR%22" })),
            "write /payload/level eq \"ERROR\"",
        ),
        (query(json!({ "queryFilter": "/a like \"x\"" })), "`like` is no operator; use one of eq"),
        (
            query(json!({ "queryFilter": format!("/a eq \"{}\"", "x".repeat(2000)) })),
            "at most 2000",
        ),
        (query(json!({ "pageSize": 1001 })), "from 1 to 1000"),
        (json!({ "sources": [] }), "`sources`: it is empty"),
        (json!({ "sources": ["am access"] }), "`sources`"),
        (json!({}), "missing field `sources`"),
    ] {
        let failure = client.call("queryLogs", arguments).await.failed();
        assert!(failure.contains(problem), "no {problem:?} in {failure}");
        assert!(failure.contains("Nothing was sent."), "{failure}");
        assert!(failure.contains("next: "), "{failure}");
    }
    assert!(sim.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_the_log_service_are_explained() {
    let (sim, mut client) = served().await;
    let status = |status, retry_after: &[&str], body: &str| FaultKind::Status {
        status,
        headers: retry_after.iter().map(|s| ("retry-after".to_owned(), (*s).to_owned())).collect(),
        body: body.to_owned(),
    };
    for (fault, code, parts) in [
        (status(429, &["77"], "{}"), 429, vec!["retry after: 77 s", "larger pages"]),
        (status(500, &[], "{\"code\":500,\"message\":\"\"}"), 500, vec!["queryFilter"]),
        (status(400, &[], "{\"code\":400,\"message\":\"\"}"), 400, vec!["getLogSources"]),
    ] {
        sim.inject(Fault::new(fault).path_contains("/monitoring/logs").times(20));
        let arguments = json!({ "sources": ["am-access"], "queryFilter": "/payload/x pr" });
        let failure = client.call("queryLogs", arguments).await.failed();
        assert_explained(&failure, code, &parts);
        sim.clear_faults();
    }
    sim.inject(Fault::new(status(401, &[], "{}")).path_contains("/monitoring/").times(2));
    let failure = client.call("getLogSources", json!({})).await.failed();
    assert_explained(&failure, 401, &["service account"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn long_entries_are_cut_at_whole_ones() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).arg("--max-result").arg("6000").connect().await;
    for number in 0..20 {
        create_user(&mut client, &format!("long{number}")).await;
    }
    let outcome = client.call("queryLogs", json!({ "sources": ["idm-activity"] })).await;
    assert!(outcome.text.chars().count() <= 6000);
    let page = outcome.ok();
    let shown = page["entries"].as_array().unwrap().len();
    assert_eq!(page["count"], shown);
    assert!(shown >= 1);
    assert_eq!(page.get("pagedResultsCookie"), None, "it would lead past what was left out");
    let note = page["note"].as_str().unwrap();
    assert!(note.contains(&format!("pageSize {shown}")) && note.contains("beginTime 20"), "{note}");
}
