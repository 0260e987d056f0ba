//! Hides the secrets in the data of a tenant, and shows the characters that could mislead.
//!
//! Secrets are known by the [names](names) of what they stand in, and by their [shape](shapes) in
//! [texts](text). Characters that are [not seen](unseen) are shown by their code, so that text which
//! users of the tenant have written cannot say one thing to a person and another to a model. Text that
//! was shown so and [comes back](shown) in a change stands for the stored text.

mod names;
mod places;
mod probe;
#[cfg(test)]
mod properties;
mod shapes;
mod shown;
mod text;
mod unseen;
mod walk;
mod words;

use std::borrow::Cow;

use aic_api::change::escaped;
pub use aic_auth::MASK;
use aic_auth::mask_own_tokens;
use serde_json::{Map, Value};

pub(crate) use names::{is_secret, leads_to_secret};
pub(crate) use places::Places;
pub(crate) use probe::Probe;
pub(crate) use shown::{Unknown, take_back, take_back_members};
use text::masked_text;
pub use unseen::reveal;
pub(crate) use unseen::{reveal_members, revealed_text};

/// Masks every secret in a value, in whatever it holds.
pub fn mask(value: &mut Value) {
    walk::value(value, &mut Places::default());
}

/// Masks every secret in the members of an object, but for those of these names, and takes note of
/// where.
pub(crate) fn mask_members(members: &mut Map<String, Value>, but: &[&str], places: &mut Places) {
    walk::members(members, but, places);
}

/// Masks this process's own tokens, in the texts and the names of a value, whatever else is shown.
pub(crate) fn mask_own(value: &mut Value) {
    let is_own = |text: &str| matches!(mask_own_tokens(text), Cow::Owned(_));
    match value {
        Value::Object(members) => {
            if members.keys().any(|name| is_own(name)) {
                let all = std::mem::take(members).into_iter();
                *members =
                    all.map(|(n, member)| (mask_own_tokens(&n).into_owned(), member)).collect();
            }
            members.iter_mut().for_each(|(_, member)| mask_own(member));
        }
        Value::Array(items) => items.iter_mut().for_each(mask_own),
        Value::String(text) => {
            if let Cow::Owned(masked) = mask_own_tokens(text) {
                *text = masked;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Text without its secrets, and with what is not seen shown.
pub(crate) fn clean(text: String) -> String {
    let text = match mask_own_tokens(&text) {
        Cow::Owned(masked) => masked,
        Cow::Borrowed(_) => text,
    };
    let text = masked_text(&text).unwrap_or(text);
    revealed_text(&text).unwrap_or(text)
}

/// Empty, AM's word for empty, a word for yes or no, or a reference to an environment variable or
/// secret that has no text of its own: none of them is a secret.
fn holds_nothing(text: &str) -> bool {
    let text = text.trim();
    matches!(text, "" | "[Empty]" | "true" | "false" | MASK) || is_reference(text)
}

/// Whether a text is a placeholder and nothing else: `&{esv.smtp.password}`. One with a default has
/// that in plain text.
fn is_reference(text: &str) -> bool {
    let name = text.strip_prefix("&{").and_then(|rest| rest.strip_suffix('}'));
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    name.is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_part)
    })
}

/// Where a mask is among a value, as a JSON pointer: what was masked on the way out must not be
/// taken for the real value on the way back.
pub(crate) fn find_mask(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains(MASK).then(String::new),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| find_mask(item).map(|rest| format!("/{index}{rest}"))),
        Value::Object(members) => members.iter().find_map(|(name, member)| {
            find_mask(member).map(|rest| format!("/{}{rest}", escaped(name)))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests;
