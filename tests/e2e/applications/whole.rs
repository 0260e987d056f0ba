//! The tools for applications when all goes well, and their refusals.

use aic_e2e::Start;
use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use super::*;
use crate::support::{
    ATTEMPTS, api_requests, assert_explained, logins_and_exchanges, served, settled, tenant, writes,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_created_read_changed_and_deleted() {
    let (sim, mut client) = served().await;
    let created = create(&mut client, "Orders", "orders").await;
    let put = sent(&sim, "PUT", CLIENTS);
    assert_eq!(put.target, format!("{CLIENTS}/orders"));
    assert_eq!(put.header("if-none-match"), Some("*"));
    assert_eq!(put.header("accept-api-version"), Some("protocol=2.1,resource=1.0"));
    let core = &body(&put)["coreOAuth2ClientConfig"];
    assert_eq!(core["clientName"], own(json!(["Orders"])));
    assert_eq!(core["userpassword"], SECRET);
    let post = sent(&sim, "POST", APPLICATIONS);
    assert_eq!(post.target, format!("{APPLICATIONS}?_action=create"));
    let mut application = body(&post);
    assert!(application["owners"].take()[0]["_ref"].as_str().unwrap().contains("alpha_user"));
    assert_eq!(
        application,
        json!({ "name": "Orders", "owners": null, "ssoEntities": { "oidcId": "orders" },
            "templateName": "custom", "templateVersion": "1.0" })
    );

    let found = get(&mut client, "Orders").await;
    assert_eq!(found["managedApplication"]["_id"], created["applicationId"]);
    assert_eq!(found["managedApplication"]["_rev"], created["revision"]);
    let before = &found["oauth2Client"];
    assert_eq!(before["coreOAuth2ClientConfig"]["scopes"], own(json!(["openid"])));

    sim.clear_requests();
    let arguments = json!({ "realm": "alpha", "name": "Orders",
        "oauth2Client": { "coreOAuth2ClientConfig": { "scopes": own(json!(["openid", "email"])) } },
        "managedApplication": { "_rev": created["revision"], "operations": [
            { "operation": "replace", "field": "/description", "value": "Takes orders" },
            { "operation": "replace", "field": "/ssoEntities/oidcId", "value": "expense-portal" },
        ] } });
    let updated = client.call("updateOidcApp", arguments).await.ok();
    assert_eq!(updated["clientUpdated"], true);
    assert_eq!(updated["durable"], true);
    assert_eq!(updated["applicationUpdated"], true);
    assert_eq!(updated["droppedOperations"], json!(["replace /ssoEntities/oidcId"]));
    assert_eq!(logins_and_exchanges(&sim), (0, 1));
    let lookup = &api_requests(&sim)[0].target;
    assert_eq!(
        lookup,
        &format!("{APPLICATIONS}?_queryFilter=name%20eq%20%22Orders%22&_fields=_id%2CssoEntities")
    );
    let put = sent(&sim, "PUT", CLIENTS);
    assert_eq!(put.header("if-match"), before["_rev"].as_str());
    let mut expected = before.clone();
    for name in ["_id", "_rev", "_type"] {
        expected.as_object_mut().unwrap().remove(name);
    }
    expected["coreOAuth2ClientConfig"]["scopes"] = own(json!(["openid", "email"]));
    assert_eq!(body(&put), expected);
    let patch = sent(&sim, "PATCH", APPLICATIONS);
    assert_eq!(patch.header("if-match"), created["revision"].as_str());
    assert_eq!(body(&patch).as_array().unwrap().len(), 1);

    let found = get(&mut client, "Orders").await;
    assert_eq!(found["managedApplication"]["_rev"], updated["revision"]);
    assert_eq!(found["managedApplication"]["description"], "Takes orders");
    assert_eq!(found["managedApplication"]["ssoEntities"]["oidcId"], "orders");

    sim.clear_requests();
    let deleted = client.call("deleteOidcApp", app("Orders")).await.ok();
    assert_eq!(deleted["clientDeleted"], true);
    let id = created["applicationId"].as_str().unwrap();
    assert_eq!(
        writes(&sim),
        [format!("DELETE {APPLICATIONS}/{id}"), format!("DELETE {CLIENTS}/orders")]
    );
    let gone = client.call("getOidcApp", app("Orders")).await.failed();
    assert!(
        gone.contains("no application named Orders") && gone.contains("listOidcApps"),
        "{gone}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_are_listed_by_realm_and_filter() {
    let (sim, mut client) = served().await;
    let all = client.call("listOidcApps", json!({ "realm": "alpha" })).await.ok();
    assert_eq!(all["count"], all["applications"].as_array().unwrap().len());
    assert!(all.to_string().contains("Expense Portal") && all.to_string().contains("Payroll"));
    let arguments = json!({ "realm": "bravo", "queryFilter": "templateName eq \"web\"" });
    let some = client.call("listOidcApps", arguments).await.ok();
    assert_eq!(some["applications"][0]["ssoEntities"]["oidcId"], "customer-portal");
    let targets: Vec<_> = api_requests(&sim).into_iter().map(|request| request.target).collect();
    let fields = "_fields=name%2CssoEntities%2CtemplateName%2Cauthoritative%2C_id";
    assert_eq!(
        targets,
        [
            format!("{APPLICATIONS}?_queryFilter=true&{fields}"),
            format!(
                "/openidm/managed/bravo_application?_queryFilter=templateName%20eq%20%22web%22&{fields}"
            ),
        ]
    );
    let arguments = json!({ "realm": "alpha", "queryFilter": "name eq" });
    let failure = client.call("listOidcApps", arguments).await.failed();
    assert!(failure.contains("`queryFilter`: at character 8, a value is missing"), "{failure}");
    let arguments = json!({ "realm": "alpha", "queryFilter": "name eq \"\\x\"" });
    let failure = client.call("listOidcApps", arguments).await.failed();
    assert_explained(&failure, 400, &["Correct queryFilter"]);
    let failure = client.call("listOidcApps", json!({ "realm": "root" })).await.failed();
    assert!(failure.contains("`realm`") && failure.contains("`alpha`"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_described_in_brief_and_in_full() {
    let (sim, mut client) = served().await;
    let brief = client.call("getOidcAppSchema", json!({ "realm": "alpha" })).await.ok();
    let core = &brief["oauth2Client"]["coreOAuth2ClientConfig"];
    assert_eq!(core["settings"]["clientType"]["values"], json!(["Confidential", "Public"]));
    assert_eq!(core["settings"]["redirectionUris"]["type"], "string[]");
    let note = brief["note"].as_str().unwrap();
    assert!(note.contains("\"inherited\": false"), "{note}");
    assert!(note.contains("coreOAuth2ClientConfig.userpassword"), "{note}");
    assert_eq!(brief["managedApplication"]["owners"]["type"], "relationship[]");
    assert_eq!(brief["managedApplication"].get("ssoEntities"), None);
    assert_eq!(brief["required"], json!(["name"]));
    let mut targets: Vec<_> = api_requests(&sim).into_iter().map(|r| r.target).collect();
    targets.sort();
    assert_eq!(targets, [format!("{CLIENTS}?_action=schema"), "/openidm/config/managed".into()]);

    let arguments = json!({ "realm": "alpha", "summary": false, "includeDefaults": true,
        "sections": ["coreUmaClientConfig", "coreUma"] });
    let full = client.call("getOidcAppSchema", arguments).await.ok();
    let names = |part: &str| full[part].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names("oauth2Client"), ["coreUmaClientConfig"]);
    assert_eq!(names("defaults"), ["coreUmaClientConfig"]);
    assert!(full["oauth2Client"]["coreUmaClientConfig"]["properties"].is_object());
    let note = full["note"].as_str().unwrap();
    assert!(note.contains("no section coreUma; there are coreOAuth2ClientConfig"), "{note}");

    sim.inject(unavailable().path_contains("_action=schema").times(ATTEMPTS));
    let failure = client.call("getOidcAppSchema", json!({ "realm": "alpha" })).await.failed();
    assert_explained(&failure, 503, &["Not now"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_schema_is_cut_at_whole_sections() {
    let sim = tenant().await;
    let mut client = Start::serve(&sim).arg("--max-result").arg("6000").connect().await;
    let arguments = json!({ "realm": "alpha", "summary": false, "includeDefaults": true });
    let outcome = client.call("getOidcAppSchema", arguments).await;
    assert!(outcome.text.chars().count() <= 6000);
    let note = outcome.ok()["note"].as_str().unwrap().to_owned();
    assert!(note.contains("sections ") && note.contains("coreOAuth2ClientConfig"), "{note}");
    let outcome = client.call("getOidcApp", app("Expense Portal")).await;
    assert!(outcome.text.chars().count() <= 6000);
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_of_one_name_are_not_guessed_between() {
    let (sim, mut client) = served().await;
    let first = create(&mut client, "Twin", "twin").await;
    let data = json!({ "name": "Twin" });
    let arguments = json!({ "objectType": "alpha_application", "objectData": data });
    let second = client.call("createManagedObject", arguments).await.ok();
    sim.clear_requests();
    let mut update = app("Twin");
    update["oauth2Client"] =
        json!({ "coreOAuth2ClientConfig": { "status": own(json!("Inactive")) } });
    for (tool, arguments) in
        [("deleteOidcApp", app("Twin")), ("updateOidcApp", update), ("getOidcApp", app("Twin"))]
    {
        let failure = client.call(tool, arguments).await.failed();
        for id in [&first["applicationId"], &second["objectId"]] {
            assert!(failure.contains(id.as_str().unwrap()), "{failure}");
        }
        assert!(failure.contains("(client twin)") && failure.contains("(no client)"), "{failure}");
    }
    assert!(writes(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_without_a_client_are_dealt_with() {
    let (sim, mut client) = served().await;
    let found = get(&mut client, "Cafeteria Menu").await;
    assert_eq!(found["oauth2Client"], Value::Null);
    assert!(found["note"].as_str().unwrap().contains("linked to no OAuth 2.0 client"));
    let mut update = app("Cafeteria Menu");
    update["oauth2Client"] =
        json!({ "coreOAuth2ClientConfig": { "status": own(json!("Inactive")) } });
    let failure = client.call("updateOidcApp", update).await.failed();
    assert!(failure.contains("linked to no OAuth 2.0 client"), "{failure}");
    let deleted = client.call("deleteOidcApp", app("Cafeteria Menu")).await.ok();
    assert_eq!(deleted["clientDeleted"], false);
    assert_eq!(deleted.get("clientId"), None);

    // A client that is gone is no failure of reading or deleting; any other failure is one.
    let data = json!({ "name": "Orphan", "ssoEntities": { "oidcId": "nowhere" } });
    let arguments = json!({ "objectType": "alpha_application", "objectData": data });
    client.call("createManagedObject", arguments).await.ok();
    let found = get(&mut client, "Orphan").await;
    assert_eq!(found["oauth2Client"], Value::Null);
    assert!(found["note"].as_str().unwrap().contains("nowhere, which does not exist"));
    sim.inject(unavailable().path_contains("OAuth2Client").times(ATTEMPTS));
    let failure = client.call("getOidcApp", app("Orphan")).await.failed();
    assert_explained(&failure, 503, &["Not now"]);
    let mut update = app("Orphan");
    update["oauth2Client"] =
        json!({ "coreOAuth2ClientConfig": { "status": own(json!("Inactive")) } });
    let failure = client.call("updateOidcApp", update).await.failed();
    assert_explained(&failure, 404, &["names the client nowhere"]);
    let deleted = client.call("deleteOidcApp", app("Orphan")).await.ok();
    assert_eq!(deleted["clientDeleted"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_nothing_or_of_the_link_alone_writes_nothing() {
    let (sim, mut client) = served().await;
    for arguments in [
        app("Expense Portal"),
        json!({ "realm": "alpha", "name": "Expense Portal", "oauth2Client": {},
            "managedApplication": { "_rev": "1", "operations": [] } }),
    ] {
        let failure = client.call("updateOidcApp", arguments).await.failed();
        assert!(failure.contains("nothing to change"), "{failure}");
    }
    assert!(sim.requests().is_empty());
    let mut arguments = app("Expense Portal");
    arguments["managedApplication"] = json!({ "_rev": "1", "operations": [
        { "operation": "remove", "field": "ssoEntities" } ] });
    let updated = client.call("updateOidcApp", arguments).await.ok();
    assert_eq!(updated["applicationUpdated"], false);
    assert_eq!(updated["droppedOperations"], json!(["remove /ssoEntities"]));
    assert!(updated["note"].as_str().unwrap().contains("left out"));
    assert!(writes(&sim).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_neither_shown_nor_sent_back() {
    let (sim, mut client) = served().await;
    let stored = json!({
        "_id": "expense-portal", "_rev": "-7", "_provider": "x",
        "coreOAuth2ClientConfig": {
            "userpassword": SECRET, "userpassword-encrypted": SECRET,
            "status": { "inherited": false, "value": "Active", "_rev": "1" },
        },
        "signEncOAuth2ClientConfig": { "list": [{ "key-encrypted": SECRET }] },
    });
    let answer =
        || FaultKind::Status { status: 200, headers: Vec::new(), body: stored.to_string() };
    let fault = || Fault::new(answer()).on("GET").path_contains("OAuth2Client");
    sim.inject(fault());
    let outcome = client.call("getOidcApp", app("Expense Portal")).await;
    assert!(!outcome.text.contains(SECRET), "{}", outcome.text);
    let core = outcome.ok()["oauth2Client"]["coreOAuth2ClientConfig"].clone();
    assert_eq!(core["status"]["value"], "Active");

    sim.inject(fault());
    let mut arguments = app("Expense Portal");
    arguments["oauth2Client"] = json!({ "_rev": "1", "coreOAuth2ClientConfig": {
        "status": own(json!("Inactive")), "userpassword": "new-secret" } });
    let outcome = client.call("updateOidcApp", arguments).await;
    assert!(!outcome.text.contains("secret"), "{}", outcome.text);
    let put = sent(&sim, "PUT", CLIENTS);
    assert_eq!(put.header("if-match"), Some("-7"));
    assert_eq!(
        body(&put),
        json!({
            "coreOAuth2ClientConfig": {
                "userpassword": "new-secret",
                "status": { "inherited": false, "value": "Inactive" },
            },
            "signEncOAuth2ClientConfig": { "list": [{}] },
        })
    );

    // Nor by an error, nor by the log.
    let mut arguments = draft(&mut client).await;
    arguments["oauth2Client"] =
        json!({ "coreOAuth2ClientConfig": { "userpassword": SECRET, "odd": 1 } });
    let failure = client.call("createOidcApp", arguments).await.failed();
    assert_explained(&failure, 400, &["getOidcAppSchema"]);
    assert!(!failure.contains(SECRET), "{failure}");
    assert!(!client.process().log().contains(SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_stays_one_literal() {
    let (sim, mut client) = served().await;
    for (number, name) in
        [r#"x" or true or name eq "y"#, r"back\slash\", "a & b #1 ?", "it's"].iter().enumerate()
    {
        create(&mut client, name, &format!("odd-{number}")).await;
        sim.clear_requests();
        let found = get(&mut client, name).await;
        assert_eq!(found["managedApplication"]["name"], *name);
        let url = url::Url::parse(&format!("http://x{}", api_requests(&sim)[0].target)).unwrap();
        let escaped = name.replace('\\', r"\\").replace('"', "\\\"");
        let filter = url.query_pairs().find(|(name, _)| name == "_queryFilter").unwrap().1;
        assert_eq!(filter, format!("name eq \"{escaped}\""));
        client.call("deleteOidcApp", app(name)).await.ok();
    }
    let all = client.call("listOidcApps", json!({ "realm": "alpha" })).await.ok();
    assert_eq!(all["count"], 5, "the seeded ones: {all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_that_do_not_fit_are_named_and_nothing_is_sent() {
    let (sim, mut client) = served().await;
    let whole = json!({ "realm": "alpha", "name": "x", "clientId": "x", "owners": [{}] });
    for (parameter, value) in [
        ("clientId", json!("../x")),
        ("clientId", json!("a/b")),
        ("clientId", json!("%2e%2e")),
        ("owners", json!([])),
        ("owners", json!(["managed/alpha_user/x"])),
        ("name", json!(" ")),
        ("oauth2Client", json!([])),
    ] {
        let mut arguments = whole.clone();
        arguments[parameter] = value;
        let failure = client.call("createOidcApp", arguments).await.failed();
        assert!(failure.contains(parameter) && failure.contains("Nothing was sent."), "{failure}");
    }
    for change in [
        json!({ "_rev": "a b", "operations": [] }),
        json!({ "_rev": "1", "operations": [{ "operation": "move", "field": "/a" }] }),
        json!({ "_rev": "1", "operations": [{ "operation": "add", "field": "/", "value": {} }] }),
        json!({ "_rev": "1", "operations": [{ "operation": "add", "field": "/url" }] }),
    ] {
        let mut arguments = app("x");
        arguments["managedApplication"] = change;
        client.call("updateOidcApp", arguments).await.failed();
    }
    assert!(sim.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn results_have_these_shapes() {
    let (_sim, mut client) = served().await;
    let created = create(&mut client, "Shape", "shape").await;
    let revision = created["revision"].clone();
    insta::assert_json_snapshot!("createOidcApp", settled(created));
    let arguments = json!({ "realm": "alpha", "queryFilter": "name eq \"Shape\"" });
    let result = client.call("listOidcApps", arguments).await.ok();
    insta::assert_json_snapshot!("listOidcApps", settled(result));
    let result = get(&mut client, "Shape").await;
    insta::assert_json_snapshot!("getOidcApp", settled(result));
    let arguments = json!({ "realm": "alpha", "sections": ["coreUmaClientConfig"] });
    let result = client.call("getOidcAppSchema", arguments).await.ok();
    insta::assert_json_snapshot!("getOidcAppSchema", settled(result));
    let mut arguments = app("Shape");
    arguments["managedApplication"] = json!({ "_rev": revision, "operations": [
        { "operation": "add", "field": "/url", "value": "https://shape.example" } ] });
    let result = client.call("updateOidcApp", arguments).await.ok();
    insta::assert_json_snapshot!("updateOidcApp", settled(result));
    let result = client.call("deleteOidcApp", app("Shape")).await.ok();
    insta::assert_json_snapshot!("deleteOidcApp", settled(result));
}
