//! The requests on nodes and their types
//! (`realm-config/authentication/authenticationtrees/nodes`).

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::catalogue::{self, NodeType};
use super::node::{FIRST_VERSION, Key, node_type};
use crate::am::answer::Answer;
use crate::am::attribute::Choices;
use crate::am::list::{Count, ListQuery};
use crate::am::realm::{RealmConfig, RealmHandle};
use crate::am::version::ResourceVersion;
use crate::crest::Object;
use crate::crest::error::{Error, Result};
use crate::crest::precondition::Precondition;
use crate::crest::request::{JsonBody, Parameters, Segments};

const PATH: &str = "realm-config/authentication/authenticationtrees/nodes";

/// POST nodes?_action=getAllTypes or nextdescendents
pub(super) async fn act_on_all(realm: RealmHandle, parameters: Parameters) -> Result<Json<Value>> {
    match parameters.get("_action") {
        Some("getAllTypes") => {
            let types: Vec<Value> = catalogue::types().map(NodeType::summary).collect();
            Ok(Json(json!({"result": types})))
        }
        Some("nextdescendents") => {
            Ok(Json(json!({"result": realm.with(|config| config.nodes_of(None))})))
        }
        _ => Err(unsupported()),
    }
}

/// GET nodes/{type}
pub(super) async fn list(
    realm: RealmHandle,
    Segments(kind): Segments<String>,
    parameters: Parameters,
) -> Result<Json<Value>> {
    realm.with(|config| config.list_nodes(&kind, FIRST_VERSION, &parameters))
}

/// POST nodes/{type}
pub(super) async fn act(
    realm: RealmHandle,
    Segments(kind): Segments<String>,
    parameters: Parameters,
    body: JsonBody,
) -> Result<Response> {
    let kind = find(&kind, FIRST_VERSION)?;
    if parameters.get("_action") == Some("getType") {
        return Ok(Json(kind.summary()).into_response());
    }
    act_on(&realm, kind, &parameters, body)
}

/// POST nodes/{type}/{version}
pub(super) async fn act_on_version(
    realm: RealmHandle,
    Segments((kind, version)): Segments<(String, String)>,
    parameters: Parameters,
    body: JsonBody,
) -> Result<Response> {
    realm.with(|config| config.demand_versions(&kind, &version))?;
    let kind = find(&kind, &version)?;
    if parameters.get("_action") == Some("getType") {
        return Ok(Json(kind.version_summary()).into_response());
    }
    act_on(&realm, kind, &parameters, body)
}

/// GET nodes/{type}/{id}, or nodes/{type}/{version} with a filter
pub(super) async fn read(
    realm: RealmHandle,
    ResourceVersion(version): ResourceVersion,
    Segments((kind, id)): Segments<(String, String)>,
    parameters: Parameters,
) -> Result<Response> {
    realm.with(|config| {
        if is_version(&id) && parameters.get("_queryFilter").is_some() {
            config.demand_versions(&kind, &id)?;
            return Ok(config.list_nodes(&kind, &id, &parameters)?.into_response());
        }
        let key = config.key(&kind, &id, version)?;
        Ok(Answer::ok(config.node(&key)?).into_response())
    })
}

/// PUT nodes/{type}/{id}
pub(super) async fn write(
    realm: RealmHandle,
    ResourceVersion(version): ResourceVersion,
    Segments((kind, id)): Segments<(String, String)>,
    precondition: Precondition,
    body: JsonBody,
) -> Result<Answer> {
    let body = body.into_object()?;
    let (node, is_new) = realm.with(|config| {
        let key = config.key(&kind, &id, version)?;
        config.write_node(&key, body, &precondition)
    })?;
    Ok(Answer::written(node, is_new, realm.location(&format!("{PATH}/{kind}"), &id)))
}

/// DELETE nodes/{type}/{id}
pub(super) async fn delete(
    realm: RealmHandle,
    ResourceVersion(version): ResourceVersion,
    Segments((kind, id)): Segments<(String, String)>,
    precondition: Precondition,
) -> Result<Answer> {
    realm.with(|config| {
        let key = config.key(&kind, &id, version)?;
        config.delete_node(&key, &precondition).map(Answer::ok)
    })
}

/// GET nodes/{type}/{version}/{id}
pub(super) async fn read_version(
    realm: RealmHandle,
    Segments((kind, version, id)): Segments<(String, String, String)>,
) -> Result<Answer> {
    let node = realm.with(|config| {
        config.demand_versions(&kind, &format!("{version}/{id}"))?;
        config.node(&Key { kind, version, id })
    })?;
    Ok(Answer::ok(node))
}

