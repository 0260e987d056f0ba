use std::fmt;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::List;
use crate::endpoint::Endpoint;
use crate::error::Cause;
use crate::http::{Answer, Request};
use crate::journey::{NodeDraft, own_settings};
use crate::locks::Hold;
use crate::path::{InvalidName, NodeId, NodeType, NodeVersion};
use crate::query::{Filter, Query};
use crate::{ApiError, Call, Realm, Resource, Write};

/// The type of the nodes that hold other nodes.
pub const PAGE_NODE: &str = "PageNode";
/// The type of the nodes that run another journey.
pub const INNER_JOURNEY_NODE: &str = "InnerTreeEvaluatorNode";
/// The type of the nodes that run a script which decides.
pub const SCRIPTED_DECISION_NODE: &str = "ScriptedDecisionNode";
/// The value in AM's templates of nodes for a script that is yet to be chosen.
pub const NO_SCRIPT: &str = "[Empty]";

/// The nodes of a realm's journeys, and the types of node there are.
#[derive(Debug)]
pub struct Nodes<'a, A> {
    call: &'a Call<A>,
    realm: Realm,
}

impl<A> Call<A> {
    /// The nodes of a realm's journeys.
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
    /// let types = call.nodes(Realm::Alpha).types().await?;
    /// assert!(types.iter().any(|node_type| node_type["_id"] == "PageNode"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn nodes(&self, realm: Realm) -> Nodes<'_, A> {
        Nodes { call: self, realm }
    }
}

/// A node's type, in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NodeKind {
    name: NodeType,
    version: Option<NodeVersion>,
}

impl NodeKind {
    /// The type in a version; none is the first one, which nodes had before there were versions.
    pub fn new(name: NodeType, version: Option<NodeVersion>) -> Self {
        Self { name, version: version.filter(|version| version.as_str() != "1.0") }
    }

    /// The type's name.
    pub fn name(&self) -> &NodeType {
        &self.name
    }

    /// The version, where it is not the first.
    pub fn version(&self) -> Option<&NodeVersion> {
        self.version.as_ref()
    }
}

/// The name, with a slash and the version where it is not the first.
impl fmt::Display for NodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{}/{version}", self.name),
            None => self.name.fmt(f),
        }
    }
}

/// Which node: its type and its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NodeRef {
    /// Its type.
    pub kind: NodeKind,
    /// Its id.
    pub id: NodeId,
}

impl NodeRef {
    /// The node of this type, version and id.
    pub fn new(name: NodeType, version: Option<NodeVersion>, id: NodeId) -> Self {
        Self { kind: NodeKind::new(name, version), id }
    }

    pub(crate) fn resource(&self, realm: Realm) -> Resource {
        Resource::Node {
            realm,
            node_type: self.kind.name.clone(),
            version: self.kind.version.clone(),
            id: self.id.clone(),
        }
    }

    /// Understands how a journey or a page names a node.
    ///
    /// # Errors
    ///
    /// When the type, the version or the id is not a name.
    pub(super) fn parse(id: &str, node_type: &Value, version: &Value) -> Result<Self, InvalidName> {
        let name = node_type.as_str().unwrap_or_default().parse()?;
        let version = version.as_str().map(str::parse).transpose()?;
        Ok(Self { kind: NodeKind::new(name, version), id: id.parse()? })
    }

    /// Whether the node is a page, which holds other nodes.
    pub fn is_page(&self) -> bool {
        self.kind.name.as_str() == PAGE_NODE
    }
}

/// The nodes on a page, from the page's configuration: the id of each as it is written there, and
/// which node it is.
pub fn page_children(
    page: &Map<String, Value>,
) -> impl Iterator<Item = (&str, Result<NodeRef, InvalidName>)> {
    page.get("nodes").and_then(Value::as_array).into_iter().flatten().map(|child| {
        let id = child["_id"].as_str().unwrap_or_default();
        (id, NodeRef::parse(id, &child["nodeType"], &child["nodeVersion"]))
    })
}

/// The ids of the outcomes that AM shows with a node's settings, where it does.
pub fn shown_outcomes(settings: &Map<String, Value>) -> Option<impl Iterator<Item = &str>> {
    let shown = settings.get("_outcomes")?.as_array()?;
    Some(shown.iter().filter_map(|outcome| outcome.get("id")?.as_str()))
}

