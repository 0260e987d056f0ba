use serde_json::Value;

use super::*;
use crate::change::{State, Verb};
use crate::path::ObjectType;
use crate::simulated::{Simulated, put, smtp_host, smtp_port, variable};
use aic_auth::ScopeSet;

const SCOPES: ScopeSet = ScopeSet::EMPTY;
const HOST: &str = "/environment/variables/esv-smtp-host";

/// The changes of a call, each resource once, as whoever keeps them has them.
async fn changed(tenant: &Simulated, requests: Vec<Request>) -> Vec<Change> {
    let call = tenant.recording().writing(SCOPES);
    for request in requests {
        call.send(request).await.unwrap();
    }
    tenant.take_requests();
    call.changes()
}

fn undoing(tenant: &Simulated) -> Call<Write> {
    tenant.client().writing(SCOPES)
}

async fn value(tenant: &Simulated, variable: &Resource) -> Option<Value> {
    let call = tenant.client().reading(SCOPES);
    let answer = call.send(Request::get(variable)).await.ok()?;
    Some(answer.json::<Value>().unwrap()["valueBase64"].clone())
}

fn delete(resource: Resource) -> Request {
    Request::write(Method::DELETE, resource)
}

#[tokio::test]
async fn what_was_changed_created_and_deleted_is_as_it_was_again() {
    let tenant = Simulated::start().await;
    let new = variable("esv-new");
    let requests = vec![put(&smtp_host(), "bmV3"), put(&new, "bmV3"), delete(smtp_port())];
    let changes = changed(&tenant, requests).await;
    assert_eq!(value(&tenant, &smtp_port()).await, None);
    let call = undoing(&tenant);
    assert!(!call.is_as_before(&changes[0]).await.unwrap());
    tenant.take_requests();
    let prepared = call.prepare_undo(&changes).await.unwrap();
    assert!(tenant.take_requests().iter().all(|request| request.starts_with("GET ")));
    prepared.apply().await.unwrap();
    let sent = tenant.take_requests();
    assert_eq!(
        sent,
        [
            "PUT /environment/variables/esv-smtp-port",
            "DELETE /environment/variables/esv-new",
            &format!("PUT {HOST}"),
        ],
        "the last change first"
    );
    for variable in [smtp_host(), smtp_port()] {
        assert_eq!(value(&tenant, &variable).await, Some("b2xk".into()));
    }
    assert_eq!(value(&tenant, &new).await, None);
    for change in &changes {
        assert!(call.is_as_before(change).await.unwrap(), "{:?}", change.resource);
    }
}

#[tokio::test]
async fn what_somebody_has_changed_since_is_not_written_over() {
    let tenant = Simulated::start().await;
    let changes = changed(&tenant, vec![put(&smtp_host(), "bmV3")]).await;
    undoing(&tenant).send(put(&smtp_host(), "b3RoZXI=")).await.unwrap();
    tenant.take_requests();
    let call = undoing(&tenant);
    let error = call.prepare_undo(&changes).await.unwrap_err();
    assert!(matches!(&error, UndoError::ChangedSince { what } if what.contains("esv-smtp-host")));
    assert_eq!(tenant.take_requests(), [format!("GET {HOST}")]);
}

#[tokio::test]
async fn a_state_that_cannot_be_read_is_not_taken_for_absence() {
    let tenant = Simulated::start().await;
    let deleted = changed(&tenant, vec![delete(smtp_host())]).await;
    for status in [403, 503] {
        tenant.refuse("GET", status, 9);
        let call = undoing(&tenant);
        let error = call.prepare_undo(&deleted).await.unwrap_err();
        assert!(matches!(error, UndoError::Api(_)), "{error}");
        tenant.sim.clear_faults();
        assert!(tenant.take_requests().iter().all(|request| request.starts_with("GET ")));
    }
    tenant.refuse("GET", 403, 9);
    assert!(undoing(&tenant).is_as_before(&deleted[0]).await.is_err());
}

#[tokio::test]
async fn a_change_that_cannot_be_undone_is_named_before_anything_is_read() {
    let tenant = Simulated::start().await;
    let mut changes = changed(&tenant, vec![put(&smtp_host(), "bmV3")]).await;
    changes[0].before = State::Unknown;
    let call = undoing(&tenant);
    let error = call.prepare_undo(&changes).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the variable esv-smtp-host cannot be put back: what was there before could not be read."
    );
    assert!(tenant.take_requests().is_empty());
}

