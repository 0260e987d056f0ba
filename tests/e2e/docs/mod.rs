//! The documentation shows what the program says and takes.

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

use aic_e2e::Start;
use serde_json::Value;

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
    for package in ["aic-files", "aic-auth", "aic-api", "aic-tools", "aic-mcp-bin"] {
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

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_know_the_tools() {
    const REFERENCE: &str = include_str!("../../contract/reference-tools.json");
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let (readme, guide) = (read("README.md"), read("docs/getting-started.md"));
    let (status, tools, _) = Start::new(&["tools", "--format", "json"]).run().await;
    assert!(status.success());
    let tools: Vec<Value> = serde_json::from_str(&tools).unwrap();
    let counted = format!("{} tools for", tools.len());
    assert!(guide.contains(&counted), "docs/getting-started.md does not say: {counted}");
    let reference: Vec<Value> = serde_json::from_str(REFERENCE).unwrap();
    for tool in &tools {
        let (name, toolset) = (tool["name"].as_str().unwrap(), tool["toolset"].as_str().unwrap());
        let is_own = reference.iter().all(|other| other["name"] != name);
        assert!(!is_own || readme.contains(name), "README.md does not name {name}");
        // The tools for changes come with whatever makes changes.
        let is_named = toolset == "changes" || readme.contains(&format!("`{toolset}`"));
        assert!(is_named, "README.md does not name the toolset {toolset}");
    }
}

#[test]
fn the_files_that_the_guides_for_contributors_name_are_there() {
    let is_file = |span: &&String| {
        let is_path =
            ["crates/", "docs/", "tests/", "xtask/"].iter().any(|top| span.starts_with(top));
        is_path && !span.contains("/SERVICE/")
    };
    let mut count = 0;
    let guides = root().join("docs/contributing");
    for document in Document::all().into_iter().filter(|it| it.path.starts_with(&guides)) {
        for span in document.spans.iter().filter(is_file) {
            count += 1;
            assert!(root().join(span).exists(), "{} names {span}", document.path.display());
        }
    }
    assert!(count > 40, "the guides name {count} files");
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
