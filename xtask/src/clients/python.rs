//! The official Python SDK. It needs Python and its package index.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::{machine, process};

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };
const REQUIREMENTS: &str = "tests/clients/python/requirements.txt";
const TESTS: &str = "tests/clients/python";

/// Prints the version, and fails where the interpreter is too old for the SDK or cannot make a
/// virtual environment. Debian has `venv` without `ensurepip` until python3-venv is installed.
const PROBE: &str =
    "import sys, venv, ensurepip; print(sys.version); sys.exit(sys.version_info < (3, 10))";

pub(crate) fn run(binary: &Path) -> anyhow::Result<()> {
    match prepare() {
        Ok(python) => process::run(
            process::command(python)
                .args(["-m", "unittest", "discover", "--verbose", "--start-directory", TESTS])
                // Nobody is there to look at a browser.
                .env("BROWSER", "true")
                .env("AIC_MCP_BIN", binary),
        ),
        Err(error) => {
            println!("{}", machine::not_run("client tests (official Python SDK)", error)?);
            Ok(())
        }
    }
}

/// The interpreter of a virtual environment that has the SDK, made when there is none yet or the
/// requirements or the Python it was made from have changed.
fn prepare() -> anyhow::Result<PathBuf> {
    let version = machine::need(
        &format!("{PYTHON} 3.10 or later with venv"),
        &["python3", "python3-venv"],
        probe,
    )?;
    let requirements = fs::read_to_string(process::root().join(REQUIREMENTS))
        .with_context(|| format!("cannot read {REQUIREMENTS}"))?;
    let made_from = format!("{version}{requirements}");

    let directory = super::directory("python")?;
    let python = directory.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let stamp = directory.join("made-from.txt");
    if python.is_file() && fs::read_to_string(&stamp).is_ok_and(|made| made == made_from) {
        return Ok(python);
    }

    println!("Making a virtual environment for the client tests in {}", directory.display());
    process::run(process::command(PYTHON).args(["-m", "venv", "--clear"]).arg(&directory))?;
    process::run(
        process::command(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            // Nothing but the very files whose digests are in the list.
            .args(["--require-hashes", "-r", REQUIREMENTS]),
    )?;
    // Written last, so that an environment left half made is made again.
    fs::write(&stamp, made_from).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(python)
}

fn probe() -> Option<String> {
    process::stdout_quietly(process::command(PYTHON).args(["-c", PROBE]))
}
