//! A graph as it was given, checked as far as that needs no tenant.

use std::collections::{BTreeMap, BTreeSet};

use aic_api::am::PAGE_NODE;
use aic_api::path::{NodeType, NodeVersion};
use serde_json::Number;

use super::children::{Child, read_children};
use super::{GraphNode, brief, faulty, is_uuid, static_node};
use crate::outcome::ToolError;
use crate::tool::JsonObject;

/// A graph with the names that its nodes were given.
#[derive(Debug)]
pub(in super::super) struct Sketch {
    pub(super) entry: String,
    pub(super) nodes: BTreeMap<String, TreeNode>,
    /// Settings by key or id, for nodes that do not bring theirs.
    pub(super) configs: BTreeMap<String, JsonObject>,
}

/// A node of the tree.
#[derive(Debug, Clone)]
pub(super) struct TreeNode {
    pub(super) node_type: NodeType,
    pub(super) version: Option<NodeVersion>,
    pub(super) display_name: String,
    pub(super) connections: BTreeMap<String, String>,
    /// `None` where they were not given. Those of a page are without its nodes.
    pub(super) settings: Option<JsonObject>,
    /// The nodes on a page.
    pub(super) children: Vec<Child>,
    pub(super) at: Option<(Number, Number)>,
}

impl Sketch {
    /// Checks a graph, and finds all that is wrong with it.
    ///
    /// # Errors
    ///
    /// All faults.
    pub(in super::super) fn new(
        entry: String,
        nodes: BTreeMap<String, GraphNode>,
        configs: Option<BTreeMap<String, JsonObject>>,
    ) -> Result<Self, ToolError> {
        let mut faults = Vec::new();
        let configs = configs.unwrap_or_default();
        let nodes = nodes.into_iter().map(|(key, node)| {
            let node = TreeNode::parse(&key, node, &configs);
            (key, node)
        });
        let mut sketch = Self { entry, nodes: nodes.collect(), configs };
        sketch.check_names(&mut faults);
        let pages: Vec<String> = sketch.pages().map(str::to_owned).collect();
        for page in &pages {
            sketch.read_page(page, &mut faults);
        }
        sketch.check_connections(&mut faults);
        sketch.check_ids(&mut faults);
        if faults.is_empty() { Ok(sketch) } else { Err(faulty(faults)) }
    }

    /// The types of all nodes, those on pages too, each with the name of the node.
    pub(in super::super) fn types(&self) -> impl Iterator<Item = (&str, &NodeType)> {
        self.nodes.iter().flat_map(|(key, node)| {
            let on_page = node.children.iter();
            let on_page = on_page.filter_map(|it| Some((it.key.as_str(), it.node_type.as_ref()?)));
            std::iter::once((key.as_str(), &node.node_type)).chain(on_page)
        })
    }

    fn pages(&self) -> impl Iterator<Item = &str> {
        let pages = self.nodes.iter().filter(|(_, node)| node.is_page());
        pages.map(|(key, _)| key.as_str())
    }

    /// Parts a page's settings from the nodes on it. A node on the page that has the key of a node
    /// of the graph is that node: it leaves the graph, since AM knows it by the page only.
    pub(super) fn read_page(&mut self, page: &str, faults: &mut Vec<String>) {
        let Some(node) = self.nodes.get_mut(page) else { return };
        let Some(settings) = node.settings.as_mut() else { return };
        let mut children = read_children(page, settings, faults);
        for child in &mut children {
            let is_own_name = child.key == page || !child.is_named;
            if !is_own_name && self.nodes.contains_key(&child.key) {
                self.move_to_page(page, child, faults);
            }
            if child.node_type.is_none() {
                faults.push(format!("{} has no nodeType", child.place(page)));
            }
            if static_node(&child.key).is_some() {
                let (place, name) = (child.place(page), brief(&child.key));
                faults.push(format!("{place}: {name} is a name of the journey's own end"));
            }
            if child.settings.is_none() {
                child.settings = self.configs.get(&child.key).cloned();
            }
        }
        if let Some(node) = self.nodes.get_mut(page) {
            node.children = children;
        }
    }

    fn move_to_page(&mut self, page: &str, child: &mut Child, faults: &mut Vec<String>) {
        let key = &child.key;
        let is_target = |node: &TreeNode| node.connections.values().any(|target| target == key);
        let is_elsewhere = |node: &TreeNode| node.children.iter().any(|other| other.key == *key);
        let Some(node) = self.nodes.get(key) else { return };
        let problem = if node.is_page() {
            Some("is a page, which no page can hold")
        } else if self.entry == *key || self.nodes.values().any(is_target) {
            Some("is also led to: a node on a page is reached through its page")
        } else if !node.connections.is_empty() {
            Some("has connections: a node on a page has none, its page has")
        } else if child.node_type.as_ref().is_some_and(|kind| *kind != node.node_type) {
            Some("has another type as a node of the graph")
        } else if self.nodes.values().any(is_elsewhere) {
            Some("is on two pages")
        } else {
            None
        };
        if let Some(problem) = problem {
            let (place, key) = (child.place(page), brief(key));
            faults.push(format!("{place} names the node {key}, which {problem}"));
            return;
        }
        if let Some(node) = self.nodes.remove(&child.key) {
            child.node_type = Some(node.node_type);
            child.version = child.version.take().or(node.version);
            child.display_name = child.display_name.take().or(Some(node.display_name));
            child.settings = child.settings.take().or(node.settings);
            child.was_node = true;
        }
    }

    fn check_names(&self, faults: &mut Vec<String>) {
        for name in self.nodes.keys() {
            if static_node(name).is_some() {
                let name = brief(name);
                faults.push(format!("{name} is a name of the journey's own end, not of a node"));
            } else if name.trim().is_empty() {
                faults.push("a node has a blank name".to_owned());
            }
        }
        if !self.nodes.contains_key(&self.entry) {
            let entry = brief(&self.entry);
            faults.push(format!("the entry node {entry} is not among the nodes"));
        }
    }

    fn check_connections(&self, faults: &mut Vec<String>) {
        for (from, node) in &self.nodes {
            for (outcome, to) in &node.connections {
                let problem = if to == from {
                    "to the node itself".to_owned()
                } else if self.nodes.contains_key(to) || static_node(to).is_some() {
                    continue;
                } else {
                    format!("to {}, which is not among the nodes", brief(to))
                };
                let (outcome, from) = (brief(outcome), brief(from));
                faults.push(format!("the outcome {outcome} of node {from} leads {problem}"));
            }
        }
    }

    /// Finds ids that are given in two spellings: only one of them can be a node.
    fn check_ids(&self, faults: &mut Vec<String>) {
        let children = self.nodes.values().flat_map(|node| &node.children);
        let keys = self.nodes.keys().chain(children.map(|child| &child.key));
        let mut seen = BTreeSet::new();
        for id in keys.filter(|key| is_uuid(key) && static_node(key).is_none()) {
            if !seen.insert(id.to_ascii_lowercase()) {
                faults.push(format!("the id {id} is given to two nodes"));
            }
        }
    }
}

impl TreeNode {
    fn parse(key: &str, node: GraphNode, configs: &BTreeMap<String, JsonObject>) -> Self {
        Self {
            node_type: node.node_type,
            version: node.version,
            display_name: node.display_name.unwrap_or_else(|| key.to_owned()),
            connections: node.connections.unwrap_or_default(),
            settings: node.config.or_else(|| configs.get(key).cloned()),
            children: Vec::new(),
            at: node.x.zip(node.y),
        }
    }

    pub(super) fn is_page(&self) -> bool {
        self.node_type.as_str() == PAGE_NODE
    }
}
