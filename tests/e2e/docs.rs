//! What the documentation quotes is what the program says.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

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
    let text = fs::read_to_string(root().join("docs/troubleshooting.md")).unwrap();
    let headings = text.lines().filter_map(|line| line.strip_prefix("### `"));
    let messages: Vec<_> = headings.filter_map(|line| line.strip_suffix('`')).collect();
    assert!(messages.len() >= 10);
    let source = source();
    for message in messages {
        assert!(source.contains(message), "no part of the program says: {message}");
    }
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    let mut documents = vec![root().join("README.md")];
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        documents.push(entry.unwrap().path());
    }
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#']).next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path = document.parent().unwrap().join(target);
            assert!(path.exists(), "{} links to {target}", document.display());
        }
    }
}
