//! The figures of a run, beside those of the last release.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A unit, with as many decimals as are worth reading.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    Milliseconds,
    Microseconds,
    Megabytes,
    Mebibytes,
    Bytes,
    PerSecond,
}

impl Unit {
    fn shown(self, value: f64) -> String {
        match self {
            Self::Milliseconds => format!("{value:.2} ms"),
            Self::Microseconds => format!("{value:.0} µs"),
            Self::Megabytes => format!("{value:.2} MB"),
            Self::Mebibytes => format!("{value:.1} MiB"),
            Self::Bytes => format!("{value:.0} bytes"),
            Self::PerSecond => format!("{value:.0}/s"),
        }
    }

    fn more_is_better(self) -> bool {
        matches!(self, Self::PerSecond)
    }
}

/// Something that was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Measured {
    value: f64,
    /// The same machine's need for something simpler at the same time, in the same unit. A machine that is
    /// twice as slow has twice as large a value and yardstick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    yardstick: Option<f64>,
}

impl Measured {
    /// This by the measure of another: 1.1 where a tenth more is taken, whatever the machines.
    fn ratio(self, kept: Self) -> f64 {
        let own = |measured: Self| measured.value / measured.yardstick.unwrap_or(1.0);
        own(self) / own(kept)
    }
}

/// The figures of a release, as they are kept in the repository.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    version: String,
    figures: BTreeMap<String, Measured>,
}

/// How much larger a figure may be before it is pointed out.
const TOLERANCE: f64 = 1.05;

/// The figures of this run.
#[derive(Debug)]
pub(crate) struct Figures {
    last: Kept,
    now: BTreeMap<String, Measured>,
}

impl Figures {
    /// No figures yet, beside those of the last release.
    pub(crate) fn new() -> io::Result<Self> {
        let last = serde_json::from_str(&fs::read_to_string(file())?)?;
        Ok(Self { last, now: BTreeMap::new() })
    }

    /// Notes a figure and prints it.
    pub(crate) fn note(&mut self, name: &str, unit: Unit, value: f64, aim: &str) {
        self.add(name, unit, Measured { value, yardstick: None }, &aim);
    }

    /// The same of a figure that depends on the machine.
    pub(crate) fn note_beside(&mut self, name: &str, unit: Unit, value: f64, yardstick: Yardstick) {
        let Yardstick { what, took, aim } = yardstick;
        let beside = format!("{aim}; {what}: {}", unit.shown(took));
        self.add(name, unit, Measured { value, yardstick: Some(took) }, &beside);
    }

    fn add(&mut self, name: &str, unit: Unit, measured: Measured, beside: &dyn fmt::Display) {
        let compared = self.last.figures.get(name).map(|kept| {
            let ratio = measured.ratio(*kept);
            let worse = if unit.more_is_better() { 1.0 / ratio } else { ratio };
            format!("× {ratio:.2}{}", if worse > TOLERANCE { " (worse)" } else { "" })
        });
        let compared = compared.unwrap_or_else(|| "new".to_owned());
        println!("{name:28} {:>14} {compared:<16} {beside}", unit.shown(measured.value));
        self.now.insert(name.to_owned(), measured);
    }

    /// Says what the column in the middle is.
    pub(crate) fn print_heading(&self) {
        println!("{:28} {:>14} beside {}", "", "", self.last.version);
    }

    /// Puts the figures of this run in place of those of the last release.
    pub(crate) fn keep(self) -> io::Result<()> {
        let kept = Kept { version: env!("CARGO_PKG_VERSION").to_owned(), figures: self.now };
        let mut text = serde_json::to_string_pretty(&kept)?;
        text.push('\n');
        fs::write(file(), text)
    }
}

/// The measure of a machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Yardstick {
    pub(crate) what: &'static str,
    pub(crate) took: f64,
    pub(crate) aim: &'static str,
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("figures.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slower_machine_changes_no_ratio_of_what_has_a_yardstick() {
        let of = |value, yardstick| Measured { value, yardstick };
        let close = |ratio: f64, expected: f64| (ratio - expected).abs() < 1e-9;
        assert!(close(of(4.0, Some(2.0)).ratio(of(2.0, Some(1.0))), 1.0));
        assert!(close(of(4.4, Some(2.0)).ratio(of(2.0, Some(1.0))), 1.1));
        assert!(close(of(13.0, None).ratio(of(10.0, None)), 1.3));
    }
}
