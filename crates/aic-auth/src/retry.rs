//! Sending again what may be sent again: how often, how much later, and for how long.

use std::time::{Duration, SystemTime};

use reqwest::header::{self, HeaderMap};
use tokio::time::{Instant, sleep};

/// No request is repeated later than this for want of an answer that says when.
const LONGEST_DELAY: Duration = Duration::from_mins(1);

/// How often a request is repeated that may be, how much later, and for how long.
///
/// Whether it may be is not an option: a write whose fate is unknown is never sent again.
#[derive(Debug, Clone)]
pub struct RetryOptions {
    most_repeats: u8,
    first_delay: Duration,
    longest_wish: Duration,
    longest_in_all: Duration,
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self {
            most_repeats: 3,
            first_delay: Duration::from_millis(300),
            longest_wish: Duration::from_mins(1),
            longest_in_all: Duration::from_mins(2),
        }
    }
}

impl RetryOptions {
    /// Sets how often a request is repeated at most, by default three times; with 0 it never is.
    pub fn most_repeats(mut self, repeats: u8) -> Self {
        self.most_repeats = repeats;
        self
    }

    /// Sets the longest delay before the first repeat, by default 0.3 seconds. Delays are random, and up
    /// to twice as long before each further repeat, a minute at most.
    pub fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// Sets the longest wait that an answer may ask for, by default a minute (`Retry-After`: RFC 9110,
    /// section 10.2.3). A longer one is not waited for, and the request fails.
    pub fn longest_wish(mut self, wait: Duration) -> Self {
        self.longest_wish = wait;
        self
    }

    /// Sets how long a request may take with all its repeats, by default two minutes. It is never more
    /// than twice the time that one attempt may take, and never less than one attempt may take.
    pub fn longest_in_all(mut self, time: Duration) -> Self {
        self.longest_in_all = time;
        self
    }

    /// Full jitter: anything between nothing and twice as much as before the repeat before. `random`
    /// is from 0 to 1.
    fn jitter(&self, repeat: u8, random: f64) -> Duration {
        let most = self.first_delay.saturating_mul(1 << repeat.min(16)).min(LONGEST_DELAY);
        most.mul_f64(random.clamp(0.0, 1.0))
    }
}

/// The attempts at one request: how many are left, and until when.
///
/// Whether a request may be repeated at all is for whoever sends it to know.
#[derive(Debug)]
pub struct Attempts {
    timeout: Duration,
    options: RetryOptions,
    deadline: Option<Instant>,
    repeats: u8,
    /// How many were started, those with another token included.
    started: u32,
}

impl Attempts {
    /// The attempts at a request of which a single one may take so long.
    pub(crate) fn new(timeout: Duration, options: RetryOptions) -> Self {
        Self { timeout, options, deadline: None, repeats: 0, started: 0 }
    }

    /// Starts an attempt and says how long it may take. All attempts together are bounded from
    /// when the first one starts.
    #[must_use = "the attempt has to end in this time"]
    pub fn start(&mut self) -> Duration {
        self.started += 1;
        let in_all = self.in_all();
        let deadline = *self.deadline.get_or_insert_with(|| at_the_end_of(in_all));
        let left = deadline.saturating_duration_since(Instant::now());
        left.clamp(self.shortest(), self.timeout)
    }

    /// The number of the attempt that was started last; the first is 1.
    pub fn number(&self) -> u32 {
        self.started
    }

