//! Whether a browser that this machine opens is in front of the person who signs in.

use super::report::{Finding, ok, warn};
use crate::browser_place::{BrowserPlace, SeenBrowser};

/// Looks for a browser for a login that comes back to `port`.
pub(super) fn finding(port: u16) -> Finding {
    const CHECK: &str = "browser";
    match BrowserPlace::here().browser(port) {
        Ok(SeenBrowser::Named) => ok(CHECK, "BROWSER names the one to open".to_owned()),
        Ok(SeenBrowser::Own) => ok(CHECK, "there is one to open".to_owned()),
        Ok(SeenBrowser::OfWindows) => ok(CHECK, "that of Windows is opened".to_owned()),
        Err(obstacle) => warn(CHECK, obstacle.why.to_owned(), &obstacle.remedy),
    }
}
