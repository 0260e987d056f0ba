//! Running other programs from the root of the workspace.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

/// The directory of the workspace's Cargo.toml.
pub(crate) fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.parent().map_or_else(|| package.clone(), Path::to_path_buf)
}

/// The metadata of a workspace or package, by its manifest and with further flags of cargo.
pub(crate) fn metadata(manifest: &Path, flags: &[&str]) -> anyhow::Result<Value> {
    let mut cargo = cargo();
    cargo.args(["metadata", "--format-version", "1", "--manifest-path"]).arg(manifest).args(flags);
    serde_json::from_str(&stdout(&mut cargo)?).context("cargo metadata printed no JSON")
}

/// The metadata of this workspace without its dependencies.
pub(crate) fn workspace() -> anyhow::Result<Value> {
    metadata(&root().join("Cargo.toml"), &["--no-deps"])
}

/// A package in such metadata.
pub(crate) fn package_named<'a>(metadata: &'a Value, name: &str) -> anyhow::Result<&'a Value> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages
        .into_iter()
        .find(|package| package["name"] == name)
        .with_context(|| format!("cargo metadata has no {name}"))
}

/// Where cargo puts what it builds.
pub(crate) fn target_directory() -> anyhow::Result<PathBuf> {
    let workspace = workspace()?;
    let target = workspace["target_directory"].as_str();
    Ok(target.context("cargo metadata named no target directory")?.into())
}

/// A program that will run at the workspace's root.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    // `cargo run` describes this very package to the program it starts. Handed on to another cargo,
    // that changes what build scripts see (ring's asks to run again), and each `cargo xtask` would
    // rebuild half of the tree that a plain `cargo build` has built.
    for (name, _) in env::vars_os() {
        let described = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || name == "CARGO_PRIMARY_PACKAGE"
        });
        if described {
            command.env_remove(name);
        }
    }
    command
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    command(env::var_os("CARGO").as_deref().unwrap_or_else(|| OsStr::new("cargo")))
}

/// Runs to the end with this program's own output; a status other than success is an error.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status =
        command.status().with_context(|| format!("cannot start `{}`", describe(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", describe(command));
    }
    Ok(())
}

/// Runs to the end and returns what came on stdout; stderr is this program's own.
pub(crate) fn stdout(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{}`", describe(command)))?;
    if !output.status.success() {
        bail!("`{}` failed ({})", describe(command), output.status);
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` printed something other than UTF-8", describe(command)))
}

/// Returns what comes on stdout, if the program is there and succeeds; nothing is shown.
pub(crate) fn stdout_quietly(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// The command as one would type it.
pub(crate) fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut line =
        program.file_stem().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
