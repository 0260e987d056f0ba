//! The official Python SDK. It needs Python and its package index.

use std::path::Path;

use crate::python::Environment;
use crate::{machine, process};

const REQUIREMENTS: &str = "tests/clients/python/requirements.txt";
const TESTS: &str = "tests/clients/python";

pub(crate) fn run(binary: &Path) -> anyhow::Result<()> {
    let directory = super::directory("python")?;
    match Environment::ready(directory, REQUIREMENTS) {
        Ok(environment) => process::run(
            process::command(environment.program("python"))
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
