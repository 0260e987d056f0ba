//! `cargo xtask mutants`: changes the code in small ways and looks whether the tests notice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::{Usage, process};

/// The release that is known to work.
const CARGO_MUTANTS: &str = "cargo-mutants@27.1.0";

/// Where the results go, in a folder per package.
const RESULTS: &str = "target/mutants";

/// The build of all runs, so that the dependencies are compiled once. It is apart from the usual one,
/// whose builds would wait for it.
const BUILD: &str = "target/mutants/build";

/// The findings of cargo-mutants, each with its file in `mutants.out`, in the order of the table.
const FINDINGS: [(&str, &str); 4] = [
    ("caught", "caught.txt"),
    ("lived", "missed.txt"),
    ("too long", "timeout.txt"),
    ("no code", "unviable.txt"),
];

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
        print!(
            "{}",
            table(&tally(&process::root().join(RESULTS).join(package).join("mutants.out")))
        );
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
        // What is compiled for the documentation takes long, and tests nothing here.
        .arg("--cargo-test-arg=--all-targets")
        .arg("--output")
        .arg(&results)
        .env("CARGO_TARGET_DIR", process::root().join(BUILD))
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

/// How many mutants of each file came to what, by the lists that cargo-mutants has left.
fn tally(lists: &Path) -> BTreeMap<String, [usize; FINDINGS.len()]> {
    let mut tally = BTreeMap::<String, [usize; FINDINGS.len()]>::new();
    for (index, (_, list)) in FINDINGS.iter().enumerate() {
        let list = std::fs::read_to_string(lists.join(list)).unwrap_or_default();
        for file in list.lines().filter_map(|mutant| mutant.split(':').next()) {
            tally.entry(file.to_owned()).or_default()[index] += 1;
        }
    }
    tally
}

/// The same as a table, with the share of those that were noticed among those that are code.
fn table(tally: &BTreeMap<String, [usize; FINDINGS.len()]>) -> String {
    let line = |(file, counts): (&String, &[usize; FINDINGS.len()])| {
        let [caught, lived, too_long, _] = counts;
        let share = (caught + too_long) * 100 / (caught + lived + too_long).max(1);
        let told = FINDINGS.iter().zip(counts).map(|((name, _), count)| format!("{count} {name}"));
        format!("{share:3} % {file}: {}\n", told.collect::<Vec<_>>().join(", "))
    };
    tally.iter().map(line).collect()
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

    #[test]
    fn the_findings_are_counted_by_file() {
        let folder = tempfile::tempdir().unwrap();
        let lists = folder.path();
        let one = "crates/aic-api/src/call.rs:1:2: replace a with b";
        fs::write(lists.join("caught.txt"), format!("{one}\n{one}\n")).unwrap();
        fs::write(lists.join("missed.txt"), format!("{one}\n")).unwrap();
        fs::write(lists.join("unviable.txt"), "xtask/src/docs.rs:1:1: x\n").unwrap();
        let found = table(&tally(lists));
        assert_eq!(
            found,
            " 66 % crates/aic-api/src/call.rs: 2 caught, 1 lived, 0 too long, 0 no code\n  0 % \
             xtask/src/docs.rs: 0 caught, 0 lived, 0 too long, 1 no code\n"
        );
    }
}
