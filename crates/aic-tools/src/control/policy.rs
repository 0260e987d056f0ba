//! The policy of asking before something is changed.

use crate::control::Class;
use crate::tool::Effect;

/// Which calls a person is asked about first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirm {
    /// Those that can do harm, by what they would do.
    #[default]
    Auto,
    /// All that write.
    Always,
    /// None.
    Never,
}

/// The condition for a call to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Nothing.
    NotNeeded,
    /// A person has to say yes to what it would do.
    NeedsAnswer,
    /// A person has to approve it by another way than the client.
    NeedsApproval,
}

impl Confirm {
    /// Whether a call has to be rehearsed, so that what it would do decides.
    pub fn rehearses(self, effect: Effect) -> bool {
        self != Self::Never && effect.writes()
    }

    /// The consent that a rehearsed call needs, by the worst harm that it would do.
    pub fn consent(self, has_changes: bool, worst: Class, can_ask: bool) -> Consent {
        let is_asked = match self {
            Self::Never => false,
            Self::Auto => worst != Class::Plain,
            Self::Always => true,
        };
        match (is_asked && has_changes, can_ask) {
            (false, _) => Consent::NotNeeded,
            (true, true) => Consent::NeedsAnswer,
            (true, false) => Consent::NeedsApproval,
        }
    }
}
