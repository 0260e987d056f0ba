use std::borrow::Cow;
use std::time::SystemTime;

use aic_api::logs::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::outcome::redact;

/// A whole number of hours up to a limit; texts are all that prompts take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hours<const MOST: u32>(u32);

impl<const MOST: u32> Hours<MOST> {
    /// The hours, where they are given.
    pub(super) fn or(given: Option<Self>, usual: u32) -> u32 {
        given.map_or(usual, |hours| hours.0)
    }
}

impl<'de, const MOST: u32> Deserialize<'de> for Hours<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hours = String::deserialize(deserializer)?.trim().parse().ok();
        hours.filter(|hours| (1..=MOST).contains(hours)).map(Self).ok_or_else(|| {
            de::Error::custom(format!("it must be a whole number of hours from 1 to {MOST}"))
        })
    }
}

/// A name that somebody has, on one line.
#[derive(Debug, Clone)]
pub(super) struct Who(String);

impl Who {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Who {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let fits = !text.trim().is_empty() && text.chars().count() <= 200;
        if !fits || text.chars().any(char::is_control) {
            return Err(de::Error::custom("it must be one line of 1 to 200 characters"));
        }
        Ok(Self(redact::clean(text)))
    }
}

macro_rules! text_schema {
    ($type:ty, [$($generics:tt)*]) => {
        impl<$($generics)*> JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                "Text".into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string" })
            }
        }
    };
}

text_schema!(Hours<MOST>, [const MOST: u32]);
text_schema!(Who, []);

/// The time so many hours before, as the tools take it.
pub(super) fn before(now: SystemTime, hours: u32) -> String {
    Timestamp::from(now).hours_before(hours).to_string()
}
