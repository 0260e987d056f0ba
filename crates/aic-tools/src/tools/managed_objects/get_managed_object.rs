use aic_api::Read;
use aic_api::error::Cause;
use aic_api::path::{ObjectId, ObjectType};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FIND_IT;
use crate::outcome::result::leave_out;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Reads one managed object by its id.
pub(super) struct GetManagedObject;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// Type of the object, such as alpha_user.
    object_type: ObjectType,
    /// The object's `_id`, not its name.
    object_id: ObjectId,
}

/// The object.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetManagedObjectOutput {
    /// The object as AIC returned it; its `_rev` is the revision that patchManagedObject asks for.
    object: JsonObject,
    /// Parts left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for GetManagedObjectOutput {
    fn shorten(&mut self, excess: usize) {
        self.note = Some(leave_out(&mut self.object, excess));
    }
}

impl Tool for GetManagedObject {
    const SPEC: Spec = Spec::new("getManagedObject", Toolset::ManagedObjects)
        .title("Get a managed object")
        .describe(
            "Returns one object by its _id, with its current _rev, which patchManagedObject \
             needs. To find an object by name or mail, or its relationships, use \
             queryManagedObjects.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetManagedObjectOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<GetManagedObjectOutput, ToolError> {
        let object = cx
            .api()
            .managed(&input.object_type)
            .get(&input.object_id)
            .await
            .map_err(|error| ToolError::from(error).advise(Cause::NotFound, FIND_IT))?;
        Ok(GetManagedObjectOutput { object, note: None })
    }
}