    /// Waits until the next attempt may start: as long as the tenant `asked` for, if it did, and
    /// a random while in any case, so that those who were refused together do not come back
    /// together. False, at once, where there is to be no other attempt: the repeats are used up,
    /// or waiting would take longer than there is time. The log has which `request` it is and `why`
    /// it failed.
    pub async fn pause(&mut self, asked: Option<Duration>, request: &str, why: &str) -> bool {
        let delay = self.options.jitter(self.repeats, fastrand::f64());
        let wait = asked.unwrap_or_default().saturating_add(delay);
        let is_too_long = asked.is_some_and(|wait| wait > self.options.longest_wish);
        if self.repeats == self.options.most_repeats || is_too_long || !self.has_time_for(wait) {
            let asked_ms = asked.map(milliseconds);
            let attempts = self.started;
            tracing::warn!(request, why, attempts, asked_ms, "a request is given up");
            return false;
        }
        self.repeats += 1;
        let (asked, wait_ms) = (asked.is_some(), milliseconds(wait));
        let attempt = self.started;
        tracing::info!(request, why, attempt, wait_ms, asked, "repeating a request");
        sleep(wait).await;
        true
    }

    /// Whether there is time for an attempt after waiting for so long.
    pub fn has_time_for(&self, wait: Duration) -> bool {
        let left = self.deadline.map_or(self.in_all(), |deadline| deadline - Instant::now());
        wait.saturating_add(self.shortest()) <= left
    }

    /// How long all attempts may take together.
    fn in_all(&self) -> Duration {
        self.timeout.saturating_mul(2).min(self.options.longest_in_all).max(self.timeout)
    }

    /// An attempt that has less time than this is not worth starting: it would only leave a write
    /// in doubt.
    fn shortest(&self) -> Duration {
        self.timeout / 4
    }
}

/// The end of a time that begins now. A time that no clock can count ends in a century.
fn at_the_end_of(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or_else(|| now + Duration::from_hours(24 * 365 * 100))
}

