//! The programs of the tests that need a desktop, which are named `desktop::`.

use crate::machine;

/// The tests' names start with this.
pub(crate) const TESTS: &str = "desktop::";

/// A program, by every name that it goes by, and the package in which Debian has it.
struct Program {
    names: &'static [&'static str],
    package: &'static str,
}

const PROGRAMS: &[Program] = &[
    Program { names: &["chromium", "chromium-browser", "google-chrome"], package: "chromium" },
    Program { names: &["chromedriver"], package: "chromium-driver" },
    Program { names: &["dbus-daemon"], package: "dbus" },
    Program { names: &["dbus-send"], package: "dbus" },
    Program { names: &["gnome-keyring-daemon"], package: "gnome-keyring" },
    Program { names: &["secret-tool"], package: "libsecret-tools" },
    Program { names: &["zsh"], package: "zsh" },
    Program { names: &["fish"], package: "fish" },
];

/// Has the programs installed that are missing. Only on Linux are there such tests.
pub(crate) fn prepare() -> anyhow::Result<()> {
    let missing = missing();
    if cfg!(not(target_os = "linux")) || missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|program| program.names[0]).collect();
    let mut packages: Vec<_> = missing.iter().map(|program| program.package).collect();
    packages.dedup();
    machine::need(&names.join(", "), &packages, || self::missing().is_empty().then_some(()))
}

fn missing() -> Vec<&'static Program> {
    PROGRAMS.iter().filter(|program| !program.names.iter().any(|name| machine::has(name))).collect()
}
