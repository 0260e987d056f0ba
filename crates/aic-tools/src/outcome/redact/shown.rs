//! Values that come back from a model as they were shown to it.
//!
//! A model that changes a part of what it has read gives the rest back as it was shown: with masks
//! in place of secrets, and codes in place of characters that nobody sees. Where the stored value is
//! at hand, both stand for what is stored there.

use std::collections::{HashMap, VecDeque};

use aic_api::change::escaped;
use serde_json::{Map, Value};

use super::unseen::with_characters;
use super::{MASK, mask, revealed_text};
use crate::outcome::ToolError;

/// A mask that stands for nothing that is stored, and where: a JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unknown(pub(crate) String);

/// Puts what is stored back in place of what was shown for it. `name` is the name of the member that
/// the value is of, where it is of one.
///
/// # Errors
///
/// [`Unknown`], where a mask is left.
pub(crate) fn take_back(name: &str, new: &mut Value, stored: &Value) -> Result<(), Unknown> {
    let mut around = Map::new();
    around.insert(name.to_owned(), stored.clone());
    let mut shown = Value::Object(around);
    mask(&mut shown);
    let shown = shown.get_mut(name).map(Value::take).unwrap_or_default();
    back(new, &shown, stored)
}

/// The same for the members that are to be changed of a stored object, given as `parameter`.
///
/// # Errors
///
/// A refusal, where a mask is left.
pub(crate) fn take_back_members(
    parameter: &str,
    new: &mut Map<String, Value>,
    stored: &Map<String, Value>,
) -> Result<(), ToolError> {
    let mut shown = Value::Object(stored.clone());
    mask(&mut shown);
    let mut all = Value::Object(std::mem::take(new));
    let taken = back(&mut all, &shown, &Value::Object(stored.clone()));
    taken.map_err(|unknown| ToolError::unknown_mask(parameter, &unknown))?;
    if let Value::Object(all) = all {
        *new = all;
    }
    Ok(())
}

/// `shown` is `stored` with its secrets masked.
fn back(new: &mut Value, shown: &Value, stored: &Value) -> Result<(), Unknown> {
    if is_as_shown(new, shown) {
        *new = stored.clone();
        return Ok(());
    }
    match (&mut *new, shown, stored) {
        (Value::Object(new), Value::Object(shown), Value::Object(stored)) => {
            for (name, value) in new.iter_mut() {
                let Some(name_stored) = stored_name(name, stored) else {
                    refuse_masks(value).map_err(|unknown| unknown.below(name))?;
                    continue;
                };
                back(value, &shown[name_stored], &stored[name_stored])
                    .map_err(|unknown| unknown.below(name))?;
            }
            Ok(())
        }
        (Value::Array(new), Value::Array(shown), Value::Array(stored)) => items(new, shown, stored),
        (Value::String(text), Value::String(shown), Value::String(stored)) => {
            *text = text_back(text, shown, stored).ok_or(Unknown(String::new()))?;
            Ok(())
        }
        _ => refuse_masks(new),
    }
}

/// Items may have moved: one that is as it was shown is the one that was shown so, and another one
/// is matched by what names it, or by its place where their number is the same.
fn items(new: &mut [Value], shown: &[Value], stored: &[Value]) -> Result<(), Unknown> {
    let same_number = new.len() == shown.len();
    for (index, item) in new.iter_mut().enumerate() {
        let is_same = |at: &usize| is_as_shown(item, &shown[*at]);
        let at = Some(index).filter(|at| *at < shown.len()).filter(is_same);
        let at = at.or_else(|| (0..shown.len()).find(is_same));
        let at = at.or_else(|| (0..shown.len()).find(|at| is_named_alike(item, &shown[*at])));
        let at = at.or_else(|| (same_number && !item.is_object()).then_some(index));
        let taken = match at {
            Some(at) => back(item, &shown[at], &stored[at]),
            None => refuse_masks(item),
        };
        taken.map_err(|unknown| unknown.below(&index.to_string()))?;
    }
    Ok(())
}

fn is_named_alike(one: &Value, other: &Value) -> bool {
    let name = |value: &Value| {
        let member = |name| value.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        member("_id").or_else(|| member("id")).or_else(|| member("name"))
    };
    name(one).is_some_and(|own| name(other) == Some(own))
}

