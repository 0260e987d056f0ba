//! Virtual environments of Python with packages from its index, for tests and checks.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::{machine, process};

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// Prints the version, and fails where the interpreter is too old or cannot make a virtual environment.
/// Debian has `venv` without `ensurepip` until python3-venv is installed.
const PROBE: &str =
    "import sys, venv, ensurepip; print(sys.version); sys.exit(sys.version_info < (3, 10))";

/// A virtual environment that has what a list of requirements names. It is made when there is none yet,
/// or the list or the Python that it was made from has changed.
pub(crate) struct Environment(PathBuf);

impl Environment {
    /// The environment in this directory.
    pub(crate) fn ready(directory: PathBuf, requirements: &str) -> anyhow::Result<Self> {
        let version = machine::need(
            &format!("{PYTHON} 3.10 or later with venv"),
            &["python3", "python3-venv"],
            probe,
        )?;
        let list = fs::read_to_string(process::root().join(requirements))
            .with_context(|| format!("cannot read {requirements}"))?;
        let made_from = format!("{version}{list}");

        let environment = Self(directory);
        let stamp = environment.0.join("made-from.txt");
        let is_whole = fs::read_to_string(&stamp).is_ok_and(|made| made == made_from);
        if is_whole && environment.program("python").is_file() {
            return Ok(environment);
        }
        environment.make(requirements)?;
        // Written last, so that an environment left half made is made again.
        fs::write(&stamp, made_from)
            .with_context(|| format!("cannot write {}", stamp.display()))?;
        Ok(environment)
    }

    fn make(&self, requirements: &str) -> anyhow::Result<()> {
        println!("Making a virtual environment in {}", self.0.display());
        process::run(process::command(PYTHON).args(["-m", "venv", "--clear"]).arg(&self.0))?;
        process::run(
            process::command(self.program("python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                // Nothing but the very files whose digests are in the list.
                .args(["--require-hashes", "-r", requirements]),
        )
    }

    /// A program of the environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let directory = Path::new(if cfg!(windows) { "Scripts" } else { "bin" });
        self.0.join(directory.join(name).with_extension(std::env::consts::EXE_EXTENSION))
    }
}

fn probe() -> Option<String> {
    process::stdout_quietly(process::command(PYTHON).args(["-c", PROBE]))
}
