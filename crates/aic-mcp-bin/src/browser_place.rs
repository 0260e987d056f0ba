//! Whether a browser that this machine opens is in front of the person who signs in.

use std::env;
use std::fs;
use std::path::Path;

use aic_auth::login::{Openers, finds_browser};

/// The place of the session, as its environment tells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct BrowserPlace {
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

/// The browser that a person sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeenBrowser {
    /// The one that `BROWSER` names.
    Named,
    /// One of this machine.
    Own,
    /// The one of the Windows around this Linux.
    OfWindows,
}

/// The reason why a person sees no browser of this machine, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Obstacle {
    pub(crate) why: &'static str,
    pub(crate) remedy: String,
}

impl BrowserPlace {
    /// The place of this process.
    pub(crate) fn here() -> Self {
        let has = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let any = |names: &[&str]| names.iter().any(|name| has(name));
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let is_file = |path: &str| Path::new(path).exists();
        let is_remote = any(&["SSH_CONNECTION", "SSH_TTY"]);
        let is_container = any(&["REMOTE_CONTAINERS", "CODESPACES", "DEVCONTAINER"])
            || is_file("/.dockerenv")
            || is_file("/run/.containerenv");
        Self {
            names_browser: has("BROWSER"),
            // Elsewhere there is a display unless somebody has come over the network.
            has_display: any(&["DISPLAY", "WAYLAND_DISPLAY"])
                || cfg!(any(windows, target_os = "macos")) && !is_remote,
            is_remote,
            // A container in WSL has its kernel and no way to start programs of Windows.
            is_wsl: any(&["WSL_DISTRO_NAME", "WSL_INTEROP"])
                || !is_container && kernel.to_ascii_lowercase().contains("microsoft"),
            is_container,
        }
    }

    /// The same place without a browser that `BROWSER` names, as when it cannot be opened.
    pub(crate) fn without_named(self) -> Self {
        Self { names_browser: false, ..self }
    }

    /// The programs that open a browser where the person sees it. Without a display, they would open
    /// one that runs in a terminal: it would be the only browser that the sign-in works in, and
    /// nobody would see it.
    pub(crate) fn openers(self) -> Openers {
        Openers { of_windows: self.is_wsl && !self.is_remote, of_system: self.has_display }
    }

    /// The browser that opens before the person, or what is in its way.
    ///
    /// # Errors
    ///
    /// The obstacle; the login comes back to `port` of this machine.
    pub(crate) fn browser(self, port: u16) -> Result<SeenBrowser, Obstacle> {
        self.browser_if(finds_browser(self.openers()), port)
    }

    fn browser_if(self, has_opener: bool, port: u16) -> Result<SeenBrowser, Obstacle> {
        const BY_CODE: &str = "or sign in with --login device, which needs no port.";
        let Openers { of_windows, of_system } = self.openers();
        if has_opener && self.names_browser {
            return Ok(SeenBrowser::Named);
        }
        if has_opener && of_windows {
            return Ok(SeenBrowser::OfWindows);
        }
        if has_opener && of_system {
            return Ok(SeenBrowser::Own);
        }
        let (why, remedy) = if of_system {
            (
                "there is no browser to open on this machine.",
                "Open the address that is shown in a browser of another machine that reaches this \
                 one's port; or sign in on another device with --login device."
                    .to_owned(),
            )
        } else if self.is_remote {
            (
                "the session is over SSH, and a browser of this machine would not be seen.",
                format!(
                    "Forward the port, `ssh -L {port}:localhost:{port} HOST`, and open the address that \
                     is shown in your own browser; {BY_CODE}"
                ),
            )
        } else if of_windows {
            (
                "this is WSL, and no program is found that opens the browser of Windows.",
                format!(
                    "Open the address that is shown in it, or install wslview, a program of wslu; \
                     {BY_CODE}"
                ),
            )
        } else if self.is_container {
            (
                "the session is in a container without a display, where a browser would not be seen.",
                format!(
                    "Have the port {port} forwarded to the container, and open the address that is shown \
                     in your own browser; {BY_CODE}"
                ),
            )
        } else {
            (
                "there is no display (DISPLAY, WAYLAND_DISPLAY) to show a browser on.",
                format!(
                    "Open the address that is shown in a browser of this machine, or set BROWSER; \
                     {BY_CODE}"
                ),
            )
        };
        Err(Obstacle { why, remedy })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_nobody_would_see_is_none() {
        let plain = BrowserPlace::default();
        let desktop = BrowserPlace { has_display: true, ..plain };
        let remote = BrowserPlace { is_remote: true, ..plain };
        let container = BrowserPlace { is_container: true, ..plain };
        let wsl = BrowserPlace { is_wsl: true, ..plain };
        for (place, has_opener, expected) in [
            (plain, true, "there is no display"),
            (desktop, true, "Own"),
            (desktop, false, "there is no browser to open"),
            (remote, true, "the session is over SSH"),
            (BrowserPlace { has_display: true, ..remote }, true, "Own"),
            (BrowserPlace { names_browser: true, ..remote }, true, "Named"),
            (BrowserPlace { names_browser: true, ..remote }, false, "the session is over SSH"),
            (BrowserPlace { is_wsl: true, ..remote }, true, "the session is over SSH"),
            (container, true, "the session is in a container"),
            (BrowserPlace { is_wsl: true, ..container }, false, "this is WSL"),
            (BrowserPlace { names_browser: true, ..container }, true, "Named"),
            (wsl, true, "OfWindows"),
            (BrowserPlace { has_display: true, ..wsl }, true, "OfWindows"),
            (wsl, false, "this is WSL"),
        ] {
            let said = match place.browser_if(has_opener, 3000) {
                Ok(browser) => format!("{browser:?}"),
                Err(obstacle) => obstacle.why.to_owned(),
            };
            assert!(said.starts_with(expected), "{place:?}: {said}");
        }
    }

    #[test]
    fn the_port_that_is_to_be_forwarded_is_named() {
        let remote = BrowserPlace { is_remote: true, ..BrowserPlace::default() };
        let obstacle = remote.browser_if(true, 3000).unwrap_err();
        assert!(obstacle.remedy.contains("`ssh -L 3000:localhost:3000 HOST`"), "{obstacle:?}");
        assert!(obstacle.remedy.contains("--login device"), "{obstacle:?}");
        let openers = Openers { of_windows: false, of_system: false };
        assert_eq!(remote.openers(), openers, "a browser in a terminal would take the sign-in");
    }
}