fn is_as_shown(new: &Value, shown: &Value) -> bool {
    match (new, shown) {
        (Value::String(new), Value::String(shown)) => {
            new == shown || revealed_text(shown).is_some_and(|revealed| *new == revealed)
        }
        (Value::Array(new), Value::Array(shown)) => {
            new.len() == shown.len()
                && new.iter().zip(shown).all(|(new, shown)| is_as_shown(new, shown))
        }
        (Value::Object(new), Value::Object(shown)) => {
            new.len() == shown.len()
                && new.iter().all(|(name, value)| {
                    shown.get(name).is_some_and(|shown| is_as_shown(value, shown))
                })
        }
        (new, shown) => new == shown,
    }
}

fn stored_name<'a>(name: &'a str, stored: &Map<String, Value>) -> Option<&'a str> {
    stored.contains_key(name).then_some(name)
}

fn refuse_masks(value: &Value) -> Result<(), Unknown> {
    super::find_mask(value).map_or(Ok(()), |place| Err(Unknown(place)))
}

impl Unknown {
    fn below(self, name: &str) -> Self {
        Self(format!("/{}{}", escaped(name), self.0))
    }
}

/// The text with what is stored in place of masks and codes; `None` where a mask is left over.
fn text_back(new: &str, shown: &str, stored: &str) -> Option<String> {
    let parsed = |text: &str| {
        let is_json = text.trim_start().starts_with(['{', '[']);
        is_json.then(|| serde_json::from_str::<Value>(text).ok()).flatten()
    };
    if let (true, Some(mut inner), Some(stored)) = (new.contains(MASK), parsed(new), parsed(stored))
    {
        let mut shown = stored.clone();
        mask(&mut shown);
        back(&mut inner, &shown, &stored).ok()?;
        return Some(inner.to_string());
    }
    let secrets = secrets(shown, stored)?;
    Lines::of(shown, &secrets, stored).take_back(new)
}

/// The part of the stored text that each mask in the shown text stands for. `None` where the shown text
/// was written anew, and so is not the stored one with masks in it.
fn secrets<'a>(shown: &str, stored: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = shown.split(MASK);
    let mut rest = stored.strip_prefix(parts.next()?)?;
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty().then(Vec::new) };
    let mut secrets = Vec::new();
    for part in parts {
        // Something is masked, so the next part does not follow at once.
        let skipped = rest.chars().next()?.len_utf8();
        let at = if part.is_empty() { skipped } else { rest[skipped..].find(part)? + skipped };
        secrets.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    secrets.push(rest.strip_suffix(last)?);
    Some(secrets)
}

/// The lines of a text as they were shown, and what each of them stands for.
struct Lines<'a> {
    all: Vec<Line<'a>>,
    /// Where a line that was shown so is, and stays the next one when it comes again.
    by_text: HashMap<String, VecDeque<usize>>,
    stored: &'a str,
}

struct Line<'a> {
    text: String,
    original: String,
    secrets: &'a [&'a str],
}

