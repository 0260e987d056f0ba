use std::fmt;

use reqwest::Method;
use serde_json::{Map, Value};

use super::draft::{own_settings, unlike};
use super::edit::state;
use crate::change::{Document, State};
use crate::error::WriteOutcome;
use crate::http::Request;
use crate::{ApiError, Call, Resource, Write};

/// A write that was done, or may have been.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) resource: Resource,
    pub(super) before: State,
    pub(super) sent: Map<String, Value>,
}

/// Something that a journey which was not written has left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// Its description.
    pub resource: Resource,
    /// How it was left.
    pub state: LeftoverState,
}

/// How something was left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftoverState {
    /// It was not there before.
    Made,
    /// It was there, and has other content now.
    Changed,
    /// Whether it is as it was written, or as before, is not known.
    Unknown,
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            LeftoverState::Made => "is there now and was not before",
            LeftoverState::Changed => "was changed",
            LeftoverState::Unknown => "may have been written",
        };
        write!(f, "{} {state}", self.resource)
    }
}

/// Takes writes back, the last one first. Returns how many were taken back, or had not happened
/// after all, and what could not be taken back.
pub(super) async fn take_back(
    call: &Call<Write>,
    attempts: Vec<Attempt>,
) -> (usize, Vec<Leftover>) {
    let (mut taken_back, mut left) = (0, Vec::new());
    for attempt in attempts.into_iter().rev() {
        match one(call, &attempt).await {
            Ok(()) => taken_back += 1,
            Err(state) => left.push(Leftover { resource: attempt.resource, state }),
        }
    }
    (taken_back, left)
}

/// Takes back one write. The resource is read first, since the write may not have happened, and
/// somebody else may have changed the resource since.
async fn one(call: &Call<Write>, attempt: &Attempt) -> Result<(), LeftoverState> {
    let now = state(call, &attempt.resource).await.map_err(|_| LeftoverState::Unknown)?;
    let now_settings = settings(&now);
    let result = match (&attempt.before, &now) {
        (State::Absent, State::Absent) => return Ok(()),
        (State::Absent, _) => delete(call, &attempt.resource, now).await,
        (before, _) if settings(before) == now_settings => return Ok(()),
        (before @ State::Is(_), State::Is(_)) => {
            let is_ours = now_settings.is_some_and(|now| unlike(&attempt.sent, &now).is_empty());
            if !is_ours {
                return Err(LeftoverState::Changed);
            }
            put_back(call, &attempt.resource, before, now).await
        }
        _ => return Err(LeftoverState::Changed),
    };
    result.map_err(|error| match (&attempt.before, error.write_outcome()) {
        (State::Absent, Some(WriteOutcome::NotDone)) => LeftoverState::Made,
        (_, Some(WriteOutcome::NotDone)) => LeftoverState::Changed,
        _ => LeftoverState::Unknown,
    })
}

fn settings(state: &State) -> Option<Map<String, Value>> {
    state.document().and_then(Document::to_object).map(own_settings)
}

async fn delete(call: &Call<Write>, resource: &Resource, now: State) -> Result<(), ApiError> {
    let request = Request::write(Method::DELETE, resource.clone()).before(now);
    call.send(request).await.map(drop)
}

async fn put_back(
    call: &Call<Write>,
    resource: &Resource,
    before: &State,
    now: State,
) -> Result<(), ApiError> {
    let mut body = settings(before).unwrap_or_default();
    let id =
        before.document().and_then(Document::to_object).and_then(|mut before| before.remove("_id"));
    body.extend(id.map(|id| ("_id".to_owned(), id)));
    let request = Request::write(Method::PUT, resource.clone()).json(&Value::Object(body));
    call.send(request.before(now)).await.map(drop)
}
