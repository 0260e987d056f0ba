//! Checks the workflow files of the usual host of repositories, which run nowhere else.

use crate::process;
use crate::python::Environment;

/// A check that reads the files and knows what in them is wrong or dangerous.
const REQUIREMENTS: &str = ".github/requirements.txt";

pub(crate) fn check() -> anyhow::Result<()> {
    let directory = process::target_directory()?.join("workflows");
    let environment = Environment::ready(directory, REQUIREMENTS)?;
    process::run(
        process::command(environment.program("zizmor"))
            // What it could ask the host about is not asked.
            .args(["--offline", "--no-progress", "--quiet", ".github/workflows"]),
    )
}
