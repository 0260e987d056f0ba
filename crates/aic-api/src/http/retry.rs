use std::time::Duration;

use crate::ApiError;
use crate::error::Cause;

/// Whether a request that failed this way may be sent again, and whether that may help.
///
/// A request that was refused for its number has done nothing, whatever it is. Where the service
/// is not there or the connection broke, only what changes nothing is repeated. A write that found
/// no connection at all has done nothing either, but is left to whoever asked for it: what comes
/// of it then is one thing, and can be told.
pub(crate) fn may_be_repeated(writes: bool, error: &ApiError) -> bool {
    match error {
        ApiError::Refused(refusal) => match refusal.cause {
            Cause::RateLimited => true,
            Cause::Unavailable => !writes,
            _ => false,
        },
        ApiError::Unreachable { .. } => !writes,
        // A request that took too long once takes as long again.
        _ => false,
    }
}

/// How long the service asks to wait.
pub(crate) fn asked_to_wait(error: &ApiError) -> Option<Duration> {
    error.refusal().and_then(|refusal| refusal.retry_after)
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;
    use crate::error::{Refusal, Service, WriteOutcome};

    fn refused(status: u16, writes: bool) -> ApiError {
        let status = StatusCode::from_u16(status).unwrap();
        let headers = HeaderMap::new();
        ApiError::Refused(Box::new(Refusal::parse(
            Service::Idm,
            status,
            &headers,
            b"",
            None,
            writes,
        )))
    }

    #[test]
    fn a_write_is_repeated_only_where_it_did_nothing_for_sure() {
        for status in 300..=599 {
            let repeated = may_be_repeated(true, &refused(status, true));
            assert_eq!(repeated, status == 429, "{status}");
        }
        let broken = |outcome| ApiError::Unreachable {
            service: Service::Idm,
            reason: "reset".to_owned(),
            outcome: Some(outcome),
        };
        for outcome in [WriteOutcome::NotDone, WriteOutcome::Unknown, WriteOutcome::Done] {
            assert!(!may_be_repeated(true, &broken(outcome)));
        }
    }

    #[test]
    fn a_wait_is_asked_for_by_a_header() {
        let mut headers = HeaderMap::new();
        let busy = |headers: &HeaderMap| {
            let status = StatusCode::TOO_MANY_REQUESTS;
            let refusal = Refusal::parse(Service::Idm, status, headers, b"", None, false);
            ApiError::Refused(Box::new(refusal))
        };
        assert_eq!(asked_to_wait(&busy(&headers)), None);
        headers.insert("retry-after", "17".parse().unwrap());
        assert_eq!(asked_to_wait(&busy(&headers)), Some(Duration::from_secs(17)));
        let timeout = ApiError::Timeout { service: Service::Idm, outcome: None };
        assert_eq!(asked_to_wait(&timeout), None);
    }

    #[test]
    fn a_read_is_repeated_where_the_service_was_not_there() {
        for status in 300..=599 {
            let repeated = may_be_repeated(false, &refused(status, false));
            assert_eq!(repeated, matches!(status, 429 | 502..=504), "{status}");
        }
        let service = Service::Idm;
        let broken = ApiError::Unreachable { service, reason: "reset".to_owned(), outcome: None };
        assert!(may_be_repeated(false, &broken));
        assert!(!may_be_repeated(false, &ApiError::Timeout { service, outcome: None }));
        assert!(!may_be_repeated(false, &ApiError::TooLarge { service, limit: 1, outcome: None }));
    }
}
