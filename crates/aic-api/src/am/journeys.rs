use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::List;
use super::nodes::NodeRef;
use crate::endpoint::Endpoint;
use crate::error::Cause;
use crate::http::Request;
use crate::journey::JourneyEdit;
use crate::path::{InvalidName, JourneyName};
use crate::query::{Filter, Query};
use crate::{ApiError, Call, Realm, Resource, Write};

/// The members that are listed of each journey.
const LISTED: &str = "_id,description,identityResource,uiConfig,nodes,enabled,mustRun,\
                      maximumSessionTime,maximumIdleTime";

/// The journeys of a realm, AM's authentication trees.
#[derive(Debug)]
pub struct Journeys<'a, A> {
    pub(crate) call: &'a Call<A>,
    pub(crate) realm: Realm,
}

impl<A> Call<A> {
    /// The journeys of a realm.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctest.rs"));
    /// use aic_api::auth::{Scope, ScopeSet};
    /// use aic_api::Realm;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_sim, client) = simulated().await?;
    /// let call = client.reading(ScopeSet::of(&[Scope::Am]));
    /// let journey = call.journeys(Realm::Alpha).get(&"Login".parse()?).await?;
    /// assert!(journey.nodes().all(|(_, node)| node.is_ok()));
    /// # Ok(())
    /// # }
    /// ```
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
        self.0.get("nodes").and_then(Value::as_object).into_iter().flatten().map(|(id, node)| {
            (id.as_str(), NodeRef::parse(id, &node["nodeType"], &node["version"]))
        })
    }

    /// Whether people can go through it. A journey that was made before there was the switch is on.
    pub fn is_enabled(&self) -> bool {
        self.switch("enabled").unwrap_or(true)
    }

    /// Whether only other journeys run it.
    pub fn is_inner_only(&self) -> bool {
        self.switch("innerTreeOnly").unwrap_or_default()
    }

    fn switch(&self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    /// The journeys that it runs, by the nodes of the realm that run one, as [`Nodes::inner_journeys`]
    /// reads them.
    ///
    /// [`Nodes::inner_journeys`]: super::Nodes::inner_journeys
    pub fn inner_journeys(&self, running: &HashMap<NodeRef, String>) -> BTreeSet<String> {
        let nodes = self.nodes().filter_map(|(_, node)| node.ok());
        nodes.filter_map(|node| running.get(&node).cloned()).collect()
    }

    /// The journey as JSON.
    pub fn as_json(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The journey as JSON.
    pub fn into_json(self) -> Map<String, Value> {
        self.0
    }
}

impl From<Map<String, Value>> for Journey {
    fn from(tree: Map<String, Value>) -> Self {
        Self(tree)
    }
}

impl<A> Journeys<'_, A> {
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
        self.listed(LISTED).await
    }

    async fn listed(&self, fields: &'static str) -> Result<Vec<Value>, ApiError> {
        let query = Query::default()
            .with("_queryFilter", Filter::all())
            .with("_pageSize", -1)
            .with("_fields", fields);
        let request = Request::read(Endpoint::journeys(self.realm)).query(query);
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

    /// `GET .../authenticationtrees/trees?_queryFilter=true`: the names of all journeys of the realm,
    /// each with its nodes.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub(crate) async fn graphs(&self) -> Result<Vec<(String, Journey)>, ApiError> {
        self.trees("_id,nodes").await
    }

    /// The same with all that a journey is checked for.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub(crate) async fn whole_trees(&self) -> Result<Vec<(String, Journey)>, ApiError> {
        self.trees("_id,entryNodeId,enabled,innerTreeOnly,nodes").await
    }

    async fn trees(&self, fields: &'static str) -> Result<Vec<(String, Journey)>, ApiError> {
        let trees = self.listed(fields).await?;
        let named = |tree: Value| {
            let name = tree["_id"].as_str()?.to_owned();
            Some((name, Journey(tree.as_object()?.clone())))
        };
        Ok(trees.into_iter().filter_map(named).collect())
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
    /// [`ApiError`]. A missing journey is not an error.
    pub async fn edit(&self, name: &JourneyName) -> Result<JourneyEdit<'a>, ApiError> {
        let lock = self.call.lock(&self.one(name).path()).await;
        let before = match self.get(name).await {
            Err(error) if error.cause() == Some(Cause::NotFound) => None,
            found => Some(found?),
        };
        let (call, realm, name) = (self.call, self.realm, name.clone());
        Ok(JourneyEdit { call, realm, name, before, _lock: lock })
    }

    /// The same for a journey that has to be there. Returns it as well.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown journey is [`Cause::NotFound`].
    pub async fn edit_existing(
        &self,
        name: &JourneyName,
    ) -> Result<(JourneyEdit<'a>, Journey), ApiError> {
        let lock = self.call.lock(&self.one(name).path()).await;
        let journey = self.get(name).await?;
        let (call, realm, name) = (self.call, self.realm, name.clone());
        let edit = JourneyEdit { call, realm, name, before: Some(journey.clone()), _lock: lock };
        Ok((edit, journey))
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
}
