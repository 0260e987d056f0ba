//! From a sketch to what AM is sent.

use std::collections::{BTreeMap, HashMap, HashSet};

use aic_api::am::{NodeKind, NodeRef, PAGE_NODE};
use aic_api::error::Cause;
use aic_api::journey::NodeDraft;
use aic_api::path::NodeVersion;
use aic_api::{Access, ApiError, Realm};
use serde_json::{Value, json};

use super::children::Child;
use super::ids::{Ids, Place};
use super::layout::{self, At};
use super::sketch::{Sketch, TreeNode};
use super::{Graph, faulty, is_uuid, later_version, static_node};
use crate::outcome::ToolError;
use crate::tool::Context;
use crate::tool::JsonObject;
use crate::tools::journeys::FIND_TYPE;

/// Gives every node its id and its settings, and leads every connection to one.
///
/// Settings that were not given are those that the node has: the one with the id that was given,
/// also where it is another journey's and the new node gets an id of its own. A node that is not
/// there gets its type's template.
///
/// # Errors
///
/// [`ToolError`] with all faults, or where the tenant cannot be read.
pub(in super::super) async fn resolve<A: Access>(
    cx: &Context<A>,
    realm: Realm,
    mut sketch: Sketch,
    place: Place<'_>,
    before: Option<&JsonObject>,
) -> Result<Graph, ToolError> {
    let mut ids = Ids::new(place);
    let nodes = node_ids(&sketch, &mut ids)?;
    let stored = Stored { cx, realm, place };
    stored.fill_nodes(&mut sketch, &nodes).await?;
    let children = child_ids(&sketch, &mut ids)?;
    stored.fill_children(&mut sketch, &children).await?;
    Ok(Build { place, nodes: &nodes, children: &children, before }.graph(&sketch, ids.made))
}

/// The ids of the nodes of the tree, by key.
pub(super) type NodeIds = BTreeMap<String, String>;
/// The ids of the nodes on pages, by the page's key and their own.
pub(super) type ChildIds = BTreeMap<(String, String), String>;

