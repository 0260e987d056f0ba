use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::future::{try_join_all, try_join3};
use serde_json::{Map, Value};

use crate::am::{Journey, NodeKind, NodeRef, page_children};
use crate::path::{NodeType, NodeVersion};
use crate::{ApiError, Call, Realm};

/// The version of pages that is not the first.
const SECOND: &str = "2.0";

/// Which journeys and pages of a realm have which nodes. It is read in few requests: one for all
/// trees and one for the pages of each version.
#[derive(Debug, Default)]
pub struct NodeUsage {
    /// The names of all journeys.
    names: BTreeSet<String>,
    /// The journeys whose tree names a node.
    journeys: HashMap<NodeRef, BTreeSet<String>>,
    /// The pages that hold a node.
    pages: HashMap<NodeRef, Vec<NodeRef>>,
    /// The nodes on a page.
    children: HashMap<NodeRef, Vec<NodeRef>>,
    /// Every node that a tree or a page names, by its id in lower case.
    by_id: HashMap<String, Vec<NodeRef>>,
    /// Whether the trees say which version a node has; `None` where there is no node.
    says_versions: Option<bool>,
}

impl<A> Call<A> {
    /// `GET .../trees?_queryFilter=true` and `GET .../nodes/PageNode[/2.0]?_queryFilter=true`:
    /// which journeys and pages of a realm have which nodes.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn node_usage(&self, realm: Realm) -> Result<NodeUsage, ApiError> {
        let nodes = self.nodes(realm);
        let journeys = self.journeys(realm);
        let (trees, first, second) =
            try_join3(journeys.graphs(), nodes.pages(None), nodes.pages(version(SECOND))).await?;
        let mut usage = NodeUsage::default();
        for (name, tree) in &trees {
            usage.add_tree(name, tree);
        }
        let later: Vec<_> = usage.other_page_versions().into_iter().collect();
        let later = later.into_iter().map(|version| nodes.pages(Some(version)));
        let later = try_join_all(later).await?;
        for (page, settings) in first.into_iter().chain(second).chain(later.into_iter().flatten()) {
            usage.add_page(&page, &settings);
        }
        Ok(usage)
    }
}

fn version(version: &str) -> Option<NodeVersion> {
    version.parse().ok()
}

impl NodeUsage {
    fn add_tree(&mut self, name: &str, tree: &Journey) {
        self.names.insert(name.to_owned());
        for (_, node) in tree.nodes() {
            // A caller cannot name an unreadable node either.
            let Ok(node) = node else { continue };
            self.index(&node);
            self.journeys.entry(node).or_default().insert(name.to_owned());
        }
        let nodes = tree.as_json().get("nodes").and_then(Value::as_object);
        for node in nodes.into_iter().flat_map(|nodes| nodes.values()) {
            let says = node.get("version").is_some();
            self.says_versions = Some(self.says_versions.unwrap_or_default() || says);
        }
    }

    fn add_page(&mut self, page: &NodeRef, settings: &Map<String, Value>) {
        for (_, child) in page_children(settings) {
            let Ok(child) = child else { continue };
            self.index(&child);
            self.pages.entry(child.clone()).or_default().push(page.clone());
            self.children.entry(page.clone()).or_default().push(child);
        }
    }

    fn index(&mut self, node: &NodeRef) {
        let nodes = self.by_id.entry(node.id.as_str().to_ascii_lowercase()).or_default();
        if !nodes.contains(node) {
            nodes.push(node.clone());
        }
    }

    /// The versions of pages that trees name, other than those that are always asked for.
    fn other_page_versions(&self) -> HashSet<NodeVersion> {
        let pages = self.journeys.keys().filter(|node| node.is_page());
        let versions = pages.filter_map(|page| page.kind.version().cloned());
        versions.filter(|version| version.as_str() != SECOND).collect()
    }

