//! Which environments are written to, and what of them.

use std::fmt;

use crate::Resource;
use crate::environment::{EnvironmentInfo, Tier};

/// Why an environment is not written to; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protected {
    /// Its configuration changes by promotion only.
    Immutable {
        /// What would have been changed.
        what: String,
    },
    /// Its configuration cannot be changed while it is promoted.
    Locked {
        /// What would have been changed.
        what: String,
    },
    /// Its tier is not one of those that are written to.
    Tier(Tier),
    /// What it is could not be read, for this reason.
    Unreadable(String),
    /// Objects of this type give power over the tenant itself, and it was not named as one that
    /// may be written.
    Powerful(String),
}

/// Whether objects of a type give power over the tenant itself: service accounts, and the people
/// who administer it. Their names are compared without case.
pub fn is_powerful(object_type: &str) -> bool {
    const BEGINNINGS: [&str; 4] = ["svcacct", "serviceaccount", "teammember", "internal"];
    let name = object_type.to_ascii_lowercase();
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// Whether objects of the resource's type may be written by a client that allows these types.
pub(crate) fn check_type(resource: &Resource, allowed: &[String]) -> Result<(), Protected> {
    let (Resource::ManagedObjects { object_type } | Resource::ManagedObject { object_type, .. }) =
        resource
    else {
        return Ok(());
    };
    let name = object_type.as_str();
    let is_allowed = allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(name));
    if is_powerful(name) && !is_allowed {
        return Err(Protected::Powerful(name.to_owned()));
    }
    Ok(())
}

/// Whether a resource of this environment may be changed by a client that writes to these tiers.
pub(crate) fn check(
    info: &Result<EnvironmentInfo, String>,
    writable: &[Tier],
    resource: &Resource,
) -> Result<(), Protected> {
    let what = || resource.to_string();
    match info {
        Ok(info) if resource.is_static() && info.is_immutable() => {
            Err(Protected::Immutable { what: what() })
        }
        Ok(info) if resource.is_static() && info.is_locked() => {
            Err(Protected::Locked { what: what() })
        }
        Ok(info) if !writable.contains(&info.tier()) => Err(Protected::Tier(info.tier())),
        Err(reason) if !writable.contains(&Tier::Unknown) => {
            Err(Protected::Unreadable(reason.clone()))
        }
        _ => Ok(()),
    }
}

impl Protected {
    /// What to do about it, in a sentence.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::Powerful(_) => {
                "Ask the user. If it is meant, the server is to be started with --allow-types \
                 (AIC_ALLOW_TYPES) naming this type."
            }
            Self::Immutable { .. } => {
                "Make the change in the development environment and have it promoted."
            }
            Self::Locked { .. } => "Wait until the promotion is done, and try again.",
            Self::Tier(_) => {
                "Ask the user. If it is meant, the server is to be started with --allow-tier \
                 (AIC_ALLOW_TIER) naming this tier."
            }
            Self::Unreadable(_) => {
                "Ask the user. If the environment may be written to, the server is to be started \
                 with --allow-tier (AIC_ALLOW_TIER) naming `unknown` too."
            }
        }
    }
}

impl fmt::Display for Protected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Powerful(object_type) => write!(
                f,
                "Objects of {object_type} give power over the tenant itself, and are not written."
            ),
            Self::Immutable { what } => write!(
                f,
                "This environment is immutable: what is configuration, such as {what}, comes to it \
                 by promotion only."
            ),
            Self::Locked { what } => write!(
                f,
                "This environment is locked for a promotion, and with it what is configuration, \
                 such as {what}."
            ),
            Self::Tier(Tier::Unknown) => {
                f.write_str("This is an environment of an unknown tier, which is not written to.")
            }
            Self::Tier(tier) => {
                write!(f, "This is a {tier} environment, which is not written to.")
            }
            Self::Unreadable(reason) => write!(
                f,
                "It could not be read what kind of environment this is, so it is not written to. \
                 {reason}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn info(tier: &str, immutable: bool, locked: bool) -> EnvironmentInfo {
        let info = json!({ "tier": tier, "immutable": immutable, "locked": locked });
        serde_json::from_value(info).unwrap()
    }

    #[test]
    fn configuration_is_held_to_more_than_data() {
        let themes = Resource::Themes;
        let variable = Resource::Variable { id: "esv-a".parse().unwrap() };
        let usual = [Tier::Development, Tier::Sandbox];
        let all = Tier::ALL;
        let what = || themes.to_string();
        let tier = |tier| Err(Protected::Tier(tier));
        for (info, writable, configuration, data) in [
            (info("development", false, false), &usual[..], Ok(()), Ok(())),
            (info("sandbox", false, false), &usual, Ok(()), Ok(())),
            (info("staging", false, false), &usual, tier(Tier::Staging), tier(Tier::Staging)),
            (info("new", false, false), &usual, tier(Tier::Unknown), tier(Tier::Unknown)),
            (info("new", false, false), &all, Ok(()), Ok(())),
            (
                info("production", true, false),
                &all,
                Err(Protected::Immutable { what: what() }),
                Ok(()),
            ),
            (info("sandbox", false, true), &all, Err(Protected::Locked { what: what() }), Ok(())),
        ] {
            let info = Ok(info);
            assert_eq!(check(&info, writable, &themes), configuration, "{info:?}");
            assert_eq!(check(&info, writable, &variable), data, "{info:?}");
        }
        let unreadable = Err("No.".to_owned());
        assert!(check(&unreadable, &usual, &variable).is_err());
        assert!(check(&unreadable, &all, &themes).is_ok());
    }
}
