//! Where log entries are kept.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::clock::timestamp;
use crate::crest::Object;

/// The most entries that are kept.
const MAX_ENTRIES: usize = 20_000;
/// The most bytes of JSON that the payloads which are kept may have.
const MAX_BYTES: usize = 64 << 20;

/// Where an entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    AmAccess,
    AmActivity,
    AmAuthentication,
    AmConfig,
    AmCore,
    EnvironmentAccess,
    IdmAccess,
    IdmActivity,
    IdmConfig,
    IdmCore,
    IdmSync,
}

impl Source {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AmAccess => "am-access",
            Self::AmActivity => "am-activity",
            Self::AmAuthentication => "am-authentication",
            Self::AmConfig => "am-config",
            Self::AmCore => "am-core",
            Self::EnvironmentAccess => "environment-access",
            Self::IdmAccess => "idm-access",
            Self::IdmActivity => "idm-activity",
            Self::IdmConfig => "idm-config",
            Self::IdmCore => "idm-core",
            Self::IdmSync => "idm-sync",
        }
    }
}

/// An entry: its payload with when and where it was made.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) number: u64,
    pub(super) date: OffsetDateTime,
    pub(super) source: Source,
    /// `{payload, timestamp, type, source}`, as it is shown and as filters see it.
    pub(super) entry: Arc<Object>,
    size: usize,
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.entry.serialize(serializer)
    }
}

/// The last entries, oldest first, bounded in number and in bytes.
#[derive(Debug, Default)]
pub(crate) struct Events {
    kept: VecDeque<Event>,
    bytes: usize,
    /// How many entries there have ever been.
    count: u64,
}

impl Events {
    /// Adds an entry. An earlier date than that of the entry before becomes that date, so that
    /// entries are in the order of their dates.
    pub(crate) fn add(&mut self, source: Source, date: OffsetDateTime, fields: Object) {
        let date = self.not_before_last(date);
        let mut payload = Object::with_capacity(fields.len() + 2);
        payload.insert("_id".to_owned(), json!(format!("{SERVER}-{}", self.count + 1)));
        payload.insert("timestamp".to_owned(), json!(timestamp(date)));
        payload.extend(fields);
        self.keep(source, date, payload.into(), "application/json");
    }

    /// Adds an entry that is a line of text.
    pub(crate) fn add_text(&mut self, source: Source, date: OffsetDateTime, text: &str) {
        let date = self.not_before_last(date);
        self.keep(source, date, text.into(), "text/plain");
    }

    fn not_before_last(&self, date: OffsetDateTime) -> OffsetDateTime {
        self.kept.back().map_or(date, |last| last.date.max(date))
    }

    fn keep(&mut self, source: Source, date: OffsetDateTime, payload: Value, kind: &str) {
        let size = payload.to_string().len();
        let entry = Object::from_iter([
            ("payload".to_owned(), payload),
            ("timestamp".to_owned(), timestamp(date).into()),
            ("type".to_owned(), kind.into()),
            ("source".to_owned(), source.name().into()),
        ]);
        self.count += 1;
        self.bytes += size;
        self.kept.push_back(Event {
            number: self.count,
            date,
            source,
            entry: Arc::new(entry),
            size,
        });
        while self.kept.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
            let Some(oldest) = self.kept.pop_front() else { return };
            self.bytes -= oldest.size;
        }
    }

    /// The entries after the one with this number, oldest first.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = &Event> {
        let first = self.kept.partition_point(|event| event.number <= number);
        self.kept.range(first..)
    }

    /// The number of the newest entry there has been.
    pub(super) fn last_number(&self) -> u64 {
        self.count
    }
}

/// The beginning of the ids of entries.
const SERVER: &str = "7f1c3b52-0c7e-4d0b-8a44-0d6b8f6f1e21";

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    fn add(events: &mut Events, seconds: i64, text: &str) {
        let date = OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds);
        let fields = json!({ "text": text }).as_object().unwrap().clone();
        events.add(Source::AmCore, date, fields);
    }

    #[test]
    fn entries_are_numbered_and_never_go_back_in_time() {
        let mut events = Events::default();
        add(&mut events, 2, "a");
        add(&mut events, 1, "b");
        let dates: Vec<_> = events.after(0).map(|event| event.date.unix_timestamp()).collect();
        assert_eq!(dates, [2, 2]);
        assert_eq!(events.after(1).count(), 1);
        assert_eq!(events.after(2).count(), 0);
        assert_eq!(events.last_number(), 2);
    }

    #[test]
    fn the_oldest_entries_make_room() {
        let mut events = Events::default();
        for _ in 0..=MAX_ENTRIES {
            add(&mut events, 0, "a");
        }
        assert_eq!(events.after(0).count(), MAX_ENTRIES);
        assert_eq!(events.after(0).next().unwrap().number, 2);
        add(&mut events, 0, &"x".repeat(MAX_BYTES));
        assert_eq!(events.after(0).count(), 0);
    }
}
