use aic_sim::{Fault, FaultKind};
use futures_util::FutureExt;
use serde_json::{Value, json};

use super::*;
use crate::change::Irreversible;
use crate::endpoint::Endpoint;
use crate::environment::Tier;
use crate::simulated::{Simulated, answer, put, smtp_host, smtp_port, variable};

mod plans;
mod relationships;
mod repeats;

const SCOPES: ScopeSet = ScopeSet::EMPTY;
const GET: &str = "GET /environment/variables/esv-smtp-host";
const PUT: &str = "PUT /environment/variables/esv-smtp-host";

/// A request that reads a variable.
fn get(variable: &Resource) -> Request {
    Request::get(variable)
}

fn member(answer: &Answer, name: &str) -> Value {
    answer.json::<Value>().unwrap()[name].clone()
}

/// A value that the state before a change has.
fn value(state: &State) -> Value {
    state.document().unwrap().to_value()["valueBase64"].clone()
}

#[tokio::test]
async fn a_change_is_kept_with_what_was_there_before_it() {
    let tenant = Simulated::start().await;
    let call = tenant.recording().writing(SCOPES);
    let before = call.send(get(&smtp_host())).await.unwrap();
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    let [change] = &call.changes()[..] else { panic!("one change") };
    assert_eq!(value(&change.before), member(&before, "valueBase64"));
    assert_eq!(value(&change.after), "bmV3");
    assert_eq!(change.outcome, WriteOutcome::Done);
    assert_eq!(change.reversible(), Ok(()));
    assert_eq!(tenant.take_requests(), [GET, PUT], "what was read is not read again");

    call.send(put(&smtp_host(), "bmV3ZXI=")).await.unwrap();
    assert_eq!(value(&call.changes()[1].before), "bmV3");
    assert_eq!(tenant.take_requests(), [GET, PUT], "what was written is");
}

#[tokio::test]
async fn something_new_is_known_to_have_been_absent() {
    let tenant = Simulated::start().await;
    let call = tenant.recording().writing(SCOPES);
    call.send(put(&variable("esv-new"), "bmV3")).await.unwrap();
    let [change] = &call.changes()[..] else { panic!("one change") };
    assert_eq!(change.before, State::Absent);
    assert!(change.adds());
    tenant.take_requests();
    // What must not be there need not be looked for.
    let client = Resource::OAuth2Client { realm: crate::Realm::Alpha, id: "new".parse().unwrap() };
    let request = Request::write(reqwest::Method::PUT, client).json(&json!({}));
    call.send(request.precondition(Precondition::IsNew)).await.unwrap();
    assert_eq!(call.changes()[1].before, State::Absent);
    assert_eq!(tenant.take_requests().len(), 1);
}

#[tokio::test]
async fn a_state_that_cannot_be_read_is_not_taken_for_absence() {
    let tenant = Simulated::start().await;
    for status in [403, 500, 503] {
        let call = tenant.recording().writing(SCOPES);
        tenant.refuse("GET", status, 4);
        call.send(put(&smtp_host(), "bmV3")).await.unwrap();
        tenant.sim.clear_faults();
        let [change] = &call.changes()[..] else { panic!("one change") };
        assert_eq!(change.before, State::Unknown, "{status}");
        assert_eq!(change.reversible(), Err(Irreversible::NothingKept));
        assert!(!change.adds());

        let rehearsal = tenant.recording().rehearsing(SCOPES);
        tenant.refuse("GET", status, 4);
        let error = rehearsal.send(put(&smtp_host(), "bmV3")).await.unwrap_err();
        tenant.sim.clear_faults();
        assert_eq!(error.refusal().map(|it| it.status.as_u16()), Some(status));
        assert!(rehearsal.changes().is_empty());
    }
}

#[tokio::test]
async fn what_a_call_has_looked_for_is_known_before_it_writes() {
    let tenant = Simulated::start().await;
    let call = tenant.recording().writing(SCOPES);
    call.send(get(&variable("esv-new"))).await.unwrap_err();
    tenant.take_requests();
    call.send(put(&variable("esv-new"), "bmV3")).await.unwrap();
    assert_eq!(tenant.take_requests(), ["PUT /environment/variables/esv-new"]);
    // A read that was refused says nothing.
    tenant.refuse("GET", 403, 1);
    call.send(get(&smtp_host())).await.unwrap_err();
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    let [new, replaced] = &call.changes()[..] else { panic!("two changes") };
    assert_eq!(new.before, State::Absent);
    assert_eq!(value(&replaced.before), "b2xk");
}

