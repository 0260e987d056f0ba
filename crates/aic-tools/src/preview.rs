//! What a call would change, for a person to judge and for a model to read.

mod difference;
mod subject;

use std::fmt::Write as _;

use aic_api::Resource;
use aic_api::change::{Change, State, Verb};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::redact;
use crate::result::drop_items;
use crate::{Output, Spec};

/// A call that was rehearsed and not done.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preview {
    /// Always true: nothing was sent that changes anything.
    dry_run: bool,
    /// The requests that would be sent, in this order.
    would_send: Vec<Step>,
    /// What to mind.
    note: String,
}

/// A request that would be sent.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Step {
    /// What it does to what.
    effect: String,
    /// The realm.
    #[serde(skip_serializing_if = "Option::is_none")]
    realm: Option<&'static str>,
    /// Method, path and query.
    request: String,
    /// The body.
    #[serde(skip_serializing_if = "Value::is_null")]
    body: Value,
    /// Of what is replaced: the difference to what is there now, as a JSON Patch (RFC 6902).
    #[serde(skip_serializing_if = "Value::is_null")]
    difference: Value,
    /// Of a script that is replaced: the difference between the sources, as a unified diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_difference: Option<String>,
    /// Of what is deleted: what is there now.
    #[serde(skip_serializing_if = "Value::is_null")]
    deletes: Value,
}

impl Preview {
    pub(crate) fn of(changes: &[Change]) -> Self {
        let would_send: Vec<_> = changes.iter().map(Step::of).collect();
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

impl Step {
    fn of(change: &Change) -> Self {
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
            effect: effect(change),
            realm: change.resource.realm().map(aic_api::Realm::as_str),
            request: change.request.clone(),
            body,
            difference,
            source_difference,
            deletes,
        }
    }
}

/// What a change does to what, in words.
pub(crate) fn effect(change: &Change) -> String {
    let what = subject::name(change);
    match (change.verb, &change.before) {
        (Verb::Create, _) | (Verb::Put, State::Absent) => format!("create {what}"),
        (Verb::Put | Verb::Patch, _) => format!("change {what}"),
        (Verb::Delete, _) => format!("delete {what}"),
        (Verb::Act, _) => match change.resource {
            Resource::Feature { .. } => format!("install {what}"),
            _ => format!("enable {what}"),
        },
    }
}

/// What a call would do, as a person is asked about it. Whether it can be undone depends on whether what
/// was there before is `remembered`.
pub(crate) fn question(spec: &Spec, tenant: &str, changes: &[Change], remembered: bool) -> String {
    /// More would not be read.
    const MOST: usize = 10;
    if changes.is_empty() {
        return format!("{} on {tenant} has nothing to change.", spec.name);
    }
    let mut text = format!("{} on {tenant} would", spec.name);
    if let [only] = changes {
        let _ = write!(text, " {}", line(only));
    } else {
        let _ = write!(text, " make {} changes:", changes.len());
        for change in changes.iter().take(MOST) {
            let _ = write!(text, "\n- {}", line(change));
        }
        if changes.len() > MOST {
            let _ = write!(text, "\n- and {} more", changes.len() - MOST);
        }
    }
    text.push('\n');
    text.push_str(&way_back(changes, remembered));
    text
}

fn line(change: &Change) -> String {
    let mut line = effect(change);
    if let Some(realm) = change.resource.realm() {
        let _ = write!(line, ", realm {realm}");
    }
    let details = subject::details(change);
    if !details.is_empty() {
        let _ = write!(line, ": {details}");
    }
    line.push('.');
    line
}

/// Whether it can be undone, and how well.
fn way_back(changes: &[Change], remembered: bool) -> String {
    let one_way = changes.iter().filter(|change| change.verb == Verb::Act).count();
    if one_way > 0 {
        return "It cannot be undone.".to_owned();
    }
    if !remembered {
        return "undoChange cannot undo it: without --undo-dir (AIC_UNDO_DIR) nothing remembers what was \
                there before, and what looks secret is not kept there either."
            .to_owned();
    }
    let lost = |of: fn(&Resource) -> bool| {
        changes.iter().any(|change| change.verb == Verb::Delete && of(&change.resource))
    };
    let mut gone = Vec::new();
    if lost(|resource| matches!(resource, Resource::OAuth2Client { .. })) {
        gone.push("the client's secret");
    }
    if lost(|resource| matches!(resource, Resource::ManagedObject { .. })) {
        gone.push("passwords and relationships");
    }
    let but = if gone.is_empty() {
        String::new()
    } else {
        format!(", but for {}, which are lost for good", gone.join(", "))
    };
    format!("undoChange can undo it{but}, as long as nobody changes it again.")
}
