//! The table of MCP clients. A new client is a new entry of [`CLIENTS`], in the order in which the
//! clients are listed; the command line, `init` and `doctor` follow from it.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::{Entry, json, toml};

/// Every client.
// Assumption: places and forms are those that the clients document; only that the files come out as
// meant is tested here, and not that each client reads them. Starting each on such a file would
// settle it.
const CLIENTS: &[ClientSpec] = &[
    ClientSpec {
        name: "claude-code",
        title: "Claude Code",
        serves: "all projects of the user",
        place: Place::Home { folder: "", variable: Some("CLAUDE_CONFIG_DIR") },
        file: ".claude.json",
        format: Format::Json { servers: "mcpServers", says_kind: true },
    },
    ClientSpec {
        name: "claude-desktop",
        title: "Claude Desktop",
        serves: "",
        place: Place::Programs { folder: "Claude" },
        file: "claude_desktop_config.json",
        format: Format::Json { servers: "mcpServers", says_kind: false },
    },
    ClientSpec {
        name: "cursor",
        title: "Cursor",
        serves: "",
        place: Place::Home { folder: ".cursor", variable: None },
        file: "mcp.json",
        format: Format::Json { servers: "mcpServers", says_kind: false },
    },
    ClientSpec {
        name: "vscode",
        title: "Visual Studio Code",
        serves: "all workspaces",
        place: Place::Programs { folder: "Code/User" },
        file: "mcp.json",
        format: Format::Json { servers: "servers", says_kind: true },
    },
    ClientSpec {
        name: "gemini",
        title: "Gemini CLI",
        serves: "",
        place: Place::Home { folder: ".gemini", variable: None },
        file: "settings.json",
        format: Format::Json { servers: "mcpServers", says_kind: false },
    },
    ClientSpec {
        name: "codex",
        title: "Codex",
        serves: "",
        place: Place::Home { folder: ".codex", variable: Some("CODEX_HOME") },
        file: "config.toml",
        format: Format::Toml { servers: "mcp_servers" },
    },
];

/// A client: where it keeps its configuration, and in what form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientSpec {
    /// The name that the command line takes.
    pub(crate) name: &'static str,
    /// The name that people know.
    pub(crate) title: &'static str,
    /// What an entry in its file is for, where that is not plain; empty otherwise.
    serves: &'static str,
    /// The directory of its configuration.
    place: Place,
    /// The file in that directory.
    file: &'static str,
    /// The form of the file.
    pub(super) format: Format,
}

/// Where a client's configuration is, on each system.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// A folder of the home directory, or the home directory itself where the folder has no name.
    Home {
        folder: &'static str,
        /// The client's own variable, which names another directory.
        variable: Option<&'static str>,
    },
    /// A folder among the settings of desktop programs.
    Programs { folder: &'static str },
}

/// The form of a client's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Format {
    /// JSON, perhaps with comments.
    Json {
        /// The member that holds the servers.
        servers: &'static str,
        /// Whether an entry says that the server is reached by standard input and output.
        says_kind: bool,
    },
    /// TOML.
    Toml {
        /// The table that holds the servers.
        servers: &'static str,
    },
}

impl ValueEnum for ClientSpec {
    fn value_variants<'a>() -> &'a [Self] {
        CLIENTS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        // A help text for each value would take more lines than a screen has.
        Some(PossibleValue::new(self.name))
    }
}

impl ClientSpec {
    /// The help for an argument that names a client: which of them serve more than one might think.
    pub(crate) fn argument_help() -> String {
        let wide = CLIENTS.iter().filter(|client| !client.serves.is_empty());
        let wide: Vec<_> =
            wide.map(|client| format!("{} for {}", client.name, client.serves)).collect();
        format!("The client; {}", wide.join(", "))
    }

    /// The file of its configuration.
    ///
    /// # Errors
    ///
    /// When there is no home directory.
    pub(crate) fn file(&self) -> anyhow::Result<PathBuf> {
        let home = env::home_dir().context("there is no home directory")?;
        Ok(self.place.directory(&home).join(self.file))
    }

