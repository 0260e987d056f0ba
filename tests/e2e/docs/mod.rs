//! What the documentation shows is what the program says and takes.

mod commands;
#[cfg(target_os = "linux")]
mod control;
mod document;
#[cfg(target_os = "linux")]
mod transcript;
#[cfg(target_os = "linux")]
mod walks;

use std::fs;
use std::path::Path;

use document::{Document, root};

/// The source of everything that ships, each run of white space as one space, and texts that are
/// broken over lines in one piece.
fn source() -> String {
    fn read(directory: &Path, all: &mut String) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, all);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                all.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut all = String::new();
    for package in ["aic-auth", "aic-api", "aic-tools", "aic-mcp-bin"] {
        read(&root().join("crates").join(package).join("src"), &mut all);
    }
    let joined = all.replace("\\\n", "");
    joined.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_messages_in_troubleshooting_are_those_of_the_program() {
    let messages = Document::read("docs/troubleshooting.md").messages;
    assert!(messages.len() >= 10);
    let source = source();
    for message in messages {
        assert!(source.contains(&message), "no part of the program says: {message}");
    }
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    for document in Document::all() {
        for link in &document.links {
            let target = link.split('#').next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path = document.path.parent().unwrap().join(target);
            assert!(path.exists(), "{} links to {target}", document.path.display());
        }
    }
}
