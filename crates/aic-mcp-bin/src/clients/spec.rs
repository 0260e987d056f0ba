//! A client: where it keeps its configuration, and in what form. [`CLIENTS`] has all of them.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::links::Link;
use super::place::Place;
use super::spelling::{Spelling, Started};
use super::table::CLIENTS;
use super::{Entry, json, toml, yaml};

/// A client: where it keeps its configuration, and in what form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientSpec {
    /// The name that the command line takes.
    pub(crate) name: &'static str,
    /// The name that people know.
    pub(crate) title: &'static str,
    /// The reach of an entry in its file, where that is not plain; empty otherwise.
    pub(super) serves: &'static str,
    /// The page of docs/clients that it is on.
    pub(super) family: Family,
    /// The files that it may keep its configuration in. The first one that is there counts; without a
    /// file, the first one whose directory is there.
    pub(super) places: &'static [Place],
    /// The file in the directory of a project, where the client reads one.
    pub(super) project: Option<&'static str>,
    /// The form of the files.
    pub(super) format: Format,
    /// The link that has the client add a server.
    pub(super) link: Option<Link>,
    /// Things that a person has to know.
    pub(super) notes: &'static [Note],
}

/// Clients that are described on one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Agents in a terminal.
    Terminal,
    /// Editors.
    Editors,
    /// Extensions of editors.
    Extensions,
    /// Desktop programs.
    Desktop,
}

/// The form of a client's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) syntax: Syntax,
    /// The member that holds the servers.
    pub(super) servers: &'static str,
    /// The form of a server's entry.
    pub(super) spelling: Spelling,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// JSON, perhaps with comments.
    Json,
    Toml,
    /// YAML, which is shown and not written: no library here keeps its comments and layout.
    Yaml,
}

/// Something that a person has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) when: When,
    pub(super) says: &'static str,
}

/// When a note is shown by `setup`. The pages have all notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Whenever the client is set up.
    Always,
    /// Whenever a project is set up.
    InProject,
    /// Where this is beside the client's file.
    Beside(&'static str),
    /// On the pages only.
    Asked,
}

/// The same path with the separators of this system, since the table of clients has slashes.
fn with_own_separators(path: &Path) -> PathBuf {
    path.components().collect()
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
        format!("The client; {}. Without one, lists them all", wide.join(", "))
    }

    /// The file of its configuration: the first that is there, or that would be.
    ///
    /// # Errors
    ///
    /// When there is no home directory, or the client does not run on this system.
    pub(crate) fn file(&self) -> anyhow::Result<PathBuf> {
        let home = env::home_dir().context("there is no home directory")?;
        let candidates: Vec<_> = self.candidates(&home).collect();
        let with_file = candidates.iter().find(|candidate| candidate.has_file());
        let with_directory = || candidates.iter().find(|candidate| candidate.has_directory());
        let found = with_file.or_else(with_directory).or(candidates.first());
        let found = found.with_context(|| {
            format!("{} does not run on this system: name a file by --file", self.title)
        })?;
        Ok(with_own_separators(&found.file))
    }

    /// The files that it may keep its configuration in on this system.
    fn candidates(&self, home: &Path) -> impl Iterator<Item = Candidate> {
        self.places.iter().filter_map(|place| {
            let directory = place.directory(home)?;
            let file = directory.join(place.file);
            Some(Candidate { file, own_directory: place.is_own().then_some(directory) })
        })
    }

    /// The file of its configuration in the project that is in this directory.
    ///
    /// # Errors
    ///
    /// When the client reads no file of a project.
    pub(crate) fn project_file(&self, directory: &Path) -> anyhow::Result<PathBuf> {
        match self.project {
            Some(file) => Ok(with_own_separators(&directory.join(file))),
            None => bail!("{} has no servers for one project only", self.title),
        }
    }

    /// Whether it seems to be there and can be set up.
    pub(crate) fn is_installed(&self) -> bool {
        self.is_written() && self.is_there()
    }

    /// Whether it seems to be there: it has its configuration, or a directory for it.
    pub(crate) fn is_there(&self) -> bool {
        let Some(home) = env::home_dir() else { return false };
        self.candidates(&home).any(|candidate| candidate.has_file() || candidate.has_directory())
    }

    /// Whether its configuration is written here, and not by hand.
    pub(crate) fn is_written(&self) -> bool {
        self.format.syntax != Syntax::Yaml
    }

    /// The entry to paste into its configuration.
    pub(crate) fn to_paste(&self, entry: &Entry) -> String {
        self.format.to_paste(entry)
    }

    /// The link that has the client add the server, where it takes links.
    ///
    /// # Errors
    ///
    /// When it takes none.
    pub(crate) fn link(&self, entry: &Entry) -> anyhow::Result<String> {
        let link = self.link.with_context(|| format!("{} takes no links", self.title))?;
        Ok(link.to_add(&entry.name, self.format.spelling.object(entry)))
    }

    /// The notes for somebody who has set it up in this file, which may be that of a project.
    pub(crate) fn notes(&self, file: &Path, in_project: bool) -> Vec<&'static str> {
        let is_due = |note: &&Note| match note.when {
            When::Always => true,
            When::InProject => in_project,
            When::Beside(name) => file.with_file_name(name).exists(),
            When::Asked => false,
        };
        self.notes.iter().filter(is_due).map(|note| note.says).collect()
    }
}