pub(super) fn node_ids(sketch: &Sketch, ids: &mut Ids<'_>) -> Result<NodeIds, ToolError> {
    let (mut found, mut faults) = (BTreeMap::new(), Vec::new());
    // Given ids are settled before any id is made.
    let (given, named): (Vec<_>, Vec<_>) = sketch.nodes.keys().partition(|key| is_uuid(key));
    for key in given.into_iter().chain(named) {
        match ids.id(key, key) {
            Ok(id) => drop(found.insert(key.clone(), id)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(faulty(faults)) }
}

pub(super) fn child_ids(sketch: &Sketch, ids: &mut Ids<'_>) -> Result<ChildIds, ToolError> {
    let (mut found, mut faults, mut noted) = (BTreeMap::new(), Vec::new(), HashSet::new());
    let all = sketch
        .nodes
        .iter()
        .flat_map(|(page, node)| node.children.iter().map(move |child| (page.as_str(), child)));
    let (given, named): (Vec<_>, Vec<_>) = all.partition(|(_, child)| is_uuid(&child.key));
    for (page, child) in given.into_iter().chain(named) {
        // Names are the page's own: those of two pages may be the same.
        let mut name = child.key.clone();
        let is_taken = |name: &str| sketch.nodes.contains_key(name);
        while !child.was_node && (is_taken(&name) || noted.contains(&name)) {
            name = format!("{page}/{name}");
        }
        noted.insert(name.clone());
        match ids.id(&child.key, &name) {
            Ok(id) => drop(found.insert((page.to_owned(), child.key.clone()), id)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(faulty(faults)) }
}

/// The tenant's stored nodes, to fill in a graph.
struct Stored<'a, A> {
    cx: &'a Context<A>,
    realm: Realm,
    place: Place<'a>,
}

impl<A: Access> Stored<'_, A> {
    async fn fill_nodes(&self, sketch: &mut Sketch, ids: &NodeIds) -> Result<(), ToolError> {
        let wanted: Vec<_> = sketch
            .nodes
            .iter()
            .filter(|(_, node)| node.settings.is_none())
            .filter_map(|(key, node)| {
                let id = if is_uuid(key) { key } else { ids.get(key)? };
                let kind = self.place.kind(id, node);
                Some((key.clone(), NodeRef { kind, id: id.parse().ok()? }))
            })
            .collect();
        let mut faults = Vec::new();
        for (key, settings) in self.read(wanted).await? {
            if let Some(node) = sketch.nodes.get_mut(&key) {
                node.settings = Some(settings);
                if node.is_page() {
                    sketch.read_page(&key, &mut faults);
                }
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faulty(faults)) }
    }

    async fn fill_children(&self, sketch: &mut Sketch, ids: &ChildIds) -> Result<(), ToolError> {
        let all = sketch
            .nodes
            .iter()
            .flat_map(|(page, node)| node.children.iter().map(move |child| (page, child)));
        let wanted: Vec<_> = all
            .filter(|(_, child)| child.settings.is_none())
            .filter_map(|(page, child)| {
                let place = (page.clone(), child.key.clone());
                let id = if is_uuid(&child.key) { &child.key } else { ids.get(&place)? };
                let kind = self.place.child_kind(id, child)?;
                Some((place, NodeRef { kind, id: id.parse().ok()? }))
            })
            .collect();
        let mut read: BTreeMap<_, _> = self.read(wanted).await?.into_iter().collect();
        for (page, node) in &mut sketch.nodes {
            for child in node.children.iter_mut().filter(|child| child.settings.is_none()) {
                child.settings = read.remove(&(page.clone(), child.key.clone()));
            }
        }
        Ok(())
    }

    /// Reads the settings of nodes, and of those that are not there the templates of their types.
    async fn read<K>(&self, wanted: Vec<(K, NodeRef)>) -> Result<Vec<(K, JsonObject)>, ToolError> {
        let api = &self.cx.api().nodes(self.realm);
        let read = self.cx.each(wanted, |(key, node)| async move {
            match api.get(&node).await {
                Err(error) if error.cause() == Some(Cause::NotFound) => Ok((key, node.kind, None)),
                settings => settings.map(|settings| (key, node.kind, Some(settings))),
            }
        });
        let read: Vec<_> = read.await.into_iter().collect::<Result<_, ApiError>>()?;
        let absent = read.iter().filter(|(_, _, settings)| settings.is_none());
        let kinds: HashSet<_> = absent.map(|(_, kind, _)| kind.clone()).collect();
        let templates = self.cx.each(kinds, |kind| async move {
            let template = api.template(&kind).await?;
            Ok((kind, template.as_object().cloned().unwrap_or_default()))
        });
        let templates: HashMap<NodeKind, JsonObject> = templates
            .await
            .into_iter()
            .collect::<Result<_, ApiError>>()
            .map_err(|error| ToolError::from(error).advise(Cause::NotFound, FIND_TYPE))?;
        let filled = read.into_iter().map(|(key, kind, settings)| {
            let settings = settings.or_else(|| templates.get(&kind).cloned());
            (key, settings.unwrap_or_default())
        });
        Ok(filled.collect())
    }
}

impl Place<'_> {
    /// The type of a node, in the version that was given or that the node of this id has.
    fn kind(&self, id: &str, node: &TreeNode) -> NodeKind {
        self.known_kind(id, &node.node_type, node.version.as_ref())
    }

    fn child_kind(&self, id: &str, child: &Child) -> Option<NodeKind> {
        Some(self.known_kind(id, child.node_type.as_ref()?, child.version.as_ref()))
    }

    fn known_kind(
        &self,
        id: &str,
        node_type: &aic_api::path::NodeType,
        version: Option<&NodeVersion>,
    ) -> NodeKind {
        let stored = self.usage.kind_of(id, node_type).filter(|_| version.is_none());
        stored.cloned().unwrap_or_else(|| NodeKind::new(node_type.clone(), version.cloned()))
    }
}

/// Puts the graph together.
pub(super) struct Build<'a> {
    pub(super) place: Place<'a>,
    pub(super) nodes: &'a NodeIds,
    pub(super) children: &'a ChildIds,
    /// The nodes of the journey as it is.
    pub(super) before: Option<&'a JsonObject>,
}

