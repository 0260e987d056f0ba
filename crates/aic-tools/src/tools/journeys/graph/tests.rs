use std::collections::HashSet;

use aic_api::journey::NodeUsage;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::ids::Ids;
use super::resolve::{Build, child_ids, node_ids};
use super::*;

const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
const OTHER: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn nodes(nodes: Value) -> BTreeMap<String, GraphNode> {
    serde_json::from_value(nodes).unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "the calls read better")]
fn node(connections: Value) -> Value {
    json!({ "nodeType": "MessageNode", "displayName": "M", "connections": connections, "config": {} })
}

#[expect(clippy::needless_pass_by_value, reason = "the calls read better")]
fn page(connections: Value, children: Value) -> Value {
    json!({ "nodeType": "PageNode", "displayName": "P", "connections": connections,
        "config": { "_id": "old", "pageHeader": {}, "nodes": children } })
}

fn second(mut node: Value) -> Value {
    node["version"] = json!("2.0");
    node
}

fn faults_of(error: ToolError) -> Vec<String> {
    match error {
        ToolError::Faulty { faults, .. } => faults,
        other => panic!("{other}"),
    }
}

/// The graph as it is resolved in an empty realm.
fn resolved(entry: &str, graph: BTreeMap<String, GraphNode>) -> Result<Graph, Vec<String>> {
    let usage = NodeUsage::default();
    let place = Place { journey: "Test", usage: &usage, conflict: Conflict::Renew };
    let all = || {
        let sketch = Sketch::new(entry.to_owned(), graph, None)?;
        let mut ids = Ids::new(place);
        let nodes = &node_ids(&sketch, &mut ids)?;
        let children = &child_ids(&sketch, &mut ids)?;
        Ok(Build { place, nodes, children, before: None }.graph(&sketch, ids.made))
    };
    all().map_err(faults_of)
}

fn faults(entry: &str, graph: Value) -> Vec<String> {
    resolved(entry, nodes(graph)).unwrap_err()
}

impl Graph {
    fn id<'a>(&'a self, name: &'a str) -> &'a str {
        self.ids.get(name).map_or(name, String::as_str)
    }

    fn page(&self, name: &str) -> Vec<Value> {
        let page = self.nodes.iter().find(|draft| draft.node.id.as_str() == self.id(name));
        page.unwrap().settings["nodes"].as_array().unwrap().clone()
    }
}

#[test]
fn names_become_ids_and_connections_lead_to_them() {
    let graph = json!({
        "ask": node(json!({ "true": "check", "false": "FAILURE" })),
        "check": node(json!({ "outcome": "SuccessNode", "again": UUID, "no": FAILURE })),
        UUID: node(json!({ "outcome": "ask" })),
    });
    let graph = resolved("ask", nodes(graph)).unwrap();
    let (ask, check) = (graph.id("ask"), graph.id("check"));
    assert_eq!(graph.entry_node_id, ask);
    assert_eq!(graph.ids.len(), 2, "a UUID stands for itself");
    assert_eq!(graph.tree[ask]["connections"], json!({ "true": check, "false": FAILURE }));
    assert_eq!(
        graph.tree[check]["connections"],
        json!({ "outcome": SUCCESS, "again": UUID, "no": FAILURE })
    );
    assert_eq!(graph.tree[UUID]["connections"]["outcome"], ask);
    let members: Vec<_> = graph.tree[ask].as_object().unwrap().keys().collect();
    assert_eq!(members, ["nodeType", "version", "displayName", "connections", "x", "y"]);
}

#[test]
fn the_same_names_make_the_same_ids() {
    let graph = || {
        nodes(
            json!({ "a": page(json!({ "outcome": "success" }), json!([{ "_id": "n", "nodeType": "MessageNode" }])) }),
        )
    };
    let (one, other) = (resolved("a", graph()).unwrap(), resolved("a", graph()).unwrap());
    assert_eq!(one.ids, other.ids);
    assert_ne!(one.id("a"), one.id("n"));
    assert!(one.ids.values().all(|id| is_uuid(id)));
}

