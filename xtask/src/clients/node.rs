//! The official TypeScript SDK and the MCP Inspector. They need Node and its package registry.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::{machine, process};

const TESTS: &str = "tests/clients/node";
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
/// What packages are installed by; the tests are copied on each run.
const MANIFESTS: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

pub(crate) fn run(binary: &Path) -> anyhow::Result<()> {
    match prepare() {
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

/// A directory with the tests and the packages that they need, outside of the source.
fn prepare() -> anyhow::Result<PathBuf> {
    let version = machine::need("node 20 or later with npm", &["nodejs", "npm"], probe)?;
    let source = process::root().join(TESTS);
    let directory = super::directory("node")?;
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    let mut made_from = version;
    for name in MANIFESTS {
        let text = fs::read_to_string(source.join(name))
            .with_context(|| format!("cannot read {TESTS}/{name}"))?;
        made_from.push_str(&text);
    }
    for entry in fs::read_dir(&source).with_context(|| format!("cannot read {TESTS}"))? {
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
    process::run(process::command(NPM).args(["ci", "--silent"]).current_dir(&directory))?;
    // Written last, so that what was left half made is made again.
    fs::write(&stamp, made_from).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(directory)
}

fn probe() -> Option<String> {
    let version =
        process::stdout_quietly(process::command("node").args(["-p", "process.versions.node"]))?;
    let major: u32 = version.trim().split('.').next()?.parse().ok()?;
    let npm = process::stdout_quietly(process::command(NPM).arg("--version"))?;
    (major >= 20).then(|| version + &npm)
}
