//! `cargo xtask release --check`: what is missing before a release.

use std::fs;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::dist::notes;
use crate::{Usage, process};

/// The outcome of a look at one thing.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Ready(String),
    /// It has to be done first.
    Missing(String),
    /// It cannot be seen from here.
    Unknown(String),
}

use Found::{Missing, Ready, Unknown};

struct Look {
    at: &'static str,
    find: fn() -> anyhow::Result<Found>,
}

const LOOKS: &[Look] = &[
    Look { at: "changelog", find: changelog },
    Look { at: "tag", find: tag },
    Look { at: "work tree", find: work_tree },
    Look { at: "lock files", find: lock_files },
    Look { at: "addresses", find: addresses },
    Look { at: "figures", find: figures },
    Look { at: "advisories", find: advisories },
    Look { at: "base image", find: base_image },
];

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    match arguments {
        [only] if only == "--check" => {}
        _ => return Err(Usage("release takes --check: it releases nothing".to_owned()).into()),
    }
    println!("aic-mcp {VERSION}\n");
    let mut missing = 0;
    for look in LOOKS {
        let found = (look.find)().unwrap_or_else(|error| Unknown(format!("{error:#}")));
        let (mark, says) = match &found {
            Ready(says) => ("ok", says),
            Missing(says) => ("missing", says),
            Unknown(says) => ("unknown", says),
        };
        println!("{mark:<8} {:<12} {says}", look.at);
        missing += usize::from(matches!(found, Missing(_)));
    }
    println!("\nWhether the change itself is sound is for `cargo xtask ci` to say.");
    if missing > 0 {
        bail!("{missing} things are missing");
    }
    Ok(())
}

/// The version of every package of the workspace.
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn changelog() -> anyhow::Result<Found> {
    let text = fs::read_to_string(process::root().join("CHANGELOG.md"))?;
    Ok(changelog_in(&text, VERSION))
}

fn changelog_in(text: &str, version: &str) -> Found {
    let heading = format!("## [{version}] - ");
    if text.lines().any(|line| line.starts_with(&heading)) {
        return Ready(format!("has a section for {version}"));
    }
    let waits = notes::of_version(text, version).is_some();
    let has =
        if waits { "what is under [Unreleased] waits for it" } else { "nothing is unreleased" };
    Missing(format!("has no line `{heading}DATE`; {has}"))
}

fn tag() -> anyhow::Result<Found> {
    let tag = format!("v{VERSION}");
    let tags = git(&["tag", "--list", &tag])?;
    if tags.trim().is_empty() {
        return Ok(Ready(format!("{tag} is free")));
    }
    let is_here =
        git(&["rev-parse", &format!("{tag}^{{commit}}")])? == git(&["rev-parse", "HEAD"])?;
    Ok(if is_here {
        Ready(format!("{tag} names this commit"))
    } else {
        Missing(format!("{tag} names another commit: a release needs a version of its own"))
    })
}

fn work_tree() -> anyhow::Result<Found> {
    let changed = git(&["status", "--porcelain"])?.lines().count();
    Ok(match changed {
        0 => Ready("is what was committed".to_owned()),
        _ => Missing(format!("{changed} files differ from what was committed")),
    })
}

fn lock_files() -> anyhow::Result<Found> {
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        let mut metadata = process::cargo();
        metadata.args(["metadata", "--locked", "--format-version", "1"]);
        let output = metadata.args(["--manifest-path", manifest]).output()?;
        if !output.status.success() {
            return Ok(Missing(format!("the lock file beside {manifest} is out of date")));
        }
    }
    Ok(Ready("are up to date".to_owned()))
}

/// Crates, bundles and the registry's entry tell people where the source is.
fn addresses() -> anyhow::Result<Found> {
    let workspace = process::workspace()?;
    let program = process::package_named(&workspace, "aic-mcp-bin")?;
    Ok(match program["repository"].as_str() {
        Some(address) => Ready(address.to_owned()),
        None => Missing("Cargo.toml names no repository under [workspace.package]".to_owned()),
    })
}

fn figures() -> anyhow::Result<Found> {
    let text = fs::read_to_string(process::root().join("tests/figures.json"))?;
    let kept: Value = serde_json::from_str(&text)?;
    Ok(match kept["version"].as_str() {
        Some(VERSION) => Ready(format!("are of {VERSION}")),
        other => Missing(format!(
            "are of {}: `cargo xtask bench --keep` on an idle machine",
            other.unwrap_or("no version")
        )),
    })
}

fn advisories() -> anyhow::Result<Found> {
    let mut check = process::cargo();
    check.args(["deny", "check", "advisories"]);
    let output = check.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    Ok(advisories_said(output.status.success(), &said))
}

/// The outcome of cargo-deny, which may be that it cannot know.
fn advisories_said(passed: bool, said: &str) -> Found {
    if passed {
        return Ready("none is known for what is depended on".to_owned());
    }
    // A finding has the name of the advisory; everything else is a database that cannot be had.
    if said.contains("RUSTSEC-") {
        return Missing("`cargo deny check advisories` has findings".to_owned());
    }
    Unknown(
        "the database could not be read here; advisories.yml asks it every day, and \
         `cargo install cargo-deny` gives a cargo-deny that fetches it"
            .to_owned(),
    )
}

fn base_image() -> anyhow::Result<Found> {
    let file = fs::read_to_string(process::root().join("packaging/Dockerfile"))?;
    let image = file.lines().find_map(|line| line.strip_prefix("ARG RUST_IMAGE="));
    let image = image.context("packaging/Dockerfile names no RUST_IMAGE")?;
    Ok(if image.contains("@sha256:") {
        Ready(image.to_owned())
    } else {
        Unknown(format!("{image} is a tag; release.yml builds on its digest and says which"))
    })
}

fn git(arguments: &[&str]) -> anyhow::Result<String> {
    process::stdout(process::command("git").args(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_needs_a_dated_section() {
        let dated = "## [Unreleased]\n\n## [1.2.3] - 2026-11-28\n\n- new\n";
        assert!(matches!(changelog_in(dated, "1.2.3"), Ready(_)));
        let Missing(says) = changelog_in("## [Unreleased]\n\n- new\n", "1.2.3") else { panic!() };
        assert!(says.ends_with("waits for it"), "{says}");
        let Missing(says) = changelog_in("## [Unreleased]\n", "1.2.3") else { panic!() };
        assert!(says.ends_with("nothing is unreleased"), "{says}");
    }

    #[test]
    fn a_database_that_cannot_be_had_is_no_finding() {
        assert!(matches!(advisories_said(true, ""), Ready(_)));
        assert!(matches!(advisories_said(false, "error: failed to fetch"), Unknown(_)));
        assert!(matches!(advisories_said(false, "= ID: RUSTSEC-2026-0001"), Missing(_)));
    }
}