/// PUT nodes/{type}/{version}/{id}
pub(super) async fn write_version(
    realm: RealmHandle,
    Segments((kind, version, id)): Segments<(String, String, String)>,
    precondition: Precondition,
    body: JsonBody,
) -> Result<Answer> {
    let body = body.into_object()?;
    let location = realm.location(&format!("{PATH}/{kind}/{version}"), &id);
    let (node, is_new) = realm.with(|config| {
        config.demand_versions(&kind, &format!("{version}/{id}"))?;
        config.write_node(&Key { kind, version, id }, body, &precondition)
    })?;
    Ok(Answer::written(node, is_new, location))
}

/// DELETE nodes/{type}/{version}/{id}
pub(super) async fn delete_version(
    realm: RealmHandle,
    Segments((kind, version, id)): Segments<(String, String, String)>,
    precondition: Precondition,
) -> Result<Answer> {
    let node = realm.with(|config| {
        config.demand_versions(&kind, &format!("{version}/{id}"))?;
        config.delete_node(&Key { kind, version, id }, &precondition)
    })?;
    Ok(Answer::ok(node))
}

/// Carries out the actions on either version of a path to a type.
fn act_on(
    realm: &RealmHandle,
    kind: &'static NodeType,
    parameters: &Parameters,
    JsonBody(body): JsonBody,
) -> Result<Response> {
    match parameters.get("_action") {
        Some("schema") => {
            let choices = realm.with(|config| config.choices());
            Ok(Json(kind.schema(&choices)).into_response())
        }
        Some("template") => Ok(Json(kind.template()).into_response()),
        // Assumption: the answer is a bare array, like `_outcomes` of a node and as the official
        // server types it. A recorded answer would settle it.
        Some("listOutcomes") => {
            let mut config = kind.template();
            config.extend(JsonBody(body).into_object()?);
            let outcomes = realm.with(|realm| realm.outcomes(kind, &config));
            Ok(Json(outcomes).into_response())
        }
        Some("create") => create(realm, kind, JsonBody(body).into_object()?),
        _ => Err(unsupported()),
    }
}

fn create(realm: &RealmHandle, kind: &'static NodeType, body: Object) -> Result<Response> {
    let id = body.get("_id").and_then(Value::as_str).map(str::to_owned);
    let id = id.unwrap_or_else(|| Uuid::new_v4().to_string());
    let key = Key { kind: kind.id.to_owned(), version: kind.version.to_owned(), id };
    let node = realm.with(|config| {
        if config.nodes.get(&key).is_some() {
            return Err(Error::conflict("Unable to save config: Service already exists"));
        }
        config.write_node(&key, body, &Precondition::default()).map(|(node, _)| node)
    })?;
    let location = realm.location(&format!("{PATH}/{}", kind.id), &key.id);
    Ok(Answer::written(node, true, location).into_response())
}

impl RealmConfig {
    fn list_nodes(
        &self,
        kind: &str,
        version: &str,
        parameters: &Parameters,
    ) -> Result<Json<Value>> {
        let kind = find(kind, version)?;
        let query = ListQuery::parse(parameters)?;
        Ok(query.answer(self.nodes_of(Some(kind)).into_iter(), Count::Unknown))
    }

    /// The key of a node whose path names no version.
    ///
    /// As recorded, such a path finds only nodes of version 1.0, and is one of versions below 3.0
    /// of the API.
    fn key(&self, kind: &str, id: &str, resource: Option<u32>) -> Result<Key> {
        let key = self.unversioned(kind, id);
        node_type(&key)?;
        if self.versioned_nodes && resource.is_some_and(|version| version >= 3) {
            return Err(unknown(kind, id));
        }
        Ok(key)
    }

    /// Refuses a path with a version where versions are not known.
    fn demand_versions(&self, kind: &str, rest: &str) -> Result<()> {
        if self.versioned_nodes { Ok(()) } else { Err(unknown(kind, rest)) }
    }

    fn choices(&self) -> Choices {
        let name = |script: &Object| {
            script.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        Choices {
            scripts: self.scripts.iter().map(|(id, script)| (id.clone(), name(script))).collect(),
            trees: self.trees.keys().cloned().collect(),
        }
    }
}

fn find(kind: &str, version: &str) -> Result<&'static NodeType> {
    // The words are recorded of types of agents.
    catalogue::find(kind, version)
        .ok_or_else(|| Error::not_found(format!("Resource '{kind}' not found")))
}

fn unknown(kind: &str, rest: &str) -> Error {
    Error::not_found(format!("Resource '{kind}/{rest}' not found"))
}

fn unsupported() -> Error {
    Error::bad_request("The request must have a supported _action parameter")
}

/// Whether a segment is a version, such as `1.0`.
fn is_version(segment: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    segment.split_once('.').is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_ids() {
        assert!(is_version("1.0") && is_version("12.34"));
        for id in ["70e691a5-1e33-4ac3-a356-e7b6d60d92e0", "1", "1.", ".1", "1.0.0", "a.b"] {
            assert!(!is_version(id), "{id}");
        }
    }
}
