use aic_api::Write;
use aic_api::idm::Definition;
use aic_api::path::DefinitionName;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Durable, Stay, stay};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Defines a managed object type.
pub(super) struct CreateManagedObjectDefinition;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Name of the new type, usually with the realm in front, such as alpha_device.
    object_name: DefinitionName,
    /// The definition, its properties under `schema`: `{"schema": {"type": "object", "properties":
    /// {...}, "required": [...], "order": [...]}}`. getManagedObjectSchema with
    /// includeFullDefinition shows a real one.
    object_definition: JsonObject,
}

/// The new object type.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateManagedObjectDefinitionOutput {
    /// The new type's name.
    object_name: String,
    /// Whether the definition was there when it was read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Remarks.
    note: String,
}

impl Output for CreateManagedObjectDefinitionOutput {}

impl Tool for CreateManagedObjectDefinition {
    const SPEC: Spec = Spec::new("createManagedObjectDefinition", Toolset::ManagedObjects)
        .title("Define a managed object type")
        .describe(
            "Adds a managed object type, such as alpha_device; one that is there is refused. \
             Relationships are added afterwards with patchManagedObjectRelationship. Objects \
             can be created about ten seconds later. For one object, createManagedObject.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Create)
        .check("look for the type with listManagedObjects.");
    type Access = Write;
    type Input = Input;
    type Output = CreateManagedObjectDefinitionOutput;

    async fn run(
        cx: &Context<Write>,
        input: Input,
    ) -> Result<CreateManagedObjectDefinitionOutput, ToolError> {
        let name = input.object_name.as_str();
        refuse_relationships(&input.object_definition)?;
        let edit = cx.api().managed_config().edit().await?;
        if edit.document().find(name).is_some() {
            return Err(ToolError::refused(
                format!("There is a managed object type named {name} already."),
                "Choose another name, or change the type with patchManagedObjectDefinition.",
            ));
        }
        let mut definition = input.object_definition;
        definition.insert("name".to_owned(), name.into());
        let Stay { durable, problem } = stay(edit.add(name, definition).await?);
        let note = problem.unwrap_or_else(|| {
            "Wait about ten seconds before creating objects of this type: AIC sets it up in the \
             background, and earlier writes may be lost."
                .to_owned()
        });
        Ok(CreateManagedObjectDefinitionOutput { object_name: name.to_owned(), durable, note })
    }
}

/// Refuses a definition with relationships: AIC sets up both sides of one only where it is added by
/// itself.
fn refuse_relationships(definition: &JsonObject) -> Result<(), ToolError> {
    let definition = Value::Object(definition.clone());
    let names: Vec<_> = Definition::new(&definition).relationships().map(|one| one.name).collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(ToolError::refused(
        format!("The definition has relationships: {}. Nothing was created.", names.join(", ")),
        "Create the type without them, and add them with patchManagedObjectRelationship under \
         names that start with custom_.",
    ))
}
