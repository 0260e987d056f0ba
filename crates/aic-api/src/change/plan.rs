use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Change, Journal, State};
use crate::{ApiError, Resource};

/// The requests that a call would send, and the state in which it would find the resources that it
/// changes. Whoever lets the call through has looked at its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan(Vec<PlannedChange>);

/// A request that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PlannedChange {
    resource: Resource,
    /// Method, path, query and body.
    request: [u8; 32],
    /// The state before.
    state: [u8; 32],
}

impl Plan {
    /// The plan of these changes.
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let step = |change: &Change| PlannedChange {
            resource: change.resource.clone(),
            request: hash_request(change),
            state: hash(&change.before),
        };
        Self(changes.into_iter().map(step).collect())
    }

    /// A value that another plan has only if it changes the same, found in the same state.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut steps: Vec<_> = self
            .0
            .iter()
            .map(|step| {
                let mut hash = Sha256::new();
                hash.update(step.resource.path().as_str());
                hash.update([0]);
                hash.update(step.request);
                hash.update(step.state);
                <[u8; 32]>::from(hash.finalize())
            })
            .collect();
        // Changes that are made side by side come in any order.
        steps.sort_unstable();
        let mut all = Sha256::new();
        for step in steps {
            all.update(step);
        }
        all.finalize().into()
    }

    /// Objects to a change that is not part of the plan, or that would find another state.
    pub(crate) fn check(&self, change: &Change, journal: &Journal) -> Result<(), ApiError> {
        // The call may put right a resource that it has added or changed itself.
        if journal.has_written(&change.resource) {
            return Ok(());
        }
        let (request, state) = (hash_request(change), hash(&change.before));
        let mut planned = self.0.iter().filter(|step| step.resource == change.resource);
        let sent = |step: &&PlannedChange| step.request == request;
        let what = || change.resource.to_string();
        match planned.clone().find(sent) {
            Some(_) if planned.any(|step| step.request == request && step.state == state) => Ok(()),
            Some(_) => Err(ApiError::NotAsPlanned { what: what(), changed: true }),
            // With another state, another request follows from it.
            None if planned.any(|step| step.state != state) => {
                Err(ApiError::NotAsPlanned { what: what(), changed: true })
            }
            None => Err(ApiError::NotAsPlanned { what: what(), changed: false }),
        }
    }
}

fn hash_request(change: &Change) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(&change.request);
    hash.update([0]);
    if let Some(body) = &change.body {
        add(&mut hash, &body.to_value(), false);
    }
    hash.finalize().into()
}

fn hash(state: &State) -> [u8; 32] {
    let mut hash = Sha256::new();
    match state {
        State::Absent => hash.update([0]),
        State::Unknown => hash.update([1]),
        State::Is(document) => {
            hash.update([2]);
            add(&mut hash, &document.to_value(), true);
        }
    }
    hash.finalize().into()
}

/// Adds a value to a hash, whatever the order of its members. Encrypted forms are left out of a value
/// that was read: they may differ each time.
fn add(hash: &mut Sha256, value: &Value, is_read: bool) {
    match value {
        Value::Object(members) if is_read && members.contains_key("$crypto") => {
            hash.update("$crypto");
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members
                .iter()
                .filter(|(name, _)| !(is_read && name.ends_with("-encrypted")))
                .collect();
            members.sort_by_key(|(name, _)| name.as_str());
            hash.update("{");
            for (name, member) in members {
                add(hash, &Value::String(name.clone()), is_read);
                add(hash, member, is_read);
            }
            hash.update("}");
        }
        Value::Array(items) => {
            hash.update("[");
            for item in items {
                add(hash, item, is_read);
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
    use crate::http::Request;

    fn state(value: &Value) -> State {
        State::Is(Document::from(value))
    }

    fn change(id: &str, body: &Value, before: State) -> Change {
        let resource = Resource::Variable { id: id.parse().unwrap() };
        let request = Request::write(reqwest::Method::PUT, resource.clone()).json(body);
        Change::new(&request, resource, before)
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
        let value = json!({ "valueBase64": "eA==" });
        let plan = Plan::of(&[change("esv-a", &value, before.clone())]);
        assert!(plan.check(&change("esv-a", &value, before.clone()), &journal).is_ok());
        for (id, value, state, is_changed) in [
            ("esv-a", &value, state(&json!({ "v": 2 })), true),
            ("esv-a", &value, State::Absent, true),
            ("esv-a", &value, State::Unknown, true),
            ("esv-a", &json!({ "valueBase64": "eQ==" }), before.clone(), false),
            ("esv-a", &json!({ "valueBase64": "eQ==" }), state(&json!({ "v": 2 })), true),
            ("esv-b", &value, before.clone(), false),
        ] {
            let error = plan.check(&change(id, value, state), &journal).unwrap_err();
            let is =
                matches!(error, ApiError::NotAsPlanned { changed, .. } if changed == is_changed);
            assert!(is, "{id}: {error}");
        }
    }

    #[test]
    fn plans_are_alike_whatever_their_order() {
        let of = |id: &str, value: u8| change(id, &json!({ "v": value }), State::Absent);
        let fingerprint = |changes: &[Change]| Plan::of(changes).fingerprint();
        let both = fingerprint(&[of("esv-a", 1), of("esv-b", 2)]);
        assert_eq!(both, fingerprint(&[of("esv-b", 2), of("esv-a", 1)]));
        assert_ne!(both, fingerprint(&[of("esv-a", 2), of("esv-b", 1)]));
    }
}
