use std::fmt;
use std::time::SystemTime;

use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime, UtcOffset};

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Timestamp(OffsetDateTime);

/// Why a text is no point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not a time as RFC 3339 writes it: a date, T, a time and Z or an offset, such as \
     2026-01-31T14:00:00Z"
)]
pub struct InvalidTime;

impl TryFrom<String> for Timestamp {
    type Error = InvalidTime;

    fn try_from(text: String) -> Result<Self, InvalidTime> {
        let time = OffsetDateTime::parse(&text, &Rfc3339).map_err(|_| InvalidTime)?;
        let time = time.checked_to_offset(UtcOffset::UTC).ok_or(InvalidTime)?;
        // RFC 3339 has no way to write the years before 0, in which an offset may end.
        if time.year() < 0 { Err(InvalidTime) } else { Ok(Self(time)) }
    }
}

/// To the second.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let time = OffsetDateTime::from(time);
        Self(time.replace_nanosecond(0).unwrap_or(time))
    }
}

impl Timestamp {
    /// How long AIC keeps its logs, in days.
    pub const DAYS_KEPT: u32 = 30;

    /// So many hours before, though not before the year 0.
    pub fn hours_before(self, hours: u32) -> Self {
        /// 0000-01-01T00:00:00Z.
        const FIRST: i64 = -62_167_219_200;
        let before = self.0.saturating_sub(Duration::hours(hours.into()));
        Self(OffsetDateTime::from_unix_timestamp(FIRST).map_or(before, |first| before.max(first)))
    }
}

/// In UTC, as RFC 3339 writes it.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

/// A stretch of time that AIC searches at once: 24 hours at most. Where both ends are left out, it
/// is the last 24 hours.
///
/// Assumption: where one end is left out, AIC puts it 24 hours from the other. The documentation
/// only has it for both; a request with one end on a tenant would settle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    begin: Option<Timestamp>,
    end: Option<Timestamp>,
}

/// How much of a stretch of time AIC still has the logs of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retained {
    /// All of it.
    Everything,
    /// The part from this time on.
    Since(Timestamp),
    /// None of it.
    Nothing,
}

/// Why AIC does not search a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWindow {
    /// It ends before it begins.
    #[error("it ends before it begins")]
    Backwards,
    /// It is too long.
    #[error("it is longer than 24 hours, the most that AIC searches at once")]
    TooLong,
}

impl Window {
    /// A stretch of time, its ends included.
    ///
    /// # Errors
    ///
    /// [`InvalidWindow`].
    pub fn new(begin: Option<Timestamp>, end: Option<Timestamp>) -> Result<Self, InvalidWindow> {
        if let (Some(begin), Some(end)) = (begin, end) {
            if end < begin {
                return Err(InvalidWindow::Backwards);
            }
            if end.0 - begin.0 > Duration::DAY {
                return Err(InvalidWindow::TooLong);
            }
        }
        Ok(Self { begin, end })
    }

    /// The stretches of a day at most that a longer one is made of, the last first.
    ///
    /// # Errors
    ///
    /// [`InvalidWindow::Backwards`].
    pub fn days(begin: Timestamp, end: Timestamp) -> Result<Vec<Self>, InvalidWindow> {
        if end < begin {
            return Err(InvalidWindow::Backwards);
        }
        let mut days = Vec::new();
        let mut until = end;
        while until > begin || days.is_empty() {
            let from = Timestamp(until.0 - Duration::DAY).max(begin);
            days.push(Self { begin: Some(from), end: Some(until) });
            until = from;
        }
        Ok(days)
    }

    /// How much of it lies in the time that AIC keeps its logs for, at a point in time.
    pub fn kept(&self, now: Timestamp) -> Retained {
        let oldest = now.hours_before(Timestamp::DAYS_KEPT * 24);
        let begin = self.begin.or(self.end.map(|end| end.hours_before(24)));
        let end =
            self.end.or(self.begin.map(|begin| Timestamp(begin.0.saturating_add(Duration::DAY))));
        match (begin, end) {
            (_, Some(end)) if end < oldest => Retained::Nothing,
            (Some(begin), _) if begin < oldest => Retained::Since(oldest),
            _ => Retained::Everything,
        }
    }

    /// Where it begins.
    pub fn begin(&self) -> Option<Timestamp> {
        self.begin
    }

