//! Compiling for another system, and running what needs no more than a processor.

use std::path::PathBuf;

use serde_json::Value;

use super::{Compiler, System, try_out};
use crate::process;

/// Compiles everything without linking it, with warnings as errors.
pub(super) fn lint(compiler: &Compiler) -> anyhow::Result<String> {
    let mut cargo = compiler.linting_cargo("check")?;
    process::run(cargo.args(["--workspace", "--all-targets", "--all-features"]))?;
    Ok("no warning".to_owned())
}

/// Compiles the crates without their tests, as they are given out, with warnings as errors.
pub(super) fn lint_what_ships(compiler: &Compiler) -> anyhow::Result<String> {
    let mut cargo = compiler.linting_cargo("check")?;
    cargo.args(["--workspace", "--exclude", "aic-e2e", "--exclude", "xtask"]);
    process::run(cargo.args(["--lib", "--bins", "--all-features"]))?;
    Ok("no warning".to_owned())
}

/// Compiles and links everything, with warnings as errors.
pub(super) fn compile(compiler: &Compiler) -> anyhow::Result<String> {
    let tests = test_programs(compiler)?;
    Ok(format!("no warning, {} test programs", tests.len()))
}

/// Compiles the program.
pub(super) fn build(compiler: &Compiler) -> anyhow::Result<String> {
    process::run(compiler.cargo("build").args(["--package", "aic-mcp-bin"]))?;
    Ok(format!("{} MB", std::fs::metadata(built(compiler))?.len() / 1_000_000))
}

/// The program, as it was built without optimisation.
pub(super) fn built(compiler: &Compiler) -> PathBuf {
    let name = if compiler.system == System::Windows { "aic-mcp.exe" } else { "aic-mcp" };
    compiler.place.join("build").join(compiler.system.triple()).join("debug").join(name)
}

/// Runs the program as the system does, or what stands in for it here.
pub(super) fn run(compiler: &Compiler) -> anyhow::Result<String> {
    let program = built(compiler);
    try_out(|| compiler.start(&program))
}

/// A program that runs the tests of one crate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TestProgram {
    /// The crate's directory.
    pub(super) directory: PathBuf,
    pub(super) program: PathBuf,
}

/// Builds the tests of all crates, and the program for those that run it.
pub(super) fn test_programs(compiler: &Compiler) -> anyhow::Result<Vec<TestProgram>> {
    let mut cargo = compiler.linting_cargo("test")?;
    let messages = process::stdout(cargo.args([
        "--no-run",
        "--workspace",
        "--all-targets",
        "--message-format=json-render-diagnostics",
    ]))?;
    Ok(messages.lines().filter_map(test_program).collect())
}

/// The test program that a message of cargo tells of.
fn test_program(message: &str) -> Option<TestProgram> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_test = message["profile"]["test"].as_bool().unwrap_or_default();
    let program = message["executable"].as_str().filter(|_| is_test)?;
    let manifest = PathBuf::from(message["manifest_path"].as_str()?);
    Some(TestProgram { directory: manifest.parent()?.to_owned(), program: program.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_told_from_others() {
        let message = |test: bool, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/w/crates/a/Cargo.toml",
                   "profile":{{"test":{test}}},"executable":{executable}}}"#
            )
        };
        let directory = PathBuf::from("/w/crates/a");
        let expected = TestProgram { directory, program: "/t/a-1.exe".into() };
        assert_eq!(test_program(&message(true, r#""/t/a-1.exe""#)), Some(expected));
        assert_eq!(test_program(&message(false, r#""/t/a.exe""#)), None);
        assert_eq!(test_program(&message(true, "null")), None);
        assert_eq!(test_program("   Compiling a"), None);
    }
}
