//! The attributes that AM knows of a resource, and those of a request that it does not.

use serde_json::{Map, Value};

/// The members that AM adds to its answers, and takes back as they are.
const ITS_OWN: [&str; 3] = ["_id", "_type", "_outcomes"];

/// The attributes that there are, where an answer lists them.
pub(super) fn valid(detail: &Value) -> Option<Vec<String>> {
    let names = detail.get("validAttributes")?.as_array()?;
    Some(names.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
}

pub(super) fn is_invalid(valid: &[String], name: &str) -> bool {
    !ITS_OWN.contains(&name) && valid.iter().all(|valid| valid != name)
}

/// The attributes of a request that are not among the valid ones. AM does not say what they are the
/// attributes of: the resource, a section of it, or something within it. A part without any valid
/// attribute is not the one that AM means, and is left out.
pub(super) fn invalid(valid: &[String], body: &[u8]) -> Vec<String> {
    let Ok(Value::Object(sent)) = serde_json::from_slice(body) else { return Vec::new() };
    let knows_any = |object: &Map<String, Value>| {
        object.keys().any(|name| valid.iter().any(|valid| valid == name))
    };
    let of = |object: &Map<String, Value>| -> Vec<String> {
        object.keys().filter(|name| is_invalid(valid, name)).cloned().collect()
    };
    if knows_any(&sent) {
        return of(&sent);
    }
    let sections = sent.iter().filter_map(|(name, part)| Some((name, part.as_object()?)));
    sections
        .filter(|(_, section)| knows_any(section))
        .flat_map(|(name, section)| {
            of(section).into_iter().map(move |attribute| format!("{name}.{attribute}"))
        })
        .collect()
}
