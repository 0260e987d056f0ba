//! `cargo xtask bench`: measures the release binary.

use crate::{binary, process};

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let binary = binary::build(binary::For::Itself, &["--release"])?;
    process::run(
        process::cargo()
            .args(["run", "--release", "-p", "aic-e2e", "--bin", "bench", "--"])
            .args(arguments)
            .env("AIC_MCP_BIN", binary),
    )
}
