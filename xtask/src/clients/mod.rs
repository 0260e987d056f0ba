//! The tests in which real MCP clients use the binary.

mod node;
mod python;

use std::path::{Path, PathBuf};

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
    Ok(process::target_directory()?.join("clients").join(client))
}
