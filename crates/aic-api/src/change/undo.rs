use reqwest::Method;
use serde_json::json;

use super::inverse::{operation, pointer};
use super::references::written;
use super::{Change, Document, End, Irreversible, State};
use crate::durability::{self, Durability};
use crate::error::Cause;
use crate::http::Request;
use crate::locks::Hold;
use crate::{ApiError, Call, Resource, Write};

/// Why a change is not undone. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UndoError {
    /// There is no way back.
    #[error("{what} cannot be put back: {why}.")]
    Irreversible {
        /// The resource that was changed.
        what: String,
        /// Why there is none.
        why: Irreversible,
    },
    /// It is not as the change has left it.
    #[error("{what} has been changed again since.")]
    ChangedSince {
        /// The resource that was changed.
        what: String,
    },
    /// How it is now could not be read.
    #[error(transparent)]
    Api(#[from] ApiError),
}

/// Changes that can be undone. No other call of this client changes the resources meanwhile.
#[derive(Debug)]
pub struct PreparedUndo<'a> {
    call: &'a Call<Write>,
    /// The last change first.
    steps: Vec<UndoStep>,
    _holds: Vec<Hold>,
}

/// The requests that undo one change.
#[derive(Debug)]
struct UndoStep {
    request: Request,
    /// The requests that put back the relationships which had given way to those that are taken away.
    displaced: Vec<Request>,
}

/// Changes that were not undone, or not all of them.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct UndoInterrupted {
    /// The error.
    pub error: ApiError,
    /// How many changes were undone before.
    pub done: usize,
    /// How many there are.
    pub all: usize,
}

impl Call<Write> {
    /// Looks whether the changes of a call can be undone: whether what was there before each is
    /// known, and what is there now is what it has left. `changes` are in the order in which they
    /// were made, each resource once.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::Client;
    /// use aic_api::esv::{EncodedValue, ExpressionType};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// # let token = _sim.issue_access_token("fr:idc:esv:read fr:idc:esv:update").unwrap();
    /// # let builder = Client::builder(client.tenant().clone()).access_token(token);
    /// let client = builder.keep_previous(true).build();
    /// let scopes = ScopeSet::of(&[Scope::EsvRead, Scope::EsvUpdate]);
    /// let call = client.writing(scopes);
    /// let id = "esv-made-by-mistake".parse()?;
    /// let value = EncodedValue::new(ExpressionType::String, &"x".into())?;
    /// call.variables().put(&id, &value, "").await?;
    ///
    /// let undo = client.writing(scopes);
    /// undo.prepare_undo(&call.changes()).await?.apply().await?;
    /// assert!(undo.variables().get(&id).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`UndoError`], about the first that cannot be undone.
    pub async fn prepare_undo(&self, changes: &[Change]) -> Result<PreparedUndo<'_>, UndoError> {
        for change in changes {
            change.reversible().map_err(|why| irreversible(change, why))?;
        }
        let holds = self.lock_all(changes.iter().map(|change| change.subject().path())).await;
        let mut steps = Vec::with_capacity(changes.len());
        for change in changes.iter().rev() {
            let subject = change.subject();
            let now = self.now(&subject).await?;
            if !change.is_as_left(&now) {
                return Err(UndoError::ChangedSince { what: subject.to_string() });
            }
            let inverse = change.inverse(&now).map_err(|why| irreversible(change, why))?;
            let displaced = change.ends.iter().filter_map(restored).collect();
            steps.push(UndoStep { request: inverse.before(now), displaced });
        }
        Ok(PreparedUndo { call: self, steps, _holds: holds })
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

fn irreversible(change: &Change, why: Irreversible) -> UndoError {
    UndoError::Irreversible { what: change.subject().to_string(), why }
}

impl PreparedUndo<'_> {
    /// Undoes the changes.
    ///
    /// # Errors
    ///
    /// [`UndoInterrupted`].
    pub async fn apply(self) -> Result<(), UndoInterrupted> {
        let all = self.steps.len();
        for (done, step) in self.steps.into_iter().enumerate() {
            let applied = step.apply(self.call).await;
            applied.map_err(|error| UndoInterrupted { error, done, all })?;
        }
        Ok(())
    }
}

impl UndoStep {
    async fn apply(self, call: &Call<Write>) -> Result<(), ApiError> {
        let deletes = self.request.method == Method::DELETE;
        let is_nothing = self.request.body.as_ref().is_some_and(|body| body.as_ref() == b"[]");
        if !is_nothing {
            match call.send(self.request).await {
                // It may be gone with something that was deleted a moment ago, such as a node
                // with its journey.
                Err(error) if deletes && error.cause() == Some(Cause::NotFound) => {}
                answer => drop(answer?),
            }
        }
        for request in self.displaced {
            call.send(request).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
