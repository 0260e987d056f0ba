//! The programs of the tests that need a desktop, which are named `desktop::`.

use crate::machine::{self, Program};

/// The tests' names start with this.
pub(crate) const TESTS: &str = "desktop::";

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
    if cfg!(not(target_os = "linux")) {
        return Ok(());
    }
    machine::need_programs(PROGRAMS)
}
