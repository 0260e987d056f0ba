//! `cargo xtask test`: the workspace's tests, then real MCP clients against the binary.

use std::env;

use crate::{binary, clients, desktop, machine, process};

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let left_out = match desktop::prepare() {
        Ok(()) => None,
        Err(error) => Some(machine::not_run(
            "desktop tests (a real browser, a real keychain, zsh and fish)",
            error,
        )?),
    };
    let binary = binary::build(binary::For::Tests, &[])?;
    let mut tests = process::cargo();
    tests.args(["test", "--workspace"]).args(arguments).env("AIC_MCP_BIN", &binary);
    if left_out.is_some() {
        if !arguments.iter().any(|argument| argument == "--") {
            tests.arg("--");
        }
        tests.args(["--skip", desktop::TESTS]);
    }
    // Most tests wait for another process most of the time, so there is room for more of them than
    // there are cores.
    if env::var_os("RUST_TEST_THREADS").is_none() {
        tests.env("RUST_TEST_THREADS", "4");
    }
    let passed = process::run(&mut tests);
    // Said at the end, where it is not lost among what the tests print.
    if let Some(notice) = left_out {
        println!("{notice}");
    }
    passed?;
    clients::run(&binary)
}
