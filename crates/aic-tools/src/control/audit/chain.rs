//! The chain of an audit log: each line has its number and the digest of the line before it, so that a
//! line which is changed, added or removed later shows.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use serde_json::{Map, Value};

use super::asked::digest;

/// The names of the members that are the chain.
const NUMBER: &str = "number";
const PREVIOUS: &str = "previous";
/// How much is read at a time from the end of a file.
const STEP: u64 = 16 * 1024;

/// The last line of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Last {
    number: u64,
    /// `None` where there is no line yet.
    digest: Option<String>,
}

impl Last {
    /// The last line of a file. One that was not written to its end counts as one.
    pub(super) fn of(file: &mut File) -> io::Result<Self> {
        let line = last_line(file)?;
        let bare = line.strip_suffix(b"\n").unwrap_or(&line);
        if bare.is_empty() {
            return Ok(Self::default());
        }
        let number = link(bare).map_or(0, |(number, _)| number);
        Ok(Self { number, digest: Some(digest(bare)) })
    }

    /// Ties a record to it, and returns the line, without its end, and what is the last line then.
    pub(super) fn then(&self, mut record: Map<String, Value>) -> (Vec<u8>, Self) {
        let number = self.number + 1;
        record.insert(NUMBER.to_owned(), number.into());
        record.insert(PREVIOUS.to_owned(), self.digest.clone().into());
        let line = Value::Object(record).to_string().into_bytes();
        let digest = Some(digest(&line));
        (line, Self { number, digest })
    }
}

/// Whether a file ends in the middle of a line.
pub(super) fn is_torn(file: &mut File) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut last = [b'\n'];
    if length > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    Ok(last != *b"\n")
}

fn last_line(file: &mut File) -> io::Result<Vec<u8>> {
    let mut start = file.seek(SeekFrom::End(0))?;
    let mut tail = Vec::new();
    loop {
        let body = tail.strip_suffix(b"\n").unwrap_or(&tail);
        if let Some(end) = body.iter().rposition(|byte| *byte == b'\n') {
            return Ok(tail.split_off(end + 1));
        }
        if start == 0 {
            return Ok(tail);
        }
        let step = STEP.min(start);
        start -= step;
        file.seek(SeekFrom::Start(start))?;
        let mut part = vec![0; usize::try_from(step).unwrap_or_default()];
        file.read_exact(&mut part)?;
        part.extend_from_slice(&tail);
        tail = part;
    }
}

/// The number of a line, and the digest that it has of the one before it.
fn link(line: &[u8]) -> Option<(u64, Option<String>)> {
    let record: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let previous = match record.get(PREVIOUS)? {
        Value::Null => None,
        Value::String(digest) => Some(digest.clone()),
        _ => return None,
    };
    Some((record.get(NUMBER)?.as_u64()?, previous))
}

/// A log of which every line follows from the one before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intact {
    /// How many lines it has.
    pub lines: u64,
    /// The digest of the last one.
    pub last: Option<String>,
    /// Whether one of them has the digest that was looked for.
    pub has_wanted: bool,
}

/// Where the chain of an audit log is broken first. Lines are counted from 1, as they are now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// This line is not a whole record of an audit log.
    NoRecord(u64),
    /// This line was changed after it was written.
    Changed(u64),
    /// This line was not there, or not there, when the next one was written.
    Added(u64),
    /// Lines are missing before this one.
    Removed {
        /// The line before which they are missing.
        before: u64,
        /// How many, by the numbers of those around.
        count: u64,
    },
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRecord(line) => write!(f, "line {line} is no record of an audit log"),
            Self::Changed(line) => write!(f, "line {line} was changed after it was written"),
            Self::Added(line) => {
                write!(f, "line {line} was added or moved after the others were written")
            }
            Self::Removed { before, count: 1 } => {
                write!(f, "a line was removed before what is now line {before}")
            }
            Self::Removed { before, count } => {
                write!(f, "{count} lines were removed before what is now line {before}")
            }
        }
    }
}

/// Checks that every line of a log follows from the one before it, and looks for a line with the
/// digest `wanted`.
///
/// # Errors
///
/// When it cannot be read.
pub fn verify(log: impl Read, wanted: Option<&str>) -> io::Result<Result<Intact, Break>> {
    let mut log = BufReader::new(log);
    let mut seen = Intact::default();
    let mut number = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        if log.read_until(b'\n', &mut line)? == 0 {
            return Ok(Ok(seen));
        }
        let at = seen.lines + 1;
        let Some(bare) = line.strip_suffix(b"\n") else { return Ok(Err(Break::NoRecord(at))) };
        let Some((own, previous)) = link(bare) else { return Ok(Err(Break::NoRecord(at))) };
        if previous != seen.last || own != number + 1 {
            return Ok(Err(broken(at, number, own)));
        }
        let digest = digest(bare);
        seen.has_wanted |= wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case(&digest));
        seen = Intact { lines: at, last: Some(digest), ..seen };
        number = own;
    }
}

/// The kind of break at the line `at`. The line has the number `own`, and does not follow from the line
/// before it, which has the number `before`.
fn broken(at: u64, before: u64, own: u64) -> Break {
    match own.checked_sub(before + 1) {
        // It follows by its number, so it is the line before it that is not what it was.
        Some(0) if at > 1 => Break::Changed(at - 1),
        Some(0) => Break::Changed(at),
        Some(count) => Break::Removed { before: at, count },
        None => Break::Added(at),
    }
}
