use aic_api::Write;
use aic_api::error::Cause;
use aic_api::path::{ObjectId, ObjectType};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FIND_IT;
use crate::outcome::result::leave_out;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Deletes a managed object.
pub(super) struct DeleteManagedObject;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Type of the object, such as alpha_user.
    object_type: ObjectType,
    /// The object's `_id`, not its name.
    object_id: ObjectId,
}

/// The deleted object.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeleteManagedObjectOutput {
    /// The object as it was.
    deleted: JsonObject,
    /// Parts left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for DeleteManagedObjectOutput {
    fn shorten(&mut self, excess: usize) {
        self.note = Some(leave_out(&mut self.deleted, excess));
    }
}

impl Tool for DeleteManagedObject {
    const SPEC: Spec = Spec::new("deleteManagedObject", Toolset::ManagedObjects)
        .title("Delete a managed object")
        .describe(
            "Deletes one object for good and returns it as it was; relationships to it go too. \
             Be sure of the _id. To bar a user, set accountStatus to inactive with \
             patchManagedObject instead. For a type, deleteManagedObjectDefinition.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Delete)
        .check("look for the object with getManagedObject.");
    type Access = Write;
    type Input = Input;
    type Output = DeleteManagedObjectOutput;

    async fn run(
        cx: &Context<Write>,
        input: Input,
    ) -> Result<DeleteManagedObjectOutput, ToolError> {
        let deleted = cx
            .api()
            .managed(&input.object_type)
            .delete(&input.object_id)
            .await
            .map_err(|error| ToolError::from(error).advise(Cause::NotFound, FIND_IT))?;
        Ok(DeleteManagedObjectOutput { deleted, note: None })
    }
}
