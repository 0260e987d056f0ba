//! Users, roles, groups and the like, and the definitions of their types.

mod create_managed_object;
mod create_managed_object_definition;
mod delete_managed_object;
mod delete_managed_object_definition;
mod get_managed_object;
mod get_managed_object_schema;
mod list_managed_objects;
mod patch_managed_object;
mod patch_managed_object_definition;
mod patch_managed_object_relationship;
mod properties;
mod query_managed_objects;
mod relationship;

use aic_api::Durability;
use aic_api::idm::ManagedConfigDocument;

use crate::outcome::ToolError;
use crate::tool::{AnyTool, erase};
use crate::tools::durable::{Durable, Stay};

pub(super) fn all() -> Vec<Box<dyn AnyTool>> {
    vec![
        erase::<list_managed_objects::ListManagedObjects>(),
        erase::<get_managed_object_schema::GetManagedObjectSchema>(),
        erase::<query_managed_objects::QueryManagedObjects>(),
        erase::<get_managed_object::GetManagedObject>(),
        erase::<create_managed_object::CreateManagedObject>(),
        erase::<patch_managed_object::PatchManagedObject>(),
        erase::<delete_managed_object::DeleteManagedObject>(),
        erase::<create_managed_object_definition::CreateManagedObjectDefinition>(),
        erase::<patch_managed_object_definition::PatchManagedObjectDefinition>(),
        erase::<delete_managed_object_definition::DeleteManagedObjectDefinition>(),
        erase::<patch_managed_object_relationship::PatchManagedObjectRelationship>(),
    ]
}

/// The remedy for a missing object or object type.
const FIND_IT: &str =
    "Find the right _id with queryManagedObjects; listManagedObjects names the object types.";

/// There is no type of this name.
fn unknown_type(document: &ManagedConfigDocument, name: &str) -> ToolError {
    let known = document.names().join(", ");
    ToolError::refused(
        format!("There is no managed object type named {name}."),
        format!("Use one of these types: {known}."),
    )
}

/// Whether a change of the definitions has stayed, as the model is told.
fn stay(durability: Durability) -> Stay {
    Stay::of_document(durability, "definitions", "getManagedObjectSchema")
}
