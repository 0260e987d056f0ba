//! Building the `aic-mcp` binary and finding where cargo put it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::process;

/// Which packages the binary is built for: features of shared dependencies are those that all of
/// them ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// Itself, as it is given to people.
    Itself,
    /// The tests, with what is built for them anyway.
    Tests,
}

/// Builds the binary with the flags given and returns its path, wherever the target directory is.
pub(crate) fn build(purpose: For, flags: &[&str]) -> anyhow::Result<PathBuf> {
    let mut cargo = process::cargo();
    cargo.arg("build");
    build_by(cargo, purpose, flags)
}

/// The same by a `cargo build` that was made ready.
pub(crate) fn build_by(
    mut cargo: Command,
    purpose: For,
    flags: &[&str],
) -> anyhow::Result<PathBuf> {
    let packages: &[&str] = match purpose {
        For::Itself => &["--package", "aic-mcp-bin"],
        For::Tests => &["--workspace"],
    };
    let messages = process::stdout(
        cargo
            .args(["--bin", "aic-mcp", "--message-format=json-render-diagnostics"])
            .args(packages)
            .args(flags),
    )?;
    executable(&messages).context("cargo built aic-mcp-bin without naming the aic-mcp binary")
}

fn executable(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter(|message| message["target"]["name"] == "aic-mcp")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_the_artifact_named_aic_mcp() {
        let messages = r#"
{"reason":"compiler-artifact","target":{"name":"anyhow","kind":["lib"]},"executable":null}
{"reason":"compiler-artifact","target":{"name":"aic-mcp","kind":["bin"]},"executable":"/t/debug/aic-mcp"}
{"reason":"build-finished","success":true}
"#;
        assert_eq!(executable(messages), Some(PathBuf::from("/t/debug/aic-mcp")));
    }

    #[test]
    fn a_build_without_the_binary_has_no_executable() {
        assert_eq!(executable(r#"{"reason":"build-finished","success":true}"#), None);
    }
}
