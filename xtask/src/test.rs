//! `cargo xtask test`: the workspace's tests, then real MCP clients against the binary.

use crate::{binary, clients, process};

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let binary = binary::build(&[])?;
    process::run(
        process::cargo().args(["test", "--workspace"]).args(arguments).env("AIC_MCP_BIN", &binary),
    )?;
    clients::run(&binary)
}
