//! The programs that this machine needs for the tests that take more than Rust.
//!
//! A missing program is installed where this program may do that. A developer who still lacks it gets
//! all other tests and is told which did not run; an unattended machine (`CI=true`) fails instead.

use std::env;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::process;

/// Returns what `find` finds, if need be after Debian's `packages` have been installed.
pub(crate) fn need<T>(
    what: &str,
    packages: &[&str],
    find: impl Fn() -> Option<T>,
) -> anyhow::Result<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if can_install() {
        println!("Installing {} for the tests", packages.join(" "));
        install(packages).with_context(|| format!("they need {what}"))?;
        if let Some(found) = find() {
            return Ok(found);
        }
    }
    bail!("they need {what}, which Debian has as {}", packages.join(" "))
}

/// A program, by every name or path that it goes by, and the package in which Debian has it.
pub(crate) struct Program {
    pub(crate) names: &'static [&'static str],
    pub(crate) package: &'static str,
}

impl Program {
    fn is_there(&self) -> bool {
        self.names.iter().any(|name| has(name))
    }
}

/// Has those of the programs installed that are missing.
pub(crate) fn need_programs(programs: &'static [Program]) -> anyhow::Result<()> {
    let missing = || programs.iter().filter(|program| !program.is_there());
    let names: Vec<_> = missing().map(|program| program.names[0]).collect();
    if names.is_empty() {
        return Ok(());
    }
    let mut packages: Vec<_> = missing().map(|program| program.package).collect();
    packages.dedup();
    need(&names.join(", "), &packages, || missing().next().is_none().then_some(()))
}

/// Whether there is a program of this name, or at this path, to start.
fn has(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    // An absolute path stays what it is when it is joined to another.
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Brings the lists of Debian's packages up to date, which takes the right to install.
pub(crate) fn update_lists() -> anyhow::Result<()> {
    if can_install() { process::run(apt_get().arg("update")) } else { Ok(()) }
}

/// Says that `tests` did not run for want of something, which is an error on an unattended machine.
pub(crate) fn not_run(tests: &str, missing: anyhow::Error) -> anyhow::Result<String> {
    if env::var_os("CI").is_some_and(|ci| ci == "true") {
        return Err(missing.context(format!("the {tests} cannot run, and CI=true")));
    }
    Ok(format!("\n!! The {tests} were NOT run: {missing:#}\n"))
}

fn can_install() -> bool {
    let user = process::stdout_quietly(process::command("id").arg("-u"));
    let apt_get = process::stdout_quietly(process::command("apt-get").arg("--version"));
    user.is_some_and(|id| id.trim() == "0") && apt_get.is_some()
}

fn install(packages: &[&str]) -> anyhow::Result<()> {
    update_lists()?;
    process::run(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

fn apt_get() -> Command {
    let mut command = process::command("apt-get");
    command.arg("--quiet=2").env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    command
}
