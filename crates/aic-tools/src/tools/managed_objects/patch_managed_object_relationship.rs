use aic_api::Write;
use aic_api::error::Cause;
use aic_api::path::{CustomProperty, ObjectType};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Durable, Stay, relationship, stay, unknown_type};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Adds, replaces or removes a relationship property of a managed object type.
pub(super) struct PatchManagedObjectRelationship;

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Action {
    Add,
    Update,
    Remove,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Managed object type that has the relationship, such as alpha_user.
    object_type: ObjectType,
    /// Name of the relationship property; it must start with custom_.
    property_name: CustomProperty,
    /// add and update put propertyDefinition in place.
    action: Action,
    /// Needed for add and update: type relationship (or array of it), resourceCollection with path
    /// managed/<type>, reverseRelationship, reversePropertyName. A missing query is filled in.
    property_definition: Option<JsonObject>,
}

/// The relationship as it is now, or as it was removed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PatchManagedObjectRelationshipOutput {
    /// The type.
    object_type: String,
    /// The property.
    property_name: String,
    /// Whether the type has it now.
    present: bool,
    /// Its definition, as it is now or as it was removed.
    definition: JsonObject,
    /// Whether it was so when the definitions were read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for PatchManagedObjectRelationshipOutput {}

impl Tool for PatchManagedObjectRelationship {
    const SPEC: Spec = Spec::new("patchManagedObjectRelationship", Toolset::ManagedObjects)
        .title("Change a relationship of a managed object type")
        .describe(
            "Adds, replaces or removes a relationship property of a managed object type; only \
             custom_... ones. It changes types: to relate two objects, patchManagedObject; for \
             other properties, patchManagedObjectDefinition.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Update)
        .check("look at the type's properties with getManagedObjectSchema.");
    type Access = Write;
    type Input = Input;
    type Output = PatchManagedObjectRelationshipOutput;

    async fn run(
        cx: &Context<Write>,
        input: Input,
    ) -> Result<PatchManagedObjectRelationshipOutput, ToolError> {
        let Input { object_type, property_name, action, property_definition } = input;
        let given = match (action, property_definition) {
            (Action::Remove, _) => None,
            (Action::Add | Action::Update, Some(definition)) => Some(definition),
            (Action::Add | Action::Update, None) => {
                return Err(ToolError::refused(
                    "`propertyDefinition` is missing, and add and update put it in place.",
                    "Give the whole definition of the relationship, or use action remove.",
                ));
            }
        };
        let edit = cx.api().managed_config().edit().await?;
        let document = edit.document();
        if document.find(object_type.as_str()).is_none() {
            return Err(unknown_type(document, object_type.as_str()));
        }
        let mut notes = Vec::new();
        let changed = match given {
            None => edit.remove_relationship(&object_type, &property_name).await,
            Some(definition) => {
                let (definition, doubts) = relationship::complete(document, definition)?;
                notes = doubts;
                edit.put_relationship(&object_type, &property_name, definition).await
            }
        };
        let (definition, durability) = changed.map_err(|error| {
            ToolError::from(error).advise(
                Cause::NotFound,
                "Check the type with listManagedObjects and its properties with \
                 getManagedObjectSchema.",
            )
        })?;
        let Stay { durable, problem } = stay(durability);
        notes.extend(problem);
        Ok(PatchManagedObjectRelationshipOutput {
            object_type: object_type.to_string(),
            property_name: property_name.to_string(),
            present: action != Action::Remove,
            definition,
            durable,
            note: (!notes.is_empty()).then(|| notes.join(" ")),
        })
    }
}