    /// Whether it seems to be there: it has its configuration, or a directory for it.
    pub(crate) fn is_installed(&self) -> bool {
        let Ok(file) = self.file() else { return false };
        let has_directory = self.place.is_own() && file.parent().is_some_and(Path::is_dir);
        file.is_file() || has_directory
    }
}

impl Place {
    fn directory(&self, home: &Path) -> PathBuf {
        match *self {
            Self::Home { folder, variable: None } => home.join(folder),
            Self::Home { folder, variable: Some(variable) } => {
                named_by(variable, home.join(folder))
            }
            Self::Programs { folder } => programs(home).join(folder),
        }
    }

    /// Whether the directory is the client's own, so that it tells that the client is there.
    fn is_own(&self) -> bool {
        match self {
            Self::Home { folder, .. } => !folder.is_empty(),
            Self::Programs { .. } => true,
        }
    }
}

impl Format {
    /// The text with the entry, in place of an older one of its name.
    pub(super) fn with(&self, text: &str, entry: &Entry) -> anyhow::Result<String> {
        match *self {
            Self::Json { servers, says_kind } => json::with(text, servers, says_kind, entry),
            Self::Toml { servers } => toml::with(text, servers, entry),
        }
    }

    /// The text as it may be shown, of the servers but `own` without what may be a secret.
    pub(super) fn shown(&self, text: &str, own: &str) -> anyhow::Result<String> {
        match *self {
            Self::Json { servers, .. } => json::shown(text, servers, own),
            Self::Toml { servers } => toml::shown(text, servers, own),
        }
    }

    /// The commands by which servers are started, with the servers' names.
    pub(super) fn commands(&self, text: &str) -> anyhow::Result<Vec<(String, String)>> {
        match *self {
            Self::Json { servers, .. } => json::commands(text, servers),
            Self::Toml { servers } => toml::commands(text, servers),
        }
    }
}

/// The directory that a variable names, or the usual one.
fn named_by(variable: &str, usual: PathBuf) -> PathBuf {
    env::var_os(variable).filter(|path| !path.is_empty()).map_or(usual, PathBuf::from)
}

/// Where desktop programs keep their settings.
fn programs(home: &Path) -> PathBuf {
    if cfg!(target_os = "macos") {
        return home.join("Library/Application Support");
    }
    let variable = if cfg!(windows) { "APPDATA" } else { "XDG_CONFIG_HOME" };
    let usual = if cfg!(windows) { "AppData/Roaming" } else { ".config" };
    named_by(variable, home.join(usual))
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../../../../README.md");
    const GETTING_STARTED: &str = include_str!("../../../../docs/getting-started.md");

    #[test]
    fn the_readme_names_each_client_in_order() {
        let names: Vec<_> = CLIENTS.iter().map(|client| format!("`{}`", client.name)).collect();
        let (last, others) = names.split_last().unwrap();
        let sentence = format!("{} or {last}", others.join(", "));
        assert!(README.contains(&sentence), "README.md does not say: {sentence}");
    }

    #[test]
    fn the_guide_has_a_row_for_each_client_and_no_other() {
        let table = GETTING_STARTED.lines().skip_while(|line| !line.starts_with("| client |"));
        let rows: Vec<_> = table.skip(2).take_while(|line| line.starts_with('|')).collect();
        assert_eq!(rows.len(), CLIENTS.len(), "{rows:#?}");
        for (row, client) in rows.iter().zip(CLIENTS) {
            let start = format!("| {} | `{}` | ", client.title, client.name);
            let place = row.strip_prefix(&start).unwrap_or_else(|| panic!("{start}: {row}"));
            let (folder, variable) = match client.place {
                Place::Home { folder, variable } => (folder, variable),
                Place::Programs { folder } => (folder, None),
            };
            let says = [Some(client.file), Some(folder), variable];
            assert!(says.into_iter().flatten().all(|part| place.contains(part)), "{row}");
        }
    }

    #[test]
    fn a_home_directory_does_not_tell_that_a_client_is_there() {
        let names = |is_own: bool| -> Vec<_> {
            let all = CLIENTS.iter().filter(|client| client.place.is_own() == is_own);
            all.map(|client| client.name).collect()
        };
        assert_eq!(names(false), ["claude-code"]);
        assert_eq!(names(true).len(), CLIENTS.len() - 1);
    }
}
