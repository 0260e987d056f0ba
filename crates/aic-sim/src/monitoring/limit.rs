//! How many requests the log service answers in a minute.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Monitoring;
use crate::crest::error::Error;

/// The requests answered in one window. It is documented; one tenant was seen with 28.
const LIMIT: u32 = 60;
/// How long a window is. The headers that tell of it are as recorded.
///
/// Assumption: windows are fixed; the first request after one has ended starts the next. The headers
/// of a few requests in a row would settle it.
const WINDOW: Duration = Duration::from_mins(1);

/// The used part of the current window.
#[derive(Debug, Default)]
pub(super) struct Limit {
    ends: Duration,
    used: u32,
}

/// How a request stands with the limit.
#[derive(Debug, PartialEq, Eq)]
struct Standing {
    is_allowed: bool,
    remaining: u32,
    /// How long until the window ends.
    resets_in: Duration,
}

impl Limit {
    fn take(&mut self, now: Duration) -> Standing {
        if now >= self.ends {
            *self = Self { ends: now.saturating_add(WINDOW), used: 0 };
        }
        let is_allowed = self.used < LIMIT;
        if is_allowed {
            self.used += 1;
        }
        Standing {
            is_allowed,
            remaining: LIMIT - self.used,
            resets_in: self.ends.saturating_sub(now),
        }
    }
}

/// Middleware that refuses what goes beyond the limit, and says on every answer how much is left.
pub(super) async fn enforce(
    State(monitoring): State<Arc<Monitoring>>,
    request: Request,
    next: Next,
) -> Response {
    let standing = monitoring.limit.lock().take(monitoring.clock.now());
    let seconds = standing.resets_in.as_millis().div_ceil(1_000);
    let mut response = if standing.is_allowed {
        next.run(request).await
    } else {
        let retry_after = [(RETRY_AFTER, seconds.to_string())];
        let refusal = Error::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
        (retry_after, refusal).into_response()
    };
    let reset = i128::from(monitoring.clock.date().unix_timestamp())
        .saturating_add(i128::try_from(seconds).unwrap_or(i128::MAX));
    for (name, value) in [
        ("x-ratelimit-limit", LIMIT.to_string()),
        ("x-ratelimit-remaining", standing.remaining.to_string()),
        ("x-ratelimit-reset", reset.to_string()),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_so_many_requests_and_then_starts_again() {
        let mut limit = Limit::default();
        let first = limit.take(Duration::ZERO);
        assert_eq!(first, Standing { is_allowed: true, remaining: LIMIT - 1, resets_in: WINDOW });
        for _ in 1..LIMIT {
            assert!(limit.take(Duration::from_secs(1)).is_allowed);
        }
        let refused = limit.take(Duration::from_secs(50));
        let resets_in = Duration::from_secs(10);
        assert_eq!(refused, Standing { is_allowed: false, remaining: 0, resets_in });
        assert!(limit.take(WINDOW).is_allowed);
    }
}
