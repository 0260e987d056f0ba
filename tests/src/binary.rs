use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The `aic-mcp` binary: the one that `AIC_MCP_BIN` names, as `cargo xtask test` does, else one
/// that is built now.
///
/// # Panics
///
/// When it cannot be built.
pub fn binary() -> &'static Path {
    static BINARY: LazyLock<PathBuf> = LazyLock::new(|| match std::env::var_os("AIC_MCP_BIN") {
        Some(path) => path.into(),
        None => build(),
    });
    &BINARY
}

fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // Cargo describes this very package to the programs of its tests. Handed on to another cargo,
    // that has build scripts run again, and all that depends on them is compiled again.
    for (name, _) in std::env::vars_os() {
        let described = ["CARGO_MANIFEST_", "CARGO_PKG_"];
        if name.to_str().is_some_and(|name| described.iter().any(|start| name.starts_with(start))) {
            command.env_remove(name);
        }
    }
    // As the tests themselves are built, so that nothing they share is built twice.
    command.args(["build", "--quiet", "--workspace", "--bin", "aic-mcp"]);
    let built = command.status().expect("cargo can be started");
    assert!(built.success(), "the binary does not build");
    // This program is target/debug/deps/e2e-0123: the binary is two levels up.
    let this = std::env::current_exe().expect("this program has a path");
    let folder = this.parent().and_then(Path::parent).expect("this program is in a target folder");
    folder.join(format!("aic-mcp{}", std::env::consts::EXE_SUFFIX))
}
