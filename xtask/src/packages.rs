//! `cargo xtask packages`: packages the crates that others may depend on as for crates.io, and has a
//! crate outside of the project use them as docs/rust.md says.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use crate::{Usage, process, readme};

/// The crates that are published: those that others use, and the crates of the project that these need.
const PUBLISHED: &[&str] = &["aic-files", "aic-sim", "aic-auth", "aic-api"];

const GUIDE: &str = "docs/rust.md";
const MANIFEST_MARKER: &str = "<!-- ci:manifest -->";
const PROGRAM_MARKER: &str = "<!-- ci:program -->";

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    Usage::expect_none(arguments)?;
    check()
}

/// Packages, unpacks and uses the crates.
pub(crate) fn check() -> anyhow::Result<()> {
    let target = process::target_directory()?;
    let version = package(&target)?;
    let packages = unpack(&target, &version)?;
    let stranger = Stranger::settle(&packages, &version)?;
    stranger.check_packages(&packages)?;
    stranger.run_test(&target.join("strangers"))
}

/// Packages the crates, and returns their version. They are not compiled here, since the stranger compiles
/// them: building each alone would take as long again.
fn package(target: &Path) -> anyhow::Result<String> {
    let mut cargo = process::cargo();
    cargo.args(["package", "--no-verify", "--allow-dirty", "--target-dir"]).arg(target);
    for name in PUBLISHED {
        cargo.args(["--package", name]);
    }
    process::run(&mut cargo)?;
    let workspace = process::workspace()?;
    let version = process::package_named(&workspace, PUBLISHED[0])?["version"].as_str();
    Ok(version.context("a package without a version")?.to_owned())
}

/// Unpacks the packages, and returns the directory that they are in.
fn unpack(target: &Path, version: &str) -> anyhow::Result<PathBuf> {
    let unpacked = target.join("strangers/packages");
    let fresh = tempfile::tempdir()?;
    for name in PUBLISHED {
        let package = target.join(format!("package/{name}-{version}.crate"));
        let mut tar = process::command("tar");
        process::run(tar.arg("-xzf").arg(package).arg("-C").arg(fresh.path()))?;
        let directory = format!("{name}-{version}");
        renew(&unpacked.join(&directory), &fresh.path().join(&directory))?;
    }
    Ok(unpacked)
}

/// Makes a directory the same as another one. Files that are the same already keep their time, by which
/// cargo sees what has to be built again: in a package, all files are of the same day.
fn renew(old: &Path, new: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(old)?;
    for entry in fs::read_dir(old)? {
        let path = entry?.path();
        let name = path.file_name().context("a file has a name")?;
        let is_kept = new.join(name).is_dir() == path.is_dir() && new.join(name).exists();
        match (is_kept, path.is_dir()) {
            (true, _) => {}
            (false, true) => fs::remove_dir_all(&path)?,
            (false, false) => fs::remove_file(&path)?,
        }
    }
    for entry in fs::read_dir(new)? {
        let from = entry?.path();
        let to = old.join(from.file_name().context("a file has a name")?);
        if from.is_dir() {
            renew(&to, &from)?;
        } else {
            let content = fs::read(&from)?;
            if fs::read(&to).ok().as_ref() != Some(&content) {
                fs::write(&to, content)?;
            }
        }
    }
    Ok(())
}

/// A crate outside of the project.
struct Stranger {
    directory: tempfile::TempDir,
}

impl Stranger {
    /// Makes the crate that docs/rust.md describes, with the packages in place of those on crates.io. Its
    /// feature has everything compiled that is published but for the keychain.
    fn settle(packages: &Path, version: &str) -> anyhow::Result<Self> {
        let root = process::root();
        let guide = fs::read_to_string(root.join(GUIDE)).context("cannot read docs/rust.md")?;
        let dependencies = readme::marked_block(&guide, MANIFEST_MARKER)?;
        let program = readme::marked_block(&guide, PROGRAM_MARKER)?;
        let mut manifest = format!(
            "[package]\nname = \"stranger\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [profile.dev]\ndebug = false\n\n[features]\nlogin = [\"aic-api/login\"]\n\n\
             {dependencies}\n\n[patch.crates-io]\n"
        );
        for name in PUBLISHED {
            let path = packages.join(format!("{name}-{version}")).display().to_string();
            writeln!(manifest, "{name} = {{ path = {path:?} }}")?;
        }
        let directory = tempfile::tempdir()?;
        let write = |name: &str, text: &str| fs::write(directory.path().join(name), text);
        fs::create_dir(directory.path().join("src"))?;
        fs::create_dir(directory.path().join("tests"))?;
        write("Cargo.toml", &manifest)?;
        write("src/lib.rs", "")?;
        write("tests/users.rs", &program)?;
        // The versions that everything else here is tested with.
        fs::copy(root.join("Cargo.lock"), directory.path().join("Cargo.lock"))?;
        Ok(Self { directory })
    }

