use aic_api::error::Cause;
use aic_api::idm::PatchOperation;
use aic_api::path::{ObjectId, ObjectType};
use aic_api::{Revision, Write};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::FIND_IT;
use crate::outcome::result::leave_out;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Changes fields of a managed object.
pub(super) struct PatchManagedObject;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Type of the object, such as alpha_user.
    object_type: ObjectType,
    /// The object's `_id`.
    object_id: ObjectId,
    /// The `_rev` as it was read; refused if it has changed since.
    revision: Revision,
    /// The changes, all or none. To add a role: add at `/roles/-` the object `{"_ref":
    /// "managed/alpha_role/<id>"}`; to take it away: remove `/roles` with the stored value.
    operations: Vec<PatchOperation>,
}

/// The object as it is now.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PatchManagedObjectOutput {
    /// The object's new revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    /// The object after the change.
    object: JsonObject,
    /// Parts left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for PatchManagedObjectOutput {
    fn shorten(&mut self, excess: usize) {
        self.note = Some(leave_out(&mut self.object, excess));
    }
}

impl Tool for PatchManagedObject {
    const SPEC: Spec = Spec::new("patchManagedObject", Toolset::ManagedObjects)
        .title("Change a managed object")
        .describe(
            "Changes fields of one object and returns it. Read it first with getManagedObject: \
             its _rev is the revision to pass, so that nobody else's change is lost. replace \
             sets a field, add with /- appends, remove clears. For a type, \
             patchManagedObjectDefinition.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Update)
        .check("read the object with getManagedObject and compare its _rev and fields.");
    type Access = Write;
    type Input = Input;
    type Output = PatchManagedObjectOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<PatchManagedObjectOutput, ToolError> {
        if input.operations.is_empty() {
            return Err(ToolError::refused(
                "There are no operations, so there is nothing to change.",
                "Give at least one operation.",
            ));
        }
        let object = cx
            .api()
            .managed(&input.object_type)
            .patch(&input.object_id, &input.revision, &input.operations)
            .await
            .map_err(|error| {
                ToolError::from(error).advise(Cause::NotFound, FIND_IT).advise(
                    Cause::PreconditionFailed,
                    "The object has changed since it was read: read it again with \
                     getManagedObject, look at the difference, and repeat the change with its \
                     current _rev.",
                )
            })?;
        let revision = object.get("_rev").and_then(Value::as_str).map(ToOwned::to_owned);
        Ok(PatchManagedObjectOutput { revision, object, note: None })
    }
}
