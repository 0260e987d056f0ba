//! `cargo xtask fuzz`: the fuzz targets of `fuzz/`, each for a while.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::{Usage, process};

/// Each has a file in `fuzz/fuzz_targets` and what to start from in `fuzz/seeds`.
const TARGETS: &[&str] = &["filter", "path", "callback", "lines"];

/// The release that is known to work.
const CARGO_FUZZ: &str = "cargo-fuzz@0.13.2";

/// How long each runs where nothing else is asked for, in seconds.
const SECONDS: u32 = 60;

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let (targets, seconds) = parse(arguments)?;
    if process::stdout_quietly(process::cargo().args(["fuzz", "--version"])).is_none() {
        bail!("cargo-fuzz is missing: cargo install {CARGO_FUZZ} --locked");
    }
    for target in targets {
        println!("== {target}, {seconds} s");
        fuzz(target, seconds)?;
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Result<(Vec<&'static str>, u32), Usage> {
    let mut targets = TARGETS.to_vec();
    let mut rest = arguments;
    if let [first, others @ ..] = arguments
        && let Some(target) = TARGETS.iter().find(|target| *target == first)
    {
        targets = vec![target];
        rest = others;
    }
    let seconds = match rest {
        [] => SECONDS,
        // To libFuzzer, 0 is for ever.
        [seconds] => seconds.parse().ok().filter(|seconds| *seconds > 0).ok_or_else(|| {
            let targets = TARGETS.join(", ");
            Usage(format!("`{seconds}` is neither a target ({targets}) nor a number of seconds"))
        })?,
        [_, second, ..] => return Err(Usage(format!("unexpected argument `{second}`"))),
    };
    Ok((targets, seconds))
}

fn fuzz(target: &str, seconds: u32) -> anyhow::Result<()> {
    let corpus = format!("fuzz/corpus/{target}");
    fs::create_dir_all(process::root().join(&corpus))
        .with_context(|| format!("cannot create {corpus}"))?;
    process::run(
        cargo_fuzz()
            .args(["run", "--sanitizer", "none", target, &corpus])
            .arg(format!("fuzz/seeds/{target}"))
            .args(["--", &format!("-max_total_time={seconds}")]),
    )
}

/// The flags that make a program fuzzable are not stable. No sanitizer is on: sanitizers look for
/// mistakes of `unsafe` code, and there is no such code.
fn cargo_fuzz() -> Command {
    let mut command = process::cargo();
    command.arg("fuzz").env("RUSTC_BOOTSTRAP", "1");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Option<(Vec<&'static str>, u32)> {
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        parse(&arguments).ok()
    }

    #[test]
    fn a_target_and_a_time_may_be_given_or_not() {
        assert_eq!(parsed(&[]), Some((TARGETS.to_vec(), 60)));
        assert_eq!(parsed(&["5"]), Some((TARGETS.to_vec(), 5)));
        assert_eq!(parsed(&["path"]), Some((vec!["path"], 60)));
        assert_eq!(parsed(&["path", "5"]), Some((vec!["path"], 5)));
        for wrong in [&["x"][..], &["5", "path"], &["path", "x"], &["path", "0"], &["5", "5"]] {
            assert_eq!(parsed(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn every_target_is_run_and_has_seeds() {
        let names = |folder: &str| {
            let entries = fs::read_dir(process::root().join(folder)).unwrap();
            let paths = entries.map(|entry| entry.unwrap().path());
            let mut names: Vec<_> =
                paths.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
            names.sort();
            names
        };
        let mut targets = TARGETS.to_vec();
        targets.sort_unstable();
        assert_eq!(names("fuzz/fuzz_targets"), targets);
        assert_eq!(names("fuzz/seeds"), targets);
    }
}
