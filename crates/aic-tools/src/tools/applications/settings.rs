//! The schema that AM gives of its OAuth 2.0 clients, made brief.

use serde_json::{Map, Value, json};

use crate::tool::JsonObject;

/// The sections of a schema that are wanted, all where none is named, and a sentence on those
/// that there are not.
pub(super) fn sections(mut schema: JsonObject, wanted: &[String]) -> (JsonObject, Option<String>) {
    let all = match schema.get_mut("properties").map(Value::take) {
        Some(Value::Object(sections)) => sections,
        _ => JsonObject::new(),
    };
    let missing: Vec<_> =
        wanted.iter().filter(|name| !all.contains_key(*name)).map(String::as_str).collect();
    let problem = (!missing.is_empty()).then(|| {
        let known: Vec<_> = all.keys().map(String::as_str).collect();
        format!("There is no section {}; there are {}.", missing.join(", "), known.join(", "))
    });
    (only(all, wanted), problem)
}

/// The members that are wanted, all where none is named.
pub(super) fn only(mut object: JsonObject, wanted: &[String]) -> JsonObject {
    object.retain(|name, _| wanted.is_empty() || wanted.contains(name));
    object
}

/// Each section with its title and its settings in brief.
pub(super) fn summary(sections: &JsonObject) -> JsonObject {
    let summary = sections.iter().map(|(name, section)| {
        let settings: Map<_, _> =
            settings(section).map(|(name, setting)| (name.clone(), brief(setting))).collect();
        let mut brief = JsonObject::new();
        brief.extend(section.get("title").map(|title| ("title".to_owned(), title.clone())));
        brief.insert("settings".to_owned(), settings.into());
        (name.clone(), Value::Object(brief))
    });
    summary.collect()
}

/// The title, the type and the allowed values of a property.
pub(super) fn brief(property: &Value) -> Value {
    let value = value_of(property).unwrap_or(property);
    let mut brief = json!({ "type": type_of(value) });
    if let Some(title) = property.get("title").filter(|title| *title != "") {
        brief["title"] = title.clone();
    }
    let allowed = value.get("enum").or_else(|| value.get("items")?.get("enum"));
    if let Some(allowed) = allowed {
        brief["values"] = allowed.clone();
    }
    brief
}

/// How the values of these settings are written.
pub(super) fn how_to_write(sections: &JsonObject) -> Option<String> {
    let is_plain = |setting: &Value| value_of(setting).is_none();
    let mut plain = Vec::new();
    let mut any_wrapped = false;
    for (name, section) in sections {
        let all = settings(section).count();
        let alone: Vec<_> = settings(section).filter(|(_, it)| is_plain(it)).collect();
        any_wrapped |= alone.len() < all;
        if alone.len() == all {
            plain.push(name.clone());
        } else {
            plain.extend(alone.iter().map(|(setting, _)| format!("{name}.{setting}")));
        }
    }
    let except = match plain.len() {
        _ if !any_wrapped => return None,
        0 => String::new(),
        1..=12 => format!("; written plainly: {}", plain.join(", ")),
        count => format!("; {count} are written plainly, as their full schema shows"),
    };
    Some(format!("A setting is written as {{\"inherited\": false, \"value\": ...}}{except}."))
}

fn settings(section: &Value) -> impl Iterator<Item = (&String, &Value)> {
    section.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// The schema of the value, for a setting that can be inherited.
///
/// Assumption: AM describes such a setting as an object of `value`, with `inherited` or without, as
/// it stands in a client. The schema of one tenant's clients would settle it; a client is written
/// either way, as recordings show.
fn value_of(setting: &Value) -> Option<&Value> {
    let properties = setting.get("properties")?.as_object()?;
    let is_wrapper = properties.keys().all(|name| matches!(name.as_str(), "inherited" | "value"));
    properties.get("value").filter(|_| is_wrapper)
}

fn type_of(schema: &Value) -> String {
    let names = match &schema["type"] {
        Value::String(name) => vec![name.as_str()],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let names: Vec<_> = names
        .into_iter()
        .filter(|name| *name != "null")
        .map(|name| match schema.get("items") {
            Some(items) if name == "array" => format!("{}[]", type_of(items)),
            _ => name.to_owned(),
        })
        .collect();
    if names.is_empty() { "any".to_owned() } else { names.join(" or ") }
}

/// The length of an object as JSON, in characters.
pub(super) fn length(object: &JsonObject) -> usize {
    serde_json::to_string(object).map_or(0, |text| text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> JsonObject {
        let inherited = json!({ "type": "boolean" });
        let json = json!({ "type": "object", "properties": {
            "core": { "title": "Core", "propertyOrder": 0, "properties": {
                "status": { "title": "Status", "description": "long", "type": "object",
                    "properties": { "inherited": inherited, "value": {
                        "type": "string", "enum": ["Active", "Inactive"] } } },
                "scopes": { "title": "Scopes", "type": "object",
                    "properties": { "inherited": inherited, "value": {
                        "type": "array", "items": { "type": "string", "enum": ["a"] } } } },
                "clientType": { "title": "Client type", "type": "object", "properties": {
                    "value": { "type": "string", "enum": ["Confidential", "Public"] } } },
                "userpassword": { "title": "Client secret", "type": "string" },
                "range": { "type": "object", "properties": {
                    "value": { "type": "string" }, "unit": { "type": "string" } } },
            } },
            "odd": 3,
        } });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_summary_has_titles_types_and_allowed_values() {
        let (all, problem) = sections(schema(), &[]);
        assert_eq!(problem, None);
        assert_eq!(
            Value::Object(summary(&all)),
            json!({
                "core": { "title": "Core", "settings": {
                    "status": { "type": "string", "title": "Status", "values": ["Active", "Inactive"] },
                    "scopes": { "type": "string[]", "title": "Scopes", "values": ["a"] },
                    "clientType": { "type": "string", "title": "Client type",
                        "values": ["Confidential", "Public"] },
                    "userpassword": { "type": "string", "title": "Client secret" },
                    "range": { "type": "object" },
                } },
                "odd": { "settings": {} },
            })
        );
        let how = how_to_write(&all).unwrap();
        assert!(
            how.contains("\"inherited\": false")
                && how.ends_with("written plainly: core.userpassword, core.range, odd.")
        );
    }

    #[test]
    fn sections_that_are_not_there_are_named() {
        let wanted = ["core".to_owned(), "cor".to_owned()];
        let (some, problem) = sections(schema(), &wanted);
        assert_eq!(some.keys().collect::<Vec<_>>(), ["core"]);
        assert_eq!(problem.as_deref(), Some("There is no section cor; there are core, odd."));
    }

    #[test]
    fn types_are_said_in_a_word() {
        for (schema, word) in [
            (json!({ "type": ["string", "null"] }), "string"),
            (json!({ "type": "array", "items": { "type": "relationship" } }), "relationship[]"),
            (json!({ "type": "array" }), "array"),
            (json!({ "type": ["boolean", "string"] }), "boolean or string"),
            (json!({}), "any"),
        ] {
            assert_eq!(type_of(&schema), word);
        }
    }
}