impl<A> Nodes<'_, A> {
    fn all_of(&self, kind: &NodeKind) -> Endpoint {
        Endpoint::nodes_of(self.realm, &kind.name, kind.version.as_ref())
    }

    async fn read_action(
        &self,
        kind: &NodeKind,
        action: &'static str,
        details: &Value,
    ) -> Result<Answer, ApiError> {
        self.call.send(Request::read_action(self.all_of(kind), action, details)).await
    }

    /// `POST .../authenticationtrees/nodes?_action=getAllTypes`: the types there are.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn types(&self) -> Result<Vec<Value>, ApiError> {
        let endpoint = Endpoint::nodes(self.realm);
        let request = Request::read_action(endpoint, "getAllTypes", &json!({}));
        let list: List = self.call.send(request).await?.json()?;
        Ok(list.result)
    }

    /// `POST .../authenticationtrees/nodes/{type}[/{version}]?_action=schema`: the JSON Schema of
    /// a type's configuration.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown type is [`Cause::NotFound`].
    pub async fn schema(&self, kind: &NodeKind) -> Result<Value, ApiError> {
        self.read_action(kind, "schema", &json!({})).await?.json()
    }

    /// `POST .../authenticationtrees/nodes/{type}[/{version}]?_action=template`: the configuration
    /// that a new node of the type starts with.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown type is [`Cause::NotFound`].
    pub async fn template(&self, kind: &NodeKind) -> Result<Value, ApiError> {
        self.read_action(kind, "template", &json!({})).await?.json()
    }

    /// `POST .../authenticationtrees/nodes/{type}[/{version}]?_action=listOutcomes`: the outcomes
    /// of a node of the type with this configuration.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown type is [`Cause::NotFound`].
    pub async fn outcomes(
        &self,
        kind: &NodeKind,
        config: Map<String, Value>,
    ) -> Result<Vec<Value>, ApiError> {
        let answer = self.read_action(kind, "listOutcomes", &Value::Object(config)).await?;
        // Assumption: the outcomes come as a bare array; a list in CREST's envelope is read too. A
        // recorded answer would settle it.
        answer.json::<Vec<Value>>().or_else(|_| answer.json::<List>().map(|list| list.result))
    }

    /// `GET .../authenticationtrees/nodes/{type}[/{version}]/{id}`: a node's configuration. The
    /// same id may exist in two versions of a type: only the one that is named is read.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown node is [`Cause::NotFound`].
    pub async fn get(&self, node: &NodeRef) -> Result<Map<String, Value>, ApiError> {
        self.call.send(Request::get(&node.resource(self.realm))).await?.json()
    }

    /// `GET .../authenticationtrees/nodes/PageNode[/{version}]?_queryFilter=true`: the pages of a
    /// version, the first one where none is named, each with the nodes on it. There are none of a
    /// version that the tenant does not know.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub(crate) async fn pages(
        &self,
        version: Option<NodeVersion>,
    ) -> Result<Vec<(NodeRef, Map<String, Value>)>, ApiError> {
        let Ok(name) = PAGE_NODE.parse() else { return Ok(Vec::new()) };
        self.of_kind(NodeKind::new(name, version), &["_id", "nodes"]).await
    }
}

impl<A> Nodes<'_, A> {
    /// `GET .../authenticationtrees/nodes/InnerTreeEvaluatorNode?_queryFilter=true`: the nodes that run
    /// another journey, and the name of the journey that each runs.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn inner_journeys(&self) -> Result<Vec<(NodeRef, String)>, ApiError> {
        self.naming(INNER_JOURNEY_NODE, "tree").await
    }

    /// `GET .../authenticationtrees/nodes/{type}?_queryFilter=true`: the nodes of a type that name
    /// something in a setting, and what they name.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub(crate) async fn naming(
        &self,
        node_type: &'static str,
        setting: &'static str,
    ) -> Result<Vec<(NodeRef, String)>, ApiError> {
        let Ok(name) = node_type.parse() else { return Ok(Vec::new()) };
        let found = self.of_kind(NodeKind::new(name, None), &["_id", setting]).await?;
        let naming = found.into_iter().filter_map(|(node, settings)| {
            Some((node, settings.get(setting)?.as_str()?.to_owned()))
        });
        Ok(naming.collect())
    }

    /// `GET .../authenticationtrees/nodes/{type}[/{version}]?_queryFilter=true`: the nodes of a kind, each
    /// with these of its settings, or with all where none are named. There are none of a kind that the
    /// tenant does not know.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub(crate) async fn of_kind(
        &self,
        kind: NodeKind,
        fields: &[&str],
    ) -> Result<Vec<(NodeRef, Map<String, Value>)>, ApiError> {
        let fields = (!fields.is_empty()).then(|| fields.join(","));
        let query = Query::default().with("_queryFilter", Filter::all()).maybe("_fields", fields);
        let request = Request::read(self.all_of(&kind)).query(query);
        let list: List = match self.call.send(request).await {
            Err(error) if error.cause() == Some(Cause::NotFound) => return Ok(Vec::new()),
            answer => answer?.json()?,
        };
        let node = |node: Value| {
            let id = node["_id"].as_str()?.parse().ok()?;
            Some((NodeRef { kind: kind.clone(), id }, node.as_object()?.clone()))
        };
        Ok(list.result.into_iter().filter_map(node).collect())
    }
}

