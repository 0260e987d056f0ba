use reqwest::Method;
use serde_json::json;
use tokio::sync::OwnedMutexGuard;

use super::inverse::{operation, pointer};
use super::references::written;
use super::{Change, Document, End, Irreversible, State};
use crate::durability::{self, Durability};
use crate::error::Cause;
use crate::http::Request;
use crate::{ApiError, Call, Resource, Write};

/// Why a change is not undone. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UndoError {
    /// There is no way back.
    #[error("{what} cannot be put back: {why}.")]
    Irreversible {
        /// What was changed.
        what: String,
        /// Why there is none.
        why: Irreversible,
    },
    /// It is not as the change has left it.
    #[error("{what} has been changed again since.")]
    ChangedSince {
        /// What was changed.
        what: String,
    },
    /// How it is now could not be read.
    #[error(transparent)]
    Api(#[from] ApiError),
}

/// The way back from a change, checked. Nobody else of this client changes the resource meanwhile.
#[derive(Debug)]
pub struct WayBack<'a> {
    call: &'a Call<Write>,
    request: Request,
    /// What puts back the relationships that had given way to those that are taken away.
    displaced: Vec<Request>,
    _lock: OwnedMutexGuard<()>,
}

impl Call<Write> {
    /// Looks whether a change can be undone: whether what was there before is known, and what is
    /// there now is what the change has left.
    ///
    /// # Errors
    ///
    /// [`UndoError`].
    pub async fn way_back(&self, change: &Change) -> Result<WayBack<'_>, UndoError> {
        let subject = change.subject();
        let what = || subject.to_string();
        let irreversible = |why| UndoError::Irreversible { what: what(), why };
        change.reversible().map_err(irreversible)?;
        let lock = self.lock(&subject.path()).await;
        let now = self.now(&subject).await?;
        if !change.is_as_left(&now) {
            return Err(UndoError::ChangedSince { what: what() });
        }
        let request = change.inverse(&now).map_err(irreversible)?.before(now);
        let displaced = change.ends.iter().filter_map(restored).collect();
        Ok(WayBack { call: self, request, displaced, _lock: lock })
    }

    /// Whether a resource reads as it was before a change.
    ///
    /// # Errors
    ///
    /// [`ApiError`], where it cannot be read.
    pub async fn is_as_before(&self, change: &Change) -> Result<bool, ApiError> {
        let subject = change.subject();
        let read = || self.now(&subject);
        let durability = durability::confirm(read, |now| change.is_as_before(now)).await;
        match durability {
            Durability::Confirmed => Ok(true),
            Durability::Unknown => read().await.map(|now| change.is_as_before(&now)),
            Durability::NotYet | Durability::Lost => Ok(false),
        }
    }

    async fn now(&self, subject: &Resource) -> Result<State, ApiError> {
        let answer = match self.send(Request::whole(subject)).await {
            Err(error) if error.cause() == Some(Cause::NotFound) => return Ok(State::Absent),
            answer => answer?,
        };
        Ok(State::Is(Document::new(answer.body())))
    }
}

/// The request that gives an object back the relationship that had given way.
fn restored(end: &End) -> Option<Request> {
    let displaced = end.displaced.as_ref()?;
    let operation =
        operation("replace", &pointer(&displaced.field), &written(&displaced.reference));
    Some(Request::write(Method::PATCH, end.resource.clone()).json(&json!([operation])))
}

impl WayBack<'_> {
    /// Takes it.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn take(self) -> Result<(), ApiError> {
        let deletes = self.request.method == Method::DELETE;
        let is_nothing = self.request.body.as_ref().is_some_and(|body| body.as_ref() == b"[]");
        if !is_nothing {
            match self.call.send(self.request).await {
                // It may be gone with something that was deleted a moment ago, such as a node
                // with its journey.
                Err(error) if deletes && error.cause() == Some(Cause::NotFound) => {}
                answer => drop(answer?),
            }
        }
        for request in self.displaced {
            self.call.send(request).await?;
        }
        Ok(())
    }
}
