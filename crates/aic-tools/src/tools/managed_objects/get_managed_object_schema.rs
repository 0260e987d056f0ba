use aic_api::Read;
use aic_api::path::ObjectType;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::unknown_type;
use crate::outcome::result::drop_members;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Reads the schema of a managed object type.
pub(super) struct GetManagedObjectSchema;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Type of the object, such as alpha_user.
    object_type: ObjectType,
    /// Also return the type's whole definition: event scripts, notifications, console settings.
    #[serde(default)]
    include_full_definition: bool,
}

/// The schema.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetManagedObjectSchemaOutput {
    /// The type's name.
    name: String,
    /// Properties that an object must have.
    required: Vec<String>,
    /// The properties by name, with type, title, allowed values and, for relationships, targets.
    properties: JsonObject,
    /// The whole definition, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    definition: Option<Value>,
    /// Parts left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for GetManagedObjectSchemaOutput {
    fn shorten(&mut self, excess: usize) {
        let mut left_out = Vec::new();
        let mut saved = 0;
        if let Some(definition) = self.definition.take() {
            saved = definition.to_string().chars().count();
            left_out.push("the full definition".to_owned());
        }
        if saved < excess {
            let dropped = drop_members(&mut self.properties, excess - saved);
            left_out.push(format!("the properties {dropped}"));
        }
        self.note = Some(format!("Left out, for length: {}.", left_out.join(" and ")));
    }
}

impl Tool for GetManagedObjectSchema {
    const SPEC: Spec = Spec::new("getManagedObjectSchema", Toolset::ManagedObjects)
        .title("Get a managed object type's schema")
        .describe(
            "Returns the properties of a managed object type and which are required. Read it \
             before creating or patching objects, and for the field names of filters. \
             includeFullDefinition adds scripts and settings: much longer.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetManagedObjectSchemaOutput;

    async fn run(
        cx: &Context<Read>,
        input: Input,
    ) -> Result<GetManagedObjectSchemaOutput, ToolError> {
        let document = cx.api().managed_config().get().await?;
        let name = input.object_type.as_str();
        let definition = document.find(name).ok_or_else(|| unknown_type(&document, name))?;
        Ok(GetManagedObjectSchemaOutput {
            name: name.to_owned(),
            required: definition.required().into_iter().map(ToOwned::to_owned).collect(),
            properties: definition.properties().cloned().unwrap_or_default(),
            definition: input.include_full_definition.then(|| definition.as_json().clone()),
            note: None,
        })
    }
}
