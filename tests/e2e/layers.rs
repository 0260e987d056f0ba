//! The libraries name nothing that belongs to the programs above them: an option, a variable or the name
//! of aic-mcp in their source would be read by users of other programs, too.

use std::fs;
use std::path::{Path, PathBuf};

use regex_lite::Regex;

/// Lines that may be there all the same: the end of the file's path, a part of the line, and the reason.
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    ("store/keychain.rs", "\"PingOneAIC_MCP_Server\"", "the reference server's entry in keychains"),
    ("login/page.rs", "--", "custom properties of the page's style sheet"),
];

/// The lines of a source file that are compiled into the library: without comments, and without the
/// tests, which are last in each file.
fn compiled(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = source.lines().enumerate().map(|(index, line)| (index + 1, line));
    lines
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The names of other layers in a line of source.
fn leak(line: &str) -> Option<String> {
    let names =
        Regex::new(r"--[a-z]|AIC_[A-Z]|aic-mcp|[Cc]all(ing)? the tool|the server is to").unwrap();
    names.find(line).map(|found| found.as_str().to_owned())
}

fn sources(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("tests.rs") {
            into.push(path);
        }
    }
}

#[test]
fn the_libraries_name_no_option_variable_or_program() {
    let mut files = Vec::new();
    for library in ["aic-files", "aic-auth", "aic-api"] {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
        sources(&crates.join(library).join("src"), &mut files);
    }
    assert!(files.len() > 50, "only {} files", files.len());
    let mut leaks = Vec::new();
    let mut used = [false; EXCEPTIONS.len()];
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        for (number, line) in compiled(&source) {
            let Some(name) = leak(line) else { continue };
            let excepted = EXCEPTIONS.iter().position(|(path, part, _)| {
                file.to_string_lossy().replace('\\', "/").ends_with(path) && line.contains(part)
            });
            match excepted {
                Some(index) => used[index] = true,
                None => leaks.push(format!("{}:{number}: {name}", file.display())),
            }
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
    for ((path, part, _), used) in EXCEPTIONS.iter().zip(used) {
        assert!(used, "{part} is no longer in {path}");
    }
}

#[test]
fn a_leak_is_found_in_code_and_not_in_comments_or_tests() {
    for text in [
        "\"Start it with --allow-tier.\"",
        "    \"Set AIC_BASE_URL.\"",
        "format!(\"aic-mcp-{id}\")",
        "\"Call the tool again.\"",
    ] {
        assert!(leak(text).is_some(), "{text}");
    }
    assert_eq!(leak("let left = a - -b; AccessToken::new()"), None);
    let source = "let a = 1;\n    // --option\n/// AIC_BASE_URL\n#[cfg(test)]\nmod tests {}\n";
    assert_eq!(compiled(source).collect::<Vec<_>>(), [(1, "let a = 1;")]);
}
