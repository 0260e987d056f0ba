//! Programs for Linux that need no library of the system.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Compiler, programs, try_out};
use crate::process;

/// The directory of Debian's musl-dev. Its `musl-gcc` finds the C library of the system when it is asked
/// where a file is.
const LIBRARY: &str = "/usr/lib/x86_64-linux-musl";
/// The start of programs and the C library, as musl has them.
const OF_MUSL: [&str; 6] = ["crt1.o", "rcrt1.o", "Scrt1.o", "crti.o", "crtn.o", "libc.a"];
/// The code that the compiler puts around constructors.
const OF_GCC: [&str; 4] = ["crtbegin.o", "crtbeginS.o", "crtend.o", "crtendS.o"];

/// Debian's libunwind is made for glibc, and calls the one function of it that musl lacks.
const PRINTF: &str = "#include <stdarg.h>
#include <stdio.h>
int __fprintf_chk(FILE *file, int flag, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int written = vfprintf(file, format, arguments);
    va_end(arguments);
    return written;
}
";

/// Puts what a program of musl is linked with where the unpacked compiler looks for it. The compiler of
/// rustup brings it along.
pub(super) fn fill(root: &Path) -> anyhow::Result<()> {
    let library = "usr/lib/rustlib/x86_64-unknown-linux-musl/lib/self-contained";
    let directory = root.join(library);
    fs::create_dir_all(&directory)?;
    let of_musl = OF_MUSL.map(|file| Path::new(LIBRARY).join(file));
    for file in of_musl.into_iter().chain(OF_GCC.map(of_gcc)) {
        let name = file.file_name().unwrap_or_default();
        fs::copy(&file, directory.join(name))
            .with_context(|| format!("cannot copy {}", file.display()))?;
    }
    let unwind = directory.join("libunwind.a");
    fs::copy(root.join("usr/lib/x86_64-linux-gnu/libunwind.a"), &unwind)?;
    let (source, object) = (directory.join("printf.c"), directory.join("printf.o"));
    fs::write(&source, PRINTF)?;
    process::run(process::command("musl-gcc").arg("-c").arg(&source).arg("-o").arg(&object))?;
    process::run(process::command("ar").arg("r").arg(&unwind).arg(&object))
}

/// The path at which the compiler for C finds one of its files: the name alone where there is none.
fn of_gcc(file: &str) -> PathBuf {
    let argument = format!("-print-file-name={file}");
    let path = process::stdout_quietly(process::command("gcc").arg(argument));
    path.map_or_else(|| file.into(), |path| path.trim().into())
}

/// Runs the program in a directory that has nothing else in it but the names that every container has, as
/// the root of all it can see.
pub(super) fn alone(compiler: &Compiler) -> anyhow::Result<String> {
    let directory = compiler.place.join("alone");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(directory.join("etc"))?;
    fs::write(directory.join("etc/hosts"), "127.0.0.1 localhost\n")?;
    fs::copy(programs::built(compiler), directory.join("aic-mcp"))?;
    let is_root = process::stdout(process::command("id").arg("-u"))?.trim() == "0";
    try_out(|| {
        let mut command = if is_root {
            process::command("chroot")
        } else {
            let mut unshare = process::command("unshare");
            unshare.args(["--map-root-user", "chroot"]);
            unshare
        };
        command.arg(&directory).arg("/aic-mcp");
        Ok(command)
    })
}
