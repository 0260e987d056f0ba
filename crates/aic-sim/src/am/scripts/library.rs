//! Library scripts and what they export (`libraries`).

use axum::Json;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::am::list::{Count, ListQuery};
use crate::am::realm::RealmHandle;
use crate::crest::Object;
use crate::crest::error::Result;
use crate::crest::members;
use crate::crest::request::Parameters;

/// GET libraries?_queryFilter=...
pub(super) async fn list(realm: RealmHandle, parameters: Parameters) -> Result<Json<Value>> {
    let query = ListQuery::parse(&parameters)?;
    Ok(realm.with(|config| {
        let libraries = config.scripts.values().filter(|script| script["context"] == "LIBRARY");
        query.answer(libraries.map(show), Count::Remaining)
    }))
}

fn show(script: &Object) -> Object {
    let source = script["script"].as_str().and_then(|text| STANDARD.decode(text).ok());
    let source = String::from_utf8_lossy(&source.unwrap_or_default()).into_owned();
    members(json!({
        "_id": script["_id"],
        "name": script["name"],
        "exports": exports(&source),
    }))
}

/// The members of `exports` to which a script assigns. AM runs the script to find out; this reads
/// assignments of literals and of functions, which is how libraries are written.
fn exports(source: &str) -> Vec<Value> {
    let assigned = source.split("exports.").skip(1).filter_map(|rest| {
        let (name, value) = rest.split_once('=')?;
        let is_name = name.trim().chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
        (is_name && !value.starts_with('=')).then(|| (name.trim(), value.trim_start()))
    });
    assigned.map(|(name, value)| export(name, value, source)).collect()
}

fn export(name: &str, value: &str, source: &str) -> Value {
    let named = value.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let declared = source.split_once(&format!("function {named}(")).map(|(_, rest)| rest);
    let declared = declared.filter(|_| !named.is_empty());
    let inline = value.strip_prefix("function").and_then(|rest| rest.split_once('('));
    if let Some(parameters) = inline.map(|(_, rest)| rest).or(declared) {
        let parameters = parameters.split(')').next().unwrap_or_default();
        let arity = parameters.split(',').filter(|it| !it.trim().is_empty()).count();
        return json!({"id": name, "type": "Function", "arity": arity});
    }
    let kind = match value.chars().next() {
        Some('"' | '\'' | '`') => "String",
        Some(c) if c.is_ascii_digit() => "Number",
        _ => "Object",
    };
    json!({"id": name, "type": kind})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_are_exports() {
        let source = "function add(a, b) { return a + b; }\nexports.MSG = 'sum';\n\
            exports.add = add;\nexports.now = function () { return 1; };\nexports.max=3;\n\
            if (exports.max == 2) {}\n";
        assert_eq!(
            json!(exports(source)),
            json!([
                {"id": "MSG", "type": "String"},
                {"id": "add", "type": "Function", "arity": 2},
                {"id": "now", "type": "Function", "arity": 0},
                {"id": "max", "type": "Number"},
            ])
        );
    }
}
