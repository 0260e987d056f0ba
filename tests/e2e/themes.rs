//! The tools for themes.

use std::time::Duration;

use aic_e2e::{Browser, Client};
use aic_sim::{Fault, FaultKind, Sim};
use serde_json::{Value, json};

use crate::support::{api_requests, served, settled, until, writes};

const DOCUMENT: &str = "/openidm/config/ui/themerealm";

/// The themes of a realm by name, each with whether it is the default.
async fn themes(client: &mut Client, realm: &str) -> Vec<(String, bool)> {
    let listed = client.call("getThemes", json!({ "realm": realm })).await.ok();
    let name = |theme: &Value| theme["name"].as_str().map(ToOwned::to_owned);
    let of = |theme: &Value| (name(theme).expect("a name"), theme["isDefault"] == true);
    listed["themes"].as_array().expect("a list").iter().map(of).collect()
}

/// The document that was sent last.
fn sent(sim: &Sim) -> Value {
    let put = api_requests(sim).into_iter().rfind(|request| request.method == "PUT");
    let put = put.expect("a document was sent");
    assert_eq!(put.target, format!("{DOCUMENT}?waitForCompletion=true"));
    serde_json::from_slice(&put.body).expect("JSON")
}

/// Puts a document on the tenant past the tools.
async fn put(sim: &Sim, document: &Value) {
    let token = api_requests(sim)[0].header("authorization").expect("a token").to_owned();
    let put = Browser::new()
        .client()
        .put(format!("{}{DOCUMENT}", sim.base_url()))
        .header("authorization", token)
        .header("content-type", "application/json")
        .body(document.to_string())
        .send()
        .await;
    assert_eq!(put.expect("the tenant can be reached").status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn themes_are_listed_and_read_by_id_or_name() {
    let (sim, mut client) = served().await;
    let listed = client.call("getThemes", json!({ "realm": "alpha" })).await.ok();
    assert_eq!(listed["count"], 4);
    let id = listed["themes"][0]["_id"].as_str().unwrap().to_owned();
    for identifier in [id.as_str(), "Northlight"] {
        let arguments = json!({ "realm": "alpha", "themeIdentifier": identifier });
        let theme = client.call("getTheme", arguments).await.ok();
        assert_eq!(theme["theme"]["_id"], id.as_str());
        assert_eq!(theme["theme"]["primaryColor"], "#0b5cad");
    }
    insta::assert_json_snapshot!("getThemes", settled(listed));
    let targets: Vec<_> = api_requests(&sim).into_iter().map(|request| request.target).collect();
    assert_eq!(
        targets[0],
        "/openidm/ui/theme/?realm=alpha&_queryFilter=true&_fields=name%2CisDefault"
    );
    assert_eq!(
        targets[2],
        "/openidm/ui/theme/?realm=alpha&_queryFilter=_id%20eq%20%22Northlight%22%20or%20name%20eq\
         %20%22Northlight%22"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_stays_one_literal_and_nothing_found_is_an_error() {
    let (sim, mut client) = served().await;
    let identifier = "x\" or true or name eq \"\u{e9}";
    let arguments = json!({ "realm": "bravo", "themeIdentifier": identifier });
    let failure = client.call("getTheme", arguments).await.failed();
    assert!(failure.contains("There is no theme") && failure.contains("next: "), "{failure}");
    let url = url::Url::parse(&format!("http://x{}", api_requests(&sim)[0].target)).unwrap();
    let filter = url.query_pairs().find(|(name, _)| name == "_queryFilter").unwrap().1;
    let literal = "\"x\\\" or true or name eq \\\"\u{e9}\"";
    assert_eq!(filter, format!("_id eq {literal} or name eq {literal}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fields_of_a_theme_need_no_tenant() {
    let (sim, mut client) = served().await;
    let schema = client.call("getThemeSchema", json!({})).await.ok();
    assert_eq!(schema["required"], json!(["name"]));
    let fields: Vec<_> = schema["groups"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["fields"].as_array().unwrap())
        .collect();
    assert_eq!(schema["count"], fields.len());
    let layout = fields.iter().find(|field| field["name"] == "journeyLayout").unwrap();
    assert_eq!(layout["allowed"], json!(["card", "justified-left", "justified-right"]));
    assert!(schema.to_string().len() < 12_000, "{}", schema.to_string().len());
    assert!(sim.requests().is_empty(), "not even a login");
    insta::assert_json_snapshot!("getThemeSchema", schema);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_is_created_changed_made_default_and_deleted() {
    let (sim, mut client) = served().await;
    let arguments = json!({ "realm": "alpha", "themeData": {
        "name": "Winter", "primaryColor": "#112233", "_id": "mine", "isDefault": true } });
    let created = client.call("createTheme", arguments.clone()).await.ok();
    let id = created["themeId"].as_str().unwrap().to_owned();
    assert_ne!(id, "mine");
    assert_eq!(created["durable"], true);
    assert_eq!(created.get("warnings"), None);
    insta::assert_json_snapshot!("createTheme", settled(created));
    let theme = client
        .call("getTheme", json!({ "realm": "alpha", "themeIdentifier": "Winter" }))
        .await
        .ok()["theme"]
        .take();
    assert_eq!(theme["_id"], id.as_str());
    assert_eq!(theme["isDefault"], false);
    assert_eq!(theme["journeyInputFocusBorderColor"], "#112233");
    assert_eq!(theme["fontFamily"], "Open Sans");
    let again = client.call("createTheme", arguments).await.failed();
    assert!(again.contains("named \"Winter\" in alpha already") && again.contains(&id), "{again}");

    let update = |updates: Value| json!({ "realm": "alpha", "themeIdentifier": "Winter", "themeUpdates": updates });
    let fields = json!({ "boldLinks": true, "fontFamily": "Inter", "primaryColor": "#112233" });
    let updated = client.call("updateTheme", update(fields.clone())).await.ok();
    assert_eq!(updated["changedFields"], json!(["boldLinks", "fontFamily"]));
    insta::assert_json_snapshot!("updateTheme", settled(updated));
    let before = writes(&sim).len();
    let same = client.call("updateTheme", update(fields)).await.ok();
    assert_eq!(same["changedFields"], json!([]));
    assert_eq!(writes(&sim).len(), before, "nothing to send");
    let taken = client.call("updateTheme", update(json!({ "name": "Northlight" }))).await.failed();
    assert!(taken.contains("named \"Northlight\" in alpha already"), "{taken}");

    let theme = json!({ "realm": "alpha", "themeIdentifier": id });
    let made = client.call("setDefaultTheme", theme.clone()).await.ok();
    assert_eq!(made["previousDefault"], json!(["Northlight"]));
    insta::assert_json_snapshot!("setDefaultTheme", settled(made));
    let defaults: Vec<_> =
        themes(&mut client, "alpha").await.into_iter().filter(|(_, default)| *default).collect();
    assert_eq!(defaults, [("Winter".to_owned(), true)]);
    let before = writes(&sim).len();
    let same = client.call("setDefaultTheme", theme.clone()).await.ok();
    assert!(same["note"].as_str().unwrap().contains("already"));
    assert_eq!(writes(&sim).len(), before, "nothing to send");
    let failure = client.call("deleteTheme", theme.clone()).await.failed();
    assert!(failure.contains("is the default") && failure.contains("setDefaultTheme"), "{failure}");

    let other = json!({ "realm": "alpha", "themeIdentifier": "Northlight" });
    client.call("setDefaultTheme", other).await.ok();
    let deleted = client.call("deleteTheme", theme.clone()).await.ok();
    assert_eq!(deleted["deleted"]["name"], "Winter");
    assert_eq!(deleted["durable"], true);
    assert!(!themes(&mut client, "alpha").await.iter().any(|(name, _)| name == "Winter"));
    let gone = client.call("deleteTheme", theme).await.failed();
    assert!(gone.contains("There is no theme"), "{gone}");
    let put = format!("PUT {DOCUMENT}?waitForCompletion=true");
    assert!(writes(&sim).iter().all(|write| *write == put));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_else_is_in_the_document_stays() {
    let (sim, mut client) = served().await;
    let arguments = |name: &str| json!({ "realm": "alpha", "themeData": { "name": name } });
    client.call("createTheme", arguments("One")).await.ok();
    // As the document stands on tenants: with nulls, other realms, and members unknown to us.
    let mut document = sent(&sim);
    document["unknown"] = json!({ "$list": "&{esv.x}" });
    document["realm"]["/"] = json!([{ "_id": "root", "name": "Root" }]);
    document["realm"]["alpha"].as_array_mut().unwrap().insert(1, Value::Null);
    document["realm"]["alpha"][0]["fromTheFuture"] = json!({ "a": null });
    put(&sim, &document).await;

    let update = json!({ "realm": "alpha", "themeIdentifier": "Northlight",
        "themeUpdates": { "linkColor": "#000000" } });
    client.call("updateTheme", update).await.ok();
    document["realm"]["alpha"][0]["linkColor"] = "#000000".into();
    let mut after = sent(&sim);
    after.as_object_mut().unwrap().remove("_id");
    document.as_object_mut().unwrap().remove("_id");
    assert_eq!(after, document);
    assert_eq!(themes(&mut client, "alpha").await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_themes_of_one_name_are_told_apart_by_id() {
    let (sim, mut client) = served().await;
    let create = |name: &str| json!({ "realm": "bravo", "themeData": { "name": name } });
    client.call("createTheme", create("Twin")).await.ok();
    let mut document = sent(&sim);
    let list = document["realm"]["bravo"].as_array_mut().unwrap();
    let mut twin = list.last().unwrap().clone();
    twin["_id"] = "second-id".into();
    list.push(twin);
    put(&sim, &document).await;
    let before = writes(&sim).len();
    let twins = json!({ "realm": "bravo", "themeIdentifier": "Twin" });
    for tool in ["getTheme", "deleteTheme", "setDefaultTheme"] {
        let failure = client.call(tool, twins.clone()).await.failed();
        assert!(
            failure.contains("2 themes of bravo") && failure.contains("second-id"),
            "{failure}"
        );
    }
    let mut update = twins;
    update["themeUpdates"] = json!({ "boldLinks": true });
    let failure = client.call("updateTheme", update).await.failed();
    assert!(failure.contains("second-id"), "{failure}");
    assert_eq!(writes(&sim).len(), before);
    let one = json!({ "realm": "bravo", "themeIdentifier": "second-id" });
    let deleted = client.call("deleteTheme", one).await.ok();
    insta::assert_json_snapshot!("deleteTheme", settled(deleted));
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_fields_are_stored_with_a_warning() {
    let (_sim, mut client) = served().await;
    let arguments = json!({ "realm": "alpha", "themeData": { "name": "Odd", "primaryColor": "red",
        "sparkle": 11, "linkedTrees": ["Login"] } });
    let created = client.call("createTheme", arguments).await.ok();
    let warnings = created["warnings"].to_string();
    for part in
        ["primaryColor is not a color", "sparkle is not a field", "Login is linked to theme"]
    {
        assert!(warnings.contains(part), "no {part:?} in {warnings}");
    }
    let arguments = json!({ "realm": "alpha", "themeIdentifier": "Odd" });
    let theme = client.call("getTheme", arguments).await.ok();
    assert_eq!(theme["theme"]["sparkle"], 11);
    let arguments = json!({ "realm": "alpha", "themeIdentifier": "Odd",
        "themeUpdates": { "buttonRounded": 500 } });
    let updated = client.call("updateTheme", arguments).await.ok();
    assert!(updated["warnings"][0].as_str().unwrap().contains("from 0 to 100"), "{updated}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_theme_is_refused_before_anything_is_sent() {
    let (sim, mut client) = served().await;
    let create = |data: Value| ("createTheme", json!({ "realm": "alpha", "themeData": data }));
    let update = |updates: Value| {
        let arguments =
            json!({ "realm": "alpha", "themeIdentifier": "Northlight", "themeUpdates": updates });
        ("updateTheme", arguments)
    };
    for ((tool, arguments), problem) in [
        (create(json!({})), "`name` must be a text"),
        (create(json!({ "name": "  " })), "`name` must be a text"),
        (create(json!({ "name": 3 })), "`name` must be a text"),
        (create(json!("x")), "`themeData`"),
        (update(json!({})), "nothing to change"),
        (update(json!({ "_id": "x" })), "may not set _id"),
        (update(json!({ "isDefault": true, "linkColor": "#000000" })), "may not set isDefault"),
        (update(json!({ "name": "" })), "`name` must be a text"),
        (("getTheme", json!({ "realm": "root", "themeIdentifier": "x" })), "`realm`"),
        (("getTheme", json!({ "realm": "alpha", "themeIdentifier": "" })), "`themeIdentifier`"),
        (("deleteTheme", json!({ "realm": "alpha", "themeIdentifier": "../x" })), "allowed: "),
    ] {
        let failure = client.call(tool, arguments).await.failed();
        assert!(failure.contains(problem), "no {problem:?} in {failure}");
        assert!(failure.contains("next: "), "{failure}");
    }
    assert!(sim.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_update_is_noticed_and_a_refused_one_explained() {
    let (sim, mut client) = served().await;
    let lost = Fault::new(FaultKind::LostUpdate).on("PUT").path_contains("/ui/themerealm");
    sim.inject(lost.clone());
    let arguments = json!({ "realm": "alpha", "themeData": { "name": "Found" } });
    let created = client.call("createTheme", arguments).await.ok();
    assert_eq!(created["durable"], true, "it was written again");
    let puts = || writes(&sim).iter().filter(|write| write.starts_with("PUT")).count();
    assert_eq!(puts(), 2);
    sim.inject(lost.times(9));
    let arguments = json!({ "realm": "alpha", "themeData": { "name": "Lost" } });
    let created = client.call("createTheme", arguments.clone()).await.ok();
    assert_eq!(puts(), 4, "it is written again once");
    sim.clear_faults();
    assert_eq!(created["durable"], false);
    assert!(created["note"].as_str().unwrap().contains("is not there"), "{created}");
    let refused = FaultKind::Status {
        status: 403,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: "<title>403</title>403 Forbidden".to_owned(),
    };
    sim.inject(Fault::new(refused).on("PUT").path_contains("/ui/themerealm"));
    let failure = client.call("createTheme", arguments).await.failed();
    crate::support::assert_explained(&failure, 403, &["firewall", "changed: nothing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_realm_whose_themes_are_null_has_none_and_gets_one() {
    let (sim, mut client) = served().await;
    client.call("getThemes", json!({ "realm": "alpha" })).await.ok();
    put(&sim, &json!({ "realm": { "alpha": null } })).await;
    assert_eq!(themes(&mut client, "alpha").await, []);
    for realm in ["alpha", "bravo"] {
        let arguments = json!({ "realm": realm, "themeData": { "name": "First" } });
        assert_eq!(client.call("createTheme", arguments).await.ok()["durable"], true);
        assert_eq!(themes(&mut client, realm).await, [("First".to_owned(), false)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_that_settles_late_is_answered_when_it_is_there() {
    let (sim, mut client) = served().await;
    let delay = Duration::from_secs(4);
    sim.set_configuration_delay(delay);
    let arguments = json!({ "realm": "alpha", "themeData": { "name": "Late" } });
    let id = client.start_call("createTheme", arguments).await;
    until(|| !writes(&sim).is_empty()).await;
    sim.advance_clock(delay);
    assert_eq!(client.outcome("createTheme", id).await.ok()["durable"], true);
    assert_eq!(writes(&sim).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_the_same_time_do_not_undo_each_other() {
    let (_sim, mut client) = served().await;
    let mut ids = Vec::new();
    for number in 0..8 {
        let arguments = json!({ "realm": "alpha", "themeData": { "name": format!("T{number}") } });
        ids.push(client.start_call("createTheme", arguments).await);
    }
    for id in ids {
        assert_eq!(client.outcome("createTheme", id).await.ok()["durable"], true);
    }
    assert_eq!(themes(&mut client, "alpha").await.len(), 12);
}
