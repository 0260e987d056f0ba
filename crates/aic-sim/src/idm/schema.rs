//! The schema of managed objects (`/openidm/schema/managed`): a view of their configuration.

mod reverse;

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::Idm;
use super::answer::IdmResult;
use super::settling::wait_for_completion;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::request::{JsonBody, Parameters, Segments};
use crate::service::Service;

/// The version of the schema service, which its answers name.
const VERSION: [(&str, &str); 1] = [("content-api-version", "protocol=2.1,resource=2.0")];
/// The most custom relationships that a type may have, as the documentation has it.
const MOST_RELATIONSHIPS: usize = 5;

/// GET /openidm/schema/managed/{type}
pub(super) async fn read(
    State(service): State<Arc<Service<Idm>>>,
    Segments(type_name): Segments<String>,
) -> IdmResult<impl IntoResponse> {
    let schema = service.settled().schema(&type_name)?.clone();
    Ok((VERSION, Json(schema)))
}

/// GET /openidm/schema/managed/{type}/properties/{name}
pub(super) async fn read_property(
    State(service): State<Arc<Service<Idm>>>,
    Segments((type_name, name)): Segments<(String, String)>,
    headers: HeaderMap,
) -> IdmResult<impl IntoResponse> {
    check_version(&headers)?;
    let idm = service.settled();
    let property = idm.schema(&type_name)?.get("properties").and_then(|all| all.get(&name));
    let property = property.ok_or_else(|| no_property(&type_name, &name))?.clone();
    Ok((VERSION, Json(property)))
}

/// PUT /openidm/schema/managed/{type}/properties/{name}: adds or replaces, and adds the property
/// that leads back where the definition describes one. `If-Match: *` does not stand in the way of
/// adding, since the official server sends it with every PUT.
pub(super) async fn put_property(
    State(service): State<Arc<Service<Idm>>>,
    Segments((type_name, name)): Segments<(String, String)>,
    headers: HeaderMap,
    parameters: Parameters,
    body: JsonBody,
) -> IdmResult<impl IntoResponse> {
    check_version(&headers)?;
    demand_custom(&name)?;
    let property = Value::Object(body.into_object()?);
    let (old, at) = {
        let mut idm = service.settled();
        let at = idm.settles_at(service.clock());
        let mut document = idm.managed.written().document.as_ref().clone();
        let properties = properties(&mut document, &type_name)?;
        let old = properties.insert(name.clone(), property.clone());
        let custom = properties.iter().filter(|(name, property)| {
            name.starts_with("custom_") && reverse::relationship(property).is_some()
        });
        if old.is_none() && custom.count() > MOST_RELATIONSHIPS {
            return Err(too_many(&type_name).into());
        }
        reverse::add(&mut document, &type_name, &name, &property);
        idm.write_managed(document, at)?;
        (old, at)
    };
    wait_for_completion(&parameters, service.clock(), at).await;
    let status = if old.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, VERSION, Json(property)))
}

/// DELETE /openidm/schema/managed/{type}/properties/{name}: the property that leads back stays, as
/// does the place among the `order`ed and `required` names.
pub(super) async fn delete_property(
    State(service): State<Arc<Service<Idm>>>,
    Segments((type_name, name)): Segments<(String, String)>,
    headers: HeaderMap,
    parameters: Parameters,
) -> IdmResult<impl IntoResponse> {
    check_version(&headers)?;
    demand_custom(&name)?;
    let (old, at) = service.settled().delete_property(&type_name, &name, service.clock())?;
    wait_for_completion(&parameters, service.clock(), at).await;
    Ok((VERSION, Json(old)))
}

impl Idm {
    /// The schema as it is configured.
    ///
    /// Assumption: a tenant adds nothing to it. The recorded schemas have the members of recorded
    /// definitions; a schema and a definition of one tenant at one time would settle it.
    fn schema(&self, type_name: &str) -> Result<&Object> {
        let objects = self.document().get("objects").and_then(Value::as_array);
        let mut definitions = objects.into_iter().flatten().rev();
        let definition = definitions.find(|definition| definition["name"] == type_name);
        definition
            .and_then(|definition| definition.get("schema")?.as_object())
            .ok_or_else(|| no_type(type_name))
    }

    fn delete_property(
        &mut self,
        type_name: &str,
        name: &str,
        clock: &crate::clock::Clock,
    ) -> Result<(Value, Duration)> {
        let at = self.settles_at(clock);
        let mut document = self.managed.written().document.as_ref().clone();
        let old = properties(&mut document, type_name)?.shift_remove(name);
        let old = old.ok_or_else(|| no_property(type_name, name))?;
        self.write_managed(document, at)?;
        Ok((old, at))
    }
}

/// The properties of a type in a managed object configuration, added where there are none.
fn properties<'a>(document: &'a mut Object, type_name: &str) -> Result<&'a mut Object> {
    let objects = document.get_mut("objects").and_then(Value::as_array_mut);
    let mut definitions = objects.into_iter().flatten().rev();
    definitions
        .find(|definition| definition["name"] == type_name)
        .and_then(|definition| definition.get_mut("schema")?.as_object_mut())
        .and_then(|schema| schema.entry("properties").or_insert_with(|| json!({})).as_object_mut())
        .ok_or_else(|| no_type(type_name))
}

/// The properties of a schema are served in version 2.0 only, as the documentation has it. A
/// request without a version gets the newest one, as the vendor's console relies on.
///
/// Assumption: the answer to another version. A request for `resource=1.0` would settle it.
fn check_version(headers: &HeaderMap) -> Result<()> {
    let versions = headers.get_all("accept-api-version").iter();
    let asked = versions.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut resources = asked.map(str::trim).filter(|version| version.starts_with("resource="));
    match resources.find(|version| *version != "resource=2.0") {
        None => Ok(()),
        Some(other) => {
            Err(Error::not_found(format!("{other} of the schema has no properties to serve")))
        }
    }
}

/// Only custom relationships may be written, as the documentation has it.
///
/// Assumption: the status and the message. Writing any other property would settle them.
fn demand_custom(name: &str) -> Result<()> {
    if name.starts_with("custom_") {
        return Ok(());
    }
    Err(Error::bad_request(format!("The name of property '{name}' must start with 'custom_'")))
}

/// Assumption: the status and the message. Adding a sixth relationship would settle them.
fn too_many(type_name: &str) -> Error {
    Error::bad_request(format!(
        "'{type_name}' cannot have more than {MOST_RELATIONSHIPS} custom relationships"
    ))
}

fn no_type(type_name: &str) -> Error {
    Error::not_found(format!("Resource 'schema/managed/{type_name}' not found"))
}

fn no_property(type_name: &str, name: &str) -> Error {
    Error::not_found(format!("Resource 'schema/managed/{type_name}/properties/{name}' not found"))
}