#[test]
fn nodes_on_a_page_are_nodes_of_their_own() {
    let children = json!([
        { "_id": "name", "nodeType": "ValidatedUsernameNode", "nodeProperties": { "a": 1 } },
        { "_id": UUID, "nodeType": "ValidatedPasswordNode", "_properties": { "b": 2 } },
        { "nodeType": "MessageNode", "displayName": "Hello", "config": { "c": 3 } },
        { "nodeType": "MessageNode", "version": "2.0" },
        { "_id": "page", "nodeType": "MessageNode" },
    ]);
    let other = json!([{ "_id": "name", "nodeType": "ValidatedUsernameNode" }]);
    let graph = json!({ "page": page(json!({ "outcome": "success" }), children),
        "other": page(json!({ "outcome": "page" }), other) });
    let graph = resolved("other", nodes(graph)).unwrap();
    let names: Vec<_> = graph.ids.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "name",
            "other",
            "page",
            "page/MessageNode",
            "page/MessageNode-2",
            "page/name",
            "page/page"
        ]
    );
    let on_page = graph.page("page");
    assert_eq!(
        on_page[2],
        json!({ "_id": graph.id("page/MessageNode"), "nodeType": "MessageNode",
            "displayName": "Hello", "nodeVersion": "1.0" })
    );
    assert_eq!(on_page[3]["nodeVersion"], "2.0");
    let settings: Vec<_> = graph.children.iter().map(|child| json!(child.settings)).collect();
    assert_eq!(settings[1..4], [json!({ "a": 1 }), json!({ "b": 2 }), json!({ "c": 3 })]);
    assert_eq!(graph.page("other")[0]["_id"], graph.id("name"));
    assert_eq!(on_page[0]["_id"], graph.id("page/name"));
    assert_eq!(on_page[1]["_id"], UUID);
    assert_eq!(on_page[4]["_id"], graph.id("page/page"));
}

#[test]
fn a_node_that_a_page_names_is_on_that_page_only() {
    let graph = json!({
        "p": page(json!({ "outcome": "success" }),
            json!([{ "_id": "u", "nodeType": "MessageNode", "displayName": "U" }])),
        "u": { "nodeType": "MessageNode", "config": { "message": {} } },
    });
    let graph = resolved("p", nodes(graph)).unwrap();
    assert_eq!(graph.tree.keys().collect::<Vec<_>>(), [graph.id("p")]);
    assert_eq!(graph.page("p")[0]["_id"], graph.id("u"));
    let child = &graph.children[0];
    assert_eq!(
        (child.node.id.as_str(), json!(child.settings)),
        (graph.id("u"), json!({ "message": {} }))
    );

    let with = |u: Value, more: Value| {
        let mut graph = json!({ "p": page(json!({}), json!([{ "_id": "u", "nodeType": "MessageNode" }])), "u": u });
        graph.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        faults("p", graph)
    };
    for (u, more, problem) in [
        (page(json!({}), json!([])), json!({}), "which no page can hold"),
        (node(json!({})), json!({ "x": node(json!({ "o": "u" })) }), "is also led to"),
        (node(json!({ "o": "success" })), json!({}), "has connections"),
        (json!({ "nodeType": "DebugNode" }), json!({}), "has another type"),
    ] {
        let faults = with(u, more);
        assert!(faults.iter().any(|fault| fault.contains(problem)), "no {problem} in {faults:?}");
    }
}

#[test]
fn a_page_of_the_second_version_names_its_outcomes_after_its_last_node() {
    let children = json!([
        { "_id": UUID, "nodeType": "MessageNode" },
        { "_id": "last", "nodeType": "MessageNode" },
    ]);
    for outcome in
        ["true".to_owned(), "last-true".to_owned(), format!("{UUID}-true"), format!("{OTHER}-true")]
    {
        let page = page(json!({ &outcome: "success" }), children.clone());
        let graph = resolved("p", nodes(json!({ "p": second(page.clone()) }))).unwrap();
        let expected = format!("{}-true", graph.id("last"));
        assert_eq!(graph.tree[graph.id("p")]["connections"], json!({ expected: SUCCESS }));
        assert_eq!(graph.tree[graph.id("p")]["version"], "2.0");
        let graph = resolved("p", nodes(json!({ "p": page }))).unwrap();
        assert_eq!(graph.tree[graph.id("p")]["connections"], json!({ outcome: SUCCESS }));
    }
    let empty = second(page(json!({ "outcome": "success" }), json!([])));
    let graph = resolved("p", nodes(json!({ "p": empty }))).unwrap();
    assert_eq!(graph.tree[graph.id("p")]["connections"], json!({ "outcome": SUCCESS }));
}

#[test]
fn nodes_without_a_place_stand_in_layers() {
    let mut fixed = node(json!({ "o": "d" }));
    fixed["x"] = json!(420.5);
    fixed["y"] = json!(200);
    let graph = json!({
        "a": node(json!({ "o": "b", "p": "c" })),
        "b": fixed,
        "c": node(json!({ "o": "d" })),
        "d": node(json!({ "o": "success" })),
        "stray": node(json!({})),
    });
    let graph = resolved("a", nodes(graph)).unwrap();
    let at = |name: &str| {
        (graph.tree[graph.id(name)]["x"].clone(), graph.tree[graph.id(name)]["y"].clone())
    };
    assert_eq!(at("b"), (json!(420.5), json!(200)));
    assert_eq!(at("a"), (json!(200), json!(200)));
    assert_eq!(at("stray"), (json!(200), json!(320)));
    assert_eq!(at("c"), (json!(420), json!(320)), "the cell above is taken");
    assert_eq!(at("d"), (json!(640), json!(200)));
    assert_eq!(static_nodes(graph.width)[SUCCESS]["x"], 860);
}

