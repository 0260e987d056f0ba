//! The pages of docs/clients, made from the table of clients.

use std::fmt::Write as _;

use super::Entry;
use super::spec::{ClientSpec, Family, Syntax};
use super::table::CLIENTS;

/// A page of the documentation.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its file, seen from the root of the source.
    pub(crate) file: &'static str,
    pub(crate) text: String,
}

const INDEX: &str = "docs/clients/README.md";

impl Family {
    const ALL: [Self; 4] = [Self::Terminal, Self::Editors, Self::Extensions, Self::Desktop];

    fn title(self) -> &'static str {
        match self {
            Self::Terminal => "Agents in a terminal",
            Self::Editors => "Editors",
            Self::Extensions => "Extensions of editors",
            Self::Desktop => "Desktop programs",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Terminal => "docs/clients/terminal.md",
            Self::Editors => "docs/clients/editors.md",
            Self::Extensions => "docs/clients/extensions.md",
            Self::Desktop => "docs/clients/desktop.md",
        }
    }

    fn clients(self) -> impl Iterator<Item = &'static ClientSpec> {
        CLIENTS.iter().filter(move |client| client.family == self)
    }
}

/// Every page.
pub(crate) fn pages() -> Vec<Page> {
    let families = Family::ALL.map(|family| Page { file: family.file(), text: page(family) });
    [Page { file: INDEX, text: index() }].into_iter().chain(families).collect()
}

/// An entry as the pages show it.
fn example() -> Entry {
    let args = ["serve", "--tenant", "openam-example.forgeblocks.com", "--read-only"];
    Entry {
        name: "aic".to_owned(),
        command: "/usr/local/bin/aic-mcp".to_owned(),
        args: args.map(str::to_owned).to_vec(),
    }
}

impl ClientSpec {
    /// The page that has the client add a server on the simulated tenant, where this program is on the
    /// path, as for everybody who reads a page.
    fn page_to_add_demo(&self) -> Option<String> {
        let text = str::to_owned;
        let entry =
            Entry { name: text("aic-demo"), command: text("aic-mcp"), args: vec![text("demo")] };
        Some(self.link?.page_to_add(&entry.name, self.format.spelling.object(&entry)))
    }
}

fn index() -> String {
    let mut text = "# Clients\n\n\
        `aic-mcp setup CLIENT` shows the change of the client's configuration, and writes it with \
        `--write`.\n\n\
        | client | `CLIENT` | file | project (`--project`) | link (`--link`) |\n|---|---|---|---|---|\n"
        .to_owned();
    for family in Family::ALL {
        let page = family.file().rsplit('/').next().unwrap_or_default();
        for client in family.clients() {
            let project = client.project.map(|file| format!("`{file}`")).unwrap_or_default();
            let link = if client.link.is_some() { "yes" } else { "" };
            let _ = writeln!(
                text,
                "| [{}]({page}) | `{}` | {} | {project} | {link} |",
                client.title,
                client.name,
                files(client).join("; ")
            );
        }
    }
    text.push('\n');
    text.push_str(FOLDERS);
    text
}

const FOLDERS: &str = "`SETTINGS` is `~/.config` (or `XDG_CONFIG_HOME`) on Linux, \
    `~/Library/Application Support` on macOS and `%APPDATA%` on Windows.\n";

fn files(client: &ClientSpec) -> Vec<String> {
    client.places.iter().map(super::place::Place::described).collect()
}

fn page(family: Family) -> String {
    let mut text = format!("# {}\n\n[All clients](README.md)\n", family.title());
    for client in family.clients() {
        let _ = write!(text, "\n## {}\n\n", client.title);
        let written = if client.is_written() {
            format!("`aic-mcp setup {} --write` adds this entry", client.name)
        } else {
            format!("`aic-mcp setup {}` prints this entry, to be pasted", client.name)
        };
        let all = files(client);
        let first = if all.len() > 1 { ", or the first of these files that is there" } else { "" };
        let _ = writeln!(text, "{written} to the file{first}:\n");
        for file in &all {
            let _ = writeln!(text, "- {file}");
        }
        if let Some(file) = client.project {
            let _ = writeln!(text, "- `{file}` in the current directory, with `--project`");
        }
        let language = match client.format.syntax {
            Syntax::Json => "json",
            Syntax::Toml => "toml",
            Syntax::Yaml => "yaml",
        };
        let entry = client.to_paste(&example());
        let _ = write!(text, "\n```{language}\n{}\n```\n", entry.trim_end());
        if let Some(page) = client.page_to_add_demo() {
            let _ = writeln!(
                text,
                "\n`--link` prints a link that has {} add the entry. [Add the simulated tenant]({page}) \
                 is such a link, for an `aic-mcp` on the path.",
                client.title
            );
        }
        for note in client.notes {
            let _ = writeln!(text, "\n{}", note.says);
        }
    }
    if text.contains("SETTINGS") {
        text.push('\n');
        text.push_str(FOLDERS);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    use clap::ValueEnum as _;

    use super::*;

    const README: &str = include_str!("../../../../README.md");

    #[test]
    fn the_readme_names_each_client_in_order() {
        let names: Vec<_> = CLIENTS.iter().map(|client| format!("`{}`", client.name)).collect();
        let (last, others) = names.split_last().unwrap();
        let sentence = format!("{} or {last}", others.join(", "));
        // The sentence is broken into lines.
        let readme = README.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(readme.contains(&sentence), "README.md does not say: {sentence}");
    }

    #[test]
    fn the_readme_has_the_link_of_each_client_that_takes_one() {
        for client in ClientSpec::value_variants() {
            let Some(page) = client.page_to_add_demo() else { continue };
            let link = format!("[{}]({page})", client.title);
            assert!(README.contains(&link), "README.md does not have: {link}");
        }
    }

    #[test]
    fn the_pages_say_what_the_table_says() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let pages = pages();
        for page in &pages {
            let found = fs::read_to_string(root.join(page.file)).unwrap_or_default();
            let found = found.replace("\r\n", "\n");
            let (_, found) = found.split_once("-->\n\n").unwrap_or_default();
            assert_eq!(found, page.text, "{}: run `cargo xtask docs`", page.file);
        }
        let there = fs::read_dir(root.join("docs/clients")).unwrap().count();
        assert_eq!(there, pages.len(), "docs/clients has a page of no family");
    }

    #[test]
    fn each_client_is_on_a_page() {
        let described: usize = Family::ALL.iter().map(|family| family.clients().count()).sum();
        assert_eq!(described, CLIENTS.len());
    }
}