    /// Where it ends.
    pub fn end(&self) -> Option<Timestamp> {
        self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Timestamp> {
        Timestamp::try_from(text.to_owned()).ok()
    }

    #[test]
    fn times_are_written_in_utc() {
        let written = |text: &str| at(text).map(|time| time.to_string());
        assert_eq!(written("2026-01-31T14:00:00Z").as_deref(), Some("2026-01-31T14:00:00Z"));
        assert_eq!(written("2026-01-31T14:00:00+02:00").as_deref(), Some("2026-01-31T12:00:00Z"));
        assert_eq!(written("2026-01-31t14:00:00.250z").as_deref(), Some("2026-01-31T14:00:00.25Z"));
        for bad in ["", "yesterday", "2026-01-31", "2026-01-31T14:00:00", "2026-02-30T00:00:00Z"] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }

    #[test]
    fn years_before_0_cannot_be_written_and_are_none() {
        assert_eq!(at("0000-01-01T00:00:00+01:00"), None);
        let first = at("0000-01-01T00:00:00Z").unwrap();
        assert_eq!(first.hours_before(24), first);
        assert_eq!(first.hours_before(24).to_string(), "0000-01-01T00:00:00Z");
    }

    #[test]
    fn the_systems_time_is_one() {
        let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(1_500);
        assert_eq!(Timestamp::from(time).to_string(), "1970-01-01T00:00:01Z");
    }

    #[test]
    fn a_longer_time_is_made_of_days_without_a_gap() {
        let end = at("2026-01-31T14:00:00Z").unwrap();
        let days = |hours| {
            let days = Window::days(end.hours_before(hours), end).unwrap();
            let ends: Vec<_> = days.iter().map(|day| (day.begin, day.end)).collect();
            for (later, earlier) in ends.iter().zip(&ends[1..]) {
                assert_eq!(later.0, earlier.1);
            }
            assert_eq!(
                (ends[0].1, ends.last().unwrap().0),
                (Some(end), Some(end.hours_before(hours)))
            );
            days.len()
        };
        assert_eq!([0, 1, 24, 25, 48, 49].map(days), [1, 1, 1, 2, 2, 3]);
        assert_eq!(Window::days(end, end.hours_before(1)), Err(InvalidWindow::Backwards));
    }

    #[test]
    fn what_is_older_than_the_logs_are_kept_is_told() {
        let now = at("2026-03-02T12:00:00Z").unwrap();
        let oldest = at("2026-01-31T12:00:00Z").unwrap();
        let kept = |begin, end| Window::new(at(begin), at(end)).unwrap().kept(now);
        assert_eq!(kept("", ""), Retained::Everything);
        assert_eq!(kept("2026-01-31T12:00:00Z", ""), Retained::Everything);
        assert_eq!(kept("2026-01-31T11:59:59Z", "2026-01-31T13:00:00Z"), Retained::Since(oldest));
        assert_eq!(kept("", "2026-02-01T11:59:59Z"), Retained::Since(oldest));
        assert_eq!(kept("2026-01-30T12:00:00Z", ""), Retained::Since(oldest));
        assert_eq!(kept("2026-01-30T11:59:59Z", ""), Retained::Nothing);
        assert_eq!(kept("", "2026-01-31T11:59:59Z"), Retained::Nothing);
    }

    #[test]
    fn a_window_is_a_day_at_most_and_runs_forwards() {
        let window = |begin, end| Window::new(at(begin), at(end)).map(|_| ());
        assert_eq!(window("2026-01-31T14:00:00Z", "2026-02-01T14:00:00Z"), Ok(()));
        assert_eq!(
            window("2026-01-31T14:00:00Z", "2026-02-01T14:00:01Z"),
            Err(InvalidWindow::TooLong)
        );
        assert_eq!(
            window("2026-01-31T14:00:00Z", "2026-02-01T14:30:00+01:00"),
            Ok(()),
            "offsets are reckoned with"
        );
        assert_eq!(
            window("2026-01-31T14:00:01Z", "2026-01-31T14:00:00Z"),
            Err(InvalidWindow::Backwards)
        );
        assert_eq!(window("2026-01-31T14:00:00Z", ""), Ok(()));
        assert_eq!(window("", "2026-01-31T14:00:00Z"), Ok(()));
    }
}
