//! `cargo xtask ci`: everything a change must pass, in order, ending at the first failure.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::cross::{self, System};
use crate::{Usage, docs, packages, process, readme, style, workflows};

/// The line of README.md after which its test command stands.
const TEST_MARKER: &str = "<!-- ci:test -->";

struct Step {
    name: &'static str,
    run: fn() -> anyhow::Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "format", run: format },
    Step { name: "style of the prose", run: style::check },
    Step { name: "lints", run: lints },
    Step { name: "lints with few features", run: few_features },
    Step { name: "tests, as README.md says", run: tests },
    Step { name: "generated docs", run: generated_docs },
    Step { name: "API docs", run: api_docs },
    Step { name: "packages", run: packages::check },
    Step { name: "dependencies", run: dependencies },
    Step { name: "workflow files", run: workflows::check },
    Step { name: "other systems", run: other_systems },
];

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    Usage::expect_none(arguments)?;
    let mut durations = Vec::new();
    for (number, step) in (1..).zip(STEPS) {
        println!("\n== {number}/{}: {}", STEPS.len(), step.name);
        let start = Instant::now();
        let result = (step.run)();
        durations.push((step.name, start.elapsed()));
        if let Err(error) = result {
            report(&durations);
            return Err(error.context(format!("{} failed", step.name)));
        }
        println!("== {}: ok, {:.1} s", step.name, start.elapsed().as_secs_f64());
    }
    report(&durations);
    Ok(())
}

fn report(durations: &[(&str, Duration)]) {
    println!("\nTime taken:");
    for (name, duration) in durations {
        println!("{:>8.1} s  {name}", duration.as_secs_f64());
    }
    let total: Duration = durations.iter().map(|(_, duration)| *duration).sum();
    println!("{:>8.1} s  in all", total.as_secs_f64());
}

fn format() -> anyhow::Result<()> {
    check(process::cargo().args(["fmt", "--all", "--check"]))?;
    check(process::cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))
}

fn lints() -> anyhow::Result<()> {
    // The first step that builds is also the one to notice a lock file that is out of date.
    check(process::cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--locked",
        "--",
        "-Dwarnings",
    ]))
}

/// The libraries as a user of the API client alone compiles them: without login and keychain.
/// Clippy also compiles, and unlike `cargo check` it can refuse warnings without a change of
/// RUSTFLAGS, which would build every dependency again.
fn few_features() -> anyhow::Result<()> {
    let auth: &[&str] = &["-p", "aic-auth", "--no-default-features"];
    let api: &[&str] = &["-p", "aic-api"];
    for package in [auth, api] {
        check(process::cargo().arg("clippy").args(package).args(["--", "-Dwarnings"]))?;
    }
    Ok(())
}

fn tests() -> anyhow::Result<()> {
    let markdown =
        fs::read_to_string(process::root().join("README.md")).context("cannot read README.md")?;
    let script = readme::marked_block(&markdown, TEST_MARKER)
        .context("README.md does not tell how to run the tests")?;
    check(process::command("sh").args(["-e", "-c"]).arg(script))
}

fn generated_docs() -> anyhow::Result<()> {
    docs::run(&["--check".to_owned()])
}

fn api_docs() -> anyhow::Result<()> {
    check(
        process::cargo()
            .args(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-Dwarnings"),
    )
}

fn dependencies() -> anyhow::Result<()> {
    // With warnings denied, an exception in deny.toml that nothing needs any more is an error too.
    check(process::cargo().args(["deny", "check", "-D", "warnings", "licenses", "bans", "sources"]))
        .context("cargo-deny is installed by .ci/run")
}

/// The lints for systems whose code is compiled on no other. `cargo xtask cross` also lints the tests and runs
/// what can be run, for which the whole run has no time.
fn other_systems() -> anyhow::Result<()> {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        println!("only Linux on x86-64 compiles for other systems");
        return Ok(());
    }
    cross::lint(&[System::Windows, System::MacOs])
}

/// Runs a command the way an unattended machine does: nothing may be skipped for want of a tool,
/// and a snapshot that differs is a failure instead of a file to review.
fn check(command: &mut Command) -> anyhow::Result<()> {
    println!("$ {}", process::describe(command));
    process::run(command.env("CI", "true").env("INSTA_UPDATE", "no"))
}
