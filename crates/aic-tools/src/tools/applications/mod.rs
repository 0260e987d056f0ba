//! OIDC applications: an OAuth 2.0 client in access management and the application in identity
//! management that names it.

mod create_oidc_app;
mod delete_oidc_app;
mod find;
mod get_oidc_app;
mod get_oidc_app_schema;
mod list_oidc_apps;
mod settings;
mod update_oidc_app;

use crate::tool::{AnyTool, erase};

pub(super) fn all() -> Vec<Box<dyn AnyTool>> {
    vec![
        erase::<list_oidc_apps::ListOidcApps>(),
        erase::<get_oidc_app::GetOidcApp>(),
        erase::<get_oidc_app_schema::GetOidcAppSchema>(),
        erase::<create_oidc_app::CreateOidcApp>(),
        erase::<update_oidc_app::UpdateOidcApp>(),
        erase::<delete_oidc_app::DeleteOidcApp>(),
    ]
}

/// How to get rid of a client that no application names.
fn clean_up(realm: aic_api::Realm, client_id: &aic_api::path::ClientId) -> String {
    format!(
        "To remove the client {client_id}, delete it in the admin console; or create an \
         application for it with createManagedObject (objectType {realm}_application, objectData \
         with a new name and ssoEntities {{\"oidcId\": \"{client_id}\"}}) and delete that with \
         deleteOidcApp."
    )
}