#[tokio::test]
async fn what_aic_answers_is_what_is_there_and_else_what_was_sent() {
    let tenant = Simulated::start().await;
    let call = tenant.recording().writing(SCOPES);
    for request in [put(&smtp_host(), "bmV3"), put(&smtp_port(), "bmV3")] {
        call.send(request).await.unwrap();
        tenant.sim.inject(Fault::new(FaultKind::EmptyOk).on("PUT"));
    }
    let [answered, silent] = &call.changes()[..] else { panic!("two changes") };
    let has = |change: &Change, name: &str| {
        change.after.document().unwrap().to_object().unwrap().contains_key(name)
    };
    assert!(has(answered, "lastChangedBy"), "what AIC adds");
    assert!(has(silent, "valueBase64") && !has(silent, "lastChangedBy"), "what was sent");

    tenant.sim.clear_faults();
    tenant.sim.inject(Fault::new(FaultKind::EmptyOk).on("PATCH"));
    let body = json!([{ "operation": "replace", "field": "/objects/0/title", "value": "x" }]);
    let patch = Request::write(reqwest::Method::PATCH, Resource::ManagedConfig).json(&body);
    call.send(patch).await.unwrap();
    let changes = call.changes();
    assert_eq!(changes[2].after, State::Unknown, "nobody knows what came of it");
    assert_eq!(changes[2].reversible(), Err(Irreversible::ResultUnknown));
}

#[tokio::test]
async fn a_client_that_keeps_nothing_reads_nothing_more_and_has_no_changes() {
    let tenant = Simulated::start().await;
    let call = tenant.client().writing(SCOPES);
    assert!(!call.keeps_previous() && !call.is_rehearsal());
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    call.note_deleted_along(variable("esv-other"), State::Absent);
    assert!(call.changes().is_empty());
    assert_eq!(tenant.take_requests(), [PUT]);
}

#[tokio::test]
async fn what_was_deleted_along_with_something_is_a_change_of_a_call_that_writes() {
    let tenant = Simulated::start().await;
    let call = tenant.recording().writing(SCOPES);
    call.note_deleted_along(smtp_host(), State::Unknown);
    let [change] = &call.changes()[..] else { panic!("one change") };
    assert_eq!((&change.resource, change.verb), (&smtp_host(), Verb::Delete));
    assert_eq!((&change.after, change.outcome), (&State::Absent, WriteOutcome::Done));
    // A rehearsal deletes nothing, so nothing goes along with it.
    let rehearsal = tenant.recording().rehearsing(SCOPES);
    rehearsal.note_deleted_along(smtp_host(), State::Unknown);
    assert!(rehearsal.changes().is_empty());
}

#[tokio::test]
async fn a_client_that_only_reads_sends_no_write() {
    let tenant = Simulated::start().await;
    let call = tenant.builder().read_only(true).build().writing(SCOPES);
    let error = call.send(put(&smtp_host(), "bmV3")).await.unwrap_err();
    assert!(matches!(error, ApiError::ReadOnly));
    assert!(call.send(get(&smtp_host())).await.is_ok());
    assert_eq!(tenant.take_requests(), [GET]);
}

#[tokio::test]
async fn an_environment_is_asked_what_it_is_before_the_first_write() {
    let tenant = Simulated::start().await;
    let limited = || tenant.builder().writable_tiers([Tier::Development]).build();
    let client = limited();
    let is_question = |request: &String| request.starts_with("GET /environment/info");
    client.writing(SCOPES).send(put(&smtp_host(), "bmV3")).await.unwrap();
    client.writing(SCOPES).send(put(&smtp_host(), "bmV4")).await.unwrap();
    let sent = tenant.take_requests();
    assert_eq!(sent.iter().filter(|it| is_question(it)).count(), 1, "{sent:?}");

    // A refusal may come of a promotion that has begun meanwhile.
    tenant.refuse("PUT", 403, 1);
    client.writing(SCOPES).send(put(&smtp_host(), "bmV5")).await.unwrap_err();
    tenant.take_requests();
    client.writing(SCOPES).send(put(&smtp_host(), "bmV6")).await.unwrap();
    assert!(is_question(&tenant.take_requests()[0]));

    tenant.sim.set_environment("production", false, false);
    let error = limited().writing(SCOPES).send(put(&smtp_host(), "bmV3")).await;
    assert!(matches!(error, Err(ApiError::Protected(_))), "{error:?}");
    assert!(tenant.take_requests().iter().all(is_question));
}

#[tokio::test]
async fn a_write_waits_while_another_call_holds_the_resource() {
    let tenant = Simulated::start().await;
    let client = tenant.client();
    let (one, other) = (client.writing(SCOPES), client.writing(SCOPES));
    let hold = one.lock(&smtp_host().path()).await;
    let mut waiting = Box::pin(other.send(put(&smtp_host(), "bmV3")));
    assert!(waiting.as_mut().now_or_never().is_none());
    assert_eq!(tenant.tokens.given(), 0, "it has not begun");
    // The call that holds it does not wait for itself, and nobody waits for something else.
    one.send(put(&smtp_host(), "b25l")).await.unwrap();
    other.send(put(&variable("esv-other"), "bmV3")).await.unwrap();
    drop(hold);
    waiting.await.unwrap();
    // An action holds nothing: it does not replace what it has found.
    let feature = Resource::Feature { name: "indexes".to_owned().try_into().unwrap() };
    let _hold = one.lock(&feature.path()).await;
    let action = Request::write_action(feature, "install", &json!({}));
    let _ = other.send(action).await;
    assert!(tenant.take_requests().last().unwrap().starts_with("POST /openidm/feature/"));
}

