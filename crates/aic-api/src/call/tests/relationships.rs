//! Changes that reach other objects by relationships.

use serde_json::Map;

use super::*;
use crate::Created;
use crate::idm::{Operation, PatchOperation};
use crate::path::ObjectType;
use crate::revision::Revision;

const USERS: &str = "alpha_user";
const ROLES: &str = "alpha_role";

fn members(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn reference(user: &Created) -> Value {
    json!({ "_ref": format!("managed/alpha_user/{}", user.id) })
}

/// The operation that gives an object something more in a property.
fn adding(field: &str, what: &Created) -> PatchOperation {
    PatchOperation {
        operation: Operation::Add,
        field: format!("/{field}/-"),
        value: Some(reference(what)),
        from: None,
    }
}

fn revision(object: &Map<String, Value>) -> Revision {
    object["_rev"].as_str().unwrap().to_owned().try_into().unwrap()
}

fn object(object_type: &str, id: &str) -> Resource {
    let object_type = object_type.parse().unwrap();
    Resource::ManagedObject { object_type, id: id.parse().unwrap() }
}

/// A tenant with a role.
struct Company {
    tenant: Simulated,
    role: Created,
}

impl Company {
    async fn found() -> Self {
        let tenant = Simulated::start().await;
        let roles: ObjectType = ROLES.parse().unwrap();
        let role = json!({ "name": "Reviewers", "description": "" });
        let call = tenant.client().writing(SCOPES);
        let role = call.managed(&roles).create(members(&role)).await.unwrap();
        Self { tenant, role }
    }

    /// A user who reports to somebody, if to anybody.
    async fn user(&self, name: &str, manager: Option<&Created>) -> Created {
        let users: ObjectType = USERS.parse().unwrap();
        let mail = format!("{name}@northlight.example");
        let mut user = json!({ "userName": name, "givenName": "A", "sn": "B", "mail": mail });
        if let Some(manager) = manager {
            user["manager"] = reference(manager);
        }
        let call = self.tenant.client().writing(SCOPES);
        call.managed(&users).create(members(&user)).await.unwrap()
    }

    /// Gives an object something more in a property.
    async fn add(&self, call: &Call<Write>, of: (&str, &Created), field: &str, what: &Created) {
        let (object_type, object) = of;
        let object_type: ObjectType = object_type.parse().unwrap();
        let operation = adding(field, what);
        let objects = call.managed(&object_type);
        let now = objects.get(&object.id.parse().unwrap()).await.unwrap();
        self.tenant.take_requests();
        objects.patch(&object.id.parse().unwrap(), &revision(&now), &[operation]).await.unwrap();
    }
}

#[tokio::test]
async fn what_becomes_of_relationships_is_looked_at_after_the_change() {
    let company = Company::found().await;
    let user = company.user("ada", None).await;
    let call = company.tenant.recording().writing(SCOPES);
    company.add(&call, (ROLES, &company.role), "members", &user).await;
    let [change] = &call.changes()[..] else { panic!("one change") };
    assert_eq!(change.ends.len(), 1);
    assert_eq!(change.ends[0].resource, object(USERS, &user.id));
    assert_eq!(change.ends[0].name.as_deref(), Some("ada"));
    let after = change.after.document().unwrap().to_value();
    assert_eq!(after["members"][0]["_refResourceId"], user.id.as_str(), "{after}");
    assert_eq!(change.reversible(), Ok(()));
}

#[tokio::test]
async fn a_change_whose_relationships_cannot_be_seen_after_it_cannot_be_undone() {
    let company = Company::found().await;
    let user = company.user("ada", None).await;
    let call = company.tenant.recording().writing(SCOPES);
    let roles: ObjectType = ROLES.parse().unwrap();
    let id = company.role.id.parse().unwrap();
    let now = call.managed(&roles).get(&id).await.unwrap();
    // The whole role is read before the change and after it.
    let whole = "_fields=";
    let let_pass = Fault::new(FaultKind::SlowDrip { pieces: 1, pause: std::time::Duration::ZERO });
    company.tenant.sim.inject(let_pass.path_contains(whole).path_contains(&company.role.id));
    let fault = Fault::new(answer(403, &[], "{}")).on("GET").path_contains(&company.role.id);
    company.tenant.sim.inject(fault);
    let operation = adding("members", &user);
    call.managed(&roles).patch(&id, &revision(&now), &[operation]).await.unwrap();
    let [change] = &call.changes()[..] else { panic!("one change") };
    assert_eq!(change.outcome, WriteOutcome::Done);
    assert_eq!(change.reversible(), Err(Irreversible::ResultUnknown));
}

#[tokio::test]
async fn a_refused_change_of_relationships_is_not_looked_at() {
    let company = Company::found().await;
    let user = company.user("ada", None).await;
    let call = company.tenant.recording().writing(SCOPES);
    let role = object(ROLES, &company.role.id);
    let operation =
        json!([{ "operation": "add", "field": "/members/-", "value": reference(&user) }]);
    company.tenant.refuse("PATCH", 400, 1);
    company.tenant.take_requests();
    let request = Request::write(reqwest::Method::PATCH, role).json(&operation);
    call.send(request).await.unwrap_err();
    assert!(company.tenant.take_requests().last().unwrap().starts_with("PATCH"));
    assert_eq!(call.changes()[0].outcome, WriteOutcome::NotDone);
}

#[tokio::test]
async fn an_object_that_was_read_in_part_is_read_whole_before_it_is_deleted() {
    let company = Company::found().await;
    let user = company.user("ada", None).await;
    let call = company.tenant.recording().writing(SCOPES);
    company.add(&call, (ROLES, &company.role), "members", &user).await;

    let call = company.tenant.recording().writing(SCOPES);
    let roles: ObjectType = ROLES.parse().unwrap();
    let id = company.role.id.parse().unwrap();
    call.managed(&roles).get(&id).await.unwrap();
    call.managed(&roles).delete(&id).await.unwrap();
    let [change] = &call.changes()[..] else { panic!("one change") };
    let before = change.before.document().unwrap().to_value();
    assert_eq!(before["members"][0]["_refResourceId"], user.id.as_str(), "{before}");
    assert_eq!(change.ends.len(), 1, "the user is no member any more");
    assert_eq!(change.after, State::Absent);
}

#[tokio::test]
async fn a_relationship_that_gives_way_is_kept_and_a_rehearsal_shows_it() {
    let company = Company::found().await;
    let (old, new) = (company.user("old", None).await, company.user("new", None).await);
    let report = company.user("report", Some(&old)).await;
    for call in
        [company.tenant.recording().rehearsing(SCOPES), company.tenant.recording().writing(SCOPES)]
    {
        company.add(&call, (USERS, &new), "reports", &report).await;
        let [change] = &call.changes()[..] else { panic!("one change") };
        let ends: Vec<_> = change.ends.iter().map(|end| &end.resource).collect();
        assert_eq!(ends, [&object(USERS, &old.id), &object(USERS, &report.id)]);
        let displaced = change.ends[1].displaced.as_ref().unwrap();
        assert_eq!(displaced.field, "manager");
        assert_eq!(displaced.reference["_refResourceId"], old.id.as_str());
    }
}

#[tokio::test]
async fn ends_that_cannot_be_read_fail_a_rehearsal_and_not_a_change() {
    let company = Company::found().await;
    let user = company.user("ada", None).await;
    let role = object(ROLES, &company.role.id);
    let operation =
        json!([{ "operation": "add", "field": "/members/-", "value": reference(&user) }]);
    let request = Request::write(reqwest::Method::PATCH, role).json(&operation);
    let refuse = || {
        let fault = Fault::new(answer(403, &[], "{}")).on("GET");
        company.tenant.sim.inject(fault.path_contains(&user.id));
    };
    refuse();
    let rehearsal = company.tenant.recording().rehearsing(SCOPES);
    let error = rehearsal.send(request.clone()).await.unwrap_err();
    assert_eq!(error.cause(), Some(Cause::Forbidden));
    refuse();
    let call = company.tenant.recording().writing(SCOPES);
    call.send(request).await.unwrap();
    assert_eq!(call.changes()[0].ends, []);
}

#[tokio::test]
async fn nothing_gives_way_where_the_relationship_is_there_already() {
    let company = Company::found().await;
    let manager = company.user("manager", None).await;
    let report = company.user("report", Some(&manager)).await;
    let call = company.tenant.recording().rehearsing(SCOPES);
    company.add(&call, (USERS, &manager), "reports", &report).await;
    let changes = call.changes();
    let [end] = &changes[0].ends[..] else { panic!("nobody else") };
    assert_eq!((&end.resource, &end.displaced), (&object(USERS, &report.id), &None));
}

#[tokio::test]
async fn a_hundred_ends_are_looked_at_and_of_more_none() {
    let company = Company::found().await;
    let looked_at = async |count: usize| {
        let operations: Vec<_> = (0..count)
            .map(|number| {
                let value = json!({ "_ref": format!("managed/alpha_user/nobody-{number}") });
                json!({ "operation": "add", "field": "/members/-", "value": value })
            })
            .collect();
        let role = object(ROLES, &company.role.id);
        let request = Request::write(reqwest::Method::PATCH, role).json(&operations.into());
        let call = company.tenant.recording().rehearsing(SCOPES);
        company.tenant.take_requests();
        call.send(request).await.unwrap();
        assert_eq!(call.changes()[0].ends.len(), count);
        let sent = company.tenant.take_requests();
        sent.iter().filter(|request| request.contains("/nobody-")).count()
    };
    assert_eq!((looked_at(100).await, looked_at(101).await), (100, 0));
}
