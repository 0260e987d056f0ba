//! How a command ends: the status that a shell sees, and the errors that carry it.

use std::fmt;
use std::io;
use std::process::ExitCode;

use aic_tools::FailureKind;

/// The outcome of a command, by the step that is needed before it can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitKind {
    Success,
    Failed,
    WrongUse,
    NotLoggedIn,
    Refused,
    Interrupted,
}

impl ExitKind {
    pub(crate) const ALL: [Self; 6] = [
        Self::Success,
        Self::Failed,
        Self::WrongUse,
        Self::NotLoggedIn,
        Self::Refused,
        Self::Interrupted,
    ];

    /// The exit status. 2 is what clap ends with, and 130 what a shell says of a program that
    /// SIGINT has ended.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed => 1,
            Self::WrongUse => 2,
            Self::NotLoggedIn => 3,
            Self::Refused => 4,
            Self::Interrupted => 130,
        }
    }

    /// The meaning of the status, in a few words.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "it failed",
            Self::WrongUse => "wrong use or configuration",
            Self::NotLoggedIn => "nobody is logged in, or the login failed",
            Self::Refused => "refused or declined",
            Self::Interrupted => "interrupted",
        }
    }

    /// When a command ends with it, as sentences.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Success => "The command did what it was asked to.",
            Self::Failed => {
                "The command was understood, and failed: the tenant refused the request, or the \
                 network, the disk or the keychain failed. A check of doctor or audit verify that \
                 finds something wrong ends so, too."
            }
            Self::WrongUse => {
                "An argument, an option, a variable or a profile is not what it should be, or names a \
                 file that cannot be used, or the tool does not take such arguments."
            }
            Self::NotLoggedIn => {
                "Nobody is logged in, or the login failed, was declined, or is no longer accepted."
            }
            Self::Refused => {
                "A rule stands against the call, and nothing was sent for it: --read-only, the choice \
                 of tools, the tier of the environment, --confirm. Or a person has declined it."
            }
            Self::Interrupted => "SIGINT or SIGTERM has ended the call.",
        }
    }
}

impl From<ExitKind> for ExitCode {
    fn from(kind: ExitKind) -> Self {
        Self::from(kind.code())
    }
}

impl From<FailureKind> for ExitKind {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Failed => Self::Failed,
            FailureKind::WrongUse => Self::WrongUse,
            FailureKind::LoginNeeded => Self::NotLoggedIn,
            FailureKind::Refused => Self::Refused,
            FailureKind::Cancelled => Self::Interrupted,
        }
    }
}

/// An error that ends a command, with the status that it ends with. An error of which nothing else is
/// known is one of [`ExitKind::Failed`].
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) kind: ExitKind,
    error: anyhow::Error,
}

/// The result of a command, or of a part of one.
pub(crate) type Result<T> = std::result::Result<T, CommandError>;

impl CommandError {
    /// The command was used wrongly, or its configuration is wrong.
    pub(crate) fn wrong_use(error: impl Into<anyhow::Error>) -> Self {
        Self { kind: ExitKind::WrongUse, error: error.into() }
    }

    /// A rule of the program, or a person, stands against it.
    pub(crate) fn refused(error: impl Into<anyhow::Error>) -> Self {
        Self { kind: ExitKind::Refused, error: error.into() }
    }
}

impl From<anyhow::Error> for CommandError {
    fn from(error: anyhow::Error) -> Self {
        Self { kind: ExitKind::Failed, error }
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        anyhow::Error::from(error).into()
    }
}

impl From<serde_json::Error> for CommandError {
    fn from(error: serde_json::Error) -> Self {
        anyhow::Error::from(error).into()
    }
}

/// On one line, with the causes.
impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.error)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_kind_has_a_status_of_its_own_that_the_help_names() {
        let help = Cli::command().term_width(1_000).render_long_help().to_string();
        let mut codes = Vec::new();
        for kind in ExitKind::ALL {
            assert!(!codes.contains(&kind.code()), "{kind:?}");
            codes.push(kind.code());
            let (code, meaning) = (kind.code(), kind.meaning());
            assert!(help.contains(&format!("{code} {meaning}")), "{kind:?}: {help}");
        }
        assert_eq!(codes, [0, 1, 2, 3, 4, 130]);
    }

    #[test]
    fn an_error_ends_with_its_kind_and_says_its_causes() {
        let error = anyhow::anyhow!("no disk").context("it cannot be written");
        let error = CommandError::from(error);
        assert_eq!(
            (error.kind, error.to_string().as_str()),
            (ExitKind::Failed, "it cannot be written: no disk")
        );
        let error = CommandError::wrong_use(anyhow::anyhow!("no tenant"));
        assert_eq!((error.kind, error.to_string().as_str()), (ExitKind::WrongUse, "no tenant"));
    }

    #[test]
    fn the_kind_of_a_failure_is_the_kind_of_the_end() {
        for (failure, end) in [
            (FailureKind::Failed, ExitKind::Failed),
            (FailureKind::WrongUse, ExitKind::WrongUse),
            (FailureKind::LoginNeeded, ExitKind::NotLoggedIn),
            (FailureKind::Refused, ExitKind::Refused),
            (FailureKind::Cancelled, ExitKind::Interrupted),
        ] {
            assert_eq!(ExitKind::from(failure), end);
        }
    }
}
