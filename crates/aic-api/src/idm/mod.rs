//! `/openidm`: managed objects and their configuration.

mod config;
mod managed;
mod patch;
mod schema;

pub use crate::durability::Durability;
pub use config::{ManagedConfig, ManagedConfigDocument, ManagedConfigEdit};
pub use managed::{ManagedObjects, ManagedPage, ManagedQuery};
pub use patch::{Operation, PatchOperation};
pub use schema::{Definition, RelationshipProperty, is_relationship};
