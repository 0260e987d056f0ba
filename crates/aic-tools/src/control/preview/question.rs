//! The question to a person about a call: all that the call would do.

use aic_api::Resource;
use aic_api::change::{Change, Document, Verb};
use serde_json::Value;

use super::Judged;
use super::difference::{self, source_of, unified};
use super::words::{effect, end, readable};
use crate::control::harm::worst;
use crate::outcome::{SafeText, redact};
use crate::tool::Spec;

/// Texts that are longer than this, or have several lines, are compared line by line.
const LONG: usize = 200;

/// The question about a call, with the worst change first. It says that a change can be undone only
/// where the state before the change is `remembered`.
pub(crate) fn question(spec: &Spec, tenant: &str, judged: &[Judged], remembered: bool) -> SafeText {
    let name = spec.name;
    if judged.is_empty() {
        return SafeText::line(format!("{name} on {tenant} has nothing to change."));
    }
    let mut text = match judged.len() {
        1 => SafeText::line(format!("{name} on {tenant} would")),
        several => SafeText::line(format!("{name} on {tenant} would make {several} changes:")),
    };
    let mut ordered: Vec<_> = judged.iter().collect();
    ordered.sort_by_key(|judged| worst(&judged.harms));
    for judged in ordered {
        for line in lines(judged) {
            text.push_line(&line);
        }
    }
    text.push_line(&SafeText::line(way_back(judged, remembered)));
    text
}

/// A change: what it does to what, why that is asked about, and all that it sends.
fn lines(judged: &Judged) -> Vec<SafeText> {
    let Judged { change, harms } = judged;
    let mut head = SafeText::line("- ");
    head.push(&effect(change));
    let mut lines = vec![head];
    for harm in harms {
        let mut line = SafeText::line(format!("  {}: ", harm.class.as_str()));
        line.push(&harm.why);
        lines.push(line);
    }
    lines.extend(content(change).into_iter().map(|line| indented(&line)));
    if !change.ends.is_empty() {
        lines.push(SafeText::line("  It changes, by relationships:"));
        lines.extend(change.ends.iter().map(|one| {
            let mut line = SafeText::line("    ");
            line.push(&end(one));
            line
        }));
    }
    lines
}

fn indented(line: &SafeText) -> SafeText {
    let mut text = SafeText::line("  ");
    text.push(line);
    text
}

/// The body, in full.
fn content(change: &Change) -> Vec<SafeText> {
    let shown = |document: Option<&Document>| {
        let mut value = document.map(Document::to_value).unwrap_or_default();
        redact::mask(&mut value);
        readable(&change.resource, &mut value);
        value
    };
    let (before, body) = (shown(change.before.document()), shown(change.body.as_ref()));
    match (change.verb, &body) {
        (Verb::Patch, Value::Array(operations)) => {
            operations.iter().flat_map(|one| operation(one, &before)).collect()
        }
        (Verb::Put, Value::Object(_)) if before.is_object() => replaced(change, &body),
        (Verb::Create | Verb::Put | Verb::Act, Value::Object(members)) => {
            members.iter().flat_map(|(name, value)| member(&change.resource, name, value)).collect()
        }
        _ => Vec::new(),
    }
}

/// A member of a new resource. A text of several lines is shown line by line.
fn member(resource: &Resource, name: &str, value: &Value) -> Vec<SafeText> {
    let source = (name == "script").then(|| source_of(resource, value)).flatten();
    let text = source.as_deref().or(value.as_str()).filter(|text| text.contains('\n'));
    let mut line = SafeText::quoted(name);
    match text {
        None => {
            line.push(&SafeText::line(": "));
            line.push(&source.map_or_else(|| json(value), SafeText::quoted));
            vec![line]
        }
        Some(text) => {
            line.push(&SafeText::line(":"));
            let mut lines = vec![line];
            lines.extend(text.lines().map(|line| SafeText::line(format!("  + {line}"))));
            lines
        }
    }
}

/// An operation of a CREST patch, with the value that it takes the place of.
fn operation(operation: &Value, before: &Value) -> Vec<SafeText> {
    let text = |name: &str| operation[name].as_str().unwrap_or_default();
    let (verb, field) = (text("operation"), text("field"));
    let mut line = SafeText::line(format!("{verb} "));
    line.push(&SafeText::quoted(field));
    if let Some(from) = operation.get("from").and_then(Value::as_str) {
        line.push(&SafeText::line(" from "));
        line.push(&SafeText::quoted(from));
    }
    let old = before.pointer(field).filter(|_| matches!(verb, "replace" | "remove" | "add"));
    match (old, operation.get("value")) {
        (Some(Value::String(old)), Some(Value::String(new))) if is_long(old) || is_long(new) => {
            line.push(&SafeText::line(":"));
            let mut lines = vec![line];
            lines.extend(unified(old, new).lines().map(SafeText::line));
            return lines;
        }
        (old, value) => {
            if let Some(value) = value {
                line.push(&SafeText::line(": "));
                line.push(&json(value));
            }
            if let Some(old) = old.filter(|_| verb != "add") {
                line.push(&SafeText::line(" (was "));
                line.push(&json(old));
                line.push(&SafeText::line(")"));
            }
        }
    }
    vec![line]
}

/// The difference between what is there and what takes its place.
fn replaced(change: &Change, body: &Value) -> Vec<SafeText> {
    let mut previous = change.previous().unwrap_or_default();
    redact::mask(&mut previous);
    let (patch, source) = difference::between(&change.resource, &previous, body);
    readable(&change.resource, &mut previous);
    let steps = patch.as_array().into_iter().flatten();
    let mut lines: Vec<_> = steps.flat_map(|step| in_crest(step, &previous)).collect();
    lines.extend(source.iter().flat_map(|source| source.lines()).map(SafeText::line));
    lines
}

/// An operation of RFC 6902 in the form of a CREST operation, which names things as people see
/// them here.
fn in_crest(step: &Value, before: &Value) -> Vec<SafeText> {
    let mut rewritten = step.clone();
    if let Value::Object(members) = &mut rewritten {
        for (from, to) in [("op", "operation"), ("path", "field")] {
            if let Some(value) = members.shift_remove(from) {
                members.insert(to.to_owned(), value);
            }
        }
    }
    operation(&rewritten, before)
}

fn is_long(text: &str) -> bool {
    text.contains('\n') || text.chars().count() > LONG
}

fn json(value: &Value) -> SafeText {
    SafeText::line(value)
}

/// Whether it can be undone, and how well.
fn way_back(judged: &[Judged], remembered: bool) -> String {
    let changes = || judged.iter().map(|judged| &judged.change);
    if changes().any(|change| change.verb == Verb::Act) {
        return "It cannot be undone.".to_owned();
    }
    if !remembered {
        return "undoChange cannot undo it: without --undo-dir (AIC_UNDO_DIR) and a keychain nothing \
                remembers what was there before, and what looks secret is not kept there either."
            .to_owned();
    }
    let deletes = |of: fn(&Resource) -> bool| {
        changes().any(|change| change.verb == Verb::Delete && of(&change.resource))
    };
    let mut gone = Vec::new();
    if deletes(|resource| matches!(resource, Resource::OAuth2Client { .. })) {
        gone.push("the client's secret");
    }
    if deletes(|resource| matches!(resource, Resource::ManagedObject { .. })) {
        gone.push("passwords");
    }
    let but = if gone.is_empty() {
        String::new()
    } else {
        format!(", but for {}, which are lost for good", gone.join(" and "))
    };
    format!("undoChange can undo it{but}, as long as nobody changes it again.")
}
