//! The bill of materials: the parts of the binary, in the form of `CycloneDX`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use crate::process;

/// The release of cargo-cyclonedx that is known to work.
const VERSION: &str = "0.5.9";

/// Writes the bill of the program for a kind of machine, and returns the file's name.
pub(super) fn write(dist: &Path, name: &str, triple: &str) -> anyhow::Result<String> {
    let has = process::stdout_quietly(process::cargo().args(["cyclonedx", "--version"]));
    if has.is_none() {
        println!("Installing cargo-cyclonedx for the bill of materials");
        process::run(
            process::cargo()
                .args(["install", "--locked", "cargo-cyclonedx"])
                .args(["--version", VERSION]),
        )?;
    }
    let package = process::root().join("crates/aic-mcp-bin");
    process::run(
        process::cargo()
            .args(["cyclonedx", "--format", "json", "--override-filename", "sbom", "--quiet"])
            .args(["--target", triple, "--manifest-path"])
            .arg(package.join("Cargo.toml")),
    )?;
    let file = format!("{name}.cdx.json");
    // It leaves one file beside each package of the workspace.
    for written in written()? {
        if written.starts_with(&package) {
            let bill = fs::read_to_string(&written)?;
            let bill = without_path(&bill, &process::root())?;
            fs::write(dist.join(&file), bill)
                .with_context(|| format!("cannot write dist/{file}"))?;
        }
        fs::remove_file(&written)?;
    }
    Ok(file)
}

fn written() -> anyhow::Result<Vec<PathBuf>> {
    let root = process::root();
    let mut places = vec![root.join("tests"), root.join("xtask")];
    for entry in fs::read_dir(root.join("crates"))? {
        places.push(entry?.path());
    }
    let files = places.into_iter().map(|place| place.join("sbom.json"));
    Ok(files.filter(|file| file.is_file()).collect())
}

/// The bill with the workspace's own crates named by their place in it, and not by where on the
/// builder's machine they were.
fn without_path(bill: &str, root: &Path) -> anyhow::Result<String> {
    let root = root.to_str().context("the workspace's path is no Unicode")?;
    // On Windows, a URL of a file has slashes, and one more of them.
    let url = format!("file://{}{}", if root.starts_with('/') { "" } else { "/" }, root);
    let bill = bill.replace(&format!("path+{}/", url.replace('\\', "/")), "workspace:");
    ensure!(!bill.contains(root), "the bill of materials still names {root}");
    Ok(bill)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_of_the_workspace_are_named_by_their_place_in_it() {
        let bill = r#"{"bom-ref":"path+file:///home/ingrid/aic/crates/aic-api#0.1.0"}"#;
        let changed = without_path(bill, Path::new("/home/ingrid/aic")).unwrap();
        assert_eq!(changed, r#"{"bom-ref":"workspace:crates/aic-api#0.1.0"}"#);
        let other = bill.replace("path+", "");
        assert!(without_path(&other, Path::new("/home/ingrid/aic")).is_err());
    }
}
