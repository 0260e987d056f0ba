//! The local trail of what was called.

mod asked;
mod chain;

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::outcome::redact;
use chain::Last;

pub use asked::Asked;
pub use chain::{Break, Intact, verify};

/// One tool call, or what was meant as one, as the trail has it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditRecord {
    /// When it started, RFC 3339.
    pub time: String,
    /// The tool.
    pub tool: String,
    /// The tool's group, where there is such a tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toolset: Option<&'static str>,
    /// The tool's effect: reads, creates, updates, replaces, deletes, one-way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<&'static str>,
    /// The tenant.
    pub tenant: String,
    /// The `sub` of the administrator who is logged in, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administrator: Option<String>,
    /// The client and its version, as it calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The arguments. Secrets are masked when the record is written.
    pub arguments: Value,
    /// How it was settled whether it may be done, where it came to that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// The problem, if the call failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// How long it took.
    pub duration_ms: u64,
    /// The ids under which AIC's logs have it.
    pub transaction_ids: Vec<String>,
    /// How many requests were sent for it, those for a token not counted.
    pub requests: usize,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditOutcome {
    /// It did what it was to do.
    Succeeded,
    /// It did not, or not all of it.
    Failed,
    /// It was given up on; what it had sent may have been done.
    Cancelled,
    /// The user was asked to sign in first.
    SignInNeeded,
    /// The user is to be asked first whether it may be done.
    ConfirmationNeeded,
    /// The user did not agree to it.
    Declined,
    /// It was shown what it would do, and nothing was changed.
    DryRun,
    /// There is no such tool here, or it is switched off.
    Refused,
}

/// A file to which a line is added for each call: JSON, readable by its owner only, each line tied
/// to the one before it.
#[derive(Debug)]
pub struct AuditLog {
    file: Mutex<File>,
}

impl AuditLog {
    /// Opens the file, or makes it. Existing records stay.
    ///
    /// # Errors
    ///
    /// When it cannot be written, is a link or no regular file, belongs to another user, or can be
    /// written by others.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { file: Mutex::new(aic_files::open_to_append(path)?) })
    }

    /// Adds a record, its secrets masked. Other processes that add to the file wait meanwhile, and
    /// this waits for them, so that each line follows from the one before it, whosever that is.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, record: &AuditRecord) -> io::Result<()> {
        let mut value = serde_json::to_value(record)?;
        redact::mask_own(&mut value);
        redact::mask(&mut value);
        redact::reveal(&mut value);
        let Value::Object(record) = value else {
            return Err(io::Error::other("the record is no object"));
        };
        let mut file = self.file.lock();
        file.lock()?;
        let added = add(&mut file, record);
        file.unlock()?;
        added
    }
}

/// Adds a record as the last line of a file that nobody else writes to meanwhile.
fn add(file: &mut File, record: Map<String, Value>) -> io::Result<()> {
    let (mut line, _) = Last::of(file)?.then(record);
    line.push(b'\n');
    if chain::is_torn(file)? {
        // A record that a full disk or a crash has cut short stays, as a line of its own.
        line.insert(0, b'\n');
    }
    file.write_all(&line)
}

#[cfg(test)]
mod tests;
