//! The tools for managed objects.

use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{api_requests, assert_explained, create_user, served, user, writes};

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_created_found_changed_and_deleted() {
    let (sim, mut client) = served().await;
    let (id, revision) = create_user(&mut client, "asmith").await;

    let found = client
        .call(
            "queryManagedObjects",
            json!({ "objectType": "alpha_user", "queryFilter": "userName eq \"asmith\"",
                "fields": "userName,mail" }),
        )
        .await
        .ok();
    assert_eq!(found["count"], 1);
    assert_eq!(found["total"], 1);
    assert_eq!(found["objects"][0]["_id"], id.as_str());
    assert_eq!(found["objects"][0]["mail"], "asmith@northlight.example");

    let operations = json!([
        { "operation": "replace", "field": "/sn", "value": "Smith" },
        { "operation": "add", "field": "/description", "value": "said \"hi\" \\ twice" },
        { "operation": "remove", "field": "/givenName/none" },
    ]);
    let patched = client
        .call(
            "patchManagedObject",
            json!({ "objectType": "alpha_user", "objectId": id, "revision": revision,
                "operations": operations }),
        )
        .await
        .ok();
    assert_eq!(patched["object"]["sn"], "Smith");
    assert_ne!(patched["revision"], revision.as_str());

    let read = client
        .call("getManagedObject", json!({ "objectType": "alpha_user", "objectId": id }))
        .await
        .ok();
    assert_eq!(read["object"]["description"], "said \"hi\" \\ twice");
    assert_eq!(read["object"]["_rev"], patched["revision"]);

    let deleted = client
        .call("deleteManagedObject", json!({ "objectType": "alpha_user", "objectId": id }))
        .await
        .ok();
    assert_eq!(deleted["deleted"]["userName"], "asmith");
    let gone = client
        .call("getManagedObject", json!({ "objectType": "alpha_user", "objectId": id }))
        .await
        .failed();
    assert_explained(&gone, 404, &["No Such Entry", "queryManagedObjects"]);

    let path = format!("/openidm/managed/alpha_user/{id}");
    assert_eq!(
        writes(&sim),
        [
            "POST /openidm/managed/alpha_user?_action=create".to_owned(),
            format!("PATCH {path}"),
            format!("DELETE {path}"),
        ]
    );
    let sent = api_requests(&sim).into_iter().find(|request| request.method == "PATCH").unwrap();
    assert_eq!(sent.header("if-match"), Some(revision.as_str()));
    assert_eq!(serde_json::from_slice::<Value>(&sent.body).unwrap(), operations);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_the_cookie_to_the_end() {
    let (sim, mut client) = served().await;
    let mut names = Vec::new();
    let mut cookie = None;
    loop {
        let mut arguments = json!({
            "objectType": "alpha_user", "pageSize": 25, "sortKeys": "-userName", "fields": "userName",
        });
        if let Some(cookie) = cookie {
            arguments["pagedResultsCookie"] = cookie;
        }
        let page = client.call("queryManagedObjects", arguments).await.ok();
        let objects = page["objects"].as_array().unwrap();
        names.extend(objects.iter().map(|user| user["userName"].as_str().unwrap().to_owned()));
        let Some(next) = page.get("pagedResultsCookie") else {
            assert_eq!(page["total"], names.len());
            break;
        };
        cookie = Some(next.clone());
    }
    assert!(names.len() > 50, "the demo tenant has users for three pages");
    assert!(
        names.is_sorted_by(|a, b| a.to_lowercase() > b.to_lowercase()),
        "none comes twice: {names:?}"
    );
    let first = &api_requests(&sim)[0].target;
    assert_eq!(
        first,
        "/openidm/managed/alpha_user?_queryFilter=true&_pageSize=25\
         &_totalPagedResultsPolicy=EXACT&_sortKeys=-userName&_fields=userName"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn blanks_in_lists_of_fields_are_not_sent() {
    let (sim, mut client) = served().await;
    let page = client
        .call(
            "queryManagedObjects",
            json!({ "objectType": "alpha_user", "pageSize": 3, "fields": " userName, sn",
                "sortKeys": "sn , -userName" }),
        )
        .await
        .ok();
    assert!(page["objects"][2]["sn"].is_string(), "{page}");
    let target = &api_requests(&sim)[0].target;
    assert!(target.ends_with("&_sortKeys=sn%2C-userName&_fields=userName%2Csn"), "{target}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_is_not_called_a_total() {
    let (sim, mut client) = served().await;
    for estimate in [1250, 1] {
        sim.set_estimated_total(Some(estimate));
        let page =
            client.call("queryManagedObjects", json!({ "objectType": "alpha_user" })).await.ok();
        assert_eq!(page.get("total"), None, "{page}");
        assert_eq!(page["estimatedTotal"], estimate);
    }
    sim.set_estimated_total(None);
    let page = client.call("queryManagedObjects", json!({ "objectType": "alpha_user" })).await.ok();
    assert!(page["total"].as_u64().unwrap() > 50);
    assert_eq!(page.get("estimatedTotal"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_defaults_to_fifty_of_all() {
    let (_sim, mut client) = served().await;
    let page = client.call("queryManagedObjects", json!({ "objectType": "alpha_user" })).await.ok();
    assert_eq!(page["count"], 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_found_says_what_to_look_at() {
    let (_sim, mut client) = served().await;
    let page = client
        .call(
            "queryManagedObjects",
            json!({ "objectType": "alpha_user", "queryFilter": "userName eq \"nobody\"" }),
        )
        .await
        .ok();
    assert_eq!(page["objects"], json!([]));
    assert!(page["note"].as_str().unwrap().contains("spelling of the value"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_is_none_is_explained() {
    let (sim, mut client) = served().await;
    let query = |filter: &str| json!({ "objectType": "alpha_user", "queryFilter": filter });
    for (filter, right) in [
        ("userName eq bjensen", "write userName eq \"bjensen\""),
        ("not (sn eq \"x\") AND mail pr", "write !(sn eq \"x\") and mail pr"),
        ("userName like \"b\"", "`like` is no operator; use one of eq, co"),
    ] {
        let failure = client.call("queryManagedObjects", query(filter)).await.failed();
        assert!(failure.contains("`queryFilter`: at character "), "{failure}");
        assert!(failure.contains(right) && failure.contains("Nothing was sent."), "{failure}");
    }
    assert!(sim.requests().is_empty());
    // What is left is for identity management to refuse.
    let failure = client.call("queryManagedObjects", query("sn eq \"\\x\"")).await.failed();
    assert_explained(&failure, 400, &["double quotes"]);
    let failure =
        client.call("queryManagedObjects", json!({ "objectType": "alpha_usr" })).await.failed();
    assert_explained(&failure, 404, &["listManagedObjects"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_revision_changes_nothing_and_says_how_to_go_on() {
    let (_sim, mut client) = served().await;
    let (id, revision) = create_user(&mut client, "bjones").await;
    let patch = |value: &str| {
        json!({ "objectType": "alpha_user", "objectId": id, "revision": revision,
            "operations": [{ "operation": "replace", "field": "/sn", "value": value }] })
    };
    client.call("patchManagedObject", patch("First")).await.ok();
    let failure = client.call("patchManagedObject", patch("Second")).await.failed();
    assert_explained(&failure, 412, &["changed: nothing", "getManagedObject", "current _rev"]);
    let user = client
        .call("getManagedObject", json!({ "objectType": "alpha_user", "objectId": id }))
        .await
        .ok();
    assert_eq!(user["object"]["sn"], "First");
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_policies_are_named() {
    let (_sim, mut client) = served().await;
    let failure = client
        .call(
            "createManagedObject",
            json!({ "objectType": "alpha_user", "objectData": { "userName": "half" } }),
        )
        .await
        .failed();
    assert_explained(&failure, 403, &["failed policy: ", "REQUIRED", "mail", "changed: nothing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_is_there_is_not_created_again() {
    let (sim, mut client) = served().await;
    let (id, _) = create_user(&mut client, "again").await;
    let mut data = crate::support::user("other");
    data["_id"] = id.into();
    sim.clear_requests();
    let failure = client
        .call("createManagedObject", json!({ "objectType": "alpha_user", "objectData": data }))
        .await
        .failed();
    assert_explained(&failure, 412, &["Entry Already Exists", "patchManagedObject"]);
    assert_eq!(writes(&sim).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operations_are_refused_before_anything_is_sent() {
    let (sim, mut client) = served().await;
    let failure = client
        .call(
            "patchManagedObject",
            json!({ "objectType": "alpha_user", "objectId": "x", "revision": "1", "operations": [] }),
        )
        .await
        .failed();
    assert!(failure.contains("nothing to change"), "{failure}");
    assert!(sim.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_what_is_not_there_says_so() {
    let (_sim, mut client) = served().await;
    let failure = client
        .call("deleteManagedObject", json!({ "objectType": "alpha_role", "objectId": "none" }))
        .await
        .failed();
    assert_explained(&failure, 404, &["changed: nothing", "queryManagedObjects"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_answer_is_lost_is_not_repeated_and_may_have_happened() {
    let (sim, mut client) = served().await;
    create_user(&mut client, "warmup").await;
    sim.clear_requests();
    sim.inject(Fault::new(FaultKind::DisconnectAfter).on("POST").path_contains("/openidm/managed"));
    let arguments =
        json!({ "objectType": "alpha_user", "objectData": crate::support::user("lost") });
    let failure = client.call("createManagedObject", arguments).await.failed();
    assert!(failure.contains("changed: unknown, it may have happened"), "{failure}");
    assert!(failure.contains("queryManagedObjects"), "{failure}");
    assert_eq!(writes(&sim).len(), 1);
    let found = client
        .call(
            "queryManagedObjects",
            json!({ "objectType": "alpha_user", "queryFilter": "userName eq \"lost\"" }),
        )
        .await
        .ok();
    assert_eq!(found["count"], 1, "this one did happen");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_edge_firewall_is_told_from_a_missing_right() {
    let (sim, mut client) = served().await;
    sim.inject(Fault::new(FaultKind::Html403).path_contains("/openidm/managed"));
    let failure =
        client.call("queryManagedObjects", json!({ "objectType": "alpha_user" })).await.failed();
    assert!(failure.contains("status: 403"), "{failure}");
    assert!(failure.contains("firewall in front of AIC"), "{failure}");
    assert!(!failure.contains("<!doctype"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_a_type_does_not_have_are_said_without_a_request_more_for_others() {
    let (sim, mut client) = served().await;
    let mut asked = async |query: Value| {
        let mut arguments = json!({ "objectType": "alpha_user", "pageSize": 5 });
        arguments.as_object_mut().unwrap().extend(query.as_object().unwrap().clone());
        sim.clear_requests();
        let page = client.call("queryManagedObjects", arguments).await.ok();
        let note = page["note"].as_str().unwrap_or_default().to_owned();
        (note, api_requests(&sim).len())
    };
    for plain in [
        json!({}),
        json!({ "fields": "_id,userName, roles/*", "sortKeys": "-userName" }),
        json!({ "queryFilter": r#"userName pr and /sn sw "A""#, "fields": "*,*_ref" }),
    ] {
        assert_eq!(asked(plain.clone()).await, (String::new(), 1), "{plain}");
    }
    let (note, requests) = asked(json!({ "fields": "userName,givenname" })).await;
    assert!(
        note.contains("alpha_user has no property givenname (did you mean givenName?)"),
        "{note}"
    );
    assert_eq!(requests, 2);
    let (note, _) =
        asked(json!({ "queryFilter": r#"usrName eq "ada""#, "sortKeys": "colour" })).await;
    assert!(note.contains("no property usrName (did you mean userName?), colour:"), "{note}");
    assert!(note.contains("Nothing matches."), "{note}");
    let (note, _) = asked(json!({ "queryFilter": r#"userName eq "nobody""# })).await;
    assert!(note.starts_with("Nothing matches."), "{note}");
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_and_arrays_may_come_as_json_text() {
    let (sim, mut client) = served().await;
    let data = user("ada.text").to_string();
    let arguments = json!({ "objectType": "alpha_user", "objectData": data });
    let created = client.call("createManagedObject", arguments).await.ok();
    let operations = r#"[{"operation":"replace","field":"/description","value":"[1]"}]"#;
    let patch = json!({ "objectType": "alpha_user", "objectId": created["objectId"],
        "revision": created["revision"], "operations": operations });
    let patched = client.call("patchManagedObject", patch).await.ok();
    assert_eq!(patched["object"]["description"], "[1]", "a value stays what it is");

    sim.clear_requests();
    let broken = json!({ "objectType": "alpha_user", "objectData": r#"{"password":"canary""# });
    let failure = client.call("createManagedObject", broken).await.failed();
    assert!(
        failure.contains("`objectData`: invalid type: string, expected an object"),
        "{failure}"
    );
    assert!(!failure.contains("canary"), "{failure}");
    assert!(api_requests(&sim).is_empty());
}
