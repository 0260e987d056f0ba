//! The tools for environment variables and secrets.

use aic_e2e::Start;
use serde_json::{Value, json};

use crate::support::{api_requests, assert_explained, served, settled, tenant, writes};

#[tokio::test(flavor = "multi_thread")]
async fn variables_and_secrets_are_found_without_their_values() {
    let (sim, mut client) = served().await;
    let arguments = json!({ "type": "variable", "queryTerm": "smtp", "sortKeys": "-_id" });
    let found = client.call("queryESVs", arguments).await.ok();
    assert_eq!(found["count"], 2);
    assert_eq!(found["items"][0]["_id"], "esv-smtp-port");
    assert!(!found.to_string().contains("valueBase64"), "{found}");
    insta::assert_json_snapshot!("queryESVs", settled(found));
    let secrets = client.call("queryESVs", json!({ "type": "secret" })).await.ok();
    assert!(secrets.to_string().contains("esv-smtp-password"), "{secrets}");

    let requests = api_requests(&sim);
    assert_eq!(
        requests[0].target,
        "/environment/variables?_queryFilter=%2F_id%20co%20%22smtp%22&_pageSize=50&_sortKeys=-_id"
    );
    assert_eq!(requests[1].target, "/environment/secrets?_queryFilter=true&_pageSize=50");
    for request in requests {
        assert_eq!(request.header("accept-api-version"), Some("resource=2.0"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_the_cookie_to_the_end() {
    let (_sim, mut client) = served().await;
    let mut arguments = json!({ "type": "variable", "pageSize": 5 });
    let mut ids = Vec::new();
    loop {
        let page = client.call("queryESVs", arguments.clone()).await.ok();
        ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["_id"].to_string()));
        let Some(cookie) = page.get("pagedResultsCookie") else { break };
        arguments["pagedResultsCookie"] = cookie.clone();
    }
    assert!(ids.len() > 10);
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "none comes twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_stays_one_literal() {
    let (sim, mut client) = served().await;
    let term = "a\" or true or /_id co \"\\";
    let arguments = json!({ "type": "variable", "queryTerm": term });
    let found = client.call("queryESVs", arguments).await.ok();
    assert_eq!(found["items"], json!([]));
    assert!(found["note"].as_str().unwrap().contains("Nothing matches"));
    let url = url::Url::parse(&format!("http://x{}", api_requests(&sim)[0].target)).unwrap();
    let filter = url.query_pairs().find(|(name, _)| name == "_queryFilter").unwrap().1;
    assert_eq!(filter, r#"/_id co "a\" or true or /_id co \"\\""#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_is_set_read_and_deleted() {
    let (sim, mut client) = served().await;
    let arguments = json!({ "variableId": "esv-test_1", "type": "array", "value": ["a", 1],
        "description": "said \"hi\"" });
    let set = client.call("setVariable", arguments).await.ok();
    assert_eq!(set["loaded"], false);
    assert!(set["note"].as_str().unwrap().contains("restart"), "{set}");
    insta::assert_json_snapshot!("setVariable", settled(set));

    let id = json!({ "variableId": "esv-test_1" });
    let read = client.call("getVariable", id.clone()).await.ok();
    assert_eq!(read["value"], json!(["a", 1]));
    assert_eq!(read["variable"]["description"], "said \"hi\"");
    assert!(read["note"].as_str().unwrap().contains("Not loaded"));
    insta::assert_json_snapshot!("getVariable", settled(read), {
        ".variable.lastChangedBy" => "<administrator>"
    });

    let arguments = json!({ "variableId": "esv-test_1", "type": "string", "value": "x" });
    let failure = client.call("setVariable", arguments).await.failed();
    assert_explained(&failure, 400, &["type of an existing variable", "getVariable"]);

    let deleted = client.call("deleteVariable", id.clone()).await.ok();
    assert_eq!(deleted["value"], json!(["a", 1]));
    insta::assert_json_snapshot!("deleteVariable", settled(deleted), {
        ".deleted.lastChangedBy" => "<administrator>"
    });
    for tool in ["getVariable", "deleteVariable"] {
        let failure = client.call(tool, id.clone()).await.failed();
        assert_explained(&failure, 404, &["queryESVs"]);
    }

    let path = "/environment/variables/esv-test_1";
    let requests = api_requests(&sim);
    // What was there before is kept, to be put back.
    assert_eq!((requests[0].method.as_str(), requests[0].target.as_str()), ("GET", path));
    let put = &requests[1];
    assert_eq!((put.method.as_str(), put.target.as_str()), ("PUT", path));
    assert_eq!(put.header("accept-api-version"), Some("resource=2.0"));
    assert_eq!(
        serde_json::from_slice::<Value>(&put.body).unwrap(),
        json!({ "_id": "esv-test_1", "description": "said \"hi\"", "valueBase64": "WyJhIiwxXQ==",
            "expressionType": "array" })
    );
    assert_eq!(requests[2].header("accept-api-version"), Some("resource=2.0"));
    let delete = requests.iter().find(|request| request.method == "DELETE").unwrap();
    assert_eq!(delete.target, path);
    assert_eq!(delete.header("accept-api-version"), Some("protocol=1.0,resource=1.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn values_come_back_as_their_type_says() {
    let (_sim, mut client) = served().await;
    for (expression_type, value, back) in [
        ("string", json!("5"), json!("5")),
        ("list", json!("a,b"), json!("a,b")),
        ("list", json!(["c", "d"]), json!("c,d")),
        ("object", json!({ "a": [null, 1.5] }), json!({ "a": [null, 1.5] })),
        ("bool", json!(false), json!(false)),
        ("int", json!(42), json!(42)),
        ("int", json!("42"), json!(42)),
        ("number", json!(0.5), json!(0.5)),
        ("keyvaluelist", json!({ "k1": "v1", "k2": "v2" }), json!({ "k1": "v1", "k2": "v2" })),
        ("keyvaluelist", json!("{\"k1\": \"v1\"}"), json!({ "k1": "v1" })),
        ("base64encodedinlined", json!("a b"), json!("a b")),
    ] {
        let id = format!("esv-as-{expression_type}");
        let arguments = json!({ "variableId": id, "type": expression_type, "value": value });
        client.call("setVariable", arguments).await.ok();
        let read = client.call("getVariable", json!({ "variableId": id })).await.ok();
        assert_eq!(read["value"], back);
        assert_eq!(read["variable"]["description"], "");
    }
    let id = format!("esv-{}", "x".repeat(124));
    let arguments = json!({ "variableId": id, "type": "string", "value": "the longest id" });
    client.call("setVariable", arguments).await.ok();
    let seeded = client.call("getVariable", json!({ "variableId": "esv-smtp-port" })).await.ok();
    assert_eq!(seeded["value"], 587);
    assert_eq!(seeded["variable"]["loaded"], true);
    assert_eq!(seeded.get("note"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_and_ids_that_do_not_fit_are_refused() {
    let (sim, mut client) = served().await;
    let set = |id: &str, expression_type: &str, value: Value| json!({ "variableId": id, "type": expression_type, "value": value });
    for (arguments, problem) in [
        (set("esv-x", "int", json!(1.5)), "`value`: it does not fit type int"),
        (set("esv-x", "bool", json!("yes")), "true or false"),
        (set("esv-x", "string", json!(5)), "takes a text"),
        (set("esv-x", "array", json!({})), "a JSON array"),
        (set("esv-x", "object", json!([])), "a JSON object"),
        (set("esv-x", "list", json!(["a,b"])), "commas"),
        (set("esv-x", "keyvaluelist", json!({ "a": 1 })), "whose values are texts"),
        (set("esv-x", "base64encodedinlined", json!([])), "takes a text"),
        (set("esv-x", "string", json!("x".repeat(65_536))), "65535 at most"),
        (
            json!({ "variableId": "esv-x", "type": "string", "value": "", "description": "x".repeat(1001) }),
            "`description`: it has 1001 characters",
        ),
        (set("esv-x", "string", Value::Null), "`value` is missing"),
        (json!({ "variableId": "esv-x", "type": "string" }), "`value` is missing"),
        (set("esv-X", "string", json!("")), "`variableId`"),
        (set("x", "string", json!("")), "`variableId`"),
        (set("esv-", "string", json!("")), "`variableId`"),
        (set("esv-../x", "string", json!("")), "`variableId`"),
        (set(&format!("esv-{}", "x".repeat(125)), "string", json!("")), "`variableId`"),
        (set("esv-x", "secret", json!("")), "`type`"),
    ] {
        let failure = client.call("setVariable", arguments).await.failed();
        assert!(failure.contains(problem), "no {problem:?} in {failure}");
        assert!(failure.contains("Nothing was sent."), "{failure}");
    }
    for tool in ["getVariable", "deleteVariable"] {
        let failure = client.call(tool, json!({ "variableId": "a/b" })).await.failed();
        assert!(failure.contains("`variableId`"), "{failure}");
    }
    let arguments = json!({ "type": "variable", "pageSize": 101 });
    let failure = client.call("queryESVs", arguments).await.failed();
    assert!(failure.contains("from 1 to 100"), "{failure}");
    assert!(sim.requests().is_empty());
    assert!(writes(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_of_nowhere_is_explained() {
    let (_sim, mut client) = served().await;
    let arguments = json!({ "type": "variable", "pagedResultsCookie": "nonsense" });
    let failure = client.call("queryESVs", arguments).await.failed();
    assert_explained(&failure, 400, &["cookie"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_secret_is_refused_and_its_value_not_shown() {
    let (sim, mut client) = served().await;
    let set = |id: &str| json!({ "variableId": id, "type": "string", "value": "canary" });
    let failure = client.call("setVariable", set("esv-smtp-password")).await.failed();
    assert!(failure.contains("esv-smtp-password is a secret"), "{failure}");
    assert!(!failure.contains("canary"), "{failure}");
    assert!(writes(&sim).is_empty());
    // A variable that is called like a secret is one, and its value is not shown either.
    client.call("setVariable", set("esv-old-password")).await.ok();
    let read = client.call("getVariable", json!({ "variableId": "esv-old-password" })).await.ok();
    assert_eq!(read["value"], "[masked]");
    // Any other id costs no look.
    sim.clear_requests();
    client.call("setVariable", set("esv-plain")).await.ok();
    assert!(api_requests(&sim).iter().all(|request| !request.path().contains("secrets")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_scripts_read_is_not_deleted_without_a_word() {
    let sim = tenant().await;
    let variable = json!({ "variableId": "esv-badge-prefix", "type": "string", "value": "NL" });
    let id = json!({ "variableId": "esv-badge-prefix" });
    let mut client = Start::serve(&sim).connect().await;
    client.call("setVariable", variable).await.ok();
    let mut asking = Start::serve(&sim).confirming().connect_with_forms("2025-11-25").await;
    let call = asking.start_call("deleteVariable", id.clone()).await;
    let question = asking.question().await;
    let message = question["params"]["message"].as_str().unwrap();
    assert!(message.contains("live code: scripts of alpha that read it: \""), "{message}");
    asking.decide(&question, json!({ "action": "decline" })).await;
    asking.outcome("deleteVariable", call).await.failed();

    // A login for variables alone asks for nothing else.
    let few = Start::serve(&sim).confirming().arg("--toolsets=esv");
    let mut few = few.connect_with_forms("2025-11-25").await;
    let call = few.start_call("deleteVariable", id.clone()).await;
    let question = few.question().await;
    assert!(!question.to_string().contains("scripts of"), "{question}");
    few.decide(&question, json!({ "action": "decline" })).await;
    few.outcome("deleteVariable", call).await.failed();

    let deleted = client.call("deleteVariable", id).await.ok();
    assert!(deleted["stillUsedBy"]["alpha"].is_array(), "{deleted}");
}
