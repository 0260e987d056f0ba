//! Configuration that is taken up some time after it was written.

use std::fmt;
use std::time::{Duration, SystemTime};

use parking_lot::{Mutex, MutexGuard};
use time::OffsetDateTime;

use super::Idm;
use crate::clock::Clock;
use crate::crest::request::Parameters;
use crate::service::Service;

/// How long a request that asks for it waits until its change is taken up:
/// `openidm.config.waitTimeout`, as IDM's documentation has it.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A document as it is shown, and as it was written where that is not shown yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Settling<T> {
    shown: T,
    /// The last write, and the time from which it is shown, by the tenant's clock.
    written: Option<(Duration, T)>,
}

impl<T> Settling<T> {
    /// The document as a read shows it.
    pub(super) fn shown(&self) -> &T {
        &self.shown
    }

    /// The document of the last write, shown or not.
    pub(super) fn written(&self) -> &T {
        self.written.as_ref().map_or(&self.shown, |(_, written)| written)
    }

    /// Shows a document at once.
    pub(super) fn set(&mut self, document: T) {
        *self = Self { shown: document, written: None };
    }

    /// Takes a document that is shown from a time on.
    pub(super) fn write(&mut self, document: T, from: Duration) {
        self.written = Some((from, document));
    }

    /// Shows what was written, where its time has come.
    fn settle(&mut self, now: Duration) {
        if let Some((_, written)) = self.written.take_if(|(from, _)| *from <= now) {
            self.shown = written;
        }
    }
}

/// The date of the request at hand. It is no part of what IDM holds, and is not shown as one.
#[derive(Clone, Copy)]
pub(super) struct Today(OffsetDateTime);

impl Today {
    pub(super) fn date(self) -> OffsetDateTime {
        self.0
    }
}

impl Default for Today {
    fn default() -> Self {
        Self(SystemTime::now().into())
    }
}

impl fmt::Debug for Today {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Today")
    }
}

/// The behaviour that differs from one real tenant to another. All copies of one tenant's IDM share it.
#[derive(Debug, Default)]
pub(super) struct Habits {
    /// How long what is written to the configuration takes to be shown.
    configuration_delay: Mutex<Duration>,
    /// The estimated number of managed objects in the answer to a query, where they are not counted.
    estimated_total: Mutex<Option<usize>>,
}

impl Service<Idm> {
    /// IDM, with what was written to its configuration shown where the time for that has come.
    pub(crate) fn settled(&self) -> MutexGuard<'_, Idm> {
        let mut idm = self.lock();
        idm.settle(self.clock().now());
        idm.today = Today(self.clock().date());
        idm
    }
}

impl Idm {
    /// Has what is written to the configuration from now on shown this much later.
    pub(crate) fn set_configuration_delay(&self, delay: Duration) {
        *self.habits.configuration_delay.lock() = delay;
    }

    /// Answers queries for managed objects that ask for their number with an estimate from now on,
    /// or counts them.
    pub(crate) fn set_estimated_total(&self, estimate: Option<usize>) {
        *self.habits.estimated_total.lock() = estimate;
    }

    pub(super) fn estimated_total(&self) -> Option<usize> {
        *self.habits.estimated_total.lock()
    }

    /// When a document that is written now is shown.
    pub(super) fn settles_at(&self, clock: &Clock) -> Duration {
        clock.now().saturating_add(*self.habits.configuration_delay.lock())
    }

    /// Shows what was written to the configuration, where its time has come.
    fn settle(&mut self, now: Duration) {
        self.managed.settle(now);
        self.themes.settle(now);
    }
}

/// Waits until a change is shown, where the request asks for it with `waitForCompletion=true`, and
/// at most as long as IDM does.
pub(super) async fn wait_for_completion(parameters: &Parameters, clock: &Clock, at: Duration) {
    if parameters.get("waitForCompletion") == Some("true") {
        clock.reach(at.min(clock.now().saturating_add(LONGEST_WAIT))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_shown_when_its_time_has_come() {
        let mut document = Settling::default();
        document.set(1);
        document.write(2, Duration::from_secs(5));
        document.settle(Duration::from_secs(4));
        assert_eq!((document.shown(), document.written()), (&1, &2));
        document.settle(Duration::from_secs(5));
        assert_eq!((document.shown(), document.written()), (&2, &2));
    }

    #[test]
    fn the_last_of_several_writes_is_shown() {
        let mut document = Settling::default();
        document.write(1, Duration::from_secs(1));
        document.write(2, Duration::from_secs(3));
        document.settle(Duration::from_secs(2));
        assert_eq!(document.shown(), &0);
        document.settle(Duration::from_secs(3));
        assert_eq!(document.shown(), &2);
    }
}
