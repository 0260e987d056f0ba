use std::fmt::Write as _;

use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::OwnedMutexGuard;

use super::List;
use super::nodes::NodeRef;
use crate::change::{Document, State};
use crate::durability::{self, Durability};
use crate::error::{Cause, Service};
use crate::http::Request;
use crate::path::{InvalidName, JourneyName, Path};
use crate::query::{Filter, Query};
use crate::{ApiError, Call, Realm, Resource, Write};

const API_VERSION: &str = "protocol=2.1,resource=1.0";

/// What is listed of each journey.
const LISTED: &str = "_id,description,identityResource,uiConfig,nodes,enabled,mustRun,\
                      maximumSessionTime,maximumIdleTime";

/// The journeys of a realm, AM's authentication trees.
#[derive(Debug)]
pub struct Journeys<'a, A> {
    call: &'a Call<A>,
    realm: Realm,
}

impl<A> Call<A> {
    /// The journeys of a realm.
    pub fn journeys(&self, realm: Realm) -> Journeys<'_, A> {
        Journeys { call: self, realm }
    }
}

/// A journey: which nodes it has and how they are connected, as AM keeps it. The nodes' own
/// configuration is not part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Journey(Map<String, Value>);

impl Journey {
    /// The journey's nodes: the id of each as it is written there, and which node it is.
    pub fn nodes(&self) -> impl Iterator<Item = (&str, Result<NodeRef, InvalidName>)> {
        self.0
            .get("nodes")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(id, node)| (id.as_str(), NodeRef::read(id, &node["nodeType"], &node["version"])))
    }

    /// The journey as JSON.
    pub fn as_json(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The journey as JSON.
    pub fn into_json(self) -> Map<String, Value> {
        self.0
    }

    /// Whether all that was written is here: AM adds to what it is sent.
    fn has(&self, written: &Map<String, Value>) -> bool {
        written.iter().all(|(name, value)| {
            let stored = self.0.get(name).unwrap_or(&Value::Null);
            match name.as_str() {
                // Where the editor draws the ends does not matter.
                "_id" | "_rev" | "staticNodes" => true,
                "nodes" => same_nodes(value, stored),
                _ => stored == value,
            }
        })
    }
}

/// Whether two graphs have the same nodes with the same connections.
fn same_nodes(one: &Value, other: &Value) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return false };
    one.len() == other.len()
        && one.iter().all(|(id, node)| {
            other.get(id).is_some_and(|same| {
                ["nodeType", "displayName", "connections"]
                    .iter()
                    .all(|part| node[part] == same[part])
            })
        })
}

impl<A> Journeys<'_, A> {
    fn path(&self) -> Path {
        self.realm.am_path().then("/realm-config/authentication/authenticationtrees/trees")
    }

    fn one(&self, name: &JourneyName) -> Resource {
        Resource::Journey { realm: self.realm, name: name.clone() }
    }

    /// `GET .../authenticationtrees/trees?_queryFilter=true`: all journeys of the realm, without
    /// what only matters to their editor.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn list(&self) -> Result<Vec<Value>, ApiError> {
        let query = Query::default()
            .with("_queryFilter", Filter::all())
            .with("_pageSize", -1)
            .with("_fields", LISTED);
        let request = Request::read(Service::Am, self.path()).query(query).api_version(API_VERSION);
        let list: List = self.call.send(request).await?.json()?;
        Ok(list.result)
    }

    /// `GET .../authenticationtrees/trees/{name}`: a journey.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown journey is [`Cause::NotFound`].
    pub async fn get(&self, name: &JourneyName) -> Result<Journey, ApiError> {
        let request = Request::get(&self.one(name));
        self.call.send(request).await?.json()
    }

    /// The journey with the settings of those nodes that have settings in `other`, as far as both
    /// have these nodes.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub(crate) async fn with_settings(
        &self,
        journey: &Document,
        other: &Document,
    ) -> Result<Document, ApiError> {
        const AT_A_TIME: usize = 8;
        let mut journey = Journey(journey.to_object().unwrap_or_default());
        let other = other.to_value();
        let wanted: Vec<_> = journey
            .nodes()
            .filter(|(id, _)| other["nodes"][id].get("config").is_some())
            .filter_map(|(id, node)| Some((id.to_owned(), node.ok()?)))
            .collect();
        let nodes = &self.call.nodes(self.realm);
        let read: Vec<_> = stream::iter(wanted)
            .map(|(id, node)| async move {
                match nodes.get(&node).await {
                    Err(error) if error.cause() == Some(Cause::NotFound) => Ok(None),
                    read => read.map(|node| Some((id, node.config))),
                }
            })
            .buffered(AT_A_TIME)
            .try_collect()
            .await?;
        let stored = journey.0.get_mut("nodes").and_then(Value::as_object_mut);
        if let Some(stored) = stored {
            for (id, mut settings) in read.into_iter().flatten() {
                settings.shift_remove("_rev");
                stored[&id]["config"] = settings.into();
            }
        }
        Ok(Document::from(&Value::Object(journey.0)))
    }

    /// The page on which people go through a journey, the realm's default one where none is named.
    /// Nothing is sent.
    pub fn preview_url(&self, name: Option<&JourneyName>) -> String {
        let mut url = format!("{}am/XUI/?realm=/{}", self.call.tenant().url(), self.realm);
        let query = Query::default()
            .maybe("authIndexType", name.map(|_| "service"))
            .maybe("authIndexValue", name);
        if let Some(query) = query.as_str() {
            let _ = write!(url, "&{query}");
        }
        url
    }
}

