//! Which environments are written to, and what of them.

use std::fmt;
use std::time::{Duration, SystemTime};

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;

use crate::environment::{EnvironmentInfo, Tier};
use crate::error::Cause;
use crate::{ApiError, Resource};

/// Why an environment is not written to; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protected {
    /// Its configuration changes by promotion only.
    Immutable {
        /// The resource that would have been changed.
        what: String,
    },
    /// Its configuration cannot be changed while it is promoted.
    Locked {
        /// The resource that would have been changed.
        what: String,
    },
    /// It does not say, in a way that is understood, whether its configuration may change.
    Unclear {
        /// The resource that would have been changed.
        what: String,
    },
    /// Its tier is not one of those that are written to.
    Tier(Tier),
    /// Its tier could not be read, for this reason.
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

/// The last answer about the environment.
#[derive(Debug, Default)]
pub(crate) struct KnownEnvironment {
    /// Held by the call that asks.
    pub(crate) asking: AsyncMutex<()>,
    last: Mutex<Last>,
}

#[derive(Debug, Default)]
struct Last {
    info: Option<(EnvironmentInfo, SystemTime)>,
    /// The failure of the service to answer, and the time at which it was found.
    failure: Option<(ApiError, Instant)>,
}

impl KnownEnvironment {
    /// The information, where it is still believed. Otherwise the failure to read it, where that was
    /// found since the caller began to wait: the caller need not wait for the same failure again.
    pub(crate) fn known_since(&self, began: Instant) -> Option<Result<EnvironmentInfo, ApiError>> {
        let last = self.last();
        if let Some(info) = last.believed_at(SystemTime::now()) {
            return Some(Ok(info.clone()));
        }
        let (failure, found_at) = last.failure.as_ref()?;
        (*found_at >= began).then(|| Err(failure.clone()))
    }

    /// Takes note of what came of asking.
    pub(crate) fn note(&self, asked: &Result<EnvironmentInfo, ApiError>) {
        let mut last = self.last();
        match asked {
            Ok(info) => last.note(info, SystemTime::now()),
            Err(error) => {
                last.info = None;
                last.failure = is_absence(error).then(|| (error.clone(), Instant::now()));
            }
        }
    }

    /// Forgets it, so that it is asked before the next write.
    pub(crate) fn forget(&self) {
        self.last().info = None;
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock()
    }
}

impl Last {
    /// The information, where it is still believed at this time. The clock counts the time that a
    /// machine sleeps; one that was set back proves nothing.
    fn believed_at(&self, now: SystemTime) -> Option<&EnvironmentInfo> {
        let (info, read_at) = self.info.as_ref()?;
        let age = now.duration_since(*read_at).ok()?;
        if age >= LONGEST_BELIEVED {
            return None;
        }
        tracing::trace!("what the environment is, is known");
        Some(info)
    }

    /// Takes in what it has said at this time. A promotion ends, so that an environment is locked
    /// is not kept.
    fn note(&mut self, info: &EnvironmentInfo, read_at: SystemTime) {
        self.info = (info.is_locked() == Some(false)).then(|| (info.clone(), read_at));
        self.failure = None;
    }
}

/// Whether the service was not there for anybody, whatever the token.
fn is_absence(error: &ApiError) -> bool {
    match error {
        ApiError::Unreachable { .. } | ApiError::Timeout { .. } => true,
        error => matches!(error.cause(), Some(Cause::Unavailable | Cause::RateLimited)),
    }
}

/// Whether the service was asked and has not told what the environment is, and would not if it were
/// asked again.
fn tells_nothing(error: &ApiError) -> bool {
    match error {
        ApiError::Unreadable { .. } | ApiError::TooLarge { .. } => true,
        error => matches!(
            error.cause(),
            Some(
                Cause::Forbidden
                    | Cause::BlockedAtEdge
                    | Cause::NotOffered
                    | Cause::NotFound
                    | Cause::Invalid
                    | Cause::Unexpected
            )
        ),
    }
}

/// Whether it is certain that static configuration can be changed here now.
fn may_change(info: &EnvironmentInfo) -> bool {
    info.is_immutable() == Some(false) && info.is_locked() == Some(false)
}

