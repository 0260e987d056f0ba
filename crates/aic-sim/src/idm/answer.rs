//! IDM's answers.

use axum::response::{IntoResponse, Response};

use crate::crest::error::Error;

pub(super) use crate::crest::answer::{Answer, View};

/// An error with its message escaped, as IDM sends it.
#[derive(Debug)]
pub(super) struct IdmError(Error);

impl From<Error> for IdmError {
    fn from(error: Error) -> Self {
        Self(error.escaped())
    }
}

impl IntoResponse for IdmError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

pub(super) type IdmResult<T> = std::result::Result<T, IdmError>;