#[tokio::test]
async fn several_resources_are_held_at_once_each_one_time() {
    let tenant = Simulated::start().await;
    let client = tenant.client();
    let paths = ["esv-a", "esv-b", "esv-a"].map(|id| variable(id).path());
    let call = client.writing(SCOPES);
    let holds = call.lock_all(paths.clone()).await;
    assert_eq!(holds.len(), 2);
    assert!(call.held.any());
    for path in &paths {
        assert!(client.inner.locks.lock(path).now_or_never().is_none());
    }
    drop(holds);
    assert!(!call.held.any());
    assert!(paths.iter().all(|path| client.inner.locks.lock(path).now_or_never().is_some()));
}

#[tokio::test]
async fn a_part_that_reads_counts_as_the_calls_own_and_has_its_own_scopes() {
    let tenant = Simulated::start().await;
    let scopes = ScopeSet::of(&[aic_auth::Scope::Idm]);
    let call = tenant.client().writing(scopes);
    assert_eq!((call.scopes(), call.tenant().to_string()), (scopes, tenant.sim.base_url()));
    let aside = call.aside(SCOPES);
    aside.send(get(&smtp_host())).await.unwrap();
    assert_eq!((aside.scopes(), call.activity().requests()), (SCOPES, 1));
    let sent = tenant.sim.requests();
    let id = sent[0].header("x-forgerock-transactionid").unwrap().to_owned();
    assert_eq!(call.activity().sent_with(), id);
    assert_eq!(format!("{call:?}").matches("secret").count(), 0);
    assert!(format!("{call:?}").contains(&id), "the log finds the call by its id");
}

#[tokio::test]
async fn a_type_that_was_defined_is_new_unless_it_was_only_rehearsed() {
    let tenant = Simulated::start().await;
    let client = tenant.recording();
    client.rehearsing(SCOPES).note_defined("alpha_device");
    assert!(!client.writing(SCOPES).is_new("alpha_device"));
    client.writing(SCOPES).note_defined("alpha_device");
    assert!(client.reading(SCOPES).is_new("alpha_device"));
}

#[tokio::test]
async fn the_activity_of_a_call_says_what_was_sent_and_what_came_of_it() {
    let tenant = Simulated::start().await;
    let call = tenant.client().writing(SCOPES);
    let read = call.send(get(&smtp_host())).await.unwrap();
    let activity = call.activity();
    assert_eq!((activity.requests(), activity.received()), (1, read.body().len()));
    assert!(activity.sent_writes().is_none());
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    tenant.refuse("PUT", 400, 1);
    call.send(put(&smtp_host(), "bmV3")).await.unwrap_err();
    let sent = activity.sent_writes();
    assert_eq!((sent.answered, sent.unanswered), (2, 0));
    tenant.sim.inject(Fault::new(FaultKind::DisconnectAfter).on("PUT"));
    let error = call.send(put(&smtp_host(), "bmV3")).await.unwrap_err();
    assert!(matches!(error, ApiError::Unreachable { .. }), "{error}");
    assert_eq!(error.write_outcome(), Some(WriteOutcome::Unknown));
    let sent = activity.sent_writes();
    assert_eq!((sent.answered, sent.unanswered), (2, 1));
}

#[tokio::test]
async fn a_write_that_is_not_answered_in_time_may_have_been_done() {
    let tenant = Simulated::patient_for(std::time::Duration::from_secs(1)).await;
    let call = tenant.client().writing(SCOPES);
    tenant.sim.inject(Fault::new(FaultKind::Hang).on("PUT"));
    let error = call.send(put(&smtp_host(), "bmV3")).await.unwrap_err();
    assert!(matches!(error, ApiError::Timeout { .. }), "{error}");
    assert_eq!(error.write_outcome(), Some(WriteOutcome::Unknown));
}

#[tokio::test]
async fn an_answer_of_nothing_is_an_object_without_members() {
    let tenant = Simulated::start().await;
    let call = tenant.client().writing(SCOPES);
    let answer = call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    assert_eq!(answer.object_if_any().unwrap()["valueBase64"], "bmV3");
    tenant.sim.inject(Fault::new(FaultKind::EmptyOk).on("PUT"));
    let answer = call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    assert!(answer.object_if_any().unwrap().is_empty());
    assert!(answer.json::<Value>().is_err());
}
