//! Device authorization (RFC 8628): someone signs in with a browser that the client cannot reach.

mod code;
mod user;
mod user_code;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::OAuth;
use super::client::LOGIN_CLIENT;
use super::error::{OAuthError, Refusal};
use super::expiring::Expiring;
use super::login::LoginRequest;
use super::token::Grant;
use crate::bearer::{ADMINISTRATORS, Administrator};
use crate::crest::request::Parameters;

/// The grant type of a poll.
pub(super) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// How long someone has to sign in.
///
/// Assumption: AM's default. One device code would settle it.
const LIFETIME: Duration = Duration::from_mins(5);
/// How long a client is told that its code has expired, and not that it never was.
///
/// Assumption: AM tells it more than once. Polling twice after a code has expired would settle it.
const MEMORY: Duration = Duration::from_hours(24);
/// How long a client waits between polls at first.
///
/// Assumption: AM's default. One device code would settle it.
const INTERVAL: Duration = Duration::from_secs(5);
/// By how much a client that polls too fast must slow down (RFC 8628, section 3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// The device codes of a tenant.
#[derive(Debug)]
pub(super) struct Devices {
    codes: Expiring<Device>,
    /// Pages that wait for an answer, by the user code that they ask about.
    pages: Expiring<String>,
    interval: Duration,
    pending_status: StatusCode,
}

/// The request for which a device code stands.
#[derive(Debug)]
struct Device {
    user_code: String,
    login: LoginRequest,
    expires: Duration,
    /// How long the client must wait between polls by now.
    interval: Duration,
    last_poll: Option<Duration>,
    decision: Option<Decision>,
}

/// The decision on a device code.
#[derive(Debug, Clone)]
enum Decision {
    Approved(&'static Administrator),
    Refused(Refusal),
}

/// Why a poll gets no login.
#[derive(Debug)]
enum Unready {
    Pending,
    TooFast,
    Expired,
    Refused(Refusal),
}

impl Default for Devices {
    fn default() -> Self {
        Self {
            codes: Expiring::default(),
            pages: Expiring::default(),
            interval: INTERVAL,
            pending_status: StatusCode::FORBIDDEN,
        }
    }
}

impl Devices {
    /// Issues a device code and the user code that goes with it.
    fn issue(&mut self, login: LoginRequest, now: Duration) -> (String, String) {
        let mut user_code = user_code::generate();
        while self.codes.values_mut(now).any(|device| device.user_code == user_code) {
            user_code = user_code::generate();
        }
        let device = Device::new(user_code.clone(), login, now, self.interval);
        (self.codes.issue(device, now, LIFETIME + MEMORY), user_code)
    }

    /// The device that waits for someone to decide on this user code.
    fn pending(&mut self, user_code: &str, now: Duration) -> Option<&mut Device> {
        let user_code = user_code::typed(user_code);
        let mut devices = self.codes.values_mut(now);
        devices.find(|device| device.user_code == user_code && device.is_pending(now))
    }

    /// Decides on a user code, if it waits for that.
    fn decide(&mut self, user_code: &str, decision: Decision, now: Duration) -> bool {
        let device = self.pending(user_code, now);
        device.map(|device| device.decision = Some(decision)).is_some()
    }

    fn unready(&self, reason: Unready) -> OAuthError {
        match reason {
            Unready::Pending => {
                let description = "The user has not yet completed authorization";
                let refusal = Refusal::new("authorization_pending", description);
                OAuthError::new(self.pending_status, refusal)
            }
            Unready::TooFast => {
                let description = "The polling interval has not elapsed since the last request";
                OAuthError::refused("slow_down", description)
            }
            // Assumption: AM's error; its description is not known. A poll with a code that has
            // expired would settle it.
            Unready::Expired => OAuthError::refused("expired_token", "The device code has expired"),
            // Assumption: RFC 8628's error. AM's open-source ancestor has another one, status 403
            // and `authorization_declined`. Refusing a device would settle it.
            Unready::Refused(refusal) => refusal.into(),
        }
    }
}

impl Device {
    fn new(user_code: String, login: LoginRequest, now: Duration, interval: Duration) -> Self {
        let expires = now.saturating_add(LIFETIME);
        Self { user_code, login, expires, interval, last_poll: None, decision: None }
    }

    fn is_pending(&self, now: Duration) -> bool {
        self.decision.is_none() && now < self.expires
    }

