use std::collections::BTreeSet;

use aic_api::Write;
use aic_api::idm::{Definition, PatchOperation, is_relationship};
use aic_api::path::DefinitionName;
use aic_auth::Scope;
use json_patch::jsonptr::PointerBuf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::properties::Difference;
use super::{Durable, Stay, stay, unknown_type};
use crate::outcome::redact::{Unknown, take_back};
use crate::outcome::{Output, ToolError};
use crate::tool::input::{Edit, Pointer, given};
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Changes the definition of a managed object type.
pub(super) struct PatchManagedObjectDefinition;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    /// The action.
    operation: Edit,
    /// JSON pointer within the type's definition, such as /schema/properties/color;
    /// /schema/order/- appends.
    field: Pointer,
    /// The new value, for add and replace.
    #[serde(default, deserialize_with = "given")]
    value: Option<Value>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Name of the type to change.
    object_name: DefinitionName,
    /// The changes, all of them or none.
    operations: Vec<Change>,
}

/// The definition as it is now.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PatchManagedObjectDefinitionOutput {
    /// The type's name.
    object_name: String,
    /// How many operations were carried out.
    operations: usize,
    /// Whether the change was there when the definitions were read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for PatchManagedObjectDefinitionOutput {}

impl Tool for PatchManagedObjectDefinition {
    const SPEC: Spec = Spec::new("patchManagedObjectDefinition", Toolset::ManagedObjects)
        .title("Change a managed object type")
        .describe(
            "Changes a managed object type: properties, titles, required fields, scripts. Read \
             it first with getManagedObjectSchema and includeFullDefinition. New properties of \
             alpha_user and bravo_user must start with custom_; /schema/order follows by itself. \
             Relationships are refused: use patchManagedObjectRelationship. For an object, \
             patchManagedObject.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Update)
        .check("read the type with getManagedObjectSchema.");
    const MERGES: &'static [&'static str] = &["operations"];
    type Access = Write;
    type Input = Input;
    type Output = PatchManagedObjectDefinitionOutput;

    async fn run(
        cx: &Context<Write>,
        mut input: Input,
    ) -> Result<PatchManagedObjectDefinitionOutput, ToolError> {
        let name = input.object_name.as_str();
        check(&input.operations)?;
        let edit = cx.api().managed_config().edit().await?;
        let definition =
            edit.document().find(name).ok_or_else(|| unknown_type(edit.document(), name))?;
        for (index, change) in input.operations.iter_mut().enumerate() {
            put_back(change, definition.as_json()).map_err(|Unknown(place)| {
                let place = Unknown(format!("/{index}/value{place}"));
                ToolError::unknown_mask("operations", &place)
            })?;
        }
        let mut after = definition.as_json().clone();
        for change in &input.operations {
            apply(&mut after, change);
        }
        let after = Definition::new(&after);
        leave_relationships_alone(definition, after, &input.operations)?;
        let difference = Difference::between(definition, after);
        difference.demand_custom_names(name)?;
        let given = input.operations.len();
        let operations: Vec<_> = input
            .operations
            .into_iter()
            .map(PatchOperation::from)
            .chain(difference.follow_up)
            .collect();
        let Some(durability) = edit.change(name, &operations).await? else {
            return Err(ToolError::Internal("a type that was there is gone"));
        };
        let Stay { durable, problem } = stay(durability);
        let notes: Vec<_> = problem.into_iter().chain(left_behind(&difference.removed)).collect();
        Ok(PatchManagedObjectDefinitionOutput {
            object_name: name.to_owned(),
            operations: given,
            durable,
            note: (!notes.is_empty()).then(|| notes.join(" ")),
        })
    }
}

/// Puts what is stored in a field in place of what was shown for it.
fn put_back(change: &mut Change, definition: &Value) -> Result<(), Unknown> {
    let field = change.field.as_str();
    let name = field.rsplit('/').next().unwrap_or_default();
    let stored = definition.pointer(field).unwrap_or(&Value::Null);
    change.value.as_mut().map_or(Ok(()), |value| take_back(name, value, stored))
}

/// The remark that objects keep their values when properties are removed.
fn left_behind(removed: &[String]) -> Option<String> {
    (!removed.is_empty()).then(|| {
        format!(
            "Objects keep the values that they have of {}: AIC removes them from the type only.",
            removed.join(", ")
        )
    })
}

impl From<Change> for PatchOperation {
    fn from(change: Change) -> Self {
        let operation = change.operation.into();
        let field = change.field.as_str().to_owned();
        Self { operation, field, value: change.value, from: None }
    }
}

fn check(changes: &[Change]) -> Result<(), ToolError> {
    if changes.is_empty() {
        return Err(ToolError::refused(
            "There are no operations, so there is nothing to change.",
            "Give at least one operation.",
        ));
    }
    match changes.iter().find(|c| c.operation != Edit::Remove && c.value.is_none()) {
        None => Ok(()),
        Some(change) => Err(ToolError::refused(
            format!("The operation on {} has no value.", change.field.as_str()),
            "Give the value, or use operation remove.",
        )),
    }
}