impl<'a> Lines<'a> {
    fn of(shown: &str, mut secrets: &'a [&'a str], stored: &'a str) -> Self {
        let mut lines = Vec::new();
        let mut by_text: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (index, line) in shown.split('\n').enumerate() {
            let (own, others) = secrets.split_at(line.matches(MASK).count().min(secrets.len()));
            secrets = others;
            let mut original = String::new();
            for (number, part) in line.split(MASK).enumerate() {
                let before = number.checked_sub(1).and_then(|number| own.get(number));
                original.push_str(before.unwrap_or(&""));
                original.push_str(part);
            }
            let text = revealed_text(line).unwrap_or_else(|| line.to_owned());
            by_text.entry(text.clone()).or_default().push_back(index);
            lines.push(Line { text, original, secrets: own });
        }
        Self { all: lines, by_text, stored }
    }

    fn take_back(mut self, new: &str) -> Option<String> {
        let mut result = String::with_capacity(new.len());
        for (index, line) in new.split('\n').enumerate() {
            if index > 0 {
                result.push('\n');
            }
            if let Some(known) = self.known(line) {
                result.push_str(&self.all[known].original);
            } else {
                result.push_str(&self.changed(line)?);
            }
        }
        Some(result)
    }

    /// The line that was shown so: the first one that did not come back yet, or else the last one.
    fn known(&mut self, line: &str) -> Option<usize> {
        let all = self.by_text.get_mut(line)?;
        if all.len() > 1 { all.pop_front() } else { all.front().copied() }
    }

    /// A line that was not shown so. A mask in it stands for what it stood for in a line that is the
    /// same before or after it.
    fn changed(&self, line: &str) -> Option<String> {
        let mut parts = line.split(MASK);
        let mut result = self.characters(parts.next()?);
        let mut at = 0;
        for part in parts {
            at += line[at..].find(MASK)?;
            let secret = self.secret(&line[..at], &line[at + MASK.len()..])?;
            result.push_str(secret);
            result.push_str(&self.characters(part));
            at += MASK.len();
        }
        Some(result)
    }

    fn characters(&self, text: &str) -> String {
        with_characters(text, |c| self.stored.contains(c))
    }

    fn secret(&self, before: &str, after: &str) -> Option<&'a str> {
        let mut places = self.all.iter().flat_map(|line| {
            line.text.match_indices(MASK).zip(line.secrets).map(move |((at, _), secret)| {
                (&line.text[..at], &line.text[at + MASK.len()..], *secret)
            })
        });
        // Signs alone stand before and after many things.
        let same = |text: &str, other: &str| text.contains(char::is_alphanumeric) && text == other;
        let found = places.clone().find(|(start, _, _)| same(start, before));
        found.or_else(|| places.find(|(_, end, _)| same(end, after))).map(|(_, _, secret)| secret)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::outcome::redact::reveal;

    /// A stored value as a model sees it.
    fn shown(stored: &Value) -> Value {
        let mut shown = json!({ "stored": stored });
        mask(&mut shown);
        reveal(&mut shown);
        shown["stored"].take()
    }

    fn taken_back(mut new: Value, stored: &Value) -> Result<Value, Unknown> {
        take_back("stored", &mut new, stored).map(|()| new)
    }

    #[test]
    fn what_was_not_touched_is_as_it_was() {
        let stored = json!({
            "password": "canary",
            "pins": [1234, { "b": "c\u{200b}" }],
            "text": "a {\"password\":\"x\"} b\u{202e}\nliteral ⟦U+202E⟧",
            "json": r#"{"n":1,"clientSecret":"canary"}"#,
            "list": [{ "_id": "1", "secret": "one" }, { "_id": "2", "secret": "two" }],
        });
        let mut new = shown(&stored);
        assert_eq!(taken_back(new.clone(), &stored).unwrap(), stored);

        new["list"].as_array_mut().unwrap().reverse();
        new["list"][0]["n"] = 1.into();
        new["json"] = r#"{"clientSecret":"[masked]","n":2}"#.into();
        let expected = json!({
            "password": "canary",
            "pins": [1234, { "b": "c\u{200b}" }],
            "text": "a {\"password\":\"x\"} b\u{202e}\nliteral ⟦U+202E⟧",
            "json": r#"{"clientSecret":"canary","n":2}"#,
            "list": [{ "_id": "2", "secret": "two", "n": 1 }, { "_id": "1", "secret": "one" }],
        });
        assert_eq!(taken_back(new, &stored).unwrap(), expected);
    }

    #[test]
    fn a_text_differs_from_the_stored_one_by_what_was_changed() {
        let key = "-----BEGIN PRIVATE KEY-----\nMIICANARY\n-----END PRIVATE KEY-----";
        let stored = format!("// a\u{200b}b\nvar key = `{key}`;\nvar other = '{key}';\nrun();");
        let mut new = shown(&json!(stored)).as_str().unwrap().to_owned();
        assert_eq!(new, "// a⟦U+200B⟧b\nvar key = `[masked]`;\nvar other = '[masked]';\nrun();");
        new = new.replace("run();", "walk('⟦U+200B⟧⟦U+202E⟧');").replace("`;", "`; // key");
        let expected = stored
            .replace("run();", "walk('\u{200b}⟦U+202E⟧');")
            .replace(&format!("`{key}`;"), &format!("`{key}`; // key"));
        assert_eq!(taken_back(json!(new), &json!(stored)).unwrap(), json!(expected));
    }

    #[test]
    fn a_mask_that_stands_for_nothing_is_refused() {
        let stored = json!({ "password": "canary", "name": "x", "keys": ["a"],
            "script": "var key = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln`;" });
        for (new, place) in [
            (json!({ "name": "[masked]" }), "/name"),
            (json!({ "other": { "a/b": "[masked]" } }), "/other/a~1b"),
            (json!({ "password": "a [masked]" }), "/password"),
            (json!({ "keys": ["b", "[masked]"] }), "/keys/1"),
            (json!({ "script": "var other = `[masked]`;" }), "/script"),
        ] {
            assert_eq!(taken_back(new, &stored), Err(Unknown(place.to_owned())));
        }
    }
}
