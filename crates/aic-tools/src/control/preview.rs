//! The preview of a call: the changes that it would make, for a person to judge and for a model to
//! read.

mod difference;
mod question;
mod words;

use std::fmt::Write as _;

use aic_api::change::{Change, Verb};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::control::Harm;
use crate::control::harm::{Surroundings, judge};
use crate::outcome::Output;
use crate::outcome::redact;
use crate::outcome::result::drop_items;
pub(crate) use question::question;
pub(crate) use words::effect;

/// A change that would be made, and the harm that it would do.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) change: Change,
    /// The worst first; none where the change is plain.
    pub(crate) harms: Vec<Harm>,
}

impl Judged {
    pub(crate) fn all(changes: Vec<Change>, around: &Surroundings) -> Vec<Self> {
        let judged = |change: Change| Self { harms: judge(&change, around), change };
        changes.into_iter().map(judged).collect()
    }
}

/// A call that was rehearsed and not done.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preview {
    /// Always true: nothing was sent that changes anything.
    dry_run: bool,
    /// The requests that would be sent, in this order.
    would_send: Vec<PreviewedRequest>,
    /// Remarks.
    note: String,
}

/// A request that would be sent.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PreviewedRequest {
    /// The change, in words.
    effect: String,
    /// The harm that it can do, by its kinds, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    harm: Vec<String>,
    /// Its other changes, by relationships.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also_changes: Vec<String>,
    /// The realm.
    #[serde(skip_serializing_if = "Option::is_none")]
    realm: Option<&'static str>,
    /// Method, path and query.
    request: String,
    /// The body.
    #[serde(skip_serializing_if = "Value::is_null")]
    body: Value,
    /// For a replacement: the difference to the present state, as a JSON Patch (RFC 6902).
    #[serde(skip_serializing_if = "Value::is_null")]
    difference: Value,
    /// For a replaced script: the difference between the sources, as a unified diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_difference: Option<String>,
    /// For a deletion: the present state.
    #[serde(skip_serializing_if = "Value::is_null")]
    deletes: Value,
}

impl Preview {
    pub(crate) fn of(judged: &[Judged]) -> Self {
        let would_send: Vec<_> = judged.iter().map(PreviewedRequest::of).collect();
        let note = if would_send.is_empty() {
            "There is nothing to change, so nothing would be sent."
        } else {
            "Nothing was changed: this server was started for a dry run. AIC may still refuse what \
             is shown. Secrets are masked, and so is a difference between them."
        };
        Self { dry_run: true, would_send, note: note.to_owned() }
    }
}

impl Output for Preview {
    fn shorten(&mut self, excess: usize) {
        let before = serde_json::to_string(&self.would_send).map_or(0, |text| text.len());
        for step in &mut self.would_send {
            step.body = Value::Null;
        }
        let after = serde_json::to_string(&self.would_send).map_or(0, |text| text.len());
        self.note.push_str(" Bodies were left out, for length.");
        let saved = before - after;
        if saved < excess {
            let (left, all) = drop_items(&mut self.would_send, excess - saved);
            let _ = write!(self.note, " The first {left} of {all} requests are shown.");
        }
    }
}

impl PreviewedRequest {
    fn of(judged: &Judged) -> Self {
        let Judged { change, harms } = judged;
        let masked = |document: &aic_api::change::Document| {
            let mut value = document.to_value();
            redact::mask(&mut value);
            value
        };
        let body = change.body.as_ref().map(masked).unwrap_or_default();
        let before = change.before.document().map(masked);
        let previous = change.previous().map(|mut previous| {
            redact::mask(&mut previous);
            previous
        });
        let (mut difference, mut source_difference, mut deletes) = (Value::Null, None, Value::Null);
        match (change.verb, before, previous) {
            (Verb::Put, _, Some(previous)) => {
                (difference, source_difference) =
                    difference::between(&change.resource, &previous, &body);
            }
            (Verb::Delete, Some(before), _) => deletes = before,
            _ => {}
        }
        Self {
            effect: effect(change).into_string(),
            harm: harms
                .iter()
                .map(|harm| format!("{}: {}", harm.class.as_str(), harm.why))
                .collect(),
            also_changes: change.ends.iter().map(|end| words::end(end).into_string()).collect(),
            realm: change.resource.realm().map(aic_api::Realm::as_str),
            request: change.request.clone(),
            body,
            difference,
            source_difference,
            deletes,
        }
    }
}

#[cfg(test)]
mod tests;
