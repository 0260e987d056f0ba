//! Whether a browser that this machine opens is in front of the person who signs in.

use std::env;
use std::fs;
use std::path::Path;

use aic_auth::login::finds_browser;

use super::report::{Finding, ok, warn};

/// The place of the session, as its environment tells it.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Session {
    /// A program that opens a browser is there.
    has_opener: bool,
    /// `BROWSER` names one.
    names_browser: bool,
    /// The windows of programs are shown somewhere.
    has_display: bool,
    /// Somebody has come by SSH.
    is_remote: bool,
    /// Linux runs inside of Windows.
    is_wsl: bool,
    /// The session is in a container, such as one for development.
    is_container: bool,
}

/// Looks for a browser.
pub(super) fn finding() -> Finding {
    Session::here().finding()
}

impl Session {
    fn here() -> Self {
        let has = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let any = |names: &[&str]| names.iter().any(|name| has(name));
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let is_file = |path: &str| Path::new(path).exists();
        Self {
            has_opener: finds_browser(),
            names_browser: has("BROWSER"),
            // Elsewhere there is a display unless somebody has come over the network.
            has_display: any(&["DISPLAY", "WAYLAND_DISPLAY"])
                || cfg!(any(windows, target_os = "macos")) && !has("SSH_CONNECTION"),
            is_remote: any(&["SSH_CONNECTION", "SSH_TTY"]),
            is_wsl: has("WSL_DISTRO_NAME") || kernel.to_ascii_lowercase().contains("microsoft"),
            is_container: any(&["REMOTE_CONTAINERS", "CODESPACES", "DEVCONTAINER"])
                || is_file("/.dockerenv")
                || is_file("/run/.containerenv"),
        }
    }

    fn finding(self) -> Finding {
        const CHECK: &str = "browser";
        const BY_CODE: &str = "or sign in with --login device, which needs no port.";
        let warn = |says: &str, remedy: String| warn(CHECK, says.to_owned(), &remedy);
        if !self.has_opener {
            warn(
                "there is none to open on this machine.",
                "The login's address is shown instead; or sign in on another device with --login \
                 device."
                    .to_owned(),
            )
        } else if self.names_browser {
            ok(CHECK, "BROWSER names the one to open".to_owned())
        } else if self.has_display {
            ok(CHECK, "there is one to open".to_owned())
        } else if self.is_remote {
            warn(
                "the session is over SSH, and a browser of this machine would not be seen.",
                format!(
                    "Forward the port, `ssh -L 3000:localhost:3000 HOST`, and open the address that \
                     is shown in your own browser; {BY_CODE}"
                ),
            )
        } else if self.is_container {
            warn(
                "the session is in a container without a display, where a browser would not be seen.",
                format!(
                    "Have the port 3000 forwarded to the container, and open the address that is shown \
                     in your own browser; {BY_CODE}"
                ),
            )
        } else if self.is_wsl {
            warn(
                "this is WSL without a display, and the browser is that of Windows.",
                format!(
                    "Open the address that is shown in it, if that does not happen by itself (wslu has \
                     a program that does it); {BY_CODE}"
                ),
            )
        } else {
            warn(
                "there is no display (DISPLAY, WAYLAND_DISPLAY) to show one on.",
                format!(
                    "Open the address that is shown in a browser of this machine, or set BROWSER; \
                     {BY_CODE}"
                ),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(session: Session) -> String {
        let finding = session.finding();
        format!("{:?} {}", finding.outcome, finding.says)
    }

    #[test]
    fn a_browser_that_nobody_would_see_is_told_of() {
        let plain = Session { has_opener: true, ..Session::default() };
        let desktop = Session { has_display: true, ..plain };
        for (session, part) in [
            (Session::default(), "Warn there is none to open"),
            (desktop, "Ok there is one"),
            (Session { is_remote: true, ..plain }, "Warn the session is over SSH"),
            (Session { is_remote: true, ..desktop }, "Ok there is one"),
            (
                Session { is_container: true, is_wsl: true, ..plain },
                "Warn the session is in a container",
            ),
            (Session { is_wsl: true, ..plain }, "Warn this is WSL"),
            (Session { names_browser: true, is_remote: true, ..plain }, "Ok BROWSER names"),
            (plain, "Warn there is no display"),
        ] {
            let said = said(session);
            assert!(said.starts_with(part), "{session:?}: {said}");
        }
    }
}
