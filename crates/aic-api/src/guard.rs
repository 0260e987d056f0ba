//! Which environments are written to, and what of them.

use std::fmt;
use std::time::{Duration, SystemTime};

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
    /// It does not say, in a way that is understood, whether its configuration may change.
    Unclear {
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

/// How long what an environment says of itself is believed. A promotion that begins meanwhile locks
/// it, and AIC then refuses by itself what this guard lets pass.
const LONGEST_BELIEVED: Duration = Duration::from_mins(1);

/// What the environment was when it was last asked.
#[derive(Debug, Default)]
pub(crate) struct Known(Option<(EnvironmentInfo, SystemTime)>);

impl Known {
    /// What it is, where that is still believed at this time. The clock counts the time that a
    /// machine sleeps; one that was set back proves nothing.
    pub(crate) fn at(&self, now: SystemTime) -> Option<&EnvironmentInfo> {
        let (info, read_at) = self.0.as_ref()?;
        let age = now.duration_since(*read_at).ok()?;
        if age >= LONGEST_BELIEVED {
            return None;
        }
        tracing::trace!("what the environment is, is known");
        Some(info)
    }

    /// Takes in what it has said at this time. A promotion ends, so that an environment is locked
    /// is not kept.
    pub(crate) fn note(&mut self, info: &EnvironmentInfo, read_at: SystemTime) {
        self.0 = (info.is_locked() == Some(false)).then(|| (info.clone(), read_at));
    }

    /// Forgets it, so that it is asked before the next write.
    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }
}

/// Whether it is certain that static configuration can be changed here now.
fn may_change(info: &EnvironmentInfo) -> bool {
    info.is_immutable() == Some(false) && info.is_locked() == Some(false)
}

/// Whether a resource of this environment may be changed by a client that writes to these tiers.
pub(crate) fn check(
    info: &Result<EnvironmentInfo, String>,
    writable: &[Tier],
    resource: &Resource,
) -> Result<(), Protected> {
    let what = || resource.to_string();
    match info {
        Ok(info) if resource.is_static() && !may_change(info) => Err(match info.is_immutable() {
            Some(true) => Protected::Immutable { what: what() },
            Some(false) if info.is_locked() == Some(true) => Protected::Locked { what: what() },
            _ => Protected::Unclear { what: what() },
        }),
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
            Self::Unclear { .. } => {
                "Tell the user: whether the environment is locked or immutable is to be seen in AIC's \
                 admin console."
            }
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
            Self::Unclear { what } => write!(
                f,
                "This environment does not say in a way that is understood whether it is immutable \
                 or locked, so what is configuration, such as {what}, is not written to."
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
        for (immutable, locked) in [
            (json!("true"), json!(false)),
            (json!(true), json!("nonsense")),
            (json!(false), json!("TRUE")),
            (json!(null), json!(false)),
            (json!(false), json!(null)),
            (json!(0), json!(false)),
            (json!(false), json!({})),
        ] {
            let info = json!({ "tier": "sandbox", "immutable": immutable, "locked": locked });
            let info = Ok(serde_json::from_value(info).unwrap());
            assert!(check(&info, &all, &themes).is_err(), "{info:?}");
            assert_eq!(check(&info, &usual, &variable), Ok(()), "{info:?}");
        }
        let unreadable = Err("No.".to_owned());
        assert!(check(&unreadable, &usual, &variable).is_err());
        assert!(check(&unreadable, &all, &themes).is_ok());
    }

    #[test]
    fn what_an_environment_says_is_believed_for_a_minute_and_never_that_it_is_locked() {
        let now = SystemTime::now();
        let second = Duration::from_secs(1);
        let mut known = Known::default();
        assert_eq!(known.at(now), None);
        let unlocked = info("sandbox", false, false);
        known.note(&unlocked, now);
        assert_eq!(known.at(now), Some(&unlocked));
        assert_eq!(known.at(now + 59 * second), Some(&unlocked));
        assert_eq!(known.at(now + 60 * second), None);
        assert_eq!(known.at(now - second), None, "the clock was set back");
        known.note(&info("sandbox", false, true), now);
        assert_eq!(known.at(now), None);
        known.note(&unlocked, now);
        known.forget();
        assert_eq!(known.at(now), None);
    }
}
