use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::system::{NO_COMPILER, NO_COMPILER_SCRIPT};
use super::wine::Wine;
use super::{System, musl};
use crate::{machine, process};

/// The release of Rust whose lints are known to pass. A later one may have new lints, which are shown
/// and fail nothing.
const LINTED_WITH: &str = "1.96";

/// A compiler for another system.
pub(crate) struct Compiler {
    pub(super) system: System,
    /// Where what it needs and makes is kept.
    pub(super) place: PathBuf,
    toolchain: Toolchain,
}

enum Toolchain {
    /// The toolchain in use, which has the standard library of the other system.
    Own,
    /// Debian's compiler, unpacked in this directory. The standard library is compiled from its source.
    Debian(PathBuf),
}

impl Compiler {
    /// The compiler for a system, with what it needs on this machine.
    pub(crate) fn ready(system: System) -> anyhow::Result<Self> {
        machine::need_programs(system.compilers())?;
        let place = process::target_directory()?.join("cross");
        fs::create_dir_all(&place)?;
        let toolchain = if has_library(system)? {
            Toolchain::Own
        } else {
            let root = place.join("rust");
            unpack_debians(&root).with_context(|| {
                format!(
                    "the standard library for {0} is missing (rustup target add {0}), and Debian's \
                     compiler cannot be had",
                    system.triple()
                )
            })?;
            if system == System::Musl {
                musl::fill(&root)?;
            }
            Toolchain::Debian(root)
        };
        if system == System::MacOs {
            write_executable(&place.join(NO_COMPILER), NO_COMPILER_SCRIPT)?;
        }
        Ok(Self { system, place, toolchain })
    }

    /// The compiler's name for the system.
    pub(crate) fn triple(&self) -> &'static str {
        self.system.triple()
    }

    /// A command that starts one of the system's programs on this machine.
    pub(crate) fn start(&self, program: &Path) -> anyhow::Result<Command> {
        machine::need_programs(self.system.runners())?;
        Ok(match self.system {
            System::Windows => {
                let mut wine = Wine::ready(&self.place)?.command();
                wine.arg(program);
                wine
            }
            System::Arm => {
                let mut qemu = process::command("qemu-aarch64");
                qemu.args(["-L", "/usr/aarch64-linux-gnu"]).arg(program);
                qemu
            }
            System::Musl => process::command(program),
            System::MacOs => anyhow::bail!("programs of macOS run on macOS only"),
        })
    }

    /// `cargo` with a subcommand, for the system.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = process::cargo();
        cargo.arg(subcommand).args(["--locked", "--target", self.system.triple()]);
        cargo.env("CARGO_TARGET_DIR", self.place.join("build")).env("CARGO_INCREMENTAL", "0");
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
        if let Toolchain::Debian(root) = &self.toolchain {
            cargo.arg("-Zbuild-std=std,panic_unwind,test");
            cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", root.join("usr/bin/rustc"));
            cargo.env("LD_LIBRARY_PATH", root.join("usr/lib/x86_64-linux-gnu"));
        }
        self.system.prepare(&mut cargo, &self.place);
        cargo
    }

    /// The same, with clippy in the compiler's place for the workspace's own crates: one build gives
    /// programs and lints.
    pub(super) fn linting_cargo(&self, subcommand: &str) -> anyhow::Result<Command> {
        let mut cargo = self.cargo(subcommand);
        let driver = match &self.toolchain {
            Toolchain::Own => PathBuf::from("clippy-driver"),
            Toolchain::Debian(root) => root.join("usr/bin/clippy-driver"),
        };
        cargo.env("RUSTC_WORKSPACE_WRAPPER", driver);
        if self.release()?.starts_with(LINTED_WITH) || matches!(self.toolchain, Toolchain::Own) {
            // As `cargo clippy` hands its arguments on.
            cargo.env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__");
        }
        Ok(cargo)
    }

    /// The compiler's release, such as `1.96.0`.
    fn release(&self) -> anyhow::Result<String> {
        let mut rustc = match &self.toolchain {
            Toolchain::Own => process::command("rustc"),
            Toolchain::Debian(root) => {
                let mut rustc = process::command(root.join("usr/bin/rustc"));
                rustc.env("LD_LIBRARY_PATH", root.join("usr/lib/x86_64-linux-gnu"));
                rustc
            }
        };
        let version = process::stdout(rustc.arg("--version"))?;
        Ok(version.split_whitespace().nth(1).unwrap_or_default().to_owned())
    }
}

/// Whether the toolchain in use has the standard library for a system.
fn has_library(system: System) -> anyhow::Result<bool> {
    let mut rustc = process::command("rustc");
    rustc.args(["--print", "target-libdir", "--target", system.triple()]);
    Ok(Path::new(process::stdout(&mut rustc)?.trim()).is_dir())
}

/// Unpacks Debian's compiler with clippy, the source of the standard library, and the libraries that
/// these need. Nothing of it is installed, so that it is in no other program's way.
fn unpack_debians(root: &Path) -> anyhow::Result<()> {
    let whole = root.join("whole");
    if whole.exists() {
        return Ok(());
    }
    println!("Unpacking Debian's Rust compiler below {}", root.display());
    let packages = root.with_file_name("packages");
    for directory in [root, &packages] {
        if directory.exists() {
            fs::remove_dir_all(directory)?;
        }
        fs::create_dir_all(directory)?;
    }
    machine::update_lists()?;
    let mut names = vec![
        "rustc-web".to_owned(),
        "rust-web-src".to_owned(),
        "rust-web-clippy".to_owned(),
        "libstd-rust-web-dev".to_owned(),
        "libunwind-14-dev".to_owned(),
    ];
    // The names of these two have the release in them.
    let library = dependency("libstd-rust-web-dev", "libstd-rust-web-1")?;
    names.push(dependency(&library, "libllvm")?);
    names.push(library);
    process::run(
        process::command("apt-get")
            .current_dir(&packages)
            .args(["--quiet=2", "download"])
            .args(&names),
    )?;
    for package in fs::read_dir(&packages)? {
        process::run(process::command("dpkg").arg("-x").arg(package?.path()).arg(root))?;
    }
    fs::remove_dir_all(&packages)?;
    fs::write(whole, names.join("\n"))?;
    Ok(())
}

/// The package that another depends on, by the beginning of its name.
fn dependency(package: &str, prefix: &str) -> anyhow::Result<String> {
    let depends = process::stdout(process::command("apt-cache").args(["depends", package]))?;
    let names = depends.lines().filter_map(|line| line.trim().strip_prefix("Depends: "));
    let found = names.map(str::to_owned).find(|name| name.starts_with(prefix));
    found.with_context(|| format!("{package} depends on no {prefix}… here"))
}

#[cfg(unix)]
fn write_executable(file: &Path, script: &str) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    fs::write(file, script)?;
    Ok(fs::set_permissions(file, fs::Permissions::from_mode(0o755))?)
}

#[cfg(not(unix))]
fn write_executable(_: &Path, _: &str) -> anyhow::Result<()> {
    anyhow::bail!("only Linux compiles for macOS here")
}
