use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// How it was settled whether a call may do what it does, and what a person was shown for that.
///
/// Whether the person agreed is said by how the call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    by: AskedBy,
    /// The digest of the text that was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum AskedBy {
    NotNeeded,
    Dialog,
    Terminal,
    Option,
}

impl Asked {
    /// Nobody had to be asked.
    pub fn not_needed() -> Self {
        Self { by: AskedBy::NotNeeded, shown: None }
    }

    /// Nobody is ever asked, by an option of whoever started the program.
    pub fn by_option() -> Self {
        Self { by: AskedBy::Option, shown: None }
    }

    /// A dialog of the client's shows this.
    pub fn by_dialog(shown: &str) -> Self {
        Self { by: AskedBy::Dialog, shown: Some(digest(shown.as_bytes())) }
    }

    /// A terminal shows this.
    pub fn by_terminal(shown: &str) -> Self {
        Self { by: AskedBy::Terminal, shown: Some(digest(shown.as_bytes())) }
    }
}

/// SHA-256 (FIPS 180-4), in hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
