//! The policy of asking before something is changed.

use crate::control::{Asked, Class};
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

impl Confirm {
    /// Whether a call has to be rehearsed, so that what it would do decides.
    pub fn rehearses(self, effect: Effect) -> bool {
        self != Self::Never && effect.writes()
    }

    /// How it is settled whether a call may be done that is not rehearsed.
    pub fn asked_beforehand(self, effect: Effect) -> Asked {
        let by_option = self == Self::Never && effect.writes();
        if by_option { Asked::by_option() } else { Asked::not_needed() }
    }

    /// Whether a person has to agree to a rehearsed call, by how many changes it would make and the
    /// worst harm of them.
    pub fn asks_about(self, changes: usize, worst: Class) -> bool {
        let is_asked = match self {
            Self::Never => false,
            Self::Auto => worst != Class::Plain,
            Self::Always => true,
        };
        is_asked && changes > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_asked_about_changes_alone_and_by_the_policy() {
        for worst in Class::ALL {
            for (policy, is_asked) in [
                (Confirm::Auto, worst != Class::Plain),
                (Confirm::Always, true),
                (Confirm::Never, false),
            ] {
                assert!(!policy.asks_about(0, worst), "{policy:?} {worst:?}");
                for changes in [1, 2] {
                    assert_eq!(policy.asks_about(changes, worst), is_asked, "{policy:?} {worst:?}");
                }
            }
        }
    }

    #[test]
    fn a_call_that_is_not_rehearsed_is_settled_by_an_option_or_changes_nothing() {
        for (policy, effect, rehearses, settled) in [
            (Confirm::Auto, Effect::Delete, true, Asked::not_needed()),
            (Confirm::Auto, Effect::Read, false, Asked::not_needed()),
            (Confirm::Always, Effect::Create, true, Asked::not_needed()),
            (Confirm::Always, Effect::Read, false, Asked::not_needed()),
            (Confirm::Never, Effect::Delete, false, Asked::by_option()),
            (Confirm::Never, Effect::Read, false, Asked::not_needed()),
        ] {
            assert_eq!(policy.rehearses(effect), rehearses, "{policy:?} {effect:?}");
            assert_eq!(policy.asked_beforehand(effect), settled, "{policy:?} {effect:?}");
        }
    }
}
