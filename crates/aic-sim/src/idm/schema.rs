//! The schema of managed objects (`/openidm/schema/managed`): a view of their configuration.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::Idm;
use super::answer::IdmResult;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::request::{JsonBody, Segments};
use crate::service::Service;

/// The version of the schema service, which its answers name.
const VERSION: [(&str, &str); 1] = [("content-api-version", "resource=2.0")];

/// GET /openidm/schema/managed/{type}
pub(super) async fn read(
    State(service): State<Arc<Service<Idm>>>,
    Segments(type_name): Segments<String>,
) -> IdmResult<impl IntoResponse> {
    let schema = service.lock().schema(&type_name)?.clone();
    Ok((VERSION, Json(schema)))
}

/// GET /openidm/schema/managed/{type}/properties/{name}
pub(super) async fn read_property(
    State(service): State<Arc<Service<Idm>>>,
    Segments((type_name, name)): Segments<(String, String)>,
    headers: HeaderMap,
) -> IdmResult<impl IntoResponse> {
    demand_version(&headers)?;
    let idm = service.lock();
    let property = idm.schema(&type_name)?.get("properties").and_then(|all| all.get(&name));
    let property = property.ok_or_else(|| no_property(&type_name, &name))?.clone();
    Ok((VERSION, Json(property)))
}

/// PUT /openidm/schema/managed/{type}/properties/{name}: adds or replaces. `If-Match: *` does not
/// stand in the way of adding, since the official server sends it with every PUT.
pub(super) async fn put_property(
    State(service): State<Arc<Service<Idm>>>,
    Segments((type_name, name)): Segments<(String, String)>,
    headers: HeaderMap,
    body: JsonBody,
) -> IdmResult<impl IntoResponse> {
    demand_version(&headers)?;
    demand_custom(&name)?;
    let property = Value::Object(body.into_object()?);
    let old = service
        .lock()
        .edit_properties(&type_name, |properties| properties.insert(name, property.clone()))?;
    let status = if old.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, VERSION, Json(property)))
}

/// DELETE /openidm/schema/managed/{type}/properties/{name}
pub(super) async fn delete_property(
    State(service): State<Arc<Service<Idm>>>,
    Segments((type_name, name)): Segments<(String, String)>,
    headers: HeaderMap,
) -> IdmResult<impl IntoResponse> {
    demand_version(&headers)?;
    demand_custom(&name)?;
    let old = service.lock().edit_properties(&type_name, |all| all.shift_remove(&name))?;
    let old = old.ok_or_else(|| no_property(&type_name, &name))?;
    Ok((VERSION, Json(old)))
}

impl Idm {
    /// Assumption: the effective schema is the configured one.
    fn schema(&self, type_name: &str) -> Result<&Object> {
        let objects = self.document.get("objects").and_then(Value::as_array);
        let mut definitions = objects.into_iter().flatten().rev();
        let definition = definitions.find(|definition| definition["name"] == type_name);
        definition
            .and_then(|definition| definition.get("schema")?.as_object())
            .ok_or_else(|| no_type(type_name))
    }

    /// Changes the properties of a type in the configuration, and puts that in force.
    fn edit_properties<T>(
        &mut self,
        type_name: &str,
        edit: impl FnOnce(&mut Object) -> T,
    ) -> Result<T> {
        let mut document = self.document.as_ref().clone();
        let objects = document.get_mut("objects").and_then(Value::as_array_mut);
        let mut definitions = objects.into_iter().flatten().rev();
        let properties = definitions
            .find(|definition| definition["name"] == type_name)
            .and_then(|definition| definition.get_mut("schema")?.as_object_mut())
            .and_then(|schema| {
                schema.entry("properties").or_insert_with(|| json!({})).as_object_mut()
            })
            .ok_or_else(|| no_type(type_name))?;
        let edited = edit(properties);
        self.configure(document)?;
        Ok(edited)
    }
}

/// Assumption: the properties of a schema are served in version 2.0 only, and a request that names
/// no version or another is refused. The official server always names it.
fn demand_version(headers: &HeaderMap) -> Result<()> {
    let versions = headers.get_all("accept-api-version").iter();
    let asked = versions.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    if asked.into_iter().any(|version| version.trim() == "resource=2.0") {
        return Ok(());
    }
    Err(Error::bad_request("Accept-API-Version must be resource=2.0"))
}

/// Assumption: the refusal of other names is known, its status and message are not.
fn demand_custom(name: &str) -> Result<()> {
    if name.starts_with("custom_") {
        return Ok(());
    }
    Err(Error::bad_request(format!("The name of property '{name}' must start with 'custom_'")))
}

fn no_type(type_name: &str) -> Error {
    Error::not_found(format!("Resource 'schema/managed/{type_name}' not found"))
}

fn no_property(type_name: &str, name: &str) -> Error {
    Error::not_found(format!("Resource 'schema/managed/{type_name}/properties/{name}' not found"))
}
