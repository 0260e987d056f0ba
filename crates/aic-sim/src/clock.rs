//! The tenant's clock.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::sync::lock;

/// The time since the tenant was started, which can be moved forward so that tokens expire
/// without anyone waiting for it.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    ahead: Mutex<Duration>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), ahead: Mutex::default() }
    }

    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed().saturating_add(*lock(&self.ahead))
    }

    pub(crate) fn advance(&self, by: Duration) {
        let mut ahead = lock(&self.ahead);
        *ahead = ahead.saturating_add(by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
