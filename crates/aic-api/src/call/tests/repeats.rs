//! Requests that are sent again, the token of each, and the waits between them.

use std::time::Duration;

use super::*;

/// A request for the sources of logs, which the log service counts.
fn sources() -> Request {
    Request::read(Endpoint::new(Service::Monitoring, "/monitoring/logs/sources"))
}

#[tokio::test]
async fn a_read_is_sent_again_where_the_service_is_not_there_and_a_write_is_not() {
    let tenant = Simulated::start().await;
    let call = tenant.client().writing(SCOPES);
    tenant.refuse("GET", 503, 1);
    call.send(get(&smtp_host())).await.unwrap();
    assert_eq!(tenant.take_requests(), [GET, GET]);
    for status in [500, 503] {
        tenant.refuse("PUT", status, 1);
        let error = call.send(put(&smtp_host(), "bmV3")).await.unwrap_err();
        assert_eq!(error.write_outcome(), Some(WriteOutcome::Unknown));
        assert_eq!(tenant.take_requests(), [PUT]);
    }
    tenant.refuse("PUT", 429, 1);
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    assert_eq!(tenant.take_requests(), [PUT, PUT], "one that was refused for its number");
}

#[tokio::test]
async fn a_read_that_is_refused_for_good_is_sent_once() {
    let tenant = Simulated::start().await;
    let call = tenant.client().reading(SCOPES);
    tenant.sim.inject(Fault::new(answer(429, &[("retry-after", "100")], "{}")));
    let error = call.send(get(&smtp_host())).await.unwrap_err();
    assert_eq!(error.cause(), Some(Cause::RateLimited));
    assert_eq!(tenant.take_requests(), [GET], "nobody waits for so long");
    tenant.refuse("GET", 403, 1);
    call.send(get(&smtp_host())).await.unwrap_err();
    assert_eq!(tenant.take_requests(), [GET]);
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let tenant = Simulated::start().await;
    let call = tenant.client().writing(SCOPES);
    tenant.sim.inject(Fault::new(FaultKind::RevokeTokens).on("PUT"));
    call.send(put(&smtp_host(), "bmV3")).await.unwrap();
    assert_eq!(tenant.take_requests(), [PUT, PUT]);
    assert_eq!(tenant.tokens.given(), 2);

    let call = tenant.client().writing(SCOPES);
    tenant.refuse("PUT", 401, 9);
    let error = call.send(put(&smtp_host(), "bmV3")).await.unwrap_err();
    assert_eq!(error.cause(), Some(Cause::Unauthorized));
    assert_eq!(tenant.take_requests(), [PUT, PUT]);
}

/// The cause of a refusal by identity management, which answers so where rights are missing, too.
async fn refused_by_idm(tenant: &Simulated, client: &Client, faults: &[u16]) -> Option<Cause> {
    for status in faults {
        tenant.refuse("GET", *status, 1);
    }
    let call = client.reading(SCOPES);
    let result = call.send(get(&Resource::Themes)).await;
    tenant.sim.clear_faults();
    result.err().and_then(|error| error.cause())
}

#[tokio::test]
async fn rights_are_missing_where_a_new_token_is_refused_as_well() {
    let tenant = Simulated::start().await;
    let client = tenant.client();
    let refused = async |faults| refused_by_idm(&tenant, &client, faults).await;
    assert_eq!(refused(&[401]).await, None);
    assert_eq!(refused(&[401, 401]).await, Some(Cause::RightsMissing));
    assert_eq!(refused(&[401, 404]).await, Some(Cause::NotFound));

    let tenant = Simulated::with_tokens(false).await;
    let client = tenant.client();
    let refused = refused_by_idm(&tenant, &client, &[401, 401]).await;
    assert_eq!(refused, Some(Cause::Unauthorized), "it may have expired");
    assert_eq!(tenant.take_requests().len(), 1, "there is no other token");
}

#[tokio::test]
async fn what_the_log_service_says_of_its_count_holds_for_it_alone() {
    const EXHAUSTED: [(&str, &str); 3] = [
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "784112377"),
        // Ten minutes before.
        ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ];
    let tenant = Simulated::start().await;
    let call = tenant.client().reading(SCOPES);
    tenant.sim.inject(Fault::new(answer(200, &EXHAUSTED, "{}")).on("GET"));
    call.send(get(&smtp_host())).await.unwrap();
    call.send(sources()).await.unwrap();
    tenant.sim.inject(Fault::new(answer(200, &EXHAUSTED, "{}")).path_contains("/monitoring"));
    call.send(sources()).await.unwrap();
    tenant.take_requests();
    let error = call.send(sources()).await.unwrap_err();
    let service = Service::Monitoring;
    assert!(matches!(error, ApiError::RateLimited { service: it, .. } if it == service));
    assert_eq!(tenant.take_requests(), [""; 0], "it would be refused");
    call.send(get(&smtp_host())).await.unwrap();
}

#[tokio::test]
async fn a_short_time_without_requests_is_waited_for() {
    let tenant = Simulated::start().await;
    let call = tenant.client().reading(SCOPES);
    tokio::time::pause();
    let headers = [
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "784111817"),
        // Forty seconds before.
        ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ];
    let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    call.client.inner.logs_quota.note(&headers.into_iter().collect());
    let (start, attempts) = (Instant::now(), call.client.inner.transport.attempts());
    call.wait_for_quota(Service::Idm, &attempts).await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
    call.wait_for_quota(Service::Monitoring, &attempts).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 40);
}