impl<'a> Nodes<'a, Write> {
    /// `GET .../authenticationtrees/nodes/{type}[/{version}]/{id}`: reads a node and holds it against
    /// the other calls of this program, to change its settings.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown node is [`Cause::NotFound`].
    pub async fn edit(&self, node: NodeRef) -> Result<NodeEdit<'a>, ApiError> {
        let lock = self.call.lock(&node.resource(self.realm).path()).await;
        let settings = own_settings(self.get(&node).await?);
        Ok(NodeEdit { call: self.call, realm: self.realm, node, settings, _lock: lock })
    }

    /// `DELETE .../authenticationtrees/nodes/{type}[/{version}]/{id}`: deletes a node and returns
    /// its configuration. Journeys that have it keep naming it.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown node is [`Cause::NotFound`].
    pub async fn delete(&self, node: &NodeRef) -> Result<Map<String, Value>, ApiError> {
        let request = Request::write(Method::DELETE, node.resource(self.realm));
        self.call.send(request).await?.object_if_any()
    }
}

/// A change of a node's settings under way. Nobody else of this program changes them meanwhile.
#[derive(Debug)]
pub struct NodeEdit<'a> {
    call: &'a Call<Write>,
    realm: Realm,
    node: NodeRef,
    settings: Map<String, Value>,
    _lock: Hold,
}

impl NodeEdit<'_> {
    /// The settings as they are.
    pub fn settings(&self) -> &Map<String, Value> {
        &self.settings
    }

    /// `PUT .../authenticationtrees/nodes/{type}[/{version}]/{id}`: changes the settings and returns
    /// the node as it is then. Settings that are not named stay, and null takes one away, so that AM
    /// gives it its default.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn put(self, changes: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
        let Self { call, realm, node, mut settings, _lock } = self;
        for (name, value) in own_settings(changes) {
            match value {
                Value::Null => settings.shift_remove(&name),
                value => settings.insert(name, value),
            };
        }
        let resource = node.resource(realm);
        let body = NodeDraft { node, settings }.body();
        let request = Request::write(Method::PUT, resource).json(&Value::Object(body));
        call.send(request).await?.object_if_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(version: Option<&str>) -> NodeKind {
        let version = version.map(|version| version.parse().unwrap());
        NodeKind::new("PageNode".parse().unwrap(), version)
    }

    #[test]
    fn the_first_version_is_as_good_as_none() {
        assert_eq!(kind(Some("1.0")), kind(None));
        assert_eq!(kind(None).to_string(), "PageNode");
        assert_eq!(kind(Some("2.0")).to_string(), "PageNode/2.0");
    }

    #[test]
    fn a_page_names_its_children() {
        let page = json!({ "nodes": [
            { "_id": "a", "nodeType": "ValidatedUsernameNode", "nodeVersion": "2.0" },
            { "_id": "b", "nodeType": "../trees" },
            { "_id": "c" },
            null,
        ] });
        let children: Vec<_> = page_children(page.as_object().unwrap()).collect();
        let first = children[0].1.as_ref().unwrap();
        assert_eq!(first.kind.to_string(), "ValidatedUsernameNode/2.0");
        assert!(!first.is_page());
        assert_eq!(children.iter().map(|child| child.0).collect::<Vec<_>>(), ["a", "b", "c", ""]);
        assert!(children[1..].iter().all(|child| child.1.is_err()));
        assert_eq!(page_children(json!({ "nodes": 1 }).as_object().unwrap()).count(), 0);
    }
}
