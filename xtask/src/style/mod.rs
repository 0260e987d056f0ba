//! `cargo xtask style`: counts the sentences that docs/style.md speaks against, so that there are never
//! more of them.

mod prose;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::{Usage, process};

/// How many such sentences each part of the project may have. A number here only ever falls.
const CEILINGS: &[(&str, usize)] = &[
    ("README.md", 1),
    ("docs", 5),
    ("crates/aic-api", 0),
    ("crates/aic-auth", 0),
    ("crates/aic-files", 0),
    ("crates/aic-mcp-bin", 0),
    ("crates/aic-sim", 0),
    ("crates/aic-tools", 0),
    ("tests", 0),
    ("xtask", 0),
];

/// How many sentences a failure quotes.
const QUOTED: usize = 20;

/// A sentence that is to be put another way.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    file: PathBuf,
    line: usize,
    sentence: String,
}

/// `cargo xtask style [PART]`: shows the sentences of a part, or checks all parts.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let root = process::root();
    match arguments {
        [] => check(),
        [part] => {
            let (part, _) = CEILINGS
                .iter()
                .find(|(name, _)| name == part)
                .ok_or_else(|| Usage(format!("`{part}`: there is no such part")))?;
            for place in places(&root, part)? {
                println!("{}", place.shown());
            }
            Ok(())
        }
        [_, second, ..] => Err(Usage(format!("unexpected argument `{second}`")).into()),
    }
}

/// Fails when a part has more such sentences than its ceiling, and says where a ceiling can fall.
pub(crate) fn check() -> anyhow::Result<()> {
    let root = process::root();
    let mut above = Vec::new();
    for &(part, ceiling) in CEILINGS {
        let found = places(&root, part)?;
        println!("{:>6} of {ceiling:>4}  {part}", found.len());
        match verdict(found.len(), ceiling) {
            Verdict::Kept => {}
            Verdict::Falls => println!(
                "               lower the ceiling of {part} in xtask/src/style/mod.rs to {}",
                found.len()
            ),
            Verdict::Exceeded => {
                let shown: Vec<_> = found.iter().rev().take(QUOTED).map(Place::shown).collect();
                above.push(format!(
                    "{part} has {} sentences that docs/style.md speaks against, and {ceiling} is its \
                     ceiling. `cargo xtask style {part}` shows all, among them\n{}",
                    found.len(),
                    shown.join("\n")
                ));
            }
        }
    }
    if !above.is_empty() {
        bail!("{}", above.join("\n\n"));
    }
    Ok(())
}

/// How a count stands to its ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Kept,
    Falls,
    Exceeded,
}

fn verdict(count: usize, ceiling: usize) -> Verdict {
    match count.cmp(&ceiling) {
        std::cmp::Ordering::Less => Verdict::Falls,
        std::cmp::Ordering::Equal => Verdict::Kept,
        std::cmp::Ordering::Greater => Verdict::Exceeded,
    }
}

/// The sentences of a part, a folder or a file: in the doc comments of Rust and in Markdown.
fn places(root: &Path, part: &str) -> anyhow::Result<Vec<Place>> {
    let mut files = Vec::new();
    collect(&root.join(part), &mut files)?;
    files.sort();
    let mut places = Vec::new();
    for file in files {
        let is_markdown = file.extension().is_some_and(|extension| extension == "md");
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let sentences =
            if is_markdown { prose::of_markdown(&text) } else { prose::of_doc_comments(&text) };
        let file = file.strip_prefix(root).unwrap_or(&file);
        places.extend(
            sentences
                .into_iter()
                .filter(|(_, sentence)| prose::is_inverted(sentence))
                .map(|(line, sentence)| Place { file: file.to_owned(), line, sentence }),
        );
    }
    Ok(places)
}

/// Every file of Rust and Markdown in a folder, or the file itself.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "md") {
        files.push(path.to_owned());
    }
    Ok(())
}

impl Place {
    fn shown(&self) -> String {
        format!("  {}:{}: {}", self.file.display(), self.line, self.sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_may_fall_and_not_rise() {
        assert_eq!(verdict(3, 3), Verdict::Kept);
        assert_eq!(verdict(2, 3), Verdict::Falls);
        assert_eq!(verdict(4, 3), Verdict::Exceeded);
    }

    #[test]
    fn sentences_are_found_with_their_places() {
        let directory = tempfile::TempDir::new().unwrap();
        let part = directory.path().join("part/deep");
        fs::create_dir_all(&part).unwrap();
        fs::write(part.join("a.rs"), "/// The name.\n///\n/// What it is for.\nfn a() {}\n")
            .unwrap();
        fs::write(part.join("b.md"), "# Title\n\nSome words. That is\nall.\n").unwrap();
        fs::write(part.join("c.txt"), "What is this.\n").unwrap();
        let shown: Vec<_> =
            places(directory.path(), "part").unwrap().iter().map(Place::shown).collect();
        assert_eq!(
            shown,
            ["  part/deep/a.rs:3: What it is for.", "  part/deep/b.md:3: That is all."]
        );
    }

    #[test]
    fn every_part_with_prose_has_a_ceiling() {
        let crates = fs::read_dir(process::root().join("crates")).unwrap();
        let crates = crates.map(|entry| format!("crates/{}", entry.unwrap().file_name().display()));
        let others = ["README.md", "docs", "tests", "xtask"].map(str::to_owned);
        for part in crates.chain(others) {
            assert!(CEILINGS.iter().any(|(name, _)| *name == part), "{part} has no ceiling");
            assert!(process::root().join(&part).exists(), "{part}");
        }
    }
}