/// A file that a client may keep its configuration in.
struct Candidate {
    file: PathBuf,
    /// The directory of the file, where it is the client's own and tells that the client is there.
    own_directory: Option<PathBuf>,
}

impl Candidate {
    fn has_file(&self) -> bool {
        self.file.is_file()
    }

    fn has_directory(&self) -> bool {
        self.own_directory.as_ref().is_some_and(|directory| directory.is_dir())
    }
}

impl Format {
    /// The text with the entry, in place of an older one of its name.
    pub(super) fn with(&self, text: &str, entry: &Entry) -> anyhow::Result<String> {
        let members = self.spelling.members(entry);
        match self.syntax {
            Syntax::Json => json::with(text, self.servers, &entry.name, members),
            Syntax::Toml => toml::with(text, self.servers, &entry.name, members),
            Syntax::Yaml => {
                bail!("it is YAML, which setup does not write: paste the entry into it")
            }
        }
    }

    /// The text without the server of this name.
    pub(super) fn without(&self, text: &str, name: &str) -> anyhow::Result<String> {
        match self.syntax {
            Syntax::Json => json::without(text, self.servers, name),
            Syntax::Toml => toml::without(text, self.servers, name),
            Syntax::Yaml => {
                bail!("it is YAML, which setup does not write: remove the entry by hand")
            }
        }
    }

    /// The text as it may be shown, of the servers but `own` without what may be a secret.
    pub(super) fn shown(&self, text: &str, own: &str) -> anyhow::Result<String> {
        match self.syntax {
            Syntax::Json => json::shown(text, self.servers, own),
            Syntax::Toml => toml::shown(text, self.servers, own),
            Syntax::Yaml => Ok(String::new()),
        }
    }

    /// The servers that are started as processes.
    pub(super) fn started(&self, text: &str) -> anyhow::Result<Vec<Started>> {
        match self.syntax {
            Syntax::Json => json::started(text, self.servers),
            Syntax::Toml => toml::started(text, self.servers),
            Syntax::Yaml => Ok(Vec::new()),
        }
    }

    /// A configuration that has this entry and nothing else.
    fn to_paste(&self, entry: &Entry) -> String {
        match self.syntax {
            Syntax::Yaml => yaml::to_paste(self.servers, &self.spelling, entry),
            _ => self.with("", entry).unwrap_or_default(),
        }
    }
}
