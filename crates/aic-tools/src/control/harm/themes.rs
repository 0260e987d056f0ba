//! The themes of all realms, which stand in one document.

use aic_api::change::Change;
use serde_json::{Map, Value};

use super::{Class, Harm, before, body};
use crate::outcome::SafeText;

pub(super) fn judge(change: &Change) -> Vec<Harm> {
    let (had, has) = (before(change), body(change));
    let mut harms = Vec::new();
    let mut realms: Vec<_> = [&had, &has]
        .into_iter()
        .flat_map(|document| document["realm"].as_object().into_iter().flatten())
        .map(|(realm, _)| realm.clone())
        .collect();
    realms.sort();
    realms.dedup();
    for realm in realms {
        let (had, has) = (themes(&had, &realm), themes(&has, &realm));
        for theme in &has {
            let old = had.iter().find(|old| key(old) == key(theme));
            if old != Some(theme) {
                judge_theme(old.copied(), theme, &realm, &mut harms);
            }
        }
        for theme in had.iter().filter(|old| !has.iter().any(|one| key(one) == key(old))) {
            let name = name(theme);
            harms.push(Harm::new(Class::Loss, format!("the theme {name} of {realm} is deleted")));
            if is_shown(theme) {
                harms.push(Harm::new(Class::Many, format!("{name} is {}", where_shown(theme))));
            }
        }
    }
    harms
}

fn judge_theme(
    old: Option<&Map<String, Value>>,
    theme: &Map<String, Value>,
    realm: &str,
    harms: &mut Vec<Harm>,
) {
    let name = name(theme);
    let code = markup(theme);
    let was_shown = old.is_some_and(is_shown);
    if is_shown(theme)
        && !code.is_empty()
        && !(was_shown && old.map(markup).as_ref() == Some(&code))
    {
        let (shown, fields) = (where_shown(theme), code.iter().map(|(field, _)| field.clone()));
        let fields = super::list(&fields.collect::<Vec<_>>());
        harms.push(Harm::new(
            Class::LiveCode,
            format!("{name} is {shown} and has code in {fields}"),
        ));
    }
    let is_default =
        |theme: &Map<String, Value>| theme.get("isDefault") == Some(&Value::Bool(true));
    if is_default(theme) || old.is_some_and(is_default) {
        harms.push(Harm::new(Class::Many, format!("{name} is the default theme of {realm}")));
    }
    if let Some(old) = old {
        let says = |value: &Value| !(value.is_null() || value.as_str() == Some(""));
        let gone = old.iter().filter(|(field, value)| says(value) && !theme.contains_key(*field));
        let gone: Vec<_> = gone.map(|(field, _)| field.clone()).collect();
        if !gone.is_empty() {
            harms.push(Harm::new(Class::Loss, format!("{name} loses {}", super::list(&gone))));
        }
    }
}

fn themes<'a>(document: &'a Value, realm: &str) -> Vec<&'a Map<String, Value>> {
    let list = document["realm"].get(realm).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object).collect()
}

fn key(theme: &Map<String, Value>) -> Option<&Value> {
    theme.get("_id").or_else(|| theme.get("name"))
}

fn name(theme: &Map<String, Value>) -> SafeText {
    SafeText::quoted(theme.get("name").and_then(Value::as_str).unwrap_or("without a name"))
}

fn linked(theme: &Map<String, Value>) -> Vec<String> {
    let trees = theme.get("linkedTrees").and_then(Value::as_array).into_iter().flatten();
    trees.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Whether people see it.
fn is_shown(theme: &Map<String, Value>) -> bool {
    theme.get("isDefault") == Some(&Value::Bool(true)) || !linked(theme).is_empty()
}

fn where_shown(theme: &Map<String, Value>) -> String {
    if theme.get("isDefault") == Some(&Value::Bool(true)) {
        return "the default theme".to_owned();
    }
    format!("linked to {}", super::list(&linked(theme)))
}

/// The fields with markup that runs code.
fn markup(theme: &Map<String, Value>) -> Vec<(String, String)> {
    let texts = theme.iter().filter_map(|(field, value)| Some((field, value.as_str()?)));
    let with_code = texts.filter(|(_, text)| runs_code(text));
    with_code.map(|(field, text)| (field.clone(), text.to_owned())).collect()
}

/// Whether markup has scripts, handlers of events, or links that are code.
fn runs_code(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let has_handler = || {
        text.match_indices("on").any(|(at, _)| {
            let is_start =
                text[..at].ends_with(|one: char| one.is_whitespace() || "/\"'".contains(one));
            let name = text[at + 2..].trim_start_matches(|one: char| one.is_ascii_lowercase());
            is_start && name.len() < text.len() - at - 2 && name.trim_start().starts_with('=')
        })
    };
    ["<script", "javascript:", "<iframe", "<object", "<embed", "srcdoc"]
        .iter()
        .any(|sign| text.contains(sign))
        || has_handler()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_that_runs_code_is_known() {
        for code in [
            "<SCRIPT src=x>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"JavaScript:x\">",
            "<svg/onload = x>",
        ] {
            assert!(runs_code(code), "{code}");
        }
        for text in ["<p>Sign on = simple</p>", "<b>once</b>", "#ff0000", "description"] {
            assert!(!runs_code(text), "{text}");
        }
    }
}