    /// The administrator who has signed in. As in AM, only a client that still has to wait can be too
    /// fast.
    fn poll(&mut self, now: Duration) -> Result<&'static Administrator, Unready> {
        if now >= self.expires {
            return Err(Unready::Expired);
        }
        match &self.decision {
            Some(Decision::Approved(administrator)) => return Ok(administrator),
            Some(Decision::Refused(refusal)) => return Err(Unready::Refused(refusal.clone())),
            None => {}
        }
        let last_poll = self.last_poll.replace(now);
        if last_poll.is_some_and(|last| now < last.saturating_add(self.interval)) {
            self.interval += SLOW_DOWN;
            return Err(Unready::TooFast);
        }
        Err(Unready::Pending)
    }
}

impl OAuth {
    /// How long the clients of new device codes are told to wait between polls.
    pub(crate) fn set_device_interval(&self, interval: Duration) {
        self.issued().devices.interval = Duration::from_secs(interval.as_secs());
    }

    /// Whether a client that has to wait is told so with status 400 instead of 403.
    pub(crate) fn answer_pending_with_bad_request(&self, is_bad: bool) {
        let status = if is_bad { StatusCode::BAD_REQUEST } else { StatusCode::FORBIDDEN };
        self.issued().devices.pending_status = status;
    }

    /// Signs the demo administrator in for the device with this user code, if one waits for it.
    pub(crate) fn approve_device(&self, user_code: &str) -> bool {
        let decision = Decision::Approved(&ADMINISTRATORS[0]);
        self.issued().devices.decide(user_code, decision, self.now())
    }

    /// Refuses the device with this user code, if one waits for a decision.
    pub(crate) fn refuse_device(&self, user_code: &str) -> bool {
        let decision = Decision::Refused(Refusal::by_person());
        self.issued().devices.decide(user_code, decision, self.now())
    }

    /// Redeems a device code for a login.
    ///
    /// Assumption: whoever has the code but not the verifier learns nothing of it, and does not
    /// count as a poll. A poll without a verifier would settle it.
    pub(super) fn redeem_device(&self, form: &Parameters) -> Result<Grant, OAuthError> {
        if form.get("client_id") != Some(LOGIN_CLIENT) {
            return Err(OAuthError::invalid_client());
        }
        let now = self.now();
        let mut issued = self.issued();
        let code = form.get("device_code").unwrap_or_default();
        let device = issued.devices.codes.get_mut(code, now).ok_or_else(Refusal::unknown_code)?;
        device.login.check_verifier(form)?;
        match device.poll(now) {
            Ok(administrator) => {
                let scopes = device.login.scopes.clone();
                issued.devices.codes.take(code, now);
                Ok(issued.log_in(administrator, scopes, now))
            }
            Err(reason) => Err(issued.devices.unready(reason)),
        }
    }
}

/// The endpoints under the provider's `/device`.
pub(super) fn router() -> Router<Arc<OAuth>> {
    Router::new()
        .route("/code", post(code::issue))
        .route("/user", get(user::show).post(user::decide))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bearer::Offer;

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn device(interval: Duration) -> Device {
        let query = format!("scope=fr:am:*&code_challenge={CHALLENGE}&code_challenge_method=S256");
        let login = LoginRequest::parse(&Parameters::parse(&query), Offer::default()).unwrap();
        Device::new(user_code::generate(), login, Duration::ZERO, interval)
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn every_poll_that_is_too_fast_adds_to_the_wait() {
        let mut device = device(INTERVAL);
        assert!(matches!(device.poll(at(0)), Err(Unready::Pending)));
        assert!(matches!(device.poll(at(4)), Err(Unready::TooFast)));
        assert!(matches!(device.poll(at(13)), Err(Unready::TooFast)), "9 of 10 seconds");
        assert!(matches!(device.poll(at(27)), Err(Unready::TooFast)), "14 of 15 seconds");
        assert!(matches!(device.poll(at(47)), Err(Unready::Pending)), "20 of 20 seconds");
        assert_eq!(device.interval, at(20));
    }

    #[test]
    fn without_an_interval_nothing_is_too_fast() {
        let mut device = device(Duration::ZERO);
        for _ in 0..3 {
            assert!(matches!(device.poll(at(1)), Err(Unready::Pending)));
        }
    }

    #[test]
    fn a_decision_is_told_at_once_and_only_in_time() {
        let mut approved = device(INTERVAL);
        assert!(matches!(approved.poll(at(1)), Err(Unready::Pending)));
        approved.decision = Some(Decision::Approved(&ADMINISTRATORS[1]));
        assert_eq!(approved.poll(at(1)).unwrap().id, ADMINISTRATORS[1].id);
        assert!(matches!(approved.poll(LIFETIME), Err(Unready::Expired)));
        let mut refused = device(INTERVAL);
        refused.decision = Some(Decision::Refused(Refusal::by_person()));
        assert!(matches!(refused.poll(at(1)), Err(Unready::Refused(_))));
    }
}
