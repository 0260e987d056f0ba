//! `cargo xtask dist`: the release binary packed for the kind of machine that this one is.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use crate::{Usage, binary, process};

const DOCUMENTS: [&str; 3] = ["README.md", "LICENSE", "CHANGELOG.md"];

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    Usage::expect_none(arguments)?;
    // The release profile strips the binary.
    let binary = binary::build(binary::For::Itself, &["--release", "--locked"])?;
    let host = process::stdout(process::command("rustc").args(["--print", "host-tuple"]))?;
    // All packages of the workspace share one version, so this package's is the binary's.
    let name = format!("aic-mcp-{}-{}", env!("CARGO_PKG_VERSION"), host.trim());

    let dist = process::root().join("dist");
    let mut files = pack(&binary, &dist, &name)?;
    if let Some(archive) = archive(&dist, &name)? {
        files.push(archive);
    }
    let sums = checksums(&dist, &files)?;
    fs::write(dist.join("SHA256SUMS"), &sums).context("cannot write dist/SHA256SUMS")?;
    print!("\nIn dist/, with SHA256SUMS:\n{sums}");
    Ok(())
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
