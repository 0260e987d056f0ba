use aic_api::Realm;
use aic_api::error::Cause;
use aic_api::idm::ManagedQuery;
use aic_api::path::{ClientId, ObjectId, ObjectType};
use aic_api::query::Filter;
use serde_json::Value;

use crate::outcome::ToolError;
use crate::tool::{Context, JsonObject};

/// The part of an application that names its client.
pub(super) const SSO_ENTITIES: &str = "ssoEntities";

/// An application that was found by its name.
pub(super) struct Application {
    pub(super) id: ObjectId,
    /// The client that it is linked to.
    pub(super) client_id: Option<ClientId>,
    /// The application with the fields asked for.
    pub(super) object: JsonObject,
}

/// Finds the one application of this name.
pub(super) async fn application<A>(
    cx: &Context<A>,
    realm: Realm,
    name: &str,
    fields: &str,
) -> Result<Application, ToolError> {
    let mut found = named(cx, realm, name, fields).await?;
    match found.len() {
        1 => parse_application(found.remove(0), realm),
        0 => Err(ToolError::refused(
            format!("There is no application named {name} in realm {realm}."),
            "Find its name with listOidcApps, in this realm or the other one.",
        )),
        count => Err(ToolError::refused(
            format!(
                "There are {count} applications named {name} in realm {realm}: {}.",
                found.iter().map(identify).collect::<Vec<_>>().join("; ")
            ),
            format!(
                "Nothing was changed. Look at each with getManagedObject (objectType \
                 {realm}_application), give all but one another name with patchManagedObject \
                 (replace /name), and repeat the call."
            ),
        )),
    }
}

/// All applications of this name.
pub(super) async fn named<A>(
    cx: &Context<A>,
    realm: Realm,
    name: &str,
    fields: &str,
) -> Result<Vec<Value>, ToolError> {
    let query = ManagedQuery {
        filter: Filter::eq("name", name).into(),
        fields: Some(fields.to_owned()),
        ..ManagedQuery::default()
    };
    let page = cx.api().managed(&ObjectType::applications(realm)).query(&query).await;
    Ok(page
        .map_err(|error| ToolError::from(error).advise(Cause::NotFound, no_such_type(realm)))?
        .objects)
}

/// The remedy where a realm has no type for applications.
pub(super) fn no_such_type(realm: Realm) -> String {
    format!("The type {realm}_application is missing: see listManagedObjects.")
}

/// The id of the client that an application names.
pub(super) fn linked_client(application: &Value) -> Option<&str> {
    let id = application.get(SSO_ENTITIES)?.get("oidcId")?.as_str()?;
    Some(id).filter(|id| !id.is_empty())
}

fn identify(application: &Value) -> String {
    let id = application.get("_id").and_then(Value::as_str).unwrap_or("without _id");
    match linked_client(application) {
        Some(client) => format!("{id} (client {client})"),
        None => format!("{id} (no client)"),
    }
}

fn parse_application(application: Value, realm: Realm) -> Result<Application, ToolError> {
    let odd = |what: &str, problem: &dyn std::fmt::Display| {
        ToolError::refused(
            format!("The {what} of the application cannot be used: {problem}."),
            format!(
                "Nothing was changed. Look at the application with queryManagedObjects \
                 (objectType {realm}_application), and correct it with patchManagedObject."
            ),
        )
    };
    let id = application.get("_id").and_then(Value::as_str).unwrap_or_default();
    let id = id.parse().map_err(|error| odd("_id", &error))?;
    let client_id = linked_client(&application).map(str::parse).transpose();
    let client_id = client_id.map_err(|error| odd("client id", &error))?;
    let Value::Object(object) = application else {
        return Err(ToolError::Internal("an application with an _id is no object"));
    };
    Ok(Application { id, client_id, object })
}
