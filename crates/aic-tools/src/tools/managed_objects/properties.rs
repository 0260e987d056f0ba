//! The consequences of adding properties to a managed object type, and of removing them.

use aic_api::idm::{Definition, Operation, PatchOperation};
use serde_json::{Map, Value, json};

use crate::outcome::ToolError;

/// The types whose properties are part of AIC's own schema.
const USERS: [&str; 2] = ["alpha_user", "bravo_user"];
const PREFIX: &str = "custom_";

/// The properties that a change adds and removes, and what else changes with them.
#[derive(Debug, Default)]
pub(super) struct Difference {
    added: Vec<String>,
    /// The properties that are gone.
    pub(super) removed: Vec<String>,
    /// Operations that keep the lists of properties in step.
    pub(super) follow_up: Vec<PatchOperation>,
}

impl Difference {
    /// Compares a definition with what a change would make of it.
    pub(super) fn between(before: Definition<'_>, after: Definition<'_>) -> Self {
        let (none_before, none_after) = (Map::new(), Map::new());
        let old = before.properties().unwrap_or(&none_before);
        let new = after.properties().unwrap_or(&none_after);
        let missing_in = |all: &Map<String, Value>, other: &Map<String, Value>| -> Vec<String> {
            all.keys().filter(|name| !other.contains_key(*name)).cloned().collect()
        };
        let (added, removed) = (missing_in(new, old), missing_in(old, new));
        let lists = [("order", added.as_slice()), ("required", &[])];
        let follow_up = lists
            .into_iter()
            .filter_map(|(list, added)| in_step(after, list, added, &removed))
            .collect();
        Self { added, removed, follow_up }
    }

    /// Refuses new properties of users that do not have the prefix of custom ones.
    pub(super) fn demand_custom_names(&self, object_type: &str) -> Result<(), ToolError> {
        let wrong: Vec<_> = self.added.iter().filter(|name| !name.starts_with(PREFIX)).collect();
        let Some(first) = wrong.first().filter(|_| USERS.contains(&object_type)) else {
            return Ok(());
        };
        let names: Vec<_> = wrong.iter().map(|name| name.as_str()).collect();
        Err(ToolError::refused(
            format!(
                "New properties of {object_type} must have names that start with {PREFIX}, which \
                 these have not: {}.",
                names.join(", ")
            ),
            format!("Name them so, such as {PREFIX}{first}."),
        ))
    }
}

/// The operation that gives a list of property names those that are new, and takes from it those
/// that are gone; none where there is no such list or nothing to do.
fn in_step(
    after: Definition<'_>,
    list: &str,
    added: &[String],
    removed: &[String],
) -> Option<PatchOperation> {
    let names = after.as_json().pointer(&format!("/schema/{list}"))?.as_array()?;
    let is_gone =
        |name: &&Value| name.as_str().is_some_and(|name| removed.iter().any(|r| r == name));
    let kept = names.iter().filter(|name| !is_gone(name)).cloned();
    let new = added.iter().map(|name| json!(name)).filter(|name| !names.contains(name));
    let wanted: Vec<Value> = kept.chain(new).collect();
    (wanted != *names).then(|| PatchOperation {
        operation: Operation::Replace,
        field: format!("/schema/{list}"),
        value: Some(wanted.into()),
        from: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(names: &[&str]) -> Value {
        let properties: Map<String, Value> =
            names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
        json!({ "name": "alpha_user", "schema": {
            "properties": properties, "order": ["a", "b"], "required": ["b"] } })
    }

    fn difference(before: &[&str], after: &Value) -> Difference {
        Difference::between(Definition::new(&definition(before)), Definition::new(after))
    }

    fn follow_up(difference: &Difference) -> Vec<(&str, Value)> {
        let part = |operation: &'_ PatchOperation| operation.value.clone().unwrap();
        difference.follow_up.iter().map(|one| (one.field.as_str(), part(one))).collect()
    }

    #[test]
    fn lists_are_kept_in_step() {
        let added = difference(&["a", "b"], &definition(&["a", "b", "custom_c"]));
        assert_eq!(follow_up(&added), [("/schema/order", json!(["a", "b", "custom_c"]))]);
        assert!(added.removed.is_empty());
        let removed = difference(&["a", "b"], &definition(&["a"]));
        assert_eq!(
            follow_up(&removed),
            [("/schema/order", json!(["a"])), ("/schema/required", json!([]))]
        );
        assert_eq!(removed.removed, ["b"]);
    }

    #[test]
    fn nothing_follows_where_nothing_is_out_of_step() {
        let same = difference(&["a", "b"], &definition(&["a", "b"]));
        assert!(same.follow_up.is_empty());
        let mut by_hand = definition(&["a", "b", "custom_c"]);
        by_hand["schema"]["order"] = json!(["custom_c", "a", "b"]);
        assert!(difference(&["a", "b"], &by_hand).follow_up.is_empty());
        let without = json!({ "schema": { "properties": { "a": {}, "b": {}, "c": {} } } });
        assert!(difference(&["a", "b"], &without).follow_up.is_empty());
    }

    #[test]
    fn new_properties_of_users_are_custom() {
        let added = difference(&["a"], &definition(&["a", "color", "custom_size", "shape"]));
        let refusal = added.demand_custom_names("bravo_user").unwrap_err().to_string();
        assert!(refusal.contains("these have not: color, shape."), "{refusal}");
        assert!(added.demand_custom_names("alpha_role").is_ok());
        let custom = difference(&["a"], &definition(&["a", "custom_size"]));
        assert!(custom.demand_custom_names("alpha_user").is_ok());
    }
}
