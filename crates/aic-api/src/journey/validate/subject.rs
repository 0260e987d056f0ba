use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::am::{Journey, NodeRef, page_children};

/// A journey whole, as a value: its tree, and the settings of its nodes and of those on its pages.
#[derive(Debug, Clone)]
pub struct WholeJourney {
    /// Its name, where it has one yet.
    pub name: Option<String>,
    /// The tree.
    pub tree: Journey,
    /// The settings of nodes, with `_outcomes` where it is known which they have. Nothing is known of a
    /// node that is not here.
    pub settings: HashMap<NodeRef, Map<String, Value>>,
    /// The nodes that the tree or a page names and that are not there.
    pub missing: HashSet<NodeRef>,
}

impl WholeJourney {
    /// The journey with no node read yet.
    pub fn unread(name: Option<String>, tree: Journey) -> Self {
        Self { name, tree, settings: HashMap::new(), missing: HashSet::new() }
    }

    /// The nodes of the tree.
    pub(super) fn tree_nodes(&self) -> Vec<NodeRef> {
        self.tree.nodes().filter_map(|(_, node)| node.ok()).collect()
    }

    /// The nodes on the pages that were read.
    pub(super) fn page_nodes(&self) -> Vec<NodeRef> {
        let pages = self.tree_nodes().into_iter().filter(NodeRef::is_page);
        let settings = pages.filter_map(|page| self.settings.get(&page));
        settings.flat_map(page_children).filter_map(|(_, child)| child.ok()).collect()
    }
}