    /// Whether the realm has a journey of this name. AM tells names apart by case.
    pub fn has_journey(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The journeys that have this node, in their tree or on one of their pages.
    pub fn journeys_of(&self, node: &NodeRef) -> BTreeSet<&str> {
        let own = self.journeys.get(node).into_iter().flatten();
        let on_pages = self.pages_of(node).iter();
        let on_pages = on_pages.filter_map(|page| self.journeys.get(page)).flatten();
        own.chain(on_pages).map(String::as_str).collect()
    }

    /// The journeys whose tree has this node.
    pub fn journeys_in_tree(&self, node: &NodeRef) -> impl Iterator<Item = &str> {
        self.journeys.get(node).into_iter().flatten().map(String::as_str)
    }

    /// The pages that hold this node, whether a journey has them or not.
    pub fn pages_of(&self, node: &NodeRef) -> &[NodeRef] {
        self.pages.get(node).map_or(&[], Vec::as_slice)
    }

    /// The nodes on this page.
    pub fn children_of(&self, page: &NodeRef) -> &[NodeRef] {
        self.children.get(page).map_or(&[], Vec::as_slice)
    }

    /// Every node of this id that a tree or a page names, of whatever type and version. The case of
    /// the id does not matter.
    pub fn nodes_of_id(&self, id: &str) -> &[NodeRef] {
        self.by_id.get(&id.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The kind of the node of this id and type, where a tree or a page names it.
    pub fn kind_of(&self, id: &str, node_type: &NodeType) -> Option<&NodeKind> {
        let mut kinds = self.nodes_of_id(id).iter().map(|node| &node.kind);
        kinds.find(|kind| kind.name() == node_type)
    }

    /// Whether this tenant's trees say which version a node has. Older releases of AIC do not
    /// know versions. Where the realm has no node yet, a current release is assumed.
    pub fn knows_versions(&self) -> bool {
        self.says_versions.unwrap_or(true)
    }

    /// The nodes that are left over where a journey is deleted, or gets another graph: the nodes of its
    /// tree and those on its pages, but for those that another journey or another page has. `kept`
    /// names the ids, in lower case, that stay in use.
    pub fn left_over(&self, name: &str, before: &Journey, kept: &BTreeSet<String>) -> Vec<NodeRef> {
        let own: Vec<NodeRef> = before.nodes().filter_map(|(_, node)| node.ok()).collect();
        let is_elsewhere = |node: &NodeRef| {
            self.journeys.get(node).into_iter().flatten().any(|journey| journey != name)
        };
        let goes_along = |page: &NodeRef| own.contains(page) && !is_elsewhere(page);
        let is_left = |node: &NodeRef| {
            !kept.contains(&node.id.as_str().to_ascii_lowercase())
                && !is_elsewhere(node)
                && self.pages_of(node).iter().all(goes_along)
        };
        let children = own.iter().flat_map(|page| self.children_of(page));
        let mut seen = HashSet::new();
        let all = own.iter().chain(children).filter(|node| is_left(node));
        all.filter(|node| seen.insert(*node)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn node(kind: &str, version: Option<&str>, id: &str) -> NodeRef {
        let version = version.map(|version| version.parse().unwrap());
        NodeRef { kind: NodeKind::new(kind.parse().unwrap(), version), id: id.parse().unwrap() }
    }

    fn tree(nodes: &Value) -> Journey {
        serde_json::from_value(json!({ "nodes": nodes })).unwrap()
    }

    /// Two journeys that share a node; each has a page, and there is a page that nobody has.
    fn usage() -> NodeUsage {
        let mut usage = NodeUsage::default();
        let page = json!({ "nodeType": "PageNode", "version": "2.0" });
        let message = json!({ "nodeType": "MessageNode" });
        usage.add_tree("A", &tree(&json!({ "pa": page, "shared": message, "own": message })));
        usage.add_tree("B", &tree(&json!({ "pb": page, "shared": message })));
        let child = |id: &str| json!({ "_id": id, "nodeType": "NameNode" });
        let add = |usage: &mut NodeUsage, page: &str, children: Value| {
            let settings = json!({ "nodes": children });
            usage.add_page(&node("PageNode", Some("2.0"), page), settings.as_object().unwrap());
        };
        add(&mut usage, "pa", json!([child("ca"), child("both"), child("stray")]));
        add(&mut usage, "pb", json!([child("both")]));
        add(&mut usage, "nobodys", json!([child("stray")]));
        usage
    }

    #[test]
    fn a_node_is_used_by_the_journeys_of_its_pages_too() {
        let usage = usage();
        let of = |node: NodeRef| usage.journeys_of(&node).into_iter().collect::<Vec<_>>();
        assert_eq!(of(node("MessageNode", None, "shared")), ["A", "B"]);
        assert_eq!(of(node("NameNode", None, "ca")), ["A"]);
        assert_eq!(of(node("NameNode", None, "both")), ["A", "B"]);
        assert_eq!(of(node("PageNode", Some("2.0"), "pb")), ["B"]);
        assert!(of(node("PageNode", None, "pb")).is_empty(), "the other version is another node");
        assert_eq!(usage.nodes_of_id("CA"), [node("NameNode", None, "ca")]);
        let page = "PageNode".parse().unwrap();
        assert_eq!(usage.kind_of("pa", &page).unwrap().to_string(), "PageNode/2.0");
        assert!(usage.kind_of("ca", &page).is_none());
    }

    #[test]
    fn what_others_use_is_not_left_over() {
        let usage = usage();
        let before = tree(&json!({
            "pa": { "nodeType": "PageNode", "version": "2.0" },
            "shared": { "nodeType": "MessageNode" },
            "own": { "nodeType": "MessageNode" },
        }));
        let left = |kept: &[&str]| -> Vec<String> {
            let kept = kept.iter().map(ToString::to_string).collect();
            let left = usage.left_over("A", &before, &kept);
            left.iter().map(|node| node.id.to_string()).collect()
        };
        assert_eq!(left(&[]), ["pa", "own", "ca"]);
        assert_eq!(left(&["pa", "own"]), ["ca"], "a page that stays may lose a node");
        assert_eq!(left(&["pa", "ca", "own"]), Vec::<String>::new());
    }

    #[test]
    fn a_tenant_without_versions_is_known_by_its_trees() {
        assert!(NodeUsage::default().knows_versions());
        let mut older = NodeUsage::default();
        older.add_tree("A", &tree(&json!({ "a": { "nodeType": "MessageNode" } })));
        assert!(!older.knows_versions());
        assert!(usage().knows_versions());
    }
}
