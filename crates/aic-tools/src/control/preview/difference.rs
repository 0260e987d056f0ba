use std::time::Duration;

use aic_api::Resource;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use similar::TextDiff;

/// The difference between what is there and what would be put in its place: a JSON Patch, and of
/// a script's source a unified diff.
pub(super) fn between(
    resource: &Resource,
    before: &Value,
    after: &Value,
) -> (Value, Option<String>) {
    let (mut before, mut after) = (before.clone(), after.clone());
    let sources = if matches!(resource, Resource::Script { .. }) {
        Some((take_source(&mut before), take_source(&mut after)))
    } else {
        None
    };
    for document in [&mut before, &mut after] {
        super::words::readable(resource, document);
        if let Value::Object(members) = document {
            members.retain(|name, _| !matches!(name.as_str(), "_rev" | "_type" | "_id"));
        }
    }
    let patch = json_patch::diff(&before, &after);
    let patch = serde_json::to_value(patch).unwrap_or_default();
    (patch, sources.map(|(before, after)| unified(&before, &after)))
}

fn take_source(script: &mut Value) -> String {
    let source = script.as_object_mut().and_then(|script| script.shift_remove("script"));
    let Some(Value::String(source)) = source else { return String::new() };
    decoded(&source).unwrap_or(source)
}

fn decoded(source: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(source).ok()?).ok()
}

/// The source of a script, decoded.
pub(super) fn source_of(resource: &Resource, value: &Value) -> Option<String> {
    if !matches!(resource, Resource::Script { .. } | Resource::Scripts { .. }) {
        return None;
    }
    decoded(value.as_str()?)
}

/// The difference as far as it is found within a time: after that, what is left is shown as removed
/// and added as a whole, which is as true and only longer.
pub(super) fn unified(before: &str, after: &str) -> String {
    const LONGEST: Duration = Duration::from_millis(500);
    TextDiff::configure()
        .timeout(LONGEST)
        .diff_lines(before, after)
        .unified_diff()
        .context_radius(3)
        .header("now", "then")
        .to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_script_is_compared_by_lines_and_the_rest_by_members() {
        let script = |source: &str, name: &str| json!({ "name": name, "_rev": "1", "script": STANDARD.encode(source) });
        let resource = Resource::Script { realm: aic_api::Realm::Alpha, id: "x".parse().unwrap() };
        let (patch, source) =
            between(&resource, &script("a\nb\n", "Old"), &script("a\nc\n", "New"));
        assert_eq!(patch, json!([{ "op": "replace", "path": "/name", "value": "New" }]));
        let source = source.unwrap();
        assert!(source.contains("\n-b\n+c\n"), "{source}");
    }
}
