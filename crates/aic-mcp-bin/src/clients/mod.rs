//! The MCP clients that a server is set up for: how their configurations are read and changed.

mod json;
mod program;
mod spec;
mod toml;
mod write;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

pub(crate) use program::own_path;
pub(crate) use spec::ClientSpec;

/// How a client is to start the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The name that the server has in the client.
    pub(crate) name: String,
    pub(crate) command: String,
    pub(crate) args: Vec<String>,
}

/// A change of a client's configuration.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) file: PathBuf,
    /// The content of the file, `None` where there is no file.
    pub(crate) before: Option<String>,
    pub(crate) after: String,
    /// Both as they may be shown.
    shown: (String, String),
}

/// What some editors put before the text, and what no parser takes for a part of it.
const BYTE_ORDER_MARK: char = '\u{feff}';

impl ClientSpec {
    /// The change that has it start the server.
    ///
    /// # Errors
    ///
    /// When its configuration cannot be read or is not what it should be.
    pub(crate) fn setup(&self, entry: &Entry) -> anyhow::Result<Setup> {
        let file = self.file()?;
        let before = read(&file)?;
        let text = before.as_deref().unwrap_or_default();
        let plain = text.trim_start_matches(BYTE_ORDER_MARK);
        let change = || {
            let changed = self.format.with(plain, entry)?;
            let shown = |text: &str| self.format.shown(text, &entry.name);
            Ok::<_, anyhow::Error>(((shown(plain)?, shown(&changed)?), changed))
        };
        let (shown, changed) =
            change().with_context(|| format!("{} is left as it is", file.display()))?;
        let mark = &text[..text.len() - plain.len()];
        let after = format!("{mark}{changed}");
        Ok(Setup { file, before, after, shown })
    }

    /// The commands by which it starts servers, with the servers' names.
    ///
    /// # Errors
    ///
    /// When its configuration cannot be read or is not what it should be.
    pub(crate) fn commands(&self) -> anyhow::Result<Vec<(String, String)>> {
        let file = self.file()?;
        let Some(text) = read(&file)? else { return Ok(Vec::new()) };
        let commands = self.format.commands(text.trim_start_matches(BYTE_ORDER_MARK));
        commands.with_context(|| format!("{} cannot be understood", file.display()))
    }
}

/// Whether what a file says under this name looks like a secret.
fn looks_secret(name: &str, text: &str) -> bool {
    let mut value = serde_json::json!({ name: text });
    aic_tools::mask(&mut value);
    value[name] != text
}

/// Members of another server's entry that hold no secret; its arguments, variables, headers and address
/// may.
const HARMLESS: [&str; 2] = ["command", "type"];

fn read(file: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
}

impl Setup {
    /// Whether the file has it already.
    pub(crate) fn is_done(&self) -> bool {
        self.before.as_ref() == Some(&self.after)
    }

    /// The change as a unified diff, in which what may be a secret of other servers is masked: such a
    /// diff is shown to assistants and pasted into questions.
    pub(crate) fn diff(&self) -> String {
        let (before, after) = &self.shown;
        let name = self.file.display().to_string();
        similar::TextDiff::from_lines(before, after).unified_diff().header(&name, &name).to_string()
    }

    /// Writes the file, all of it or nothing, and returns where the old one was copied to.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or has changed since it was read.
    pub(crate) fn write(&self) -> anyhow::Result<Option<PathBuf>> {
        write::replace(&self.file, self.before.as_deref(), &self.after)
    }
}
