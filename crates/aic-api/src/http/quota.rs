use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::{Mutex, MutexGuard};
use reqwest::header::{self, HeaderMap};
use tokio::time::Instant;

/// A time that is further away is not one that a service names, but a fault of it or of its clock.
const FURTHEST: Duration = Duration::from_hours(1);

/// Whether a service that counts requests takes any more, by what its answers say of it:
/// `x-ratelimit-remaining`, and `x-ratelimit-reset` in seconds since 1970.
#[derive(Debug, Default)]
pub(crate) struct Quota(Mutex<Option<Exhausted>>);

/// The service takes no more requests.
#[derive(Debug, Clone, Copy)]
struct Exhausted {
    /// The end of the service's count, by its own clock.
    reset: u64,
    /// The same by this process's clock.
    until: Instant,
}

impl Quota {
    /// Reads what an answer says. Answers may come in another order than that in which the service
    /// has counted their requests: one of the same count that had requests left says nothing new.
    pub(crate) fn note(&self, headers: &HeaderMap) {
        let Some(remaining) = number(headers, "x-ratelimit-remaining") else { return };
        let reset = number(headers, "x-ratelimit-reset");
        let mut state = self.lock();
        let is_of_same_count = state.zip(reset).is_some_and(|(known, reset)| reset <= known.reset);
        if is_of_same_count {
            return;
        }
        let wait = if remaining == 0 { until_reset(headers) } else { None };
        let exhausted = |(reset, wait)| Exhausted { reset, until: Instant::now() + wait };
        *state = reset.zip(wait).map(exhausted);
    }

    /// How long it takes no more requests.
    pub(crate) fn exhausted_for(&self) -> Option<Duration> {
        let Exhausted { until, .. } = (*self.lock())?;
        Some(until.saturating_duration_since(Instant::now())).filter(|wait| !wait.is_zero())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Exhausted>> {
        self.0.lock()
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// How long it is until the service takes requests again, by its own clock where it shows it: this
/// machine's may be wrong.
fn until_reset(headers: &HeaderMap) -> Option<Duration> {
    let reset =
        UNIX_EPOCH.checked_add(Duration::from_secs(number(headers, "x-ratelimit-reset")?))?;
    let date = headers.get(header::DATE).and_then(|date| date.to_str().ok());
    let now = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let wait = reset.duration_since(now.unwrap_or_else(SystemTime::now)).ok()?;
    Some(wait).filter(|wait| *wait <= FURTHEST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(values: &[(&'static str, &str)]) -> HeaderMap {
        values.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    const RESET: &str = "784111817"; // 40 seconds later

    fn exhausted(values: &[(&'static str, &str)]) -> Option<Duration> {
        let quota = Quota::default();
        quota.note(&headers(values));
        quota.exhausted_for()
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_left_until_the_reset() {
        let quota = Quota::default();
        assert_eq!(quota.exhausted_for(), None);
        quota.note(&headers(&[
            ("x-ratelimit-limit", "28"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", RESET),
            DATE,
        ]));
        assert_eq!(quota.exhausted_for(), Some(Duration::from_secs(40)));
        quota.note(&HeaderMap::new());
        tokio::time::advance(Duration::from_secs(39)).await;
        assert_eq!(quota.exhausted_for(), Some(Duration::from_secs(1)));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(quota.exhausted_for(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_was_overtaken_says_nothing_new() {
        const LATER: &str = "784111877"; // a minute after RESET
        let answer = |remaining, reset| {
            headers(&[("x-ratelimit-remaining", remaining), ("x-ratelimit-reset", reset), DATE])
        };
        let quota = Quota::default();
        quota.note(&answer("0", RESET));
        quota.note(&answer("1", RESET));
        assert_eq!(quota.exhausted_for(), Some(Duration::from_secs(40)), "the older of the two");
        quota.note(&answer("27", LATER));
        assert_eq!(quota.exhausted_for(), None, "the next count has begun");
        quota.note(&answer("0", LATER));
        quota.note(&answer("0", RESET));
        assert_eq!(quota.exhausted_for(), Some(Duration::from_secs(100)), "the older of the two");
    }

    #[tokio::test(start_paused = true)]
    async fn what_makes_no_sense_holds_nobody_up() {
        let none = ("x-ratelimit-remaining", "0");
        for values in [
            &[("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", RESET), DATE][..],
            &[none, DATE],
            &[none, ("x-ratelimit-reset", "soon"), DATE],
            &[none, ("x-ratelimit-reset", "784111000"), DATE],
            &[none, ("x-ratelimit-reset", "784111817000"), DATE],
            &[none, ("x-ratelimit-reset", "18446744073709551615"), DATE],
            &[none, ("x-ratelimit-reset", RESET)],
        ] {
            assert_eq!(exhausted(values), None, "{values:?}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_holds_anybody_up_for_long(reset in any::<u64>(), date in "\\PC*") {
            let reset = reset.to_string();
            let mut values = headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset)]);
            if let Ok(date) = date.parse() {
                values.insert(header::DATE, date);
            }
            let quota = Quota::default();
            quota.note(&values);
            prop_assert!(quota.exhausted_for().is_none_or(|wait| wait <= FURTHEST));
        }
    }
}
