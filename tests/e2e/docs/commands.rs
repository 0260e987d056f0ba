//! Commands and configuration that the documents show are taken by the program.

use std::fs;

use aic_e2e::Start;
use serde_json::{Value, json};

use super::document::{Document, root};

/// A word that stands for something of the reader's.
const PLACEHOLDERS: [(&str, &str); 10] = [
    ("CLIENT", "cursor"),
    ("DIR", "/tmp/undo"),
    ("FILE", "/tmp/file"),
    ("HOST", "id.example.com"),
    ("ID", "7F3A-91C2"),
    ("JSON", "{}"),
    ("NAME", "dev"),
    ("SHELL", "bash"),
    ("TOOL", "listJourneys"),
    ("URL", "https://example.com"),
];

fn words(command: &str) -> Vec<String> {
    let words = shell_words::split(command).unwrap();
    let filled = |word: String| {
        let known = PLACEHOLDERS.iter().find(|(placeholder, _)| *placeholder == word);
        known.map_or(word, |(_, value)| (*value).to_owned())
    };
    words.into_iter().map(filled).collect()
}

/// Whether the tests or the program of this name have such a module, so that a filter finds something.
fn has_module(target: &str, module: &str) -> bool {
    let folders: &[&str] = match target {
        "e2e" => &["tests/e2e", "tests/e2e/faults"],
        "aic-mcp" => &["crates/aic-mcp-bin/src"],
        _ => return false,
    };
    folders.iter().any(|folder| {
        let folder = root().join(folder);
        folder.join(module).is_dir() || folder.join(module).with_extension("rs").is_file()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_is_one() {
    let chores = fs::read_to_string(root().join("xtask/src/main.rs")).unwrap();
    let mut count = 0;
    for document in Document::all() {
        for command in document.commands() {
            count += 1;
            let words = words(&command);
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let ours: &[&str] = match words.as_slice() {
                // It is answered before any help that is asked for after it.
                ["aic-mcp", "--version"] => {
                    let (_, output, _) = Start::new(&["--version"]).run().await;
                    assert!(output.starts_with("aic-mcp "), "{output}");
                    continue;
                }
                ["aic-mcp", args @ ..]
                | ["cargo", "run", "--release", "-p", "aic-mcp-bin", "--", args @ ..] => args,
                ["cargo", "xtask", chore, ..] => {
                    assert!(chores.contains(&format!("name: \"{chore}\"")), "{command}");
                    continue;
                }
                ["cargo", "fmt"]
                | ["cargo", "test", "--workspace", "--lib", "--bins"]
                | ["cargo", "test", "--workspace", "--test", "e2e"] => continue,
                [
                    "cargo",
                    "test",
                    "--workspace",
                    "--test" | "--bin",
                    target,
                    "--",
                    modules @ ..,
                ] => {
                    assert!(modules.iter().all(|module| has_module(target, module)), "{command}");
                    continue;
                }
                ["cargo", "install", release, "--locked"] => {
                    let mutants = fs::read_to_string(root().join("xtask/src/mutants.rs")).unwrap();
                    assert!(mutants.contains(&format!("\"{release}\"")), "{command}");
                    continue;
                }
                ["cargo", "install", "--path", path, "--locked"] => {
                    assert!(root().join(path).join("Cargo.toml").is_file(), "{command}");
                    continue;
                }
                ["cargo", "uninstall", package] | ["cargo", "doc", "--open", "-p", package] => {
                    assert!(root().join("crates").join(package).is_dir(), "{command}");
                    continue;
                }
                _ => panic!(
                    "{} shows a command of no known kind: {command}",
                    document.path.display()
                ),
            };
            // Help is given once all before it is understood.
            let (status, output, problem) = Start::new(&[ours, &["--help"]].concat()).run().await;
            assert!(status.success(), "{}: {command}\n{problem}", document.path.display());
            assert!(output.contains("Usage: aic-mcp"), "{output}");
        }
    }
    assert!(count > 40, "the documents show {count} commands");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_readme_has_a_newcomer_try_works() {
    let readme = Document::read("README.md");
    let mut tried = 0;
    for command in readme.commands() {
        let Some(args) = command.strip_prefix("cargo run --release -p aic-mcp-bin -- ") else {
            continue;
        };
        tried += 1;
        let args = words(args);
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        if args == ["demo"] {
            let mut client = Start::new(&args).connect().await;
            client.call("listManagedObjects", json!({})).await.ok();
        } else {
            let (status, output, problem) = Start::new(&args).run().await;
            assert!(status.success(), "{command}: {problem}");
            let result: Value = serde_json::from_str(&output).unwrap();
            assert!(result["count"].as_u64().unwrap() > 0, "{output}");
        }
    }
    assert_eq!(tried, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_is_accepted() {
    let (mut profiles, mut servers) = (0, 0);
    for document in Document::all() {
        for block in &document.blocks {
            match block.language.as_str() {
                "toml" if block.text.contains("[profiles.") => {
                    let folder = tempfile::tempdir().unwrap();
                    let file = folder.path().join("config.toml").display().to_string();
                    fs::write(&file, &block.text).unwrap();
                    let named = block
                        .text
                        .lines()
                        .filter_map(|line| line.strip_prefix("[profiles.")?.strip_suffix(']'));
                    for name in named {
                        profiles += 1;
                        let start = Start::new(&["tools", "--config", &file, "--profile", name]);
                        let (status, _, problem) = start.run().await;
                        assert!(status.success(), "{}: {problem}", document.path.display());
                    }
                }
                "json" if block.text.contains("mcpServers") => {
                    let config: Value = serde_json::from_str(&block.text).unwrap();
                    for server in config["mcpServers"].as_object().unwrap().values() {
                        servers += 1;
                        assert_eq!(server["command"], "aic-mcp");
                        let text = |value: &Value| value.as_str().unwrap().to_owned();
                        let args: Vec<_> =
                            server["args"].as_array().into_iter().flatten().map(text).collect();
                        let args: Vec<_> = args.iter().map(String::as_str).collect();
                        let env = server["env"].as_object().into_iter().flatten();
                        let start = env.fold(Start::new(&args), |start, (name, value)| {
                            start.env(name, &text(value))
                        });
                        start.connect().await;
                    }
                }
                _ => {}
            }
        }
    }
    assert!(profiles >= 4 && servers >= 1, "{profiles} profiles, {servers} servers");
}

#[test]
fn the_readme_is_for_newcomers() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.lines().count() < 200, "{} lines", readme.lines().count());
}
