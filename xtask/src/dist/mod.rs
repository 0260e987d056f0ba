//! `cargo xtask dist`: the release binary packed for the kind of machine that this one is, or for others.

mod bill;
mod bundle;
mod machine;
pub(crate) mod notes;
mod registry;

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use self::machine::Machine;
use crate::{Usage, process};

const DOCUMENTS: [&str; 3] = ["README.md", "LICENSE", "CHANGELOG.md"];

/// The shells that have completions in the archive.
const SHELLS: [(&str, &str); 3] =
    [("bash", "aic-mcp.bash"), ("zsh", "_aic-mcp"), ("fish", "aic-mcp.fish")];

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let Order { targets, published } = order(arguments)?;
    if targets.is_empty() {
        return pack_for(&Machine::this()?, published.as_ref());
    }
    for target in targets {
        pack_for(&Machine::with(&target)?, published.as_ref())?;
    }
    Ok(())
}

/// Packs everything that is for one kind of machine.
fn pack_for(machine: &Machine, published: Option<&Published>) -> anyhow::Result<()> {
    let binary = machine.build()?;
    // All packages of the workspace share one version, so this package's is the binary's.
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("aic-mcp-{version}-{}", machine.triple());

    let dist = process::root().join("dist");
    let mut files = pack(&binary, &dist, &name)?;
    files.extend(extras(machine, &binary, &dist, &name)?);
    if let Some(archive) = archive(&dist, &name)? {
        files.push(archive);
    }
    let bundle = format!("{name}.mcpb");
    bundle::write(&dist.join(&bundle), &binary, version, machine.platform())?;
    files.push(bundle.clone());
    files.push(bill::write(&dist, &name, machine.triple())?);
    let changelog = fs::read_to_string(process::root().join("CHANGELOG.md"))?;
    if let Some(notes) = notes::of_version(&changelog, version) {
        fs::write(dist.join("RELEASE_NOTES.md"), notes)?;
        files.push("RELEASE_NOTES.md".to_owned());
    }
    if let Some(Published { name, url }) = published {
        let sum = checksums(&dist, std::slice::from_ref(&bundle))?;
        let sum = sum.split(' ').next().unwrap_or_default();
        let url = format!("{}/{bundle}", url.trim_end_matches('/'));
        let entry = registry::entry(name, version, &url, sum);
        fs::write(dist.join("server.json"), format!("{entry:#}\n"))?;
        files.push("server.json".to_owned());
    }
    let sums = checksums(&dist, &files)?;
    let list = format!("SHA256SUMS-{}", machine.triple());
    fs::write(dist.join(&list), &sums).with_context(|| format!("cannot write dist/{list}"))?;
    print!("\nIn dist/, with {list}:\n{sums}");
    Ok(())
}

/// The things to be made.
#[derive(Debug, PartialEq, Eq)]
struct Order {
    /// The kinds of machines, by the compiler's names; none for the one that this is.
    targets: Vec<String>,
    published: Option<Published>,
}

/// Where the release is going to be, which only who publishes it knows.
#[derive(Debug, PartialEq, Eq)]
struct Published {
    /// The name in the MCP registry, such as `io.github.someone/aic-mcp`.
    name: String,
    /// The address of the directory that the files are downloaded from.
    url: String,
}

fn order(arguments: &[String]) -> Result<Order, Usage> {
    let mut order = Order { targets: Vec::new(), published: None };
    let mut rest = arguments;
    loop {
        rest = match rest {
            [] => return Ok(order),
            [flag, target, rest @ ..] if flag == "--target" => {
                order.targets.push(target.clone());
                rest
            }
            [flag, name, url, rest @ ..]
                if flag == "--published" && url.starts_with("https://") =>
            {
                order.published = Some(Published { name: name.clone(), url: url.clone() });
                rest
            }
            _ => {
                return Err(Usage(
                    "dist takes --target TRIPLE, once for each other kind of machine, and \
                     --published NAME URL: the name in the MCP registry and the https address of \
                     the release's files, for server.json"
                        .to_owned(),
                ));
            }
        }
    }
}

/// The manual pages and the completions, as the program itself writes them.
fn extras(
    machine: &Machine,
    binary: &Path,
    dist: &Path,
    name: &str,
) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut keep = |file: String, arguments: &[&str]| -> anyhow::Result<()> {
        let text = process::stdout(machine.start(binary)?.args(arguments))?;
        fs::write(dist.join(name).join(&file), text)?;
        files.push(format!("{name}/{file}"));
        Ok(())
    };
    for (shell, file) in SHELLS {
        keep(file.to_owned(), &["completions", shell])?;
    }
    let manual = dist.join(name).join("man1");
    process::run(machine.start(binary)?.args(["man", "--dir"]).arg(&manual))?;
    for page in fs::read_dir(&manual)? {
        files.push(format!("{name}/man1/{}", page?.file_name().display()));
    }
    Ok(files)
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

    fn ordered(arguments: &[&str]) -> Option<Order> {
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        order(&arguments).ok()
    }

    #[test]
    fn machines_are_named_one_by_one() {
        let targets = |order: Order| order.targets;
        assert_eq!(ordered(&[]).map(targets), Some(vec![]));
        let two = ordered(&["--target", "a", "--target", "b", "--published", "n", "https://x"]);
        let two = two.unwrap();
        assert_eq!(two.targets, ["a", "b"]);
        assert_eq!(two.published.unwrap().url, "https://x");
        for wrong in [&["--target"][..], &["x"], &["--published", "n", "http://x"]] {
            assert_eq!(ordered(wrong), None, "{wrong:?}");
        }
    }

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
