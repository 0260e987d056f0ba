//! The tools for scripts.

use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{api_requests, assert_explained, served, settled, writes};

const SCRIPTS: &str = "/am/json/realms/root/realms/alpha/scripts";
const SOURCE: &str = "// ü\naction.goTo(\"true\");";
/// [`SOURCE`] in base64.
const ENCODED: &str = "Ly8gw7wKYWN0aW9uLmdvVG8oInRydWUiKTs=";

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_created_found_changed_and_deleted() {
    let (sim, mut client) = served().await;
    let arguments = json!({ "realm": "alpha", "name": "Check", "script": SOURCE });
    let created = client.call("createScript", arguments).await.ok();
    insta::assert_json_snapshot!("createScript", settled(created.clone()), {
        ".scriptId" => "<id>"
    });
    let script = json!({ "realm": "alpha", "scriptId": created["scriptId"] });

    let listed = client.call("listScripts", json!({ "realm": "alpha" })).await.ok();
    let scripts = listed["scripts"].as_array().unwrap();
    assert_eq!(listed["count"], scripts.len());
    let ours = scripts.iter().find(|script| script["name"] == "Check").unwrap();
    assert_eq!(ours["_id"], created["scriptId"]);
    let only = json!({ "count": 1, "scripts": [ours], "transactionIds": [] });
    insta::assert_json_snapshot!("listScripts", settled(only), {
        ".scripts[].creationDate" => "<date>", ".scripts[].lastModifiedDate" => "<date>",
    });
    assert_eq!(ours.get("script"), None);
    assert!(scripts.iter().all(|script| script["evaluatorVersion"] == "2.0"));

    let read = client.call("getAMScript", script.clone()).await.ok();
    assert_eq!(read["script"]["script"], SOURCE);
    insta::assert_json_snapshot!("getAMScript", settled(read), {
        ".script.creationDate" => "<date>", ".script.lastModifiedDate" => "<date>",
        ".script.createdBy" => "<who>", ".script.lastModifiedBy" => "<who>",
    });

    let mut arguments = script.clone();
    arguments["description"] = json!("Checks");
    let changed = client.call("updateScript", arguments).await.ok();
    assert_eq!(changed["scriptId"], created["scriptId"]);
    insta::assert_json_snapshot!("updateScript", settled(changed), { ".scriptId" => "<id>" });
    let read = client.call("getAMScript", script.clone()).await.ok();
    assert_eq!(read["script"]["description"], "Checks");
    assert_eq!(read["script"]["script"], SOURCE, "what is not given stays");

    let deleted = client.call("deleteScript", script.clone()).await.ok();
    assert_eq!(deleted["scriptId"], created["scriptId"]);
    // AM answers with the id alone, and the source is not to be lost.
    assert_eq!(deleted["deleted"]["script"], SOURCE);
    insta::assert_json_snapshot!("deleteScript", settled(deleted), {
        ".scriptId" => "<id>", ".deleted" => "<script>"
    });
    let gone = client.call("getAMScript", script).await.failed();
    assert_explained(&gone, 404, &["listScripts"]);

    let id = created["scriptId"].as_str().unwrap();
    let path = format!("{SCRIPTS}/{id}");
    assert_eq!(
        writes(&sim),
        [format!("POST {SCRIPTS}?_action=create"), format!("PUT {path}"), format!("DELETE {path}")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_those_of_am() {
    let (sim, mut client) = served().await;
    let arguments = json!({ "realm": "alpha", "name": "Check", "script": SOURCE });
    let created = client.call("createScript", arguments).await.ok();
    let body: Value = serde_json::from_slice(&api_requests(&sim)[0].body).unwrap();
    assert_eq!(
        body,
        json!({
            "context": "AUTHENTICATION_TREE_DECISION_NODE", "name": "Check", "description": "",
            "language": "JAVASCRIPT", "script": ENCODED, "evaluatorVersion": "2.0",
        })
    );

    sim.clear_requests();
    client.call("listScripts", json!({ "realm": "alpha" })).await.ok();
    let url = url::Url::parse(&format!("http://x{}", api_requests(&sim)[0].target)).unwrap();
    let query: Vec<_> = url.query_pairs().map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
    let filter = r#"context eq "AUTHENTICATION_TREE_DECISION_NODE" and evaluatorVersion eq "2.0""#;
    let fields =
        "_id,name,description,language,context,evaluatorVersion,creationDate,lastModifiedDate";
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        query,
        [pair("_queryFilter", filter), pair("_pageSize", "-1"), pair("_fields", fields)]
    );

    sim.clear_requests();
    let id = created["scriptId"].as_str().unwrap();
    client.call("getAMScript", json!({ "realm": "alpha", "scriptId": id })).await.ok();
    let arguments = json!({ "realm": "alpha", "scriptId": id, "script": "action.goTo(\"x\");" });
    client.call("updateScript", arguments).await.ok();
    let requests = api_requests(&sim);
    let sent: Vec<_> = requests
        .iter()
        .map(|r| (r.method.as_str(), r.header("accept-api-version").unwrap_or_default()))
        .collect();
    let usual = "protocol=2.0,resource=1.0";
    assert_eq!(sent, [("GET", usual), ("GET", usual), ("PUT", usual), ("GET", usual)]);
    let body: Value = serde_json::from_slice(&requests[2].body).unwrap();
    assert_eq!(body["script"], "YWN0aW9uLmdvVG8oIngiKTs=");
    assert_eq!(body["name"], "Check");
    assert_eq!(body["context"], "AUTHENTICATION_TREE_DECISION_NODE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_not_base64_is_shown_as_it_is() {
    let (sim, mut client) = served().await;
    let body = json!({ "_id": "x", "name": "Odd", "script": "outcome = \"true\";" }).to_string();
    let plain = FaultKind::Status { status: 200, headers: Vec::new(), body };
    sim.inject(Fault::new(plain).path_contains("/scripts/x"));
    let read = client.call("getAMScript", json!({ "realm": "bravo", "scriptId": "x" })).await.ok();
    assert_eq!(read["script"]["script"], "outcome = \"true\";");
    assert!(read["note"].as_str().unwrap().contains("without the base64"), "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_no_text_is_named_and_not_written_as_one() {
    let (sim, mut client) = served().await;
    let arguments = json!({ "realm": "alpha", "name": "Bytes", "script": SOURCE });
    let created = client.call("createScript", arguments).await.ok();
    let script = json!({ "realm": "alpha", "scriptId": created["scriptId"] });
    // A byte order mark of UTF-16 and an A: base64 of what is no UTF-8.
    let bytes = "//5BAA==";
    let body = json!({ "_id": created["scriptId"], "name": "Bytes", "script": bytes,
        "context": "AUTHENTICATION_TREE_DECISION_NODE", "evaluatorVersion": "2.0" });
    let odd = FaultKind::Status { status: 200, headers: Vec::new(), body: body.to_string() };
    let inject = || {
        sim.inject(Fault::new(odd.clone()).on("GET").path_contains("/scripts/"));
    };

    inject();
    let read = client.call("getAMScript", script.clone()).await.ok();
    assert_eq!(read["script"]["script"], bytes);
    let note = read["note"].as_str().unwrap();
    assert!(note.contains("no text: 4 bytes that are not UTF-8"), "{note}");

    inject();
    let mut arguments = script.clone();
    arguments["script"] = json!(bytes);
    let failure = client.call("updateScript", arguments).await.failed();
    assert!(failure.contains("`script`: this is the base64 of"), "{failure}");
    assert!(failure.contains("next: Leave script out"), "{failure}");
    assert_eq!(writes(&sim).len(), 1, "only what created it");

    inject();
    let mut arguments = script;
    arguments["description"] = json!("UTF-16");
    let changed = client.call("updateScript", arguments).await.ok();
    assert_eq!(changed["durable"], true);
    let put = api_requests(&sim).into_iter().rfind(|request| request.method == "PUT").unwrap();
    let body: Value = serde_json::from_slice(&put.body).unwrap();
    assert_eq!(body["script"], bytes, "what is not given stays, byte for byte");
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_explained() {
    let (sim, mut client) = served().await;
    let script = |name: &str| json!({ "realm": "alpha", "name": name, "script": SOURCE });
    client.call("createScript", script("One")).await.ok();
    let two = client.call("createScript", script("Two")).await.ok();
    let failure = client.call("createScript", script("One")).await.failed();
    assert_explained(&failure, 409, &["One", "updateScript", "changed: nothing"]);
    let arguments = json!({ "realm": "alpha", "scriptId": two["scriptId"], "name": "One" });
    let failure = client.call("updateScript", arguments).await.failed();
    assert_explained(&failure, 409, &["One", "listScripts"]);

    let none = json!({ "realm": "alpha", "scriptId": "none" });
    sim.clear_requests();
    for tool in ["getAMScript", "deleteScript"] {
        let failure = client.call(tool, none.clone()).await.failed();
        assert_explained(&failure, 404, &["could not be found in realm", "listScripts"]);
    }
    let arguments = json!({ "realm": "alpha", "scriptId": "none", "name": "x" });
    let failure = client.call("updateScript", arguments).await.failed();
    assert_explained(&failure, 404, &["listScripts"]);
    assert!(writes(&sim).is_empty(), "nothing is put there, and nothing sent that deletes it");

    let stock = json!({ "realm": "alpha", "scriptId": "01e1a3c0-038b-4c16-956a-6c9d89328cff" });
    let failure = client.call("deleteScript", stock).await.failed();
    assert_explained(&failure, 403, &["cannot be deleted", "comes with AIC"]);

    for (tool, path) in
        [("listScripts", "/scripts?"), ("getScriptedDecisionNodeBindings", "/contexts/")]
    {
        sim.inject(Fault::new(FaultKind::Html403).path_contains(path));
        let failure = client.call(tool, json!({ "realm": "alpha" })).await.failed();
        assert_explained(&failure, 403, &["firewall"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_before_anything_leaves() {
    let (sim, mut client) = served().await;
    for (tool, arguments, problem) in [
        ("createScript", json!({ "realm": "alpha", "name": "x", "script": "" }), "`script`"),
        ("createScript", json!({ "realm": "alpha", "name": " ", "script": "x" }), "`name`"),
        ("createScript", json!({ "realm": "root", "name": "x", "script": "x" }), "`realm`"),
        ("updateScript", json!({ "realm": "alpha", "scriptId": "x" }), "nothing to change"),
        ("getAMScript", json!({ "realm": "alpha", "scriptId": "../x" }), "`scriptId`"),
        ("listScripts", json!({}), "realm"),
        ("getScriptedDecisionNodeBindings", json!({ "realm": 1 }), "`realm`"),
    ] {
        let failure = client.call(tool, arguments).await.failed();
        assert!(failure.contains(problem), "no {problem} in {failure}");
        assert!(failure.contains("Nothing was sent."), "{failure}");
    }
    assert!(sim.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_update_is_noticed() {
    let (sim, mut client) = served().await;
    let arguments = json!({ "realm": "alpha", "name": "Check", "script": SOURCE });
    let created = client.call("createScript", arguments).await.ok();
    sim.inject(Fault::new(FaultKind::LostUpdate).on("PUT"));
    let arguments =
        json!({ "realm": "alpha", "scriptId": created["scriptId"], "description": "x" });
    let changed = client.call("updateScript", arguments).await.ok();
    assert_eq!(changed["durable"], false);
    assert!(changed["note"].as_str().unwrap().contains("getAMScript"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bindings_say_what_scripts_can_use() {
    let (sim, mut client) = served().await;
    let found =
        client.call("getScriptedDecisionNodeBindings", json!({ "realm": "bravo" })).await.ok();
    let names: Vec<_> =
        found["bindings"].as_array().unwrap().iter().map(|b| b["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"nodeState") && names.contains(&"action"), "{names:?}");
    assert_eq!(found["count"], names.len());
    assert_eq!(found["context"]["_id"], "SCRIPTED_DECISION_NODE");
    let request = &api_requests(&sim)[0];
    assert_eq!(request.target, "/am/json/contexts/SCRIPTED_DECISION_NODE", "of no realm");
    assert_eq!(request.header("accept-api-version"), Some("protocol=2.0,resource=1.0"));
}
