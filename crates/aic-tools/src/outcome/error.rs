use std::borrow::Cow;

use aic_api::ApiError;
use aic_api::error::{Cause, Hint};

use crate::outcome::MASK;
use crate::outcome::hints::hint_in_words;
use crate::outcome::redact::{Probe, Unknown};

/// Why a tool did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolError {
    /// The arguments are not what the tool takes; nothing was sent.
    #[error("{problem}.")]
    Arguments {
        /// The fault, with the parameter's name.
        problem: String,
        /// The parameters of the tool.
        takes: String,
    },
    /// A rule of this server forbids the call.
    #[error("{problem}")]
    Refused {
        /// Why, as a sentence.
        problem: String,
        /// The alternative, as a sentence.
        remedy: Cow<'static, str>,
    },
    /// The input has faults; nothing was sent.
    #[error("{problem}")]
    Faulty {
        /// The faulty input, as a sentence.
        problem: String,
        /// All of them.
        faults: Vec<String>,
        /// The remedy, as a sentence.
        remedy: Cow<'static, str>,
    },
    /// AIC could not be reached or did not do it.
    #[error("{error}")]
    Api {
        /// The error.
        error: Box<ApiError>,
        /// The remedy, where the tool knows better than the error.
        remedy: Option<Cow<'static, str>>,
    },
    /// A step failed after an earlier one, or possibly this one, had changed something.
    #[error("{error}")]
    HalfDone {
        /// The error.
        error: Box<ApiError>,
        /// The changes that were made and those that were not, as a sentence.
        account: String,
        /// The remedy, as a sentence.
        remedy: Cow<'static, str>,
    },
    /// The result is over the budget and has no items to leave out.
    #[error("the result has {length} characters, and the limit is {budget}.")]
    TooLong {
        /// Its length in characters.
        length: usize,
        /// The limit in characters.
        budget: usize,
    },
    /// A defect of this server.
    #[error("aic-mcp itself has a defect here: {0}.")]
    Internal(&'static str),
}

impl ToolError {
    /// A refusal by a rule of this server; both parts are sentences.
    pub(crate) fn refused(
        problem: impl Into<String>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Refused { problem: problem.into(), remedy: remedy.into() }
    }

    /// A refusal to write a mask in place of the secret that it stands for.
    pub(crate) fn masked(place: &str) -> Self {
        Self::refused(
            format!(
                "The arguments hold {MASK} at {place}, which stands for a value that was not shown."
            ),
            "Nothing was sent. Leave the value out where the tool changes only what is given, or ask the user for it; a server with --show-secrets shows it.",
        )
    }

    /// A refusal of arguments that would tell a secret without showing it.
    pub(crate) fn probing(probe: &Probe) -> Self {
        Self::refused(
            format!(
                "`{}` asks for {}, which holds a secret: what matches would tell it bit by bit.",
                probe.by, probe.field
            ),
            "Nothing was sent. Ask for other fields. Whether a secret is there can be seen in the object: it reads as masked.",
        )
    }

    /// A failure that leaves something changed, or may do so; both texts are sentences.
    pub(crate) fn half_done(
        error: ApiError,
        account: impl Into<String>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::HalfDone { error: Box::new(error), account: account.into(), remedy: remedy.into() }
    }

    /// Says what to do where AIC refused for this cause.
    pub(crate) fn advise(self, cause: Cause, advice: impl Into<Cow<'static, str>>) -> Self {
        match self {
            Self::Api { error, .. } if error.cause() == Some(cause) => {
                Self::Api { error, remedy: Some(advice.into()) }
            }
            other => other,
        }
    }

    /// The error of the API, where it is one.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api { error, .. } | Self::HalfDone { error, .. } => Some(error),
            _ => None,
        }
    }

    /// The hint of the API's error, where the tool has no remedy of its own.
    pub(crate) fn hint(&self) -> Option<Hint> {
        match self {
            Self::Api { error, remedy: None } => Some(error.hint()),
            _ => None,
        }
    }

    /// The remedy, as a sentence.
    pub fn remedy(&self) -> Cow<'static, str> {
        match self {
            Self::Arguments { takes, .. } => takes.clone().into(),
            Self::Refused { remedy, .. }
            | Self::HalfDone { remedy, .. }
            | Self::Faulty { remedy, .. }
            | Self::Api { remedy: Some(remedy), .. } => remedy.clone(),
            Self::Api { error, remedy: None } => hint_in_words(error.hint()).into(),
            Self::TooLong { .. } => "Ask for less, or raise --max-result.".into(),
            Self::Internal(_) => "Report the defect with the server's log.".into(),
        }
    }
}

impl ToolError {
    /// A refusal of a mask in a parameter that stands for nothing that is stored.
    pub(crate) fn unknown_mask(parameter: &str, Unknown(place): &Unknown) -> Self {
        Self::refused(
            format!(
                "The arguments hold {MASK} at /{parameter}{place}, where nothing that is stored reads so."
            ),
            "Nothing was written. Give what was read unchanged where a value is to stay, leave it out, or ask the user for it.",
        )
    }
}

impl From<ApiError> for ToolError {
    fn from(error: ApiError) -> Self {
        Self::Api { error: Box::new(error), remedy: None }
    }
}
