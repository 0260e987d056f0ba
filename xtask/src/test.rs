//! `cargo xtask test`: the workspace's tests, with the binary built for those that run it.

use crate::{binary, process};

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let binary = binary::build(&[])?;
    process::run(
        process::cargo().args(["test", "--workspace"]).args(arguments).env("AIC_MCP_BIN", &binary),
    )
}
