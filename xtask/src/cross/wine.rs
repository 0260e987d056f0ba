//! Windows programs on Linux.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::{Compiler, System, programs};
use crate::{machine, process};

/// Where Debian has the program that starts 64-bit programs, which its `wine` does not find alone.
pub(super) const LOADER: &str = "/usr/lib/wine/wine64";

/// The source of a library of Windows that wine lacks before version 8.14. The standard library takes its
/// random numbers from there.
const RANDOM: &str = "#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL ProcessPrng(PBYTE data, SIZE_T size) {
    return SystemFunction036(data, (ULONG)size);
}
";

/// A program that the tests start and Windows lacks.
const TRUE: &str = "int main(void) { return 0; }\n";

/// A Windows of its own.
pub(super) struct Wine {
    prefix: PathBuf,
}

impl Wine {
    /// The one that is kept in this directory, made where it is not there yet.
    pub(super) fn ready(place: &Path) -> anyhow::Result<Self> {
        let wine = Self { prefix: place.join("wine") };
        let system = wine.prefix.join("drive_c/windows/system32");
        if system.join("true.exe").exists() {
            return Ok(wine);
        }
        fs::create_dir_all(&wine.prefix)?;
        process::run(wine.command().args(["wineboot", "--init"]))?;
        let library = system.join("bcryptprimitives.dll");
        if !library.exists() {
            compile(RANDOM, &["-shared", "-ladvapi32"], &library)?;
        }
        compile(TRUE, &[], &system.join("true.exe"))?;
        Ok(wine)
    }

    /// A command that starts a program, which is to be its first argument.
    pub(super) fn command(&self) -> Command {
        let loader = if Path::new(LOADER).is_file() { LOADER } else { "wine64" };
        let mut command = process::command(loader);
        // Messages of wine itself are not the program's.
        command.env("WINELOADER", loader).env("WINEDEBUG", "-all");
        // Neither a window nor another library of wine's is asked for.
        command.env("WINEDLLOVERRIDES", "mscoree,mshtml=").env_remove("DISPLAY");
        command.env("WINEPREFIX", &self.prefix);
        command
    }
}

/// Compiles a source in C for Windows.
fn compile(source: &str, flags: &[&str], to: &Path) -> anyhow::Result<()> {
    let file = to.with_extension("c");
    fs::write(&file, source)?;
    let mut gcc = process::command("x86_64-w64-mingw32-gcc");
    process::run(gcc.arg(&file).args(flags).arg("-o").arg(to))?;
    Ok(fs::remove_file(file)?)
}

/// Runs the tests of all crates but those that start the program: wine loses the end of a connection
/// now and then, for which the end-to-end tests wait.
pub(super) fn unit_tests(compiler: &Compiler) -> anyhow::Result<String> {
    machine::need_programs(System::Windows.runners())?;
    let wine = Wine::ready(&compiler.place)?;
    let mut passed = 0;
    for test in programs::test_programs(compiler)? {
        if !test.directory.starts_with(process::root().join("crates")) {
            continue;
        }
        let mut command = wine.command();
        command.arg(&test.program).current_dir(&test.directory);
        // A test program cannot ask the cargo of Linux for these.
        command.env("CARGO_MANIFEST_DIR", &test.directory);
        command.env("INSTA_WORKSPACE_ROOT", process::root()).env("INSTA_UPDATE", "no");
        let output = command.output().context("cannot start wine")?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            print!("{text}{}", String::from_utf8_lossy(&output.stderr));
            bail!("the tests of {} failed ({})", test.directory.display(), output.status);
        }
        passed += number_passed(&text).with_context(|| {
            format!("the tests of {} did not say how many passed", test.directory.display())
        })?;
    }
    Ok(format!("{passed} passed"))
}

/// How many tests passed, by what a test program says at its end.
fn number_passed(output: &str) -> Option<usize> {
    let line = output.lines().rev().find_map(|line| line.strip_prefix("test result: ok. "))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_program_says_how_many_passed() {
        let said = "\nrunning 2 tests\n..\ntest result: ok. 2 passed; 0 failed; 0 ignored\n\n";
        assert_eq!(number_passed(said), Some(2));
        assert_eq!(number_passed("test result: FAILED. 1 passed; 1 failed"), None);
        assert_eq!(number_passed(""), None);
    }
}