#[test]
fn all_faults_are_named_at_once() {
    let graph = json!({
        "a": node(json!({ "x": "a", "y": "nowhere" })),
        "Success": node(json!({})),
        " ": node(json!({})),
        "p": page(json!({}), json!([1, { "_id": 2 }, { "_id": "k", "nodeType": "MessageNode" },
            { "_id": "k" }, { "_id": "untyped" }, { "nodeType": "../x" },
            { "_id": SUCCESS, "nodeType": "MessageNode" }])),
        "q": page(json!({}), json!({})),
        "r": page(json!({}), json!([{ "_id": UUID, "nodeType": "MessageNode" }])),
        "s": page(json!({}), json!([{ "_id": UUID.to_uppercase(), "nodeType": "MessageNode" }])),
    });
    let faults = faults("none", graph);
    for part in [
        r#"entry node "none" is not among"#,
        r#"outcome "x" of node "a" leads to the node itself"#,
        r#"outcome "y" of node "a" leads to "nowhere", which is not"#,
        r#""Success" is a name of the journey's own end"#,
        "blank name",
        r#"child 1 of the page "p" is not an object"#,
        r#"`_id` of child 2 of the page "p" is not a string"#,
        r#"child 4 of the page "p" has the name of another one, "k""#,
        r#"child 5 of the page "p" has no nodeType"#,
        r#"child 6 of the page "p": this is not a node type"#,
        r#"child 7 of the page "p": "70e691a5-1e33-4ac3-a356-e7b6d60d92e0" is a name of the"#,
        r#"`nodes` of the page "q" is not an array"#,
        "is given to two nodes",
    ] {
        assert!(faults.iter().any(|fault| fault.contains(part)), "no {part} in {faults:#?}");
    }
    assert_eq!(faults.len(), 13, "{faults:#?}");
}

#[test]
fn one_id_in_two_spellings_is_one_id() {
    let graph = json!({ UUID: node(json!({})), UUID.to_uppercase(): node(json!({})) });
    assert_eq!(faults(UUID, graph).len(), 1);
    assert_eq!(faults(SUCCESS, json!({ SUCCESS: node(json!({})) })).len(), 1);
    assert_eq!(faults("a", json!({})).len(), 1);
}

#[test]
fn long_names_leave_room_for_other_faults() {
    let faults = faults(&"é".repeat(500), json!({}));
    assert!(faults[0].chars().count() < 100, "{faults:?}");
}

/// Names that are often those of nodes, ends or ids.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-d]",
        1 => "(?i)success|failure",
        1 => Just(UUID.to_owned()),
        1 => Just(SUCCESS.to_owned()),
        1 => ".{0,8}",
    ]
}

fn any_node() -> impl Strategy<Value = Value> {
    let child = prop_oneof![
        3 => name().prop_map(|name| json!({ "_id": name, "nodeType": "MessageNode" })),
        1 => Just(json!({ "nodeType": "MessageNode" })),
        1 => Just(json!(null)),
    ];
    let connections = prop::collection::btree_map("[x-z]", name(), 0..3);
    let children = prop::collection::vec(child, 0..3);
    (0..3, connections, children).prop_map(|(kind, connections, children)| {
        let mut node =
            json!({ "nodeType": "MessageNode", "connections": connections, "config": {} });
        if kind > 0 {
            node["nodeType"] = json!("PageNode");
            node["version"] = json!(format!("{kind}.0"));
            node["config"]["nodes"] = json!(children);
        }
        node
    })
}

proptest! {
    /// Whatever is given, it is either refused or becomes a graph in which every id is a UUID, no
    /// two nodes share one, every node of a page is written, and every connection leads somewhere.
    #[test]
    fn a_graph_is_whole_or_refused(
        entry in name(),
        graph in prop::collection::btree_map(name(), any_node(), 0..5),
    ) {
        let Ok(graph) = resolved(&entry, nodes(json!(graph))) else { return Ok(()) };
        prop_assert!(graph.tree.contains_key(&graph.entry_node_id));
        let mut seen = HashSet::new();
        for draft in graph.nodes.iter().chain(&graph.children) {
            let id = draft.node.id.as_str();
            prop_assert!(is_uuid(id) && seen.insert(id.to_ascii_lowercase()));
        }
        prop_assert_eq!(graph.tree.len(), graph.nodes.len());
        let written: HashSet<_> = graph.children.iter().map(|child| child.node.id.as_str()).collect();
        for draft in &graph.nodes {
            prop_assert!(graph.tree.contains_key(draft.node.id.as_str()));
            for child in draft.settings.get("nodes").and_then(Value::as_array).into_iter().flatten() {
                prop_assert!(written.contains(child["_id"].as_str().unwrap()));
            }
        }
        for (id, node) in &graph.tree {
            for target in node["connections"].as_object().unwrap().values() {
                let target = target.as_str().unwrap();
                prop_assert!(static_node(target).is_some() || graph.tree.contains_key(target));
                prop_assert_ne!(target, id.as_str());
            }
        }
    }
}