impl<'a> Journeys<'a, Write> {
    /// Reads a journey and holds it against the other calls of this client, to write it as a
    /// whole.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; a journey that is not there is none.
    pub async fn edit(&self, name: &JourneyName) -> Result<JourneyEdit<'a>, ApiError> {
        let lock = self.call.lock(&self.one(name).path()).await;
        let before = match self.get(name).await {
            Err(error) if error.cause() != Some(Cause::NotFound) => return Err(error),
            there_or_not => there_or_not,
        };
        let journeys = Journeys { call: self.call, realm: self.realm };
        Ok(JourneyEdit { journeys, name: name.clone(), before, _lock: lock })
    }

    /// `DELETE .../authenticationtrees/trees/{name}`: deletes a journey and returns it as it was.
    /// Its nodes stay.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown journey is [`Cause::NotFound`].
    pub async fn delete(&self, name: &JourneyName) -> Result<Journey, ApiError> {
        let _lock = self.call.lock(&self.one(name).path()).await;
        let request = Request::write(Method::DELETE, self.one(name));
        self.call.send(request).await?.object_if_any().map(Journey)
    }
}

/// A change of a journey under way. Nobody else of this client changes it meanwhile.
#[derive(Debug)]
pub struct JourneyEdit<'a> {
    journeys: Journeys<'a, Write>,
    name: JourneyName,
    before: Result<Journey, ApiError>,
    _lock: OwnedMutexGuard<()>,
}

impl JourneyEdit<'_> {
    /// The journey as it was read.
    ///
    /// # Errors
    ///
    /// [`ApiError`], [`Cause::NotFound`], where there is none.
    pub fn before(&self) -> Result<&Journey, &ApiError> {
        self.before.as_ref()
    }

    /// `PUT .../authenticationtrees/trees/{name}`: writes the journey. Where its nodes have a
    /// `config`, AM creates them with it or puts it in place of theirs.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    // Assumption: a PUT of a journey takes the configuration of its nodes along. The reference
    // server relies on it, and public recordings only show nodes written one by one.
    pub async fn put(self, mut journey: Map<String, Value>) -> Result<Durability, ApiError> {
        journey.shift_remove("_rev");
        journey.insert("_id".to_owned(), self.name.as_str().into());
        let written = Value::Object(journey);
        let mut request = Request::write(Method::PUT, self.journeys.one(&self.name)).json(&written);
        if let Some(before) = self.overwritten(&written).await? {
            request = request.before(before);
        }
        self.journeys.call.send(request).await?;
        let Value::Object(written) = written else { return Ok(Durability::Unknown) };
        Ok(self.confirm(&written).await)
    }

    /// What the PUT is going to write over, where somebody wants to know: the settings of nodes
    /// that go along are not part of the journey as it is read.
    async fn overwritten(&self, written: &Value) -> Result<Option<State>, ApiError> {
        let call = self.journeys.call;
        let (true, Ok(before)) = (call.keeps_previous(), &self.before) else { return Ok(None) };
        let before = Document::from(&Value::Object(before.0.clone()));
        let read = self.journeys.with_settings(&before, &Document::from(written)).await;
        match read {
            Ok(before) => Ok(Some(State::Is(before))),
            Err(error) if call.is_held_to_its_word() => Err(error),
            Err(_) => Ok(Some(State::Unknown)),
        }
    }

    async fn confirm(&self, written: &Map<String, Value>) -> Durability {
        let read = || async {
            match self.journeys.get(&self.name).await {
                Err(error) if error.cause() == Some(Cause::NotFound) => Ok(None),
                found => found.map(Some),
            }
        };
        let is_as_written =
            |found: &Option<Journey>| found.as_ref().is_some_and(|journey| journey.has(written));
        durability::confirm(read, is_as_written).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn journey(value: Value) -> Journey {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn nodes_are_named_with_their_version() {
        let journey = journey(json!({ "nodes": {
            "a": { "nodeType": "PageNode", "version": "2.0" },
            "b": { "nodeType": "PageNode", "version": "1.0" },
            "c": { "nodeType": "DataStoreDecisionNode" },
            "d": { "nodeType": "a/b" },
        } }));
        let kinds: Vec<_> = journey
            .nodes()
            .map(|(id, node)| (id, node.ok().map(|node| node.kind.to_string())))
            .collect();
        let kind = |kind: &str| Some(kind.to_owned());
        assert_eq!(
            kinds,
            [
                ("a", kind("PageNode/2.0")),
                ("b", kind("PageNode")),
                ("c", kind("DataStoreDecisionNode")),
                ("d", None)
            ]
        );
    }

    #[test]
    fn a_journey_without_nodes_has_none() {
        for odd in [json!({}), json!({ "nodes": null }), json!({ "nodes": [1] })] {
            assert_eq!(journey(odd).nodes().count(), 0);
        }
    }

    #[test]
    fn what_was_written_is_found_among_what_is_added() {
        let node = |to: &str| json!({ "nodeType": "PageNode", "displayName": "Page", "connections": { "outcome": to } });
        let mut stored_node = node("x");
        stored_node["x"] = json!(1.5);
        let stored =
            journey(json!({ "_id": "J", "_rev": "-1", "entryNodeId": "a", "enabled": true,
            "nodes": { "a": stored_node } }));
        let mut sent_node = node("x");
        sent_node["config"] = json!({ "_id": "a" });
        let mut sent = json!({ "_id": "J", "entryNodeId": "a", "description": null,
            "nodes": { "a": sent_node } });
        assert!(stored.has(sent.as_object().unwrap()));
        sent["entryNodeId"] = json!("b");
        assert!(!stored.has(sent.as_object().unwrap()));
        for nodes in [json!({}), json!({ "b": node("x") }), json!({ "a": node("y") })] {
            assert!(!stored.has(json!({ "nodes": nodes }).as_object().unwrap()));
        }
    }
}
