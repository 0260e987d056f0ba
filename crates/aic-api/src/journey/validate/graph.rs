//! A journey as a graph, to be checked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value};

use super::fault::{Fault, Finding, FoundAt};
use super::subject::WholeJourney;
use crate::am::{NodeRef, page_children, shown_outcomes};
use crate::journey::{FAILURE, SUCCESS};

/// The graph of a journey.
pub(super) struct Graph<'a> {
    pub(super) journey: &'a WholeJourney,
    pub(super) entry: &'a str,
    /// The nodes of the tree, by id.
    pub(super) nodes: BTreeMap<&'a str, Node<'a>>,
}

/// A node of the tree, or one on a page.
pub(super) struct Node<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    /// Its type as it is written, which may be none.
    pub(super) type_name: &'a str,
    pub(super) reference: Option<NodeRef>,
    pub(super) settings: Option<&'a Map<String, Value>>,
    /// Where its outcomes lead. A node on a page has no connections.
    pub(super) connections: BTreeMap<&'a str, &'a str>,
    /// The nodes on it, where it is a page.
    pub(super) children: Vec<Node<'a>>,
}

impl<'a> Graph<'a> {
    pub(super) fn of(journey: &'a WholeJourney) -> Self {
        let tree = journey.tree.as_json();
        let shown = tree.get("nodes").unwrap_or(&Value::Null);
        let nodes = journey.tree.nodes().map(|(id, node)| {
            let shown = &shown[id];
            let connections = shown["connections"].as_object().into_iter().flatten();
            let connections =
                connections.filter_map(|(outcome, to)| Some((outcome.as_str(), to.as_str()?)));
            let node = Node::of(journey, id, node.ok(), shown);
            (id, Node { connections: connections.collect(), ..node })
        });
        let entry = tree.get("entryNodeId").and_then(Value::as_str).unwrap_or_default();
        Self { journey, entry, nodes: nodes.collect() }
    }

    /// All nodes, each page followed by those on it.
    pub(super) fn all(&self) -> impl Iterator<Item = &Node<'a>> {
        self.nodes.values().flat_map(|node| std::iter::once(node).chain(&node.children))
    }

    /// The nodes that a login can get to, and the ends of the journey. A connection counts whether
    /// the node has its outcome or not: the finding about it is enough.
    pub(super) fn reached_from(&self, start: &'a str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut next = VecDeque::from([start]);
        while let Some(id) = next.pop_front() {
            if (is_end(id) || self.nodes.contains_key(id)) && reached.insert(id) {
                next.extend(self.nodes.get(id).into_iter().flat_map(Node::targets));
            }
        }
        reached
    }
}

/// Whether this is an end of every journey, and no node.
pub(super) fn is_end(id: &str) -> bool {
    id == SUCCESS || id == FAILURE
}

impl<'a> Node<'a> {
    fn of(journey: &'a WholeJourney, id: &'a str, node: Option<NodeRef>, shown: &'a Value) -> Self {
        let settings = node.as_ref().and_then(|node| journey.settings.get(node));
        let is_page = node.as_ref().is_some_and(NodeRef::is_page);
        let on_page = settings.filter(|_| is_page).and_then(|page| page.get("nodes")?.as_array());
        let children = settings.filter(|_| is_page).into_iter().flat_map(page_children);
        let children = children.zip(on_page.into_iter().flatten());
        let children =
            children.map(|((id, child), shown)| Self::of(journey, id, child.ok(), shown));
        let text = |member: &str| shown[member].as_str().unwrap_or_default();
        Self {
            id,
            name: text("displayName"),
            type_name: text("nodeType"),
            settings,
            connections: BTreeMap::new(),
            children: children.collect(),
            reference: node,
        }
    }

    pub(super) fn is_page(&self) -> bool {
        self.reference.as_ref().is_some_and(NodeRef::is_page)
    }

    /// The outcomes that it has, where they are known. Only a page is known to have none: the outcomes of
    /// some types are settled when the journey runs.
    pub(super) fn outcomes(&self) -> Option<Vec<String>> {
        let outcomes: Vec<_> = shown_outcomes(self.settings?)?.map(str::to_owned).collect();
        (self.is_page() || !outcomes.is_empty()).then_some(outcomes)
    }

    pub(super) fn targets(&self) -> impl Iterator<Item = &'a str> {
        self.connections.values().copied()
    }

    /// A setting that is a text.
    pub(super) fn text(&self, setting: &str) -> Option<&'a str> {
        self.settings?.get(setting)?.as_str()
    }

    /// An outcome without the id of a node on the page, which later versions of pages put before it.
    pub(super) fn plain(&self, outcome: &str) -> String {
        let of_child = |child: &Node<'_>| outcome.strip_prefix(child.id)?.strip_prefix('-');
        self.children.iter().find_map(of_child).unwrap_or(outcome).to_owned()
    }

    pub(super) fn finding(&self, fault: Fault) -> Finding {
        let node = FoundAt { id: self.id.to_owned(), name: self.name.to_owned() };
        Finding { node: Some(node), fault }
    }
}
