//! The kinds of machines that a release is packed for.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cross::{Compiler, System};
use crate::{Usage, binary, process};

const FLAGS: [&str; 2] = ["--release", "--locked"];

pub(super) enum Machine {
    /// One like this one, by the compiler's name for it.
    This(String),
    /// Another, and what compiles for it.
    Other(Compiler),
}

impl Machine {
    pub(super) fn this() -> anyhow::Result<Self> {
        let triple = process::stdout(process::command("rustc").args(["--print", "host-tuple"]))?;
        Ok(Self::This(triple.trim().to_owned()))
    }

    /// The kind of machine with this name.
    pub(super) fn with(triple: &str) -> anyhow::Result<Self> {
        let this = Self::this()?;
        if this.triple() == triple {
            return Ok(this);
        }
        let linked = || System::ALL.into_iter().filter(|system| *system != System::MacOs);
        let Some(system) = linked().find(|system| system.triple() == triple) else {
            let known: Vec<_> = linked().map(System::triple).collect();
            let known = known.join(", ");
            return Err(Usage(format!(
                "`{triple}` cannot be linked on this machine: {known} can be"
            ))
            .into());
        };
        Ok(Self::Other(Compiler::ready(system)?))
    }

    pub(super) fn triple(&self) -> &str {
        match self {
            Self::This(triple) => triple,
            Self::Other(compiler) => compiler.triple(),
        }
    }

    /// The name that bundles have for its system, which is Node's.
    pub(super) fn platform(&self) -> &'static str {
        platform(self.triple())
    }

    /// Builds the program and returns where it is. The release profile strips it.
    pub(super) fn build(&self) -> anyhow::Result<PathBuf> {
        match self {
            Self::This(_) => binary::build(binary::For::Itself, &FLAGS),
            Self::Other(compiler) => {
                let cargo = compiler.cargo("build");
                binary::build_by(cargo, binary::For::Itself, &["--release"])
            }
        }
    }

    /// A command that starts a program of that machine on this one.
    pub(super) fn start(&self, program: &Path) -> anyhow::Result<Command> {
        match self {
            Self::This(_) => Ok(process::command(program)),
            Self::Other(compiler) => compiler.start(program),
        }
    }
}

fn platform(triple: &str) -> &'static str {
    if triple.contains("-windows-") {
        "win32"
    } else if triple.contains("-apple-") {
        "darwin"
    } else {
        "linux"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_the_name_that_node_has_for_it() {
        let platforms = System::ALL.map(|system| platform(system.triple()));
        assert_eq!(platforms, ["win32", "darwin", "linux", "linux"]);
    }
}
