//! Rehearsals, and calls that are held to them.

use super::*;

#[tokio::test]
async fn a_rehearsal_writes_nothing_and_finds_what_it_would_have_written() {
    let tenant = Simulated::start().await;
    let before = tenant.sim.fingerprint();
    let call = tenant.client().rehearsing(SCOPES);
    assert!(call.is_rehearsal() && call.keeps_previous());
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    let read = call.send(get(&smtp_host())).await.unwrap();
    assert_eq!(member(&read, "valueBase64"), "bmV3");
    let [change] = &call.changes()[..] else { panic!("one change") };
    assert_eq!(value(&change.after), "bmV3");
    assert_eq!(tenant.take_requests(), [GET]);
    assert_eq!(tenant.sim.fingerprint(), before);
}

#[tokio::test]
async fn what_was_read_is_not_read_again_by_a_rehearsal_or_right_after_it() {
    let tenant = Simulated::start().await;
    let call = tenant.recording().rehearsing(SCOPES);
    let missing = variable("esv-missing");
    let other = smtp_port();
    for _ in 0..2 {
        call.send(get(&other)).await.unwrap();
        call.send(get(&missing)).await.unwrap_err();
    }
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    let port = "GET /environment/variables/esv-smtp-port";
    let none = "GET /environment/variables/esv-missing";
    assert_eq!(tenant.take_requests(), [port, none, none, GET], "it may wait for what is missing");

    let call = call.carry_out(true);
    assert!(call.changes().is_empty() && !call.is_rehearsal());
    call.send(get(&other)).await.unwrap();
    call.send(get(&missing)).await.unwrap_err();
    assert_eq!(tenant.take_requests(), [""; 0]);
    call.send(get(&other)).await.unwrap();
    assert_eq!(tenant.take_requests(), [port], "who reads again wants to see something new");
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    assert_eq!(tenant.take_requests(), [PUT]);
    call.send(get(&missing)).await.unwrap_err();
    assert_eq!(tenant.take_requests(), [none], "everything may be different after a write");
}

#[tokio::test]
async fn an_answer_stands_for_the_same_request_only() {
    let tenant = Simulated::start().await;
    let call = tenant.recording().rehearsing(SCOPES);
    let users = Endpoint::new(Service::Idm, "/openidm/managed/alpha_user");
    let page = |size: u32| {
        let query = crate::query::Query::default().with("_queryFilter", "true");
        Request::read(users.clone()).query(query.with("_pageSize", size))
    };
    let action = |filter: &str| {
        let body = json!({ "filter": filter });
        Request::read_action(users.clone(), "schema", &body)
    };
    call.send(page(1)).await.unwrap();
    call.send(page(2)).await.unwrap();
    call.send(page(1)).await.unwrap();
    let _ = call.send(action("a")).await;
    let _ = call.send(action("b")).await;
    assert_eq!(tenant.take_requests().len(), 4);
}

#[tokio::test]
async fn a_failure_is_not_kept_for_the_next_read() {
    let tenant = Simulated::start().await;
    let call = tenant.recording().rehearsing(SCOPES);
    tenant.refuse("GET", 403, 1);
    call.send(get(&smtp_host())).await.unwrap_err();
    let call = call.carry_out(true);
    call.send(get(&smtp_host())).await.unwrap();
}

#[tokio::test]
async fn a_call_is_held_to_what_was_rehearsed() {
    let tenant = Simulated::start().await;
    let rehearsed = async || {
        let call = tenant.recording().rehearsing(SCOPES);
        call.send(put(&smtp_host(), "bmV3")).await.unwrap();
        call
    };
    let call = rehearsed().await.carry_out(false);
    for (request, is_changed) in
        [(put(&smtp_host(), "b3RoZXI="), false), (put(&smtp_port(), "bmV3"), false)]
    {
        let error = call.send(request).await.unwrap_err();
        let ApiError::NotAsPlanned { changed, .. } = error else { panic!("{error}") };
        assert_eq!(changed, is_changed);
    }
    assert!(tenant.take_requests().iter().all(|request| request.starts_with("GET")));
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    call.send(put(&smtp_host(), "cmlnaHQ=")).await.unwrap();
    call.send(put(&smtp_port(), "bmV3")).await.unwrap_err();

    let call = rehearsed().await;
    let other = tenant.client().writing(SCOPES);
    other.send(put(&smtp_host(), "c29tZWJvZHk=")).await.unwrap();
    tenant.take_requests();
    let error = call.carry_out(false).send(put(&smtp_host(), "bmV3")).await.unwrap_err();
    assert!(matches!(error, ApiError::NotAsPlanned { changed: true, .. }), "{error}");
    assert_eq!(tenant.take_requests(), [GET], "some time has passed, so it was read again");
}

#[tokio::test]
async fn a_client_for_dry_runs_sends_nothing_after_a_rehearsal_either() {
    let tenant = Simulated::start().await;
    let client = tenant.builder().dry_run(true).build();
    let call = client.writing(SCOPES);
    assert!(call.is_rehearsal());
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    let call = call.carry_out(true);
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    assert_eq!((call.is_rehearsal(), call.changes().len()), (true, 1));
    assert!(tenant.take_requests().iter().all(|request| request.starts_with("GET")));
}