/// A time as logs and records have it.
pub fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The `Retry-After` header, as seconds or as a date (RFC 9110, section 10.2.3). A date is compared
/// with the time that the service says it is: its clock and this one may differ.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let now = headers.get(header::DATE).and_then(|date| date.to_str().ok());
    let now = now.and_then(|date| httpdate::parse_http_date(date).ok());
    Some(date.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use proptest::prelude::*;

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(30);

    fn usual(timeout: Duration) -> Attempts {
        Attempts::new(timeout, RetryOptions::default())
    }

    fn asked(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, value.parse().ok()?);
        retry_after(&headers)
    }

    #[test]
    fn a_date_is_compared_with_the_services_clock() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, "Sat, 31 Jan 2026 12:00:30 GMT".parse().unwrap());
        headers.insert(header::DATE, "Sat, 31 Jan 2026 12:00:00 GMT".parse().unwrap());
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(30)));
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_a_date() {
        assert_eq!(asked("17"), Some(Duration::from_secs(17)));
        assert_eq!(asked(" 0 "), Some(Duration::ZERO));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        let soon = SystemTime::now() + Duration::from_hours(1);
        let read = asked(&httpdate::fmt_http_date(soon)).unwrap();
        assert!(read <= Duration::from_hours(1) && read > Duration::from_mins(50), "{read:?}");
        for bad in ["soon", "", "-1", "1.5", "Sun, 31 Feb 1994 08:49:37 GMT"] {
            assert_eq!(asked(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_time_is_recorded_in_milliseconds() {
        assert_eq!(milliseconds(Duration::from_micros(1_234_567)), 1_234);
        assert_eq!(milliseconds(Duration::MAX), u64::MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn there_are_three_repeats_within_the_time() {
        let mut attempts = usual(TIMEOUT);
        assert_eq!(attempts.start(), TIMEOUT);
        for repeat in 1..=3 {
            assert_eq!(attempts.number(), repeat, "the log has which attempt it was");
            assert!(attempts.pause(None, "GET /", "test").await);
            assert_eq!(attempts.start(), TIMEOUT);
        }
        assert!(!attempts.pause(None, "GET /", "test").await);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_asked_for_is_waited_for_if_there_is_time() {
        const WISH: Duration = Duration::from_mins(1);
        let mut attempts = usual(TIMEOUT);
        let _ = attempts.start();
        let before = Instant::now();
        assert!(attempts.pause(Some(Duration::from_secs(35)), "GET /", "test").await);
        assert!(before.elapsed() >= Duration::from_secs(35));
        assert!(attempts.start() < TIMEOUT, "the time is for all of them");
        let before = Instant::now();
        assert!(!attempts.pause(Some(Duration::from_secs(35)), "GET /", "test").await);
        assert_eq!(before.elapsed(), Duration::ZERO, "it is not tried in vain");
        let mut patient = usual(Duration::from_mins(10));
        let _ = patient.start();
        assert!(patient.pause(Some(WISH), "GET /", "test").await);
        assert!(!patient.pause(Some(WISH + Duration::from_secs(1)), "GET /", "test").await);
    }

    #[tokio::test(start_paused = true)]
    async fn one_attempt_may_take_all_the_time_that_it_is_given() {
        let mut attempts = usual(Duration::from_mins(10));
        assert_eq!(attempts.start(), Duration::from_mins(10));
        tokio::time::advance(Duration::from_secs(590)).await;
        assert!(!attempts.pause(None, "GET /", "test").await);
    }

    #[tokio::test(start_paused = true)]
    async fn the_application_says_how_often_and_for_how_long() {
        let never = RetryOptions::default().most_repeats(0);
        let mut attempts = Attempts::new(TIMEOUT, never);
        let _ = attempts.start();
        assert!(!attempts.pause(None, "GET /", "test").await);

        let soon = Duration::from_secs(5);
        let options = RetryOptions::default().most_repeats(9).longest_wish(soon);
        let mut attempts = Attempts::new(TIMEOUT, options.clone());
        let _ = attempts.start();
        assert!(attempts.pause(Some(soon), "GET /", "test").await);
        assert!(!attempts.pause(Some(soon * 2), "GET /", "test").await);

        let mut attempts = Attempts::new(TIMEOUT, options.longest_in_all(TIMEOUT));
        let _ = attempts.start();
        tokio::time::advance(TIMEOUT.saturating_sub(soon)).await;
        assert!(
            !attempts.pause(None, "GET /", "test").await,
            "there is less than an attempt takes"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_without_an_end_is_no_defect() {
        let options = RetryOptions::default();
        let options = options.first_delay(Duration::MAX).longest_in_all(Duration::MAX);
        let mut attempts = Attempts::new(Duration::MAX, options);
        let _ = attempts.start();
        assert!(attempts.has_time_for(Duration::ZERO) || !attempts.has_time_for(Duration::MAX));
    }

    proptest! {
        #[test]
        fn delays_are_anything_up_to_a_bound_that_doubles(
            first in 0..100u64,
            repeat in any::<u8>(),
            random in any::<f64>()
        ) {
            let first = Duration::from_millis(first);
            let most = first.saturating_mul(2u32.pow(repeat.min(16).into())).min(LONGEST_DELAY);
            let options = RetryOptions::default().first_delay(first);
            let random = if random.is_nan() { 0.5 } else { random };
            prop_assert!(options.jitter(repeat, random) <= most);
            prop_assert_eq!(options.jitter(repeat, 0.0), Duration::ZERO);
            prop_assert_eq!(options.jitter(repeat, 1.0), most);
        }

        #[test]
        fn any_number_of_seconds_is_read(seconds in any::<u64>()) {
            prop_assert_eq!(asked(&seconds.to_string()), Some(Duration::from_secs(seconds)));
        }

        #[test]
        fn any_date_to_come_is_read(seconds in 0..250_000_000_000u64) {
            let date = UNIX_EPOCH + Duration::from_secs(seconds);
            let left = date.duration_since(SystemTime::now()).unwrap_or_default();
            let read = asked(&httpdate::fmt_http_date(date));
            prop_assert!(read.is_some_and(|read| read <= left), "{read:?} {left:?}");
        }

        #[test]
        fn any_other_text_is_read_without_harm(text in ".*") {
            let _ = asked(&text);
        }
    }
}
