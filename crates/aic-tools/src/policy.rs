//! Who is asked before something is changed.

use aic_api::change::{Change, Verb};

use crate::Effect;

/// Which calls a person is asked about first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirm {
    /// Those that may destroy something. Where nobody can be asked, updates pass, and deletions and
    /// what cannot be undone wait for an approval by another way.
    #[default]
    Auto,
    /// All that write.
    Always,
    /// None.
    Never,
}

/// What has to happen before a call is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Nothing.
    NotNeeded,
    /// A person has to say yes to what it would do.
    Asked,
    /// A person has to approve it by another way than the client.
    Approved,
}

impl Confirm {
    /// Whether a call has to be rehearsed, so that what it would do decides or can be shown.
    pub fn rehearses(self, effect: Effect, can_ask: bool) -> bool {
        match self {
            Self::Never => false,
            Self::Always => effect.writes(),
            Self::Auto if can_ask => effect.is_destructive(),
            Self::Auto => matches!(effect, Effect::Delete | Effect::OneWay | Effect::Restore),
        }
    }

    /// What a rehearsed call needs, by what it would do.
    pub fn consent(self, effect: Effect, changes: &[Change], can_ask: bool) -> Consent {
        if changes.is_empty() || !self.rehearses(effect, can_ask) {
            return Consent::NotNeeded;
        }
        // What only adds something loses nothing, whatever the tool might do elsewhere.
        if self == Self::Auto && changes.iter().all(Change::adds) {
            return Consent::NotNeeded;
        }
        if can_ask {
            return Consent::Asked;
        }
        let loses = |change: &Change| matches!(change.verb, Verb::Delete | Verb::Act);
        match (self, effect) {
            // Putting back what was changed is an update, unless it takes something away.
            (Self::Auto, Effect::Restore) if !changes.iter().any(loses) => Consent::NotNeeded,
            _ => Consent::Approved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EFFECTS: [Effect; 7] = [
        Effect::Read,
        Effect::Create,
        Effect::Update,
        Effect::Replace,
        Effect::Delete,
        Effect::OneWay,
        Effect::Restore,
    ];

    fn rehearsed(confirm: Confirm, can_ask: bool) -> Vec<Effect> {
        EFFECTS.into_iter().filter(|effect| confirm.rehearses(*effect, can_ask)).collect()
    }

    #[test]
    fn what_may_destroy_is_asked_about() {
        assert_eq!(rehearsed(Confirm::Auto, true), EFFECTS[2..]);
        assert_eq!(rehearsed(Confirm::Auto, false), EFFECTS[4..]);
        assert_eq!(rehearsed(Confirm::Always, true), EFFECTS[1..]);
        assert_eq!(rehearsed(Confirm::Always, false), EFFECTS[1..]);
        assert_eq!(rehearsed(Confirm::Never, true), []);
    }
}
