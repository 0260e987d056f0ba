use aic_api::Write;
use aic_api::idm::ManagedConfigDocument;
use aic_api::path::DefinitionName;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Durable, Stay, stay, unknown_type};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Deletes the definition of a managed object type.
pub(super) struct DeleteManagedObjectDefinition;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Name of the type to delete.
    object_name: DefinitionName,
}

/// The deleted object type.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeleteManagedObjectDefinitionOutput {
    /// The definition as it was; createManagedObjectDefinition can bring it back.
    #[serde(skip_serializing_if = "Value::is_null")]
    definition: Value,
    /// Whether it was still gone when the definitions were read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for DeleteManagedObjectDefinitionOutput {
    fn shorten(&mut self, _: usize) {
        self.definition = Value::Null;
        self.note = Some("The type is deleted; its definition is too long to be shown.".to_owned());
    }
}

impl Tool for DeleteManagedObjectDefinition {
    const SPEC: Spec = Spec::new("deleteManagedObjectDefinition", Toolset::ManagedObjects)
        .title("Delete a managed object type")
        .describe(
            "Deletes a managed object type, so that its objects can no longer be reached, and \
             returns its definition. Refused while other types have relationships to it. Never \
             delete a type that AIC came with, such as alpha_user. For one object, \
             deleteManagedObject.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Delete)
        .check("look for the type with listManagedObjects.");
    type Access = Write;
    type Input = Input;
    type Output = DeleteManagedObjectDefinitionOutput;

    async fn run(
        cx: &Context<Write>,
        input: Input,
    ) -> Result<DeleteManagedObjectDefinitionOutput, ToolError> {
        let name = input.object_name.as_str();
        let edit = cx.api().managed_config().edit().await?;
        if edit.document().find(name).is_none() {
            return Err(unknown_type(edit.document(), name));
        }
        let referring = referring(edit.document(), name);
        if !referring.is_empty() {
            return Err(ToolError::refused(
                format!(
                    "The type {name} is not deleted, because relationships of other types refer \
                     to it: {}.",
                    referring.join(", ")
                ),
                "Remove these relationships first (patchManagedObjectRelationship, action remove, \
                 for those whose name starts with custom_).",
            ));
        }
        let Some((definition, durability)) = edit.remove(name).await? else {
            return Err(ToolError::Internal("a type that was there is gone"));
        };
        let Stay { durable, problem: note } = stay(durability);
        Ok(DeleteManagedObjectDefinitionOutput { definition, durable, note })
    }
}

/// The relationships of other types that refer to objects of this type, as `type.property`.
fn referring(document: &ManagedConfigDocument, name: &str) -> Vec<String> {
    document
        .definitions()
        .filter_map(|definition| Some((definition.name()?, definition)))
        .filter(|(other, _)| *other != name)
        .flat_map(|(other, definition)| {
            definition
                .relationships()
                .filter(|property| property.refers_to(name))
                .map(move |property| format!("{other}.{}", property.name))
        })
        .collect()
}
