use aic_api::Write;
use aic_api::error::Cause;
use aic_api::path::ObjectType;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Creates a managed object.
pub(super) struct CreateManagedObject;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Type of the object, such as alpha_user.
    object_type: ObjectType,
    /// The object's properties, as getManagedObjectSchema describes them. Relationships are given
    /// as `{"_ref": "managed/alpha_role/<id>"}`.
    object_data: JsonObject,
}

/// The created object.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateManagedObjectOutput {
    /// The new object's `_id`.
    object_id: String,
    /// Its revision, for patchManagedObject.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
}

impl Output for CreateManagedObjectOutput {}

impl Tool for CreateManagedObject {
    const SPEC: Spec = Spec::new("createManagedObject", Toolset::ManagedObjects)
        .title("Create a managed object")
        .describe(
            "Creates one object, such as a user or a role, and returns its _id and revision. \
             Never overwrites. getManagedObjectSchema names the required properties \
             (alpha_user: userName, givenName, sn, mail). For a new type use \
             createManagedObjectDefinition.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Create)
        .check("look for the object with queryManagedObjects, by a property that only it has.");
    type Access = Write;
    type Input = Input;
    type Output = CreateManagedObjectOutput;

    async fn run(
        cx: &Context<Write>,
        input: Input,
    ) -> Result<CreateManagedObjectOutput, ToolError> {
        let objects = cx.api().managed(&input.object_type);
        let created = objects.create(input.object_data).await.map_err(|error| {
            ToolError::from(error)
                .advise(Cause::NotFound, "Use an object type that listManagedObjects names.")
                .advise(
                    Cause::PreconditionFailed,
                    "Such an object is there already: find it with queryManagedObjects and change \
                     it with patchManagedObject, or use another name.",
                )
        })?;
        let revision = created.object.get("_rev").and_then(Value::as_str).map(ToOwned::to_owned);
        Ok(CreateManagedObjectOutput { object_id: created.id, revision })
    }
}
