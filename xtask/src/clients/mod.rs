//! The tests in which real MCP clients use the binary.

mod node;
mod python;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::Value;

use crate::{Usage, binary, process};

/// `cargo xtask clients [--cli]`
pub(crate) fn command(arguments: &[String]) -> anyhow::Result<()> {
    let run_them = match arguments {
        [] => run,
        [only] if only == "--cli" => node::agents,
        [first, ..] => {
            return Err(Usage(format!("`{first}`: clients takes only --cli")).into());
        }
    };
    run_them(&binary::build(binary::For::Tests, &[])?)
}

pub(crate) fn run(binary: &Path) -> anyhow::Result<()> {
    python::run(binary)?;
    node::run(binary)
}

/// Where what a client needs is kept.
fn directory(client: &str) -> anyhow::Result<PathBuf> {
    let metadata =
        process::stdout(process::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value =
        serde_json::from_str(&metadata).context("cargo metadata printed no JSON")?;
    let target = metadata["target_directory"].as_str();
    let target = target.context("cargo metadata named no target directory")?;
    Ok(PathBuf::from(target).join("clients").join(client))
}