/// Objects to a change of a resource of this environment by a client that writes to these tiers.
pub(crate) fn check(
    info: Result<EnvironmentInfo, ApiError>,
    writable: &[Tier],
    resource: &Resource,
) -> Result<(), ApiError> {
    let what = || resource.to_string();
    let protected = match info {
        Ok(info) if resource.is_static() && !may_change(&info) => match info.is_immutable() {
            Some(true) => Protected::Immutable { what: what() },
            Some(false) if info.is_locked() == Some(true) => Protected::Locked { what: what() },
            _ => Protected::Unclear { what: what() },
        },
        Ok(info) if !writable.contains(&info.tier()) => Protected::Tier(info.tier()),
        Ok(_) => return Ok(()),
        Err(error) if tells_nothing(&error) && writable.contains(&Tier::Unknown) => return Ok(()),
        Err(error) if tells_nothing(&error) => Protected::Unreadable(error.to_string()),
        // An error that keeps the environment from being asked has its own remedy.
        Err(error) => return Err(error.of_a_write_not_sent()),
    };
    Err(ApiError::Protected(protected))
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
                "This environment is immutable. Configuration such as {what} changes here by \
                 promotion only."
            ),
            Self::Locked { what } => write!(
                f,
                "This environment is locked for a promotion. Configuration such as {what} cannot \
                 be changed meanwhile."
            ),
            Self::Unclear { what } => write!(
                f,
                "This environment does not say clearly whether it is immutable or locked, so \
                 configuration such as {what} was not changed."
            ),
            Self::Tier(Tier::Unknown) => {
                f.write_str("The tier of this environment is unknown, so it is not written to.")
            }
            Self::Tier(tier) => {
                write!(f, "This is a {tier} environment, which is not written to.")
            }
            Self::Unreadable(reason) => write!(
                f,
                "The environment does not tell its tier, so it is not written to. {reason}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use aic_auth::AuthError;
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;
    use serde_json::json;

    use super::*;
    use crate::error::{Refusal, Service, WriteOutcome};

    /// Why a change is not made, where the environment has said what it is.
    fn checked(
        info: &EnvironmentInfo,
        writable: &[Tier],
        resource: &Resource,
    ) -> Result<(), Protected> {
        check(Ok(info.clone()), writable, resource).map_err(|error| match error {
            ApiError::Protected(protected) => protected,
            other => panic!("{other}"),
        })
    }

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
            assert_eq!(checked(&info, writable, &themes), configuration, "{info:?}");
            assert_eq!(checked(&info, writable, &variable), data, "{info:?}");
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
            let info = serde_json::from_value(info).unwrap();
            assert!(checked(&info, &all, &themes).is_err(), "{info:?}");
            assert_eq!(checked(&info, &usual, &variable), Ok(()), "{info:?}");
        }
    }

    #[test]
    fn only_a_service_that_tells_nothing_makes_an_unknown_environment() {
        let service = Service::Environment;
        let refused = |status: u16| {
            let (status, headers) = (StatusCode::from_u16(status).unwrap(), HeaderMap::new());
            ApiError::Refused(Box::new(Refusal::parse(service, status, &headers, b"", None, false)))
        };
        let unreadable =
            ApiError::Unreadable { service, problem: "empty".to_owned(), outcome: None };
        let themes = Resource::Themes;
        for error in [unreadable, refused(403), refused(404)] {
            let kept_out = check(Err(error.clone()), &[Tier::Development], &themes);
            assert!(matches!(kept_out, Err(ApiError::Protected(Protected::Unreadable(_)))));
            assert!(check(Err(error), &Tier::ALL, &themes).is_ok());
        }
        let timeout = ApiError::Timeout { service, outcome: None };
        let declined = ApiError::Auth(AuthError::LoginDeclined);
        for error in [timeout, declined, refused(401), refused(429), refused(503)] {
            let passed_on = check(Err(error.clone()), &Tier::ALL, &themes).unwrap_err();
            assert_eq!(passed_on.to_string(), error.to_string());
            assert_eq!(passed_on.write_outcome(), Some(WriteOutcome::NotDone), "{passed_on}");
        }
    }

    #[test]
    fn calls_that_waited_for_an_answer_that_did_not_come_do_not_wait_again() {
        let known = KnownEnvironment::default();
        let began = Instant::now();
        let timeout = ApiError::Timeout { service: Service::Environment, outcome: None };
        known.note(&Err(timeout));
        assert!(known.known_since(began).is_some_and(|known| known.is_err()));
        assert!(known.known_since(Instant::now() + Duration::from_secs(1)).is_none());
        // Another call may have a token that is accepted.
        known.note(&Err(ApiError::Auth(AuthError::LoginDeclined)));
        assert!(known.known_since(began).is_none());
    }

    #[test]
    fn what_an_environment_says_is_believed_for_a_minute_and_never_that_it_is_locked() {
        let now = SystemTime::now();
        let second = Duration::from_secs(1);
        let mut known = Last::default();
        assert_eq!(known.believed_at(now), None);
        let unlocked = info("sandbox", false, false);
        known.note(&unlocked, now);
        assert_eq!(known.believed_at(now), Some(&unlocked));
        assert_eq!(known.believed_at(now + 59 * second), Some(&unlocked));
        assert_eq!(known.believed_at(now + 60 * second), None);
        assert_eq!(known.believed_at(now - second), None, "the clock was set back");
        known.note(&info("sandbox", false, true), now);
        assert_eq!(known.believed_at(now), None);
    }
}
