//! `cargo xtask mutants`: changes the code in small ways and looks whether the tests notice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::{Usage, process};

/// The release that is known to work.
const CARGO_MUTANTS: &str = "cargo-mutants@27.1.0";

/// Where the results go, in a folder per package.
const RESULTS: &str = "target/mutants";

/// The least time that the tests get with a mutant, in seconds. Beyond that, a mutant gets five times
/// as long as the code as it is.
const LEAST_TIME: &str = "60";

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    if let Some(option) = arguments.iter().find(|argument| argument.starts_with('-')) {
        return Err(Usage(format!("`{option}`: mutants takes files only")).into());
    }
    if process::stdout_quietly(process::cargo().args(["mutants", "--version"])).is_none() {
        bail!("cargo-mutants is missing: cargo install {CARGO_MUTANTS} --locked");
    }
    let files = if arguments.is_empty() { changed()? } else { arguments.to_vec() };
    let packages = by_package(&files);
    if packages.is_empty() {
        bail!("there is nothing to mutate: name files of crates/*/src or xtask/src, or change one");
    }
    let mut lived = Vec::new();
    for (package, files) in packages {
        println!("== {package}: {}", files.iter().copied().collect::<Vec<_>>().join(", "));
        if !mutate(package, &files)? {
            lived.push(format!("{RESULTS}/{package}/mutants.out/missed.txt"));
        }
    }
    if !lived.is_empty() {
        bail!("the tests do not notice every mutant; those that live are in {}", lived.join(", "));
    }
    Ok(())
}

/// The files that differ from `main`, committed or not.
fn changed() -> anyhow::Result<Vec<String>> {
    let git = |arguments: &[&str]| process::stdout(process::command("git").args(arguments));
    let base =
        git(&["merge-base", "main", "HEAD"]).context("there is no `main` to compare with")?;
    let names = git(&["diff", "--name-only", "--diff-filter=d", base.trim()])?;
    let new = git(&["ls-files", "--others", "--exclude-standard"])?;
    Ok(names.lines().chain(new.lines()).map(str::to_owned).collect())
}

/// The sources among the files, by the package that they belong to. The name of a package is that of
/// its folder.
fn by_package(files: &[String]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut packages = BTreeMap::<_, BTreeSet<_>>::new();
    for file in files {
        let mut parts = file.trim_start_matches("./").split('/');
        let package = match parts.next() {
            Some("crates") => parts.next(),
            Some("xtask") => Some("xtask"),
            _ => None,
        };
        let is_source = parts.next() == Some("src")
            && Path::new(file).extension().is_some_and(|extension| extension == "rs");
        if let (Some(package), true) = (package, is_source) {
            packages.entry(package).or_default().insert(file.trim_start_matches("./"));
        }
    }
    packages
}

/// Tests a package with each mutant of its files, in a copy of the workspace, and returns whether the
/// tests noticed all of them.
fn mutate(package: &str, files: &BTreeSet<&str>) -> anyhow::Result<bool> {
    /// cargo-mutants documents its exit codes: 2 for mutants that live, 3 for tests that took too long.
    const LIVED: i32 = 2;
    const TOO_LONG: i32 = 3;
    let results = process::root().join(RESULTS).join(package);
    std::fs::create_dir_all(&results)
        .with_context(|| format!("cannot create {}", results.display()))?;
    let mut command = process::cargo();
    command
        .args([
            "mutants",
            "--package",
            package,
            "--no-shuffle",
            "--minimum-test-timeout",
            LEAST_TIME,
        ])
        .arg("--output")
        .arg(&results)
        // A mutant must fail the test and not rewrite the snapshot.
        .env("INSTA_UPDATE", "no");
    for file in files {
        command.args(["--file", file]);
    }
    let status = command
        .status()
        .with_context(|| format!("cannot start `{}`", process::describe(&command)))?;
    match status.code() {
        Some(0) => Ok(true),
        Some(LIVED | TOO_LONG) => Ok(false),
        _ => bail!("`{}` failed ({status})", process::describe(&command)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn sources_are_sorted_by_their_package() {
        let files = [
            "crates/aic-api/src/call.rs",
            "./crates/aic-api/src/http/send.rs",
            "crates/aic-api/tests/x.rs",
            "crates/aic-api/src/data.json",
            "xtask/src/docs.rs",
            "docs/architecture.md",
            "tests/e2e/main.rs",
        ]
        .map(str::to_owned);
        let found = by_package(&files);
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), ["aic-api", "xtask"]);
        assert!(
            found["aic-api"]
                .iter()
                .eq(&["crates/aic-api/src/call.rs", "crates/aic-api/src/http/send.rs"])
        );
        assert!(found["xtask"].iter().eq(&["xtask/src/docs.rs"]));
    }

    #[test]
    fn each_package_is_named_as_its_folder() {
        let root = process::root();
        let folders = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
        for folder in folders.chain([root.join("xtask")]) {
            let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
            let name = folder.file_name().unwrap().to_str().unwrap();
            assert!(manifest.contains(&format!("\nname = \"{name}\"\n")), "{name}");
        }
    }
}