    fn manifest(&self) -> PathBuf {
        self.directory.path().join("Cargo.toml")
    }

    /// Sees that each package says what crates.io shows, and that it needs no crate of the project that
    /// is not published.
    fn check_packages(&self, packages: &Path) -> anyhow::Result<()> {
        let metadata = process::metadata(&self.manifest(), &["--all-features"])?;
        for name in PUBLISHED {
            let package = process::package_named(&metadata, name)?;
            check_package(name, package)?;
            let manifest = package["manifest_path"].as_str().unwrap_or_default();
            ensure!(Path::new(manifest).starts_with(packages), "{name} comes from {manifest}");
        }
        Ok(())
    }

    fn run_test(&self, target: &Path) -> anyhow::Result<()> {
        let mut cargo = process::cargo();
        cargo
            .args(["test", "--all-features", "--test", "users", "--manifest-path"])
            .arg(self.manifest())
            .arg("--target-dir")
            .arg(target)
            .env("RUSTFLAGS", "-Dwarnings");
        process::run(&mut cargo)
    }
}

fn check_package(name: &str, package: &Value) -> anyhow::Result<()> {
    for field in ["description", "license", "readme", "documentation", "rust_version"] {
        let is_told = package[field].as_str().is_some_and(|text| !text.is_empty());
        ensure!(is_told, "{name} does not tell its {field}");
    }
    for field in ["keywords", "categories"] {
        let count = package[field].as_array().map_or(0, Vec::len);
        ensure!((1..=5).contains(&count), "{name} has {count} {field}");
    }
    let ours = package["dependencies"].as_array().into_iter().flatten();
    for dependency in ours.filter_map(|it| it["name"].as_str()).filter(|it| it.starts_with("aic-"))
    {
        if !PUBLISHED.contains(&dependency) {
            bail!("{name} depends on {dependency}, which is not published");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package() -> Value {
        json!({
            "description": "d", "license": "l", "readme": "r", "documentation": "d",
            "rust_version": "1", "keywords": ["k"], "categories": ["c"],
            "dependencies": [{ "name": "aic-auth" }, { "name": "serde" }],
        })
    }

    #[test]
    fn a_package_tells_what_others_need_to_know() {
        assert!(check_package("aic-api", &package()).is_ok());
        for (field, value) in [
            ("description", json!(null)),
            ("readme", json!("")),
            ("keywords", json!([])),
            ("categories", json!(["1", "2", "3", "4", "5", "6"])),
            ("dependencies", json!([{ "name": "aic-tools" }])),
        ] {
            let mut package = package();
            package[field] = value;
            assert!(check_package("aic-api", &package).is_err(), "{field}");
        }
    }

    #[test]
    fn only_what_differs_is_written_again() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let put = |directory: &tempfile::TempDir, name: &str, text: &str| {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for (name, text) in
            [("src/same", "s"), ("src/other", "o"), ("gone/file", "g"), ("lost", "l")]
        {
            put(&old, name, text);
        }
        for (name, text) in [("src/same", "s"), ("src/other", "p"), ("lost/file", "n")] {
            put(&new, name, text);
        }
        let time = |name: &str| old.path().join(name).metadata().unwrap().modified().unwrap();
        let before = time("src/same");
        renew(old.path(), new.path()).unwrap();
        let read = |name: &str| fs::read_to_string(old.path().join(name)).unwrap();
        assert_eq!((read("src/other").as_str(), read("lost/file").as_str()), ("p", "n"));
        assert_eq!(time("src/same"), before);
        assert!(!old.path().join("gone").exists());
    }
}
