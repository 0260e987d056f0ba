use std::collections::HashMap;

use parking_lot::{Mutex, MutexGuard};

use crate::ApiError;
use crate::error::Cause;
use crate::http::{Answer, Request};

/// The reads of a rehearsal. Neither it nor a call that is carried out right after it need read it
/// again.
#[derive(Debug, Default)]
pub(super) struct Fresh(Mutex<HashMap<String, Result<Answer, ApiError>>>);

impl Fresh {
    /// Keeps what a read came to: what is there, or that it is not.
    pub(super) fn keep(&self, request: &Request, result: &Result<Answer, ApiError>) {
        let is_known = match result {
            Ok(_) => true,
            Err(error) => error.cause() == Some(Cause::NotFound),
        };
        if is_known {
            self.kept().insert(key(request), result.clone());
        }
    }

    /// The answer that the rehearsal itself has found before: a rehearsal looks at one state of the
    /// tenant. A missing resource is looked for again, because a rehearsal may wait for it.
    pub(super) fn seen(&self, request: &Request) -> Option<Result<Answer, ApiError>> {
        let seen = self.kept().get(&key(request)).filter(|result| result.is_ok()).cloned();
        seen.inspect(|_| note_use(request))
    }

    /// The outcome of a read. It is good for once: who reads again wants to see something new.
    pub(super) fn take(&self, request: &Request) -> Option<Result<Answer, ApiError>> {
        self.kept().remove(&key(request)).inspect(|_| note_use(request))
    }

    /// Forgets everything, for it may be different from now on.
    pub(super) fn forget(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Result<Answer, ApiError>>> {
        self.0.lock()
    }
}

fn note_use(request: &Request) {
    tracing::trace!(request = %request.shown(), "what the rehearsal has read is used");
}

fn key(request: &Request) -> String {
    let query = request.query.as_str().unwrap_or_default();
    let version = request.api_version.unwrap_or_default();
    let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    format!("{} {}?{query} {version} {body}", request.method, request.path.as_str())
}
