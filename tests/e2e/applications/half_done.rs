//! Changes of an application that fail half way, or whose fate is unknown.

use aic_sim::{Fault, FaultKind};
use serde_json::{Value, json};

use super::*;
use crate::support::{assert_explained, served, writes};

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_that_fails_half_way_leaves_nothing_behind() {
    let (sim, mut client) = served().await;
    let arguments = draft(&mut client).await;
    let failures = [
        (unavailable().on("POST"), 503),
        (Fault::new(FaultKind::Html403).on("POST"), 403),
        // The look whether it was created fails as well.
        (unavailable().times(2), 503),
    ];
    for (fault, status) in failures {
        sim.clear_requests();
        sim.inject(fault.path_contains("/openidm/managed/alpha_application"));
        let failure = client.call("createOidcApp", arguments.clone()).await.failed();
        let account = "the client new was created and deleted again";
        assert_explained(&failure, status, &[account]);
        assert_eq!(writes(&sim).last().unwrap(), &format!("DELETE {CLIENTS}/new"));
    }
    let mut nobody = arguments.clone();
    nobody["owners"] = json!([{ "_ref": "managed/alpha_user/nobody" }]);
    let failure = client.call("createOidcApp", nobody).await.failed();
    assert!(
        failure.contains("deleted again") && failure.contains("managed/alpha_user"),
        "{failure}"
    );
    // Nothing is in the way of another try.
    client.call("createOidcApp", arguments).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failed_roll_back_leaves_can_be_cleaned_up_as_told() {
    let (sim, mut client) = served().await;
    let arguments = draft(&mut client).await;
    sim.inject(unavailable().on("POST").path_contains("alpha_application"));
    sim.inject(Fault::new(FaultKind::Disconnect).on("DELETE").path_contains("OAuth2Client"));
    let failure = client.call("createOidcApp", arguments.clone()).await.failed();
    let parts = ["the application was not created", "is left", "createManagedObject"];
    assert_explained(&failure, 503, &parts);

    let again = client.call("createOidcApp", arguments).await.failed();
    assert_explained(&again, 412, &["There is an OAuth 2.0 client of this id already"]);
    let data = json!({ "name": "stray", "ssoEntities": { "oidcId": "new" } });
    let arguments = json!({ "objectType": "alpha_application", "objectData": data });
    client.call("createManagedObject", arguments).await.ok();
    let deleted = client.call("deleteOidcApp", app("stray")).await.ok();
    assert_eq!(deleted["clientDeleted"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_lost_do_not_undo_what_was_done() {
    let (sim, mut client) = served().await;
    let arguments = draft(&mut client).await;
    sim.inject(Fault::new(FaultKind::EmptyOk).on("PUT").path_contains("OAuth2Client"));
    sim.inject(
        Fault::new(FaultKind::DisconnectAfter).on("POST").path_contains("alpha_application"),
    );
    let created = client.call("createOidcApp", arguments).await.ok();
    assert!(created["note"].as_str().unwrap().contains("the application is there"), "{created}");
    let found = get(&mut client, "New").await;
    assert_eq!(found["managedApplication"]["_id"], created["applicationId"]);
    assert!(found["oauth2Client"].is_object());

    let mut arguments = draft(&mut client).await;
    arguments["clientId"] = "other".into();
    sim.inject(Fault::new(FaultKind::DisconnectAfter).on("PUT").path_contains("OAuth2Client"));
    let failure = client.call("createOidcApp", arguments.clone()).await.failed();
    assert!(failure.contains("the client other may have been created"), "{failure}");
    let failure = client.call("createOidcApp", arguments).await.failed();
    assert_explained(&failure, 412, &["left as it is"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_there_is_not_overwritten() {
    let (sim, mut client) = served().await;
    let before = get(&mut client, "Expense Portal").await;
    let mut arguments = draft(&mut client).await;
    arguments["clientId"] = "expense-portal".into();
    sim.clear_requests();
    let failure = client.call("createOidcApp", arguments).await.failed();
    assert_explained(&failure, 412, &["updateOidcApp", "nothing by the failed request"]);
    assert_eq!(writes(&sim), [format!("PUT {CLIENTS}/expense-portal")]);
    assert_eq!(get(&mut client, "Expense Portal").await["oauth2Client"], before["oauth2Client"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_fails_half_way_says_what_is_left() {
    let (sim, mut client) = served().await;
    create(&mut client, "Orders", "orders").await;
    sim.inject(unavailable().on("DELETE").path_contains("alpha_application"));
    let failure = client.call("deleteOidcApp", app("Orders")).await.failed();
    assert_explained(&failure, 503, &["may have been deleted; its client orders was not"]);
    sim.inject(Fault::new(FaultKind::Html403).on("DELETE").path_contains("OAuth2Client"));
    let failure = client.call("deleteOidcApp", app("Orders")).await.failed();
    let account = "the application was deleted; its client orders is left";
    assert_explained(&failure, 403, &[account, "ssoEntities {\"oidcId\": \"orders\"}"]);
    let gone = client.call("deleteOidcApp", app("Orders")).await.failed();
    assert!(gone.contains("no application named Orders"), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_fails_half_way_says_what_was_done() {
    let (sim, mut client) = served().await;
    let revision = create(&mut client, "Orders", "orders").await["revision"].clone();
    let change = |revision: &Value| {
        json!({ "realm": "alpha", "name": "Orders",
            "oauth2Client": { "coreOAuth2ClientConfig": { "status": own(json!("Inactive")) } },
            "managedApplication": { "_rev": revision, "operations": [
                { "operation": "replace", "field": "/url", "value": "https://orders.example" } ] } })
    };
    // A revision that is past is noticed before the client is written.
    sim.clear_requests();
    let failure = client.call("updateOidcApp", change(&json!("past"))).await.failed();
    assert!(failure.contains("not at past") && failure.contains("getOidcApp"), "{failure}");
    assert!(writes(&sim).is_empty());

    sim.inject(Fault::new(FaultKind::Html403).on("PATCH"));
    let failure = client.call("updateOidcApp", change(&revision)).await.failed();
    let account = "the client orders was updated; the application was not";
    assert_explained(&failure, 403, &[account, "Do not send oauth2Client again"]);
    let found = get(&mut client, "Orders").await;
    let status = &found["oauth2Client"]["coreOAuth2ClientConfig"]["status"]["value"];
    assert_eq!(status, "Inactive");
    assert_eq!(found["managedApplication"]["_rev"], revision);

    sim.inject(Fault::new(FaultKind::Html403).on("PUT"));
    sim.clear_requests();
    let failure = client.call("updateOidcApp", change(&revision)).await.failed();
    assert_explained(&failure, 403, &["nothing by the failed request"]);
    assert!(!writes(&sim).iter().any(|write| write.starts_with("PATCH")));

    let mut alone = change(&json!("past"));
    alone.as_object_mut().unwrap().remove("oauth2Client");
    let failure = client.call("updateOidcApp", alone).await.failed();
    assert_explained(&failure, 412, &["has changed since it was read"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_change_of_a_client_is_noticed() {
    let (sim, mut client) = served().await;
    sim.inject(Fault::new(FaultKind::LostUpdate).on("PUT").path_contains("OAuth2Client"));
    let mut arguments = app("Expense Portal");
    arguments["oauth2Client"] =
        json!({ "coreOAuth2ClientConfig": { "status": own(json!("Inactive")) } });
    let updated = client.call("updateOidcApp", arguments).await.ok();
    assert_eq!(updated["durable"], false);
    assert!(updated["note"].as_str().unwrap().contains("not as it was written"), "{updated}");
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_one_client_at_the_same_time_do_not_undo_each_other() {
    let (_sim, mut client) = served().await;
    let lifetimes = ["accessTokenLifetime", "refreshTokenLifetime", "authorizationCodeLifetime"];
    let mut ids = Vec::new();
    for lifetime in lifetimes {
        let mut arguments = app("Expense Portal");
        let mut section = json!({});
        section[lifetime] = own(json!(77));
        arguments["oauth2Client"] = json!({ "coreOAuth2ClientConfig": section });
        ids.push(client.start_call("updateOidcApp", arguments).await);
    }
    for id in ids {
        client.outcome("updateOidcApp", id).await.ok();
    }
    let found = get(&mut client, "Expense Portal").await;
    for lifetime in lifetimes {
        assert_eq!(found["oauth2Client"]["coreOAuth2ClientConfig"][lifetime]["value"], 77);
    }
}
