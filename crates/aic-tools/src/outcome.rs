//! The outcome of a call: its result or its failure, and the parts of both that may be shown.

pub(crate) mod error;
pub(crate) mod failure;
pub(crate) mod hints;
pub(crate) mod redact;
pub(crate) mod result;

pub use aic_auth::SafeText;
pub use error::ToolError;
pub use failure::{Failure, FailureKind, Why};
pub use hints::hint_in_words;
pub use redact::{MASK, mask, reveal};
pub(crate) use result::AnyOutput;
pub use result::{Limits, Output, Success};
