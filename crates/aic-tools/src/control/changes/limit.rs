//! How much a server changes before a person has to look at it.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_mins(1);

/// How much may be changed in a minute, and in all; `None` where it does not matter. Written as
/// `60/min,500`, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteLimit(Option<(usize, usize)>);

impl Default for WriteLimit {
    fn default() -> Self {
        Self(Some((60, 500)))
    }
}

impl WriteLimit {
    /// No limit.
    pub const OFF: Self = Self(None);
}

impl fmt::Display for WriteLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((minute, all)) => write!(f, "{minute}/min,{all}"),
            None => f.write_str("off"),
        }
    }
}

impl FromStr for WriteLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim() == "off" {
            return Ok(Self::OFF);
        }
        let parts = text.split_once(',').and_then(|(minute, all)| {
            let minute = minute.trim().strip_suffix("/min")?.trim().parse().ok()?;
            Some((minute, all.trim().parse().ok()?))
        });
        parts
            .map(|parts| Self(Some(parts)))
            .ok_or_else(|| "it is such as 60/min,500, or off".to_owned())
    }
}

/// Changes that would be more than the limit allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuch {
    /// How much was changed in the last minute.
    pub in_a_minute: usize,
    /// How much was changed in all.
    pub in_all: usize,
    /// The limit.
    pub limit: WriteLimit,
    /// Whether it is the limit of all, which no waiting helps against.
    pub is_for_good: bool,
}

/// Counts what is changed.
#[derive(Debug, Default)]
pub(super) struct Counter {
    lately: VecDeque<(Instant, usize)>,
    all: usize,
}

impl Counter {
    pub(super) fn note(&mut self, count: usize, now: Instant) {
        self.all += count;
        self.lately.push_back((now, count));
        self.forget(now);
    }

    /// Objects to `more` changes that would be over the limit.
    pub(super) fn check(
        &mut self,
        more: usize,
        limit: WriteLimit,
        now: Instant,
    ) -> Result<(), TooMuch> {
        let Some((minute, all)) = limit.0 else { return Ok(()) };
        // A call that was not rehearsed changes something, nobody knows how much.
        let more = more.max(1);
        self.forget(now);
        let lately: usize = self.lately.iter().map(|(_, count)| count).sum();
        let is_for_good = self.all + more > all;
        if is_for_good || lately + more > minute {
            return Err(TooMuch { in_a_minute: lately, in_all: self.all, limit, is_for_good });
        }
        Ok(())
    }

    fn forget(&mut self, now: Instant) {
        while self.lately.front().is_some_and(|(at, _)| now.duration_since(*at) >= MINUTE) {
            self.lately.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_and_a_session_have_a_limit() {
        let limit: WriteLimit = "3/min,5".parse().unwrap();
        let (mut counter, start) = (Counter::default(), Instant::now());
        assert!(counter.check(3, limit, start).is_ok() && counter.check(4, limit, start).is_err());
        counter.note(3, start);
        let refused = counter.check(1, limit, start).unwrap_err();
        assert_eq!((refused.in_a_minute, refused.in_all, refused.is_for_good), (3, 3, false));
        let later = start + MINUTE;
        assert!(counter.check(2, limit, later).is_ok());
        counter.note(2, later);
        let refused = counter.check(1, limit, later + MINUTE).unwrap_err();
        assert_eq!((refused.in_a_minute, refused.in_all, refused.is_for_good), (0, 5, true));
        assert!(counter.check(1_000, WriteLimit::OFF, later).is_ok());
    }

    #[test]
    fn a_limit_is_read_as_it_is_shown() {
        for text in ["60/min,500", "off", "1/min,1"] {
            assert_eq!(text.parse::<WriteLimit>().unwrap().to_string(), text);
        }
        for bad in ["", "60", "60,500", "60/min", "-1/min,5", "60/min,x", "60/h,500"] {
            assert!(bad.parse::<WriteLimit>().is_err(), "{bad}");
        }
    }
}
