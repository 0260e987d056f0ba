use std::env;

use aic_auth::{Scope, ScopeSet};
use clap::ValueEnum;

use super::StoreKind;

/// Whether the program runs in a container. The reference server tells it by the same variable.
pub(crate) fn is_in_container() -> bool {
    env::var("DOCKER_CONTAINER").is_ok_and(|value| value == "true")
}

/// A way to sign in. Everything that depends on the way, but for the login itself, is said here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LoginKind {
    Browser,
    Device,
}

impl LoginKind {
    /// The way where none is named: by code in a container, which has no browser.
    pub(crate) fn usual() -> Self {
        if is_in_container() { Self::Device } else { Self::Browser }
    }

    /// Where the login is kept, unless an option says otherwise. A login by code is for machines
    /// without a desktop, which have no keychain.
    pub(crate) const fn usual_store(self) -> StoreKind {
        match self {
            Self::Browser => StoreKind::Keychain,
            Self::Device => StoreKind::File,
        }
    }

    /// The scopes that are asked for only when a tool that needs them is named. Administrators know
    /// from the reference server that a login by code gives no access to access management.
    pub(crate) const fn hidden_scopes(self) -> ScopeSet {
        match self {
            Self::Browser => ScopeSet::EMPTY,
            Self::Device => ScopeSet::of(&[Scope::Am]),
        }
    }

    /// Whether it shows its page itself, in a browser of this machine, and gets the answer on a port of
    /// this machine. The page of any other login has to be told to the administrator.
    pub(crate) const fn shows_itself(self) -> bool {
        match self {
            Self::Browser => true,
            Self::Device => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_by_code_asks_nothing_of_this_machine() {
        let device = LoginKind::Device;
        assert!(!device.shows_itself() && device.usual_store() == StoreKind::File);
        assert!(device.hidden_scopes().iter().eq([Scope::Am]));
        let browser = LoginKind::Browser;
        assert!(browser.shows_itself() && browser.usual_store() == StoreKind::Keychain);
        assert!(browser.hidden_scopes().is_empty());
    }
}
