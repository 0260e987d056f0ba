//! Reading by a URI, completing one, and how far a call has come.

use aic_e2e::{Client, Start};
use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::support::{api_requests, logins_and_exchanges, served, tenant};

async fn read(client: &mut Client, uri: &str) -> Value {
    client.request("resources/read", json!({ "uri": uri })).await
}

/// Reads a resource that is there.
async fn data(client: &mut Client, uri: &str) -> Value {
    let answer = read(client, uri).await;
    let contents = &answer["result"]["contents"][0];
    assert_eq!(
        (&contents["uri"], &contents["mimeType"]),
        (&json!(uri), &json!("application/json"))
    );
    serde_json::from_str(contents["text"].as_str().unwrap_or_else(|| unreachable!("{answer}")))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_resource_is_what_its_tool_reads() {
    for version in ["2025-06-18", "2025-11-25", "2026-07-28"] {
        let sim = tenant().await;
        let mut client = Start::serve(&sim).connect_as(version, json!({})).await;
        let listed = client.request("resources/templates/list", json!({})).await;
        let templates = listed["result"]["resourceTemplates"].as_array().unwrap();
        assert_eq!(templates.len(), 5);
        let all = client.request("resources/list", json!({})).await;
        assert_eq!(all["result"]["resources"], json!([]));
        assert_eq!(logins_and_exchanges(&sim), (0, 0), "listing asks nobody");
        assert_eq!(
            data(&mut client, "aic://alpha/journeys/Login").await["journey"]["_id"],
            "Login"
        );
        assert_eq!(
            data(&mut client, "aic://alpha/themes/Northlight").await["theme"]["name"],
            "Northlight"
        );
        assert_eq!(data(&mut client, "aic://schemas/alpha_user").await["name"], "alpha_user");
        assert_eq!(data(&mut client, "aic://variables/esv-smtp-port").await["value"], 587);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_resource_is_refused() {
    let (sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    sim.clear_requests();
    for (uri, part) in [
        ("aic://alpha/users/1", "There is no such resource. There are aic://{realm}"),
        ("https://alpha/journeys/Login", "There is no such resource"),
        ("aic://alpha/journeys/..%2f..%2fagents", "`..` as a path would"),
        ("aic://root/journeys/Login", "unknown variant `root`"),
        ("aic://alpha/journeys/%ff", "There is no such resource"),
    ] {
        let error = read(&mut client, uri).await["error"].take();
        assert!(error["message"].as_str().unwrap().contains(part), "{error}");
    }
    assert!(api_requests(&sim).is_empty());
    let error = read(&mut client, "aic://alpha/journeys/None").await["error"].take();
    assert_eq!(error["code"], -32002, "{error}");
    assert!(error["data"]["uri"].as_str().unwrap().starts_with("aic://"), "{error}");
    let selected = Start::serve(&sim).arg("--toolsets").arg("esv");
    let mut client = selected.connect().await;
    let listed = client.request("resources/templates/list", json!({})).await;
    assert_eq!(listed["result"]["resourceTemplates"].as_array().unwrap().len(), 1);
    read(&mut client, "aic://alpha/journeys/Login").await["error"].as_object().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_read_is_not_called_missing() {
    let (sim, mut client) = served().await;
    let body = r#"{"code":503,"message":"Later"}"#.to_owned();
    let fault = FaultKind::Status { status: 503, headers: Vec::new(), body };
    sim.inject(Fault::new(fault).path_contains("/variables/").times(u64::MAX));
    let error = read(&mut client, "aic://variables/esv-smtp-port").await["error"].take();
    assert_eq!(error["code"], -32603, "{error}");
    assert!(error["message"].as_str().unwrap().contains("503"), "{error}");
    sim.clear_faults();
    let error = read(&mut client, "aic://variables/esv-none").await["error"].take();
    assert_eq!(error["code"], -32002, "{error}");
}

async fn complete(client: &mut Client, uri: &str, name: &str, value: &str, known: Value) -> Value {
    let reference = json!({ "type": "ref/resource", "uri": uri });
    let params = json!({ "ref": reference, "argument": { "name": name, "value": value },
        "context": { "arguments": known } });
    client.request("completion/complete", params).await["result"]["completion"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_completed_without_a_login_or_a_request_for_each_letter() {
    let (sim, mut client) = served().await;
    let journeys = "aic://{realm}/journeys/{journeyName}";
    let alpha = || json!({ "realm": "alpha" });
    let realms = complete(&mut client, journeys, "realm", "a", json!({})).await;
    assert_eq!(realms["values"], json!(["alpha"]));
    let none = complete(&mut client, journeys, "journeyName", "Log", alpha()).await;
    assert_eq!(none["values"], json!([]), "nobody is logged in");
    assert_eq!(logins_and_exchanges(&sim), (0, 0));
    client.call("listManagedObjects", json!({})).await.ok();
    sim.clear_requests();
    let found = complete(&mut client, journeys, "journeyName", "log", alpha()).await;
    assert!(found["values"].as_array().unwrap().contains(&json!("Login")), "{found}");
    let asked = api_requests(&sim).len();
    complete(&mut client, journeys, "journeyName", "logi", alpha()).await;
    assert_eq!(api_requests(&sim).len(), asked);
    let none = complete(&mut client, journeys, "journeyName", "log", json!({})).await;
    assert_eq!(none["values"], json!([]), "the realm is not known");
    let types =
        complete(&mut client, "aic://schemas/{objectType}", "objectType", "bravo_u", json!({}));
    assert_eq!(types.await["values"], json!(["bravo_user"]));
    let reference = json!({ "type": "ref/prompt", "name": "explain-failed-journey" });
    let params = json!({ "ref": reference, "argument": { "name": "journey", "value": "Reg" },
        "context": { "arguments": alpha() } });
    let prompted = client.request("completion/complete", params).await;
    assert_eq!(prompted["result"]["completion"]["values"], json!(["Registration"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_work_says_how_far_it_has_come() {
    let (_sim, mut client) = served().await;
    client.call("listManagedObjects", json!({})).await.ok();
    for (tool, arguments) in [
        ("getJourney", json!({ "realm": "alpha", "journeyName": "Login" })),
        (
            "traceMcpActivity",
            json!({ "beginTime": "2026-03-01T00:00:00Z", "endTime": "2026-03-05T00:00:00Z" }),
        ),
    ] {
        let params =
            json!({ "name": tool, "arguments": arguments, "_meta": { "progressToken": tool } });
        let call = client.start("tools/call", params).await;
        client.outcome(tool, call).await.ok();
        let progress = loop {
            let progress = client.notification("notifications/progress").await;
            if progress["params"]["progressToken"] == tool {
                break progress;
            }
        };
        let number = |member: &str| progress["params"][member].as_f64().unwrap();
        assert!(number("progress") >= 1.0 && number("total") >= number("progress"), "{progress}");
    }
}
