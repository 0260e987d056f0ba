//! The local trail of what was called.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;

use crate::redact;

/// One tool call, as the trail has it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditRecord<'a> {
    /// When it started, RFC 3339.
    pub time: String,
    /// The tool.
    pub tool: &'a str,
    /// The tool's group.
    pub toolset: &'a str,
    /// What the tool does: reads, creates, updates, replaces, deletes, one-way.
    pub effect: &'a str,
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
    /// How it ended.
    pub outcome: AuditOutcome,
    /// Of a call that failed, why.
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
}

/// A file to which a line is added for each call: JSON, readable by its owner only.
#[derive(Debug)]
pub struct AuditLog {
    file: Mutex<File>,
}

impl AuditLog {
    /// Opens the file, or makes it. What is in it stays.
    ///
    /// # Errors
    ///
    /// When it cannot be written, is no regular file, or is open to others and not ours to close.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if metadata.permissions().mode() & 0o777 != 0o600 {
                file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
            }
        }
        Ok(Self { file: Mutex::new(file) })
    }

    /// Adds a record, its secrets masked.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, record: &AuditRecord<'_>) -> io::Result<()> {
        let mut value = serde_json::to_value(record)?;
        redact::mask(&mut value);
        redact::reveal(&mut value);
        let mut line = serde_json::to_vec(&value)?;
        line.push(b'\n');
        // One write, so that lines of several processes do not mix.
        self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line)
    }
}
