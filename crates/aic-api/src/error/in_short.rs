use std::borrow::Cow;

use super::ApiError;

impl ApiError {
    /// The error in a few words for the log, without anything that was sent or answered except a
    /// status.
    pub fn in_short(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Auth(error) => return Cow::Owned(format!("no token: {}", error.in_short())),
            Self::Refused(refusal) => {
                return Cow::Owned(format!("HTTP {}", refusal.status.as_u16()));
            }
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout { .. } => "timeout",
            Self::RateLimited { .. } => "known to take no requests",
            Self::TooLarge { .. } => "answer too large",
            Self::Unreadable { .. } => "answer not understood",
            Self::Mismatch(_) => "answer of another shape",
            Self::ReadOnly => "read-only client",
            Self::Protected(_) => "protected",
            Self::NotRelated { .. } => "not related",
            Self::NotAsPlanned { .. } => "not as planned",
        })
    }
}
