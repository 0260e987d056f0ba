//! `cargo xtask soak`: the release binary under load and faults for minutes.

use crate::{binary, process};

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let binary = binary::build(binary::For::Itself, &["--release"])?;
    process::run(
        process::cargo()
            .args(["run", "--release", "-p", "aic-e2e", "--bin", "soak", "--"])
            .args(arguments)
            .env("AIC_MCP_BIN", binary),
    )
}
