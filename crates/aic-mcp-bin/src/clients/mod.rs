//! The MCP clients that a server is set up for: how their configurations are read and changed.

mod json;
mod links;
mod pages;
mod place;
mod program;
mod spec;
mod spelling;
mod table;
mod toml;
mod write;
mod yaml;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::{Value, json};

pub(crate) use pages::pages;
pub(crate) use program::own_path;
pub(crate) use spec::ClientSpec;
use spelling::Spelling;
pub(crate) use spelling::{Started, Target};
pub(crate) use write::put;

/// How a client is to start the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The name that the server has in the client.
    pub(crate) name: String,
    pub(crate) command: String,
    pub(crate) args: Vec<String>,
}

impl Entry {
    /// A configuration with this entry alone, in the form that most clients take.
    pub(crate) fn usual_configuration(&self) -> Value {
        json!({ "mcpServers": { self.name.as_str(): Spelling::PLAIN.object(self) } })
    }
}

/// A change of the servers in a client's configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change<'a> {
    /// This server is there, in place of an older one of its name.
    Add(&'a Entry),
    /// No server of this name is there.
    Remove(&'a str),
}

/// A change of a client's configuration.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) file: PathBuf,
    /// The content of the file, `None` where there is no file.
    pub(crate) before: Option<String>,
    pub(crate) after: String,
    /// The server of that name that was there before.
    pub(crate) replaced: Option<Started>,
    /// Both as they may be shown.
    shown: (String, String),
}

/// Some editors put this before the text, and no parser takes it for a part of the text.
const BYTE_ORDER_MARK: char = '\u{feff}';

impl ClientSpec {
    /// The change that has it start the server, for all that it does on this machine.
    ///
    /// # Errors
    ///
    /// When its configuration cannot be read or is not what it should be.
    pub(crate) fn setup(&self, entry: &Entry) -> anyhow::Result<Setup> {
        self.change(self.file()?, Change::Add(entry))
    }

    /// A change of this file, which is one of its configurations.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is not what it should be.
    pub(crate) fn change(&self, file: PathBuf, change: Change<'_>) -> anyhow::Result<Setup> {
        let before = read(&file)?;
        let text = before.as_deref().unwrap_or_default();
        let plain = text.trim_start_matches(BYTE_ORDER_MARK);
        let name = match change {
            Change::Add(entry) => &entry.name,
            Change::Remove(name) => name,
        };
        let made = || {
            let replaced =
                self.format.started(plain)?.into_iter().find(|found| found.name == *name);
            let changed = match change {
                Change::Add(entry) => self.format.with(plain, entry)?,
                Change::Remove(_) if plain.trim().is_empty() => plain.to_owned(),
                Change::Remove(name) => {
                    if replaced.as_ref().is_some_and(|found| !found.is_ours()) {
                        bail!("its {name} does not start this program: remove it by hand");
                    }
                    self.format.without(plain, name)?
                }
            };
            let shown = |text: &str| self.format.shown(text, name);
            Ok::<_, anyhow::Error>(((shown(plain)?, shown(&changed)?), changed, replaced))
        };
        let (shown, changed, replaced) =
            made().with_context(|| format!("{} is left as it is", file.display()))?;
        let mark = &text[..text.len() - plain.len()];
        let after = format!("{mark}{changed}");
        Ok(Setup { file, before, after, replaced, shown })
    }

    /// The servers that it starts as processes.
    ///
    /// # Errors
    ///
    /// When its configuration cannot be read or is not what it should be.
    pub(crate) fn started(&self) -> anyhow::Result<Vec<Started>> {
        let file = self.file()?;
        let Some(text) = read(&file)? else { return Ok(Vec::new()) };
        let started = self.format.started(text.trim_start_matches(BYTE_ORDER_MARK));
        started.with_context(|| format!("{} cannot be understood", file.display()))
    }
}

/// Whether what a file says under this name looks like a secret.
fn looks_secret(name: &str, text: &str) -> bool {
    let mut value = json!({ name: text });
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
        self.before.as_deref().unwrap_or_default() == self.after
    }

    /// The directory of the file, where it is not there.
    pub(crate) fn missing_directory(&self) -> Option<&Path> {
        let directory = self.file.parent()?;
        (!directory.exists()).then_some(directory)
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

#[cfg(test)]
mod tests;
