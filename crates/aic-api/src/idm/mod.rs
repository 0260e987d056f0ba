//! `/openidm`: managed objects and their configuration, themes, features.

mod administrators;
mod config;
mod features;
mod managed;
mod new_types;
mod patch;
mod schema;
mod theme;
mod themes;

pub use administrators::Administrator;
pub use config::{ManagedConfig, ManagedConfigDocument, ManagedConfigEdit};
pub use features::{Feature, FeatureName, Features, InvalidFeatureName};
pub use managed::{ManagedObjects, ManagedPage, ManagedQuery, Total};
pub(crate) use new_types::NewTypes;
pub use patch::{Operation, PatchOperation};
pub use schema::{Definition, RelationshipProperty, is_relationship};
pub use theme::{Theme, ThemeDocument};
pub use themes::{ThemeConfig, ThemeEdit, Themes};