/// Refuses changes that would add, replace or remove a relationship, by whatever way: AIC keeps
/// the two sides of one in step only where it is changed as a whole.
fn leave_relationships_alone(
    definition: Definition<'_>,
    after: Definition<'_>,
    changes: &[Change],
) -> Result<(), ToolError> {
    let is_one = |change: &&Change| change.value.as_ref().is_some_and(is_relationship);
    let fields = changes.iter().filter(is_one).map(|change| change.field.as_str().to_owned());
    let mut touched: BTreeSet<String> = fields.collect();
    for property in definition.relationships().chain(after.relationships()) {
        let inside = format!("/schema/properties/{}/", property.name);
        let is_changed_inside = changes.iter().any(|c| c.field.as_str().starts_with(&inside));
        let before = definition.properties().and_then(|all| all.get(property.name));
        let now = after.properties().and_then(|all| all.get(property.name));
        let stays_one = before.is_some_and(is_relationship) && now.is_some_and(is_relationship);
        if before != now && !(stays_one && is_changed_inside) {
            touched.insert(property.name.to_owned());
        }
    }
    if touched.is_empty() {
        return Ok(());
    }
    let touched: Vec<_> = touched.into_iter().collect();
    Err(ToolError::refused(
        format!(
            "These changes would add, replace or remove relationships: {}.",
            touched.join(", ")
        ),
        "Use patchManagedObjectRelationship for them, and send the other changes without them.",
    ))
}

/// Applies a change as AIC will, as far as can be foreseen: one that does not fit the definition
/// is for AIC to refuse.
fn apply(definition: &mut Value, change: &Change) {
    let Ok(path) = PointerBuf::parse(change.field.as_str()) else { return };
    let value = change.value.clone().unwrap_or_default();
    let operation = match change.operation {
        Edit::Remove => json_patch::PatchOperation::Remove(json_patch::RemoveOperation { path }),
        // CREST's replace also sets what was not there.
        Edit::Replace if definition.pointer(change.field.as_str()).is_some() => {
            json_patch::PatchOperation::Replace(json_patch::ReplaceOperation { path, value })
        }
        Edit::Add | Edit::Replace => {
            json_patch::PatchOperation::Add(json_patch::AddOperation { path, value })
        }
    };
    let _ = json_patch::patch(definition, &[operation]);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(changes: Value) -> Option<String> {
        let definition = json!({
            "name": "alpha_device",
            "schema": {
                "properties": {
                    "serial": { "type": "string" },
                    "custom_owner": { "type": "relationship", "title": "Owner" },
                    "parts": { "type": "array", "items": { "type": "relationship" } },
                },
                "order": ["serial"],
            },
        });
        let changes: Vec<Change> = serde_json::from_value(changes).unwrap();
        let mut after = definition.clone();
        for change in &changes {
            apply(&mut after, change);
        }
        let definitions = (Definition::new(&definition), Definition::new(&after));
        let refusal = leave_relationships_alone(definitions.0, definitions.1, &changes).err()?;
        Some(refusal.to_string().split_once(": ").unwrap().1.trim_end_matches('.').to_owned())
    }

    #[expect(clippy::needless_pass_by_value, reason = "the calls read better")]
    fn one(operation: &str, field: &str, value: Value) -> Value {
        json!([{ "operation": operation, "field": field, "value": value }])
    }

    #[test]
    fn plain_properties_may_be_changed() {
        let text = json!({ "type": "string" });
        assert_eq!(refused(one("add", "/schema/properties/color", text.clone())), None);
        assert_eq!(refused(one("replace", "/schema/properties/color", text)), None);
        assert_eq!(refused(one("remove", "/schema/properties/serial", json!(null))), None);
        assert_eq!(refused(one("add", "/schema/order/-", json!("color"))), None);
        assert_eq!(
            refused(one("replace", "/schema/properties/custom_owner/title", json!("Who"))),
            None
        );
    }

    #[test]
    fn relationships_may_not_be_added_replaced_or_removed() {
        let relationship = json!({ "type": "relationship" });
        let array = json!({ "type": "array", "items": relationship.clone() });
        let color = "/schema/properties/color";
        assert_eq!(
            refused(one("add", color, relationship)).as_deref(),
            Some("/schema/properties/color, color")
        );
        assert!(refused(one("replace", "/schema/properties/serial", array)).is_some());
        let removed = one("remove", "schema/properties/parts", json!(null));
        assert_eq!(refused(removed).as_deref(), Some("parts"));
    }

    #[test]
    fn there_is_no_way_round_by_a_larger_or_a_smaller_part() {
        let without = json!({ "serial": { "type": "string" } });
        let all = Some("custom_owner, parts".to_owned());
        assert_eq!(refused(one("replace", "/schema/properties", without.clone())), all);
        assert_eq!(refused(one("remove", "/schema", json!(null))), all);
        assert_eq!(refused(one("add", "/schema", json!({ "properties": without }))), all);
        let becomes = one("replace", "/schema/properties/serial/type", json!("relationship"));
        assert_eq!(refused(becomes).as_deref(), Some("serial"));
        let ceases = one("replace", "/schema/properties/custom_owner/type", json!("string"));
        assert_eq!(refused(ceases).as_deref(), Some("custom_owner"));
    }
}
