use std::fmt;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::List;
use crate::error::{Cause, Service};
use crate::http::{Answer, Request};
use crate::path::{InvalidName, NodeId, NodeType, NodeVersion, Path};
use crate::{ApiError, Call, Realm, Resource, Write};

/// How nodes are addressed without the version of their type.
const UNVERSIONED: &str = "protocol=2.1,resource=1.0";
/// How they are with it.
const VERSIONED: &str = "protocol=2.1,resource=3.0";

/// The nodes of a realm's journeys, and the types of node there are.
#[derive(Debug)]
pub struct Nodes<'a, A> {
    call: &'a Call<A>,
    realm: Realm,
}

impl<A> Call<A> {
    /// The nodes of a realm's journeys.
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
    /// Understands how a journey or a page names a node.
    ///
    /// # Errors
    ///
    /// When the type, the version or the id is not a name.
    pub(super) fn read(id: &str, node_type: &Value, version: &Value) -> Result<Self, InvalidName> {
        let name = node_type.as_str().unwrap_or_default().parse()?;
        let version = version.as_str().map(str::parse).transpose()?;
        Ok(Self { kind: NodeKind::new(name, version), id: id.parse()? })
    }

    /// Whether the node is a page, which holds other nodes.
    pub fn is_page(&self) -> bool {
        self.kind.name.as_str() == "PageNode"
    }
}

/// The nodes on a page, from the page's configuration: the id of each as it is written there, and
/// which node it is.
pub fn page_children(
    page: &Map<String, Value>,
) -> impl Iterator<Item = (&str, Result<NodeRef, InvalidName>)> {
    page.get("nodes").and_then(Value::as_array).into_iter().flatten().map(|child| {
        let id = child["_id"].as_str().unwrap_or_default();
        (id, NodeRef::read(id, &child["nodeType"], &child["nodeVersion"]))
    })
}

/// A node's configuration and the kind by which the tenant knows it.
#[derive(Debug, Clone)]
pub struct StoredNode {
    /// The configuration, as AIC returned it.
    pub config: Map<String, Value>,
    /// The kind: without its version where the tenant does not know versions.
    pub kind: NodeKind,
}

impl<A> Nodes<'_, A> {
    fn path(&self) -> Path {
        self.realm.am_path().then("/realm-config/authentication/authenticationtrees/nodes")
    }

    fn path_of(&self, kind: &NodeKind) -> Path {
        let path = self.path().segment(&kind.name);
        match &kind.version {
            Some(version) => path.segment(version),
            None => path,
        }
    }

    fn one(&self, kind: &NodeKind, id: &NodeId) -> Resource {
        Resource::Node {
            realm: self.realm,
            node_type: kind.name.clone(),
            version: kind.version.clone(),
            id: id.clone(),
        }
    }

    /// Sends a request about the kind, and where that is not there, to the one without a
    /// version: tenants that do not know versions have no other.
    async fn send(
        &self,
        kind: &NodeKind,
        request: impl Fn(&NodeKind) -> Request,
    ) -> Result<(Answer, NodeKind), ApiError> {
        let unversioned = NodeKind { name: kind.name.clone(), version: None };
        if kind.version.is_some() {
            match self.call.send(request(kind)).await {
                Err(error) if error.cause() == Some(Cause::NotFound) => {}
                result => return result.map(|answer| (answer, kind.clone())),
            }
        }
        self.call.send(request(&unversioned)).await.map(|answer| (answer, unversioned))
    }

    async fn ask(
        &self,
        kind: &NodeKind,
        action: &'static str,
        details: &Value,
    ) -> Result<Answer, ApiError> {
        let request = |kind: &NodeKind| {
            let version = if kind.version.is_some() { VERSIONED } else { UNVERSIONED };
            Request::ask(Service::Am, self.path_of(kind), action, details).api_version(version)
        };
        self.send(kind, request).await.map(|(answer, _)| answer)
    }

    /// `POST .../authenticationtrees/nodes?_action=getAllTypes`: the types there are.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn types(&self) -> Result<Vec<Value>, ApiError> {
        let request = Request::ask(Service::Am, self.path(), "getAllTypes", &json!({}))
            .api_version(UNVERSIONED);
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
        self.ask(kind, "schema", &json!({})).await?.json()
    }

    /// `POST .../authenticationtrees/nodes/{type}[/{version}]?_action=template`: the configuration
    /// that a new node of the type starts with.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown type is [`Cause::NotFound`].
    pub async fn template(&self, kind: &NodeKind) -> Result<Value, ApiError> {
        self.ask(kind, "template", &json!({})).await?.json()
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
        let answer = self.ask(kind, "listOutcomes", &Value::Object(config)).await?;
        // Assumption: the outcomes come as a bare array; a list in CREST's envelope is read too.
        answer.json::<Vec<Value>>().or_else(|_| answer.json::<List>().map(|list| list.result))
    }

    /// `GET .../authenticationtrees/nodes/{type}[/{version}]/{id}`: a node's configuration.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown node is [`Cause::NotFound`].
    pub async fn get(&self, node: &NodeRef) -> Result<StoredNode, ApiError> {
        let request = |kind: &NodeKind| Request::get(&self.one(kind, &node.id));
        let (answer, kind) = self.send(&node.kind, request).await?;
        Ok(StoredNode { config: answer.json()?, kind })
    }
}

impl Nodes<'_, Write> {
    /// `GET` and `PUT .../authenticationtrees/nodes/{type}[/{version}]/{id}`: puts a configuration
    /// in place of that of a node, and returns it as it is then. A node that is not there is not
    /// created, though AM would.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown node is [`Cause::NotFound`].
    pub async fn replace(
        &self,
        node: &NodeRef,
        mut config: Map<String, Value>,
    ) -> Result<Map<String, Value>, ApiError> {
        let _lock = self.call.lock(&self.one(&node.kind, &node.id).path()).await;
        let kind = self.get(node).await?.kind;
        config.shift_remove("_rev");
        config.insert("_id".to_owned(), node.id.as_str().into());
        let request =
            Request::write(Method::PUT, self.one(&kind, &node.id)).json(&Value::Object(config));
        self.call.send(request).await?.object_if_any()
    }

    /// `DELETE .../authenticationtrees/nodes/{type}[/{version}]/{id}`: deletes a node and returns
    /// its configuration. Journeys that have it keep naming it.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; an unknown node is [`Cause::NotFound`].
    pub async fn delete(&self, node: &NodeRef) -> Result<Map<String, Value>, ApiError> {
        let request = |kind: &NodeKind| Request::write(Method::DELETE, self.one(kind, &node.id));
        self.send(&node.kind, request).await?.0.object_if_any()
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
