//! The tenant's clock.

use std::time::{Duration, Instant, SystemTime};

use parking_lot::Mutex;
use time::OffsetDateTime;
use tokio::sync::Notify;
use tokio::time::sleep;

/// The time since the tenant was started, which can be moved forward so that tokens expire
/// without anyone waiting for it.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    started_at: OffsetDateTime,
    ahead: Mutex<Duration>,
    /// Woken when the clock is moved.
    moved: Notify,
}

impl Clock {
    pub(crate) fn new() -> Self {
        let started_at = SystemTime::now().into();
        Self { started: Instant::now(), started_at, ahead: Mutex::default(), moved: Notify::new() }
    }

    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed().saturating_add(*self.ahead.lock())
    }

    /// The date, in UTC. It moves with the clock.
    pub(crate) fn date(&self) -> OffsetDateTime {
        let passed = time::Duration::try_from(self.now()).unwrap_or(time::Duration::MAX);
        self.started_at.saturating_add(passed)
    }

    pub(crate) fn advance(&self, by: Duration) {
        {
            let mut ahead = self.ahead.lock();
            *ahead = ahead.saturating_add(by);
        }
        self.moved.notify_waiters();
    }

    /// Waits until the clock shows a time, because it goes on or because it is moved there.
    pub(crate) async fn reach(&self, time: Duration) {
        loop {
            // A waiter counts from here on, so that no move between look and wait is missed.
            let moved = self.moved.notified();
            let remaining = time.saturating_sub(self.now());
            if remaining.is_zero() {
                return;
            }
            tokio::select! {
                () = sleep(remaining) => {}
                () = moved => {}
            }
        }
    }
}

/// A date as the services write it, to the microsecond.
pub(crate) fn timestamp(date: OffsetDateTime) -> String {
    let (year, month, day) = date.to_calendar_date();
    let (hour, minute, second, micro) = date.to_hms_micro();
    let month = u8::from(month);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_clock_and_are_written_in_utc() {
        let clock = Clock::new();
        let before = clock.date();
        clock.advance(Duration::from_hours(1));
        assert!(clock.date() - before >= time::Duration::HOUR);
        assert_eq!(timestamp(OffsetDateTime::UNIX_EPOCH), "1970-01-01T00:00:00.000000Z");
        clock.advance(Duration::MAX);
        assert!(timestamp(clock.date()).starts_with("9999-12-31T"));
    }

    #[tokio::test]
    async fn a_time_is_reached_by_moving_the_clock() {
        let clock = Clock::new();
        clock.reach(Duration::ZERO).await;
        let far = Duration::from_hours(1);
        tokio::join!(clock.reach(far), async {
            clock.advance(far / 2);
            tokio::task::yield_now().await;
            clock.advance(far / 2);
        });
        assert!(clock.now() >= far);
    }

    #[test]
    fn advancing_adds_up_and_never_overflows() {
        let clock = Clock::new();
        clock.advance(Duration::from_mins(1));
        clock.advance(Duration::from_mins(1));
        assert!(clock.now() >= Duration::from_mins(2));
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Duration::MAX);
    }
}
