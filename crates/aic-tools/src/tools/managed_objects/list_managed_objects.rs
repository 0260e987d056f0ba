use aic_api::Read;
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::Serialize;

use crate::outcome::{Output, ToolError};
use crate::tool::input::NoInput;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Names the managed object types.
pub(super) struct ListManagedObjects;

/// The types there are.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListManagedObjectsOutput {
    /// Names of the managed object types, for use as objectType.
    object_types: Vec<String>,
    /// How many there are.
    count: usize,
}

impl Output for ListManagedObjectsOutput {}

impl Tool for ListManagedObjects {
    const SPEC: Spec = Spec::new("listManagedObjects", Toolset::ManagedObjects)
        .title("List managed object types")
        .describe(
            "Names the managed object types, such as alpha_user or bravo_role; tenants add \
             their own. Call it first when the type is not known. It lists types: \
             queryManagedObjects finds objects.",
        )
        .scopes(&[Scope::Idm])
        .effect(Effect::Read);
    type Access = Read;
    type Input = NoInput;
    type Output = ListManagedObjectsOutput;

    async fn run(cx: &Context<Read>, _: NoInput) -> Result<ListManagedObjectsOutput, ToolError> {
        let document = cx.api().managed_config().get().await?;
        let object_types: Vec<_> = document.names().into_iter().map(ToOwned::to_owned).collect();
        Ok(ListManagedObjectsOutput { count: object_types.len(), object_types })
    }
}
