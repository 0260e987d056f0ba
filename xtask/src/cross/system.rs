use std::path::Path;
use std::process::Command;

use crate::machine::Program;

/// A system that is compiled for on a Linux machine with an x86-64 processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    Windows,
    MacOs,
    Musl,
    Arm,
}

impl System {
    pub(crate) const ALL: [Self; 4] = [Self::Windows, Self::MacOs, Self::Musl, Self::Arm];

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::MacOs => "macos",
            Self::Musl => "musl",
            Self::Arm => "arm",
        }
    }

    /// The name that the compiler has for it.
    pub(crate) fn triple(self) -> &'static str {
        match self {
            Self::Windows => "x86_64-pc-windows-gnu",
            Self::MacOs => "aarch64-apple-darwin",
            Self::Musl => "x86_64-unknown-linux-musl",
            Self::Arm => "aarch64-unknown-linux-gnu",
        }
    }

    /// The programs that compile for it and link.
    pub(super) fn compilers(self) -> &'static [Program] {
        match self {
            Self::Windows => &[Program {
                names: &["x86_64-w64-mingw32-gcc"],
                package: "gcc-mingw-w64-x86-64-win32",
            }],
            Self::MacOs => &[],
            Self::Musl => &[Program { names: &["musl-gcc"], package: "musl-tools" }],
            Self::Arm => &[
                Program { names: &["aarch64-linux-gnu-gcc"], package: "gcc-aarch64-linux-gnu" },
                Program {
                    names: &["/usr/aarch64-linux-gnu/lib/libc.so.6"],
                    package: "libc6-dev-arm64-cross",
                },
            ],
        }
    }

    /// The programs that run what was linked for it.
    pub(super) fn runners(self) -> &'static [Program] {
        match self {
            Self::Windows => &[
                Program { names: &["wine64", super::wine::LOADER], package: "wine64" },
                Program { names: &["wine"], package: "wine" },
            ],
            Self::MacOs | Self::Musl => &[],
            Self::Arm => &[Program { names: &["qemu-aarch64"], package: "qemu-user" }],
        }
    }

    /// Tells cargo what compiles C for it and what links.
    pub(super) fn prepare(self, cargo: &mut Command, place: &Path) {
        match self {
            // What cargo and the build scripts look for by themselves.
            Self::Windows => {}
            Self::MacOs => {
                // Nothing is linked, so that an empty object does for what is written in C.
                cargo.env("CC_aarch64_apple_darwin", place.join(NO_COMPILER));
                cargo.env("AR_aarch64_apple_darwin", "ar").env("SDKROOT", "/");
            }
            Self::Musl => {
                cargo.env("CC_x86_64_unknown_linux_musl", "musl-gcc");
            }
            Self::Arm => {
                let linker = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER";
                cargo.env(linker, "aarch64-linux-gnu-gcc");
            }
        }
    }
}

/// The name of a program in the place of a C compiler.
pub(super) const NO_COMPILER: &str = "no-compiler";

/// It makes an empty object for each that is asked for. To a build script that asks what it is, it is clang,
/// and not the compiler of Visual Studio, which would know `-?`.
pub(super) const NO_COMPILER_SCRIPT: &str = r#"#!/bin/sh
case $1 in -E) echo '"clang"';; '-?') exit 1;; esac
while [ $# -gt 0 ]; do
    case $1 in -o) : > "$2"; shift;; esac
    shift
done
"#;
