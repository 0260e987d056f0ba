use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Change, Journal, State};
use crate::{ApiError, Resource};

/// What a call would change, and in which state it would find it: what somebody has looked at who
/// lets it through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan(Vec<(Resource, [u8; 32])>);

impl Plan {
    /// The plan of these changes.
    pub fn of(changes: &[Change]) -> Self {
        let mut steps: Vec<(Resource, [u8; 32])> = Vec::new();
        for change in changes {
            // Of what is changed twice, the first look counts.
            if !steps.iter().any(|(resource, _)| *resource == change.resource) {
                steps.push((change.resource.clone(), hash(&change.before)));
            }
        }
        Self(steps)
    }

    /// A value that another plan has only if it changes the same, found in the same state.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut steps: Vec<_> = self
            .0
            .iter()
            .map(|(resource, state)| {
                let mut step = Sha256::new();
                step.update(resource.path().as_str());
                step.update([0]);
                step.update(state);
                <[u8; 32]>::from(step.finalize())
            })
            .collect();
        // What is changed side by side comes in any order.
        steps.sort_unstable();
        let mut all = Sha256::new();
        for step in steps {
            all.update(step);
        }
        all.finalize().into()
    }

    /// Objects to a change that is not part of the plan, or that would find another state.
    pub(crate) fn check(
        &self,
        resource: &Resource,
        before: &State,
        journal: &Journal,
    ) -> Result<(), ApiError> {
        // What the call itself has added or changed it may put right.
        if journal.has_written(resource) {
            return Ok(());
        }
        match self.0.iter().find(|(planned, _)| planned == resource) {
            Some((_, state)) if *state == hash(before) => Ok(()),
            Some(_) => Err(ApiError::NotAsPlanned { what: resource.to_string(), changed: true }),
            None => Err(ApiError::NotAsPlanned { what: resource.to_string(), changed: false }),
        }
    }
}

fn hash(state: &State) -> [u8; 32] {
    let mut hash = Sha256::new();
    match state {
        State::Absent => hash.update([0]),
        State::Unknown => hash.update([1]),
        State::Is(document) => {
            hash.update([2]);
            add(&mut hash, &document.to_value());
        }
    }
    hash.finalize().into()
}

/// Adds a value to a hash, whatever the order of its members. Encrypted forms are left out: they
/// may differ each time they are read.
fn add(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Object(members) if members.contains_key("$crypto") => hash.update("$crypto"),
        Value::Object(members) => {
            let mut members: Vec<_> =
                members.iter().filter(|(name, _)| !name.ends_with("-encrypted")).collect();
            members.sort_by_key(|(name, _)| name.as_str());
            hash.update("{");
            for (name, member) in members {
                add(hash, &Value::String(name.clone()));
                add(hash, member);
            }
            hash.update("}");
        }
        Value::Array(items) => {
            hash.update("[");
            for item in items {
                add(hash, item);
            }
            hash.update("]");
        }
        scalar => hash.update(format!("{scalar},")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::change::Document;

    fn state(value: &Value) -> State {
        State::Is(Document::from(value))
    }

    fn variable(id: &str) -> Resource {
        Resource::Variable { id: id.parse().unwrap() }
    }

    #[test]
    fn the_order_of_members_and_encrypted_forms_do_not_matter() {
        let one =
            json!({ "a": 1, "b": [{ "x": null, "y-encrypted": "1" }], "c": { "$crypto": 1 } });
        let other =
            json!({ "c": { "$crypto": 2 }, "b": [{ "y-encrypted": "2", "x": null }], "a": 1 });
        assert_eq!(hash(&state(&one)), hash(&state(&other)));
        for different in [json!({ "a": 1 }), json!({ "a": "1", "b": one["b"], "c": one["c"] })] {
            assert_ne!(hash(&state(&one)), hash(&state(&different)));
        }
        assert_ne!(hash(&State::Absent), hash(&State::Unknown));
    }

    #[test]
    fn a_plan_is_held_to_what_it_names_in_the_state_it_was_seen_in() {
        let journal = Journal::default();
        let before = state(&json!({ "v": 1 }));
        let plan = Plan(vec![(variable("esv-a"), hash(&before))]);
        assert!(plan.check(&variable("esv-a"), &before, &journal).is_ok());
        for (id, state) in [
            ("esv-a", state(&json!({ "v": 2 }))),
            ("esv-a", State::Absent),
            ("esv-a", State::Unknown),
            ("esv-b", before.clone()),
        ] {
            assert!(plan.check(&variable(id), &state, &journal).is_err(), "{id} {state:?}");
        }
    }

    #[test]
    fn plans_are_alike_whatever_their_order() {
        let (a, b) = ((variable("esv-a"), [1; 32]), (variable("esv-b"), [2; 32]));
        let plan = Plan(vec![a.clone(), b.clone()]);
        assert_eq!(plan.fingerprint(), Plan(vec![b.clone(), a.clone()]).fingerprint());
        assert_ne!(plan.fingerprint(), Plan(vec![(a.0, [2; 32]), (b.0, [1; 32])]).fingerprint());
    }
}