impl Build<'_> {
    pub(super) fn graph(&self, sketch: &Sketch, ids: BTreeMap<String, String>) -> Graph {
        let places = layout::lay_out(sketch, |key| self.known_place(key, sketch));
        let mut graph = Graph {
            entry_node_id: self.nodes.get(&sketch.entry).cloned().unwrap_or_default(),
            tree: JsonObject::new(),
            children: Vec::new(),
            nodes: Vec::new(),
            ids,
            names: BTreeMap::new(),
            width: layout::width(&places),
        };
        for (key, node) in &sketch.nodes {
            let (Some(id), Some(at)) = (self.nodes.get(key), places.get(key)) else { continue };
            self.add(key, node, id, at, &mut graph);
        }
        graph
    }

    fn add(&self, key: &str, node: &TreeNode, id: &str, at: &At, graph: &mut Graph) {
        let kind = self.place.kind(if is_uuid(key) { key } else { id }, node);
        let mut settings = node.settings.clone().unwrap_or_default();
        if node.is_page() {
            let children = node.children.iter().filter_map(|child| self.child(key, child, graph));
            settings.insert("nodes".to_owned(), children.collect::<Vec<_>>().into());
        }
        let mut entry = JsonObject::new();
        entry.insert("nodeType".to_owned(), kind.name().as_str().into());
        if self.place.usage.knows_versions() {
            let version = later_version(&kind).unwrap_or("1.0");
            entry.insert("version".to_owned(), version.into());
        }
        entry.insert("displayName".to_owned(), node.display_name.as_str().into());
        entry.insert("connections".to_owned(), self.connections(key, node, &kind).into());
        entry.insert("x".to_owned(), at.0.clone().into());
        entry.insert("y".to_owned(), at.1.clone().into());
        graph.tree.insert(id.to_owned(), entry.into());
        graph.names.insert(id.to_owned(), key.to_owned());
        if let Ok(id) = id.parse() {
            graph.nodes.push(NodeDraft { node: NodeRef { kind, id }, settings });
        }
    }

    /// The entry in a page for a node on the page. A request of its own writes the node.
    fn child(&self, page: &str, child: &Child, graph: &mut Graph) -> Option<Value> {
        let id = self.children.get(&(page.to_owned(), child.key.clone()))?;
        let kind =
            self.place.child_kind(if is_uuid(&child.key) { &child.key } else { id }, child)?;
        let name = child.display_name.clone().unwrap_or_else(|| child.key.clone());
        let mut said = json!({ "_id": id, "nodeType": kind.name(), "displayName": name });
        if self.place.usage.knows_versions() {
            said["nodeVersion"] = later_version(&kind).unwrap_or("1.0").into();
        }
        graph.names.insert(id.clone(), child.key.clone());
        let node = NodeRef { kind, id: id.parse().ok()? };
        let settings = child.settings.clone().unwrap_or_default();
        graph.children.push(NodeDraft { node, settings });
        Some(said)
    }

    fn connections(&self, key: &str, node: &TreeNode, kind: &NodeKind) -> JsonObject {
        let connections = node.connections.iter().map(|(outcome, target)| {
            let target = self.nodes.get(target).map(String::as_str).or_else(|| static_node(target));
            (self.outcome(key, node, kind, outcome), target.unwrap_or_default().into())
        });
        connections.collect()
    }

    /// The outcome's id. A page of a later version than the first names its outcomes after its
    /// last node, `<id>-<outcome>`, as recordings of tenants show; callers may leave the id out or
    /// write the name that they gave the node.
    fn outcome(&self, key: &str, node: &TreeNode, kind: &NodeKind, outcome: &str) -> String {
        if kind.name().as_str() != PAGE_NODE || later_version(kind).is_none() {
            return outcome.to_owned();
        }
        let id = |child: &Child| self.children.get(&(key.to_owned(), child.key.clone()));
        let Some(last) = node.children.last().and_then(id) else { return outcome.to_owned() };
        let own = |child: &Child| {
            let names = [Some(child.key.as_str()), id(child).map(String::as_str)];
            let mut rest = names
                .into_iter()
                .flatten()
                .filter_map(|name| outcome.strip_prefix(name)?.strip_prefix('-'));
            rest.next().map(str::to_owned)
        };
        // An id of no node on the page is that of a node which the page no longer has.
        let of_another = || {
            let (id, plain) = (outcome.get(..36)?, outcome.get(37..)?);
            (is_uuid(id) && outcome[36..].starts_with('-')).then(|| plain.to_owned())
        };
        let plain = node.children.iter().find_map(own).or_else(of_another);
        format!("{last}-{}", plain.unwrap_or_else(|| outcome.to_owned()))
    }

    /// Where the editor draws the node now, where it is the same node.
    fn known_place(&self, key: &str, sketch: &Sketch) -> Option<At> {
        let before = self.before?.get(self.nodes.get(key)?)?;
        let node = sketch.nodes.get(key)?;
        if before["nodeType"] != node.node_type.as_str() {
            return None;
        }
        let axis = |name: &str| before[name].as_number().cloned();
        axis("x").zip(axis("y"))
    }
}
