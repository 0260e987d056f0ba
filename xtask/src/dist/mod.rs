//! `cargo xtask dist`: the release binary packed for the kind of machine that this one is.

mod bundle;
mod notes;
mod registry;

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use crate::{Usage, binary, process};

const DOCUMENTS: [&str; 3] = ["README.md", "LICENSE", "CHANGELOG.md"];

/// The shells that have completions in the archive.
const SHELLS: [(&str, &str); 3] =
    [("bash", "aic-mcp.bash"), ("zsh", "_aic-mcp"), ("fish", "aic-mcp.fish")];

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let published = published(arguments)?;
    // The release profile strips the binary.
    let binary = binary::build(binary::For::Itself, &["--release", "--locked"])?;
    let host = process::stdout(process::command("rustc").args(["--print", "host-tuple"]))?;
    // All packages of the workspace share one version, so this package's is the binary's.
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("aic-mcp-{version}-{}", host.trim());

    let dist = process::root().join("dist");
    let mut files = pack(&binary, &dist, &name)?;
    files.extend(extras(&binary, &dist, &name)?);
    if let Some(archive) = archive(&dist, &name)? {
        files.push(archive);
    }
    let bundle = format!("{name}.mcpb");
    bundle::write(&dist.join(&bundle), &binary, version)?;
    files.push(bundle.clone());
    files.push(bill_of_materials(&dist, &name)?);
    let changelog = fs::read_to_string(process::root().join("CHANGELOG.md"))?;
    if let Some(notes) = notes::of_version(&changelog, version) {
        fs::write(dist.join("RELEASE_NOTES.md"), notes)?;
        files.push("RELEASE_NOTES.md".to_owned());
    }
    if let Some(Published { name, url }) = published {
        let sum = checksums(&dist, std::slice::from_ref(&bundle))?;
        let sum = sum.split(' ').next().unwrap_or_default();
        let url = format!("{}/{bundle}", url.trim_end_matches('/'));
        let entry = registry::entry(&name, version, &url, sum);
        fs::write(dist.join("server.json"), format!("{entry:#}\n"))?;
        files.push("server.json".to_owned());
    }
    let sums = checksums(&dist, &files)?;
    fs::write(dist.join("SHA256SUMS"), &sums).context("cannot write dist/SHA256SUMS")?;
    print!("\nIn dist/, with SHA256SUMS:\n{sums}");
    Ok(())
}

/// Where the release is going to be, which only who publishes it knows.
struct Published {
    /// The name in the MCP registry, such as `io.github.someone/aic-mcp`.
    name: String,
    /// The address of the directory that the files are downloaded from.
    url: String,
}

fn published(arguments: &[String]) -> anyhow::Result<Option<Published>> {
    match arguments {
        [] => Ok(None),
        [flag, name, url] if flag == "--published" && url.starts_with("https://") => {
            Ok(Some(Published { name: name.clone(), url: url.clone() }))
        }
        _ => Err(Usage(
            "dist takes nothing, or --published NAME URL: the name in the MCP registry and the \
             https address of the release's files, for server.json"
                .to_owned(),
        )
        .into()),
    }
}

/// The manual pages and the completions, as the program itself writes them.
fn extras(binary: &Path, dist: &Path, name: &str) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut keep = |file: String, arguments: &[&str]| -> anyhow::Result<()> {
        let text = process::stdout(process::command(binary).args(arguments))?;
        fs::write(dist.join(name).join(&file), text)?;
        files.push(format!("{name}/{file}"));
        Ok(())
    };
    for (shell, file) in SHELLS {
        keep(file.to_owned(), &["completions", shell])?;
    }
    let manual = dist.join(name).join("man1");
    process::run(process::command(binary).args(["man", "--dir"]).arg(&manual))?;
    for page in fs::read_dir(&manual)? {
        files.push(format!("{name}/man1/{}", page?.file_name().display()));
    }
    Ok(files)
}

/// The parts of the binary, in the form of `CycloneDX`.
fn bill_of_materials(dist: &Path, name: &str) -> anyhow::Result<String> {
    const VERSION: &str = "0.5.9";
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
            .arg("--manifest-path")
            .arg(package.join("Cargo.toml")),
    )?;
    let file = format!("{name}.cdx.json");
    // It leaves one file beside each package of the workspace.
    for written in sboms()? {
        if written.starts_with(&package) {
            fs::copy(&written, dist.join(&file))?;
        }
        fs::remove_file(&written)?;
    }
    Ok(file)
}

fn sboms() -> anyhow::Result<Vec<PathBuf>> {
    let root = process::root();
    let mut places = vec![root.join("tests"), root.join("xtask")];
    for entry in fs::read_dir(root.join("crates"))? {
        places.push(entry?.path());
    }
    let files = places.into_iter().map(|place| place.join("sbom.json"));
    Ok(files.filter(|file| file.is_file()).collect())
}

/// Fills the directory `name` anew and returns its files' paths below `dist`.
fn pack(binary: &Path, dist: &Path, name: &str) -> anyhow::Result<Vec<String>> {
    let directory = dist.join(name);
    if directory.exists() {
        fs::remove_dir_all(&directory)
            .with_context(|| format!("cannot remove {}", directory.display()))?;
    }
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot create {}", directory.display()))?;

    let documents = DOCUMENTS.map(|document| process::root().join(document));
    let mut files = Vec::new();
    for source in [binary.to_path_buf()].iter().chain(&documents) {
        let file = source.file_name().unwrap_or_default();
        fs::copy(source, directory.join(file))
            .with_context(|| format!("cannot copy {}", source.display()))?;
        files.push(format!("{name}/{}", file.display()));
    }
    Ok(files)
}

/// Packs the directory and returns the archive's name; without a `tar` there is none.
fn archive(dist: &Path, name: &str) -> anyhow::Result<Option<String>> {
    let archive = format!("{name}.tar.gz");
    let mut tar = process::command("tar");
    tar.current_dir(dist).args(["-czf", &archive, name]);
    match process::run(&mut tar) {
        Ok(()) => Ok(Some(archive)),
        Err(error) if is_missing(&error) => {
            println!(
                "No archive was made, since this machine has no `tar`: pack dist/{name} by hand."
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::NotFound)
}

/// The lines that `sha256sum -c` reads.
fn checksums(dist: &Path, files: &[String]) -> anyhow::Result<String> {
    let mut sums = String::new();
    for file in files {
        let bytes =
            fs::read(dist.join(file)).with_context(|| format!("cannot read dist/{file}"))?;
        for byte in Sha256::digest(bytes) {
            write!(sums, "{byte:02x}")?;
        }
        writeln!(sums, "  {file}")?;
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_in_the_form_of_sha256sum() {
        let directory =
            std::env::temp_dir().join(format!("xtask-checksums-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("abc"), "abc").unwrap();
        let sums = checksums(&directory, &["abc".to_owned()]);
        fs::remove_dir_all(&directory).unwrap();
        assert_eq!(
            sums.unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  abc\n"
        );
    }
}