#[tokio::test]
async fn an_undo_that_is_interrupted_says_how_far_it_came() {
    let tenant = Simulated::start().await;
    let requests = vec![put(&smtp_host(), "bmV3"), put(&smtp_port(), "bmV3")];
    let changes = changed(&tenant, requests).await;
    let call = undoing(&tenant);
    let prepared = call.prepare_undo(&changes).await.unwrap();
    let fault = aic_sim::Fault::new(crate::simulated::answer(400, &[], "{}")).on("PUT");
    tenant.sim.inject(fault.path_contains("esv-smtp-host"));
    let interrupted = prepared.apply().await.unwrap_err();
    assert_eq!((interrupted.done, interrupted.all), (1, 2));
    assert_eq!(value(&tenant, &smtp_port()).await, Some("b2xk".into()));
    assert_eq!(value(&tenant, &smtp_host()).await, Some("bmV3".into()));
}

#[tokio::test]
async fn what_went_along_with_something_need_not_be_deleted_again() {
    let tenant = Simulated::start().await;
    let created = changed(&tenant, vec![put(&variable("esv-new"), "bmV3")]).await;
    for (status, is_undone) in [(404, true), (403, false)] {
        let call = undoing(&tenant);
        let prepared = call.prepare_undo(&created).await.unwrap();
        tenant.refuse("DELETE", status, 1);
        assert_eq!(prepared.apply().await.is_ok(), is_undone, "{status}");
    }
    // What is to be put back and cannot be is no success.
    let replaced = changed(&tenant, vec![put(&smtp_host(), "bmV3")]).await;
    let call = undoing(&tenant);
    let prepared = call.prepare_undo(&replaced).await.unwrap();
    tenant.refuse("PUT", 404, 1);
    assert!(prepared.apply().await.is_err());
}

#[tokio::test]
async fn the_resources_of_an_undo_are_held_meanwhile() {
    use futures_util::FutureExt as _;

    let tenant = Simulated::start().await;
    let changes = changed(&tenant, vec![put(&smtp_host(), "bmV3")]).await;
    let client = tenant.client();
    let call = client.writing(SCOPES);
    let prepared = call.prepare_undo(&changes).await.unwrap();
    let path = smtp_host().path();
    assert!(client.inner.locks.lock(&path).now_or_never().is_none());
    drop(prepared);
    assert!(client.inner.locks.lock(&path).now_or_never().is_some());
}

/// Creates an object, and returns it.
async fn created(tenant: &Simulated, object_type: &str, object: &Value) -> Value {
    let object_type: ObjectType = object_type.parse().unwrap();
    let all = Resource::ManagedObjects { object_type };
    let request = Request::write_action(all, "create", object);
    undoing(tenant).send(request).await.unwrap().json().unwrap()
}

fn user(object: &Value) -> Resource {
    let id = object["_id"].as_str().unwrap().parse().unwrap();
    Resource::ManagedObject { object_type: "alpha_user".parse().unwrap(), id }
}

fn reference(object: &Value) -> Value {
    json!({ "_ref": format!("managed/alpha_user/{}", object["_id"].as_str().unwrap()) })
}

async fn person(tenant: &Simulated, name: &str, manager: Option<&Value>) -> Value {
    let mail = format!("{name}@northlight.example");
    let mut user = json!({ "userName": name, "givenName": "A", "sn": "B", "mail": mail });
    if let Some(manager) = manager {
        user["manager"] = reference(manager);
    }
    created(tenant, "alpha_user", &user).await
}

/// The id of the manager of a user.
async fn manager(tenant: &Simulated, report: &Value) -> Value {
    let call = tenant.client().reading(SCOPES);
    let answer = call.send(Request::whole(&user(report))).await.unwrap();
    answer.json::<Value>().unwrap()["manager"]["_refResourceId"].clone()
}

#[tokio::test]
async fn a_relationship_that_had_given_way_is_put_back_with_the_change() {
    let tenant = Simulated::start().await;
    let (old, new) = (person(&tenant, "old", None).await, person(&tenant, "new", None).await);
    let report = person(&tenant, "report", Some(&old)).await;
    let add = json!([{ "operation": "add", "field": "/reports/-", "value": reference(&report) }]);
    let request = Request::write(Method::PATCH, user(&new)).json(&add);
    let changes = changed(&tenant, vec![request]).await;
    assert_eq!(changes[0].verb, Verb::Patch);
    assert_eq!(manager(&tenant, &report).await, new["_id"]);
    let call = undoing(&tenant);
    call.prepare_undo(&changes).await.unwrap().apply().await.unwrap();
    assert_eq!(manager(&tenant, &report).await, old["_id"]);
}

#[tokio::test]
async fn an_undo_that_has_nothing_to_change_sends_nothing() {
    let tenant = Simulated::start().await;
    let ada = person(&tenant, "ada", None).await;
    let same = json!([{ "operation": "replace", "field": "/sn", "value": "B" }]);
    let request = Request::write(Method::PATCH, user(&ada)).json(&same);
    let changes = changed(&tenant, vec![request]).await;
    let call = undoing(&tenant);
    call.prepare_undo(&changes).await.unwrap().apply().await.unwrap();
    let sent = tenant.take_requests();
    assert!(sent.iter().all(|request| request.starts_with("GET ")), "{sent:?}");
}
