//! `cargo xtask new-tool`: lays out the file of a new tool and the lines that name it.

mod edits;
mod name;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::{Usage, process};
use name::ToolName;

/// The folders of the toolsets.
const TOOLS: &str = "crates/aic-tools/src/tools";
/// Arguments for every tool, with which the tests call it.
const ARGUMENTS: &str = "tests/e2e/faults/tools.rs";
const READ_TOOL: &str = include_str!("../../templates/read_tool.rs");
const WRITE_TOOL: &str = include_str!("../../templates/write_tool.rs");

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let tool = NewTool::parse(arguments)?;
    let files = tool.lay_out(&process::root())?;
    for (path, text) in &files {
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    // A long name makes lines too long for one.
    process::run(process::cargo().args(["fmt", "--package", "aic-tools", "--package", "aic-e2e"]))?;
    println!("{}", tool.report(&files));
    Ok(())
}

/// A tool to lay out.
#[derive(Debug, PartialEq, Eq)]
struct NewTool {
    name: ToolName,
    /// The toolset as it is selected, such as `managed-objects`.
    toolset: String,
    writes: bool,
}

impl NewTool {
    fn parse(arguments: &[String]) -> Result<Self, Usage> {
        let (mut name, mut toolset, mut writes) = (None, None, false);
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--writes" => writes = true,
                "--toolset" => toolset = rest.next().cloned(),
                option if option.starts_with('-') => {
                    return Err(Usage(format!("unknown option `{option}`")));
                }
                text if name.is_none() => name = Some(text.parse().map_err(Usage)?),
                text => return Err(Usage(format!("unexpected argument `{text}`"))),
            }
        }
        let name = name.ok_or_else(|| Usage("new-tool needs a name".to_owned()))?;
        let toolset = toolset.ok_or_else(|| Usage("new-tool needs --toolset SET".to_owned()))?;
        Ok(Self { name, toolset, writes })
    }

    /// The files below `root` that are new or changed, with their texts. Nothing is written.
    fn lay_out(&self, root: &Path) -> anyhow::Result<Vec<(PathBuf, String)>> {
        let tools = root.join(TOOLS);
        let folder = tools.join(self.toolset.replace('-', "_"));
        let list = folder.join("mod.rs");
        if !list.is_file() {
            bail!("there is no toolset {}; there are {}", self.toolset, toolsets(&tools)?);
        }
        let (module, type_name) = (self.name.module(), self.name.type_name());
        let file = folder.join(format!("{module}.rs"));
        if file.exists() {
            bail!("{} is there already", file.display());
        }
        let arguments = root.join(ARGUMENTS);
        let list_text = edits::with_tool(&read(&list)?, &module, &type_name)
            .with_context(|| format!("{} has another form than expected", list.display()))?;
        let arguments_text =
            edits::with_arguments(&read(&arguments)?, self.name.as_str(), &self.sample())
                .with_context(|| {
                    format!("{} has another form than expected", arguments.display())
                })?;
        Ok(vec![(file, self.source()), (list, list_text), (arguments, arguments_text)])
    }

    /// The text of the tool's own file.
    fn source(&self) -> String {
        let template = if self.writes { WRITE_TOOL } else { READ_TOOL };
        let toolset: String = self.toolset.split('-').map(name::capitalized).collect();
        template
            .replace("NewTool", &self.name.type_name())
            .replace("newTool", self.name.as_str())
            .replace("Toolset::Esv", &format!("Toolset::{toolset}"))
    }

    /// Arguments with which the tool succeeds as it is laid out.
    fn sample(&self) -> String {
        if self.writes {
            let id = self.name.module().replace('_', "-");
            format!("json!({{ \"variableId\": \"esv-{id}\", \"value\": \"x\" }})")
        } else {
            "json!({ \"variableId\": \"esv-smtp-port\" })".to_owned()
        }
    }

    /// Tells the files, and the work that is left.
    fn report(&self, files: &[(PathBuf, String)]) -> String {
        let root = process::root();
        let files: String = files
            .iter()
            .map(|(path, _)| format!("  {}\n", path.strip_prefix(&root).unwrap_or(path).display()))
            .collect();
        format!(
            "Laid out {name}:\n{files}\n\
             Left to do, as docs/contributing/add-a-tool.md explains:\n  \
             1. each `Decide:` in the tool's file, and its arguments in {ARGUMENTS}\n  \
             2. its name in README.md, and the number of tools in docs/getting-started.md\n  \
             3. INSTA_UPDATE=always cargo test --workspace --test definitions\n  \
             4. cargo xtask docs\n  \
             5. cargo test --workspace --test e2e -- sizes contract matrix: the size budget, and a row of\n     \
             crates/aic-sim/tests/http/contract.tsv for each new shape of request",
            name = self.name.as_str(),
        )
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The names of the toolsets, separated by commas.
fn toolsets(tools: &Path) -> anyhow::Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(tools)? {
        let path = entry?.path();
        if path.join("mod.rs").is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().replace('_', "-");
            names.push(name);
        }
    }
    names.sort();
    Ok(names.join(", "))
}

#[cfg(test)]
mod tests;
