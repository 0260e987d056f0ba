//! The definitions of managed object types.

use std::collections::BTreeMap;

use aic_api::change::Change;
use serde_json::Value;

use super::{Class, Harm, after, before};
use crate::outcome::SafeText;

pub(super) fn judge(change: &Change) -> Vec<Harm> {
    let (had, has) = (types(&before(change)), types(&after(change)));
    let mut harms = Vec::new();
    if has.is_empty() {
        return vec![Harm::new(
            Class::Many,
            "every object of the types that it changes follows from it",
        )];
    }
    for (name, definition) in &has {
        let quoted = SafeText::quoted(name);
        let old = had.get(name);
        if old == Some(definition) {
            continue;
        }
        let code = scripts(definition);
        if !code.is_empty() && old.map(scripts).as_ref() != Some(&code) {
            let places: Vec<_> = code.into_keys().collect();
            let places = super::list(&places);
            harms.push(Harm::new(Class::Power, format!("{quoted} runs scripts: {places}")));
        }
        if let Some(old) = old {
            harms.push(Harm::new(Class::Many, format!("every object of {quoted} follows from it")));
            let gone =
                properties(old).into_iter().filter(|one| !properties(definition).contains(one));
            let gone: Vec<_> = gone.collect();
            if !gone.is_empty() {
                let gone = super::list(&gone);
                harms.push(Harm::new(Class::Loss, format!("{quoted} loses {gone}")));
            }
        }
    }
    for name in had.keys().filter(|name| !has.contains_key(*name)) {
        let quoted = SafeText::quoted(name);
        harms
            .push(Harm::new(Class::Many, format!("the objects of {quoted} are out of reach then")));
        harms.push(Harm::new(Class::Loss, format!("the type {quoted} is deleted")));
    }
    harms
}

fn types(document: &Value) -> BTreeMap<String, Value> {
    let types = document["objects"].as_array().into_iter().flatten();
    let named = types.filter_map(|one| Some((one["name"].as_str()?.to_owned(), one.clone())));
    named.collect()
}

fn properties(definition: &Value) -> Vec<String> {
    let properties = definition.pointer("/schema/properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// The scripts in a definition, by where they stand: those of a type (`onCreate` and their like)
/// and of its properties.
fn scripts(definition: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    collect(definition, &mut Vec::new(), &mut found);
    found
}

fn collect(value: &Value, path: &mut Vec<String>, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            let text = |name: &str| members.get(name).is_some_and(Value::is_string);
            let is_script = text("type") && (text("source") || text("file"));
            if is_script {
                found.insert(path.join("/"), value.to_string());
            }
            for (name, member) in members {
                let mut characters = name.strip_prefix("on").into_iter().flat_map(str::chars);
                let is_hook = characters.next().is_some_and(char::is_uppercase);
                path.push(name.clone());
                if is_hook
                    && !member.is_null()
                    && path.first().is_none_or(|first| first != "schema")
                {
                    found.insert(path.join("/"), member.to_string());
                } else {
                    collect(member, path, found);
                }
                path.pop();
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                collect(item, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}
