use proptest::prelude::*;

use super::*;

const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

fn nodes(nodes: Value) -> BTreeMap<String, GraphNode> {
    serde_json::from_value(nodes).unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "the calls read better")]
fn node(connections: Value) -> Value {
    json!({ "nodeType": "MessageNode", "displayName": "M", "connections": connections, "config": {} })
}

/// Resolves with ids that count up.
fn resolved(entry: &str, graph: Value) -> Result<Graph, Vec<String>> {
    let mut count = 0;
    resolve_with(entry, nodes(graph), || {
        count += 1;
        format!("00000000-0000-4000-8000-{count:012}")
    })
}

fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

#[test]
fn names_become_ids_and_connections_lead_to_them() {
    let graph = json!({
        "ask": node(json!({ "true": "check", "false": "FAILURE" })),
        "check": node(json!({ "outcome": "Success", "again": UUID, "no": FAILURE })),
        UUID: node(json!({ "outcome": "ask" })),
    });
    let graph = resolved("ask", graph).unwrap();
    let (ask, check) = (graph.ids["ask"].clone(), graph.ids["check"].clone());
    assert_eq!(graph.entry_node_id, ask);
    assert_eq!(graph.ids.len(), 2, "a UUID stands for itself");
    assert_eq!(graph.nodes[&ask]["connections"], json!({ "true": check, "false": FAILURE }));
    assert_eq!(
        graph.nodes[&check]["connections"],
        json!({ "outcome": SUCCESS, "again": UUID, "no": FAILURE })
    );
    assert_eq!(graph.nodes[UUID]["connections"]["outcome"], ask.as_str());
    assert_eq!(graph.nodes[&ask]["config"], json!({ "_id": ask }));
}

#[test]
fn nodes_on_a_page_get_ids_too() {
    let page = json!({ "nodeType": "PageNode", "displayName": "Page",
        "connections": { "outcome": "success" },
        "config": { "_id": "old", "pageHeader": {}, "nodes": [
            { "_id": "name", "nodeType": "ValidatedUsernameNode" },
            { "_id": UUID, "nodeType": "ValidatedPasswordNode" },
            { "nodeType": "MessageNode" },
            { "_id": "page", "nodeType": "MessageNode" },
        ] } });
    let other = json!({ "nodeType": "PageNode", "displayName": "Other",
        "connections": { "outcome": "page" },
        "config": { "nodes": [{ "_id": "name", "nodeType": "ValidatedUsernameNode" }] } });
    let graph = resolved("other", json!({ "page": page, "other": other })).unwrap();
    let names: Vec<_> = graph.ids.keys().map(String::as_str).collect();
    assert_eq!(names, ["name", "other", "page", "page/name", "page/page"]);
    let page = &graph.nodes[&graph.ids["page"]];
    assert_eq!(page["config"]["_id"], graph.ids["page"].as_str());
    let children = page["config"]["nodes"].as_array().unwrap();
    assert_eq!(children[0]["_id"], graph.ids["page/name"].as_str());
    assert_eq!(children[1]["_id"], UUID);
    assert!(is_uuid(children[2]["_id"].as_str().unwrap()));
    assert_eq!(children[3]["_id"], graph.ids["page/page"].as_str());
}

#[test]
fn all_faults_are_named_at_once() {
    let graph = json!({
        "a": node(json!({ "x": "a", "y": "nowhere" })),
        "Success": node(json!({})),
        " ": node(json!({})),
        "p": { "nodeType": "PageNode", "displayName": "P", "connections": {},
            "config": { "nodes": [1, { "_id": 2 }, { "_id": "k" }, { "_id": "k" }] } },
        "q": { "nodeType": "PageNode", "displayName": "Q", "connections": {},
            "config": { "nodes": {} } },
        UUID: node(json!({})),
        "r": { "nodeType": "PageNode", "displayName": "R", "connections": {},
            "config": { "nodes": [{ "_id": UUID }] } },
    });
    let faults = resolved("none", graph).unwrap_err();
    for part in [
        r#"entry node "none" is not among"#,
        r#"outcome "x" of node "a" leads to the node itself"#,
        r#"outcome "y" of node "a" leads to "nowhere", which is not"#,
        r#""Success" is a name of the journey's own end"#,
        "blank name",
        r#"child 1 of the page "p" is not an object"#,
        r#"`_id` of child 2 of the page "p" is not a string"#,
        r#"child 4 of the page "p" has the name of another one, "k""#,
        r#"`nodes` of the page "q" is not an array"#,
        &format!("the id {UUID} is given to two nodes"),
    ] {
        assert!(faults.iter().any(|fault| fault.contains(part)), "no {part} in {faults:#?}");
    }
    assert_eq!(faults.len(), 10, "{faults:#?}");
}

#[test]
fn one_id_in_two_spellings_is_one_id() {
    let graph = json!({ UUID: node(json!({})), UUID.to_uppercase(): node(json!({})) });
    assert_eq!(resolved(UUID, graph).unwrap_err().len(), 1);
    let ends = resolved(SUCCESS, json!({ SUCCESS: node(json!({})) })).unwrap_err();
    assert_eq!(ends.len(), 1, "{ends:?}");
    assert!(resolved("a", json!({})).is_err());
    assert!(resolved("a", json!({ "a": node(json!({})) })).is_ok_and(|g| g.entry_node_id == id(1)));
}

#[test]
fn long_names_leave_room_for_other_faults() {
    let faults = resolved(&"é".repeat(500), json!({})).unwrap_err();
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
    (any::<bool>(), connections, children).prop_map(|(is_page, connections, children)| {
        let node_type = if is_page { "PageNode" } else { "MessageNode" };
        json!({ "nodeType": node_type, "displayName": "N", "connections": connections,
            "config": { "nodes": children } })
    })
}

proptest! {
    /// Whatever is given, it is either refused or becomes a graph of the same shape in which every
    /// id is a UUID, no two nodes share one and every connection leads somewhere.
    #[test]
    fn a_graph_is_whole_or_refused(
        entry in name(),
        graph in prop::collection::btree_map(name(), any_node(), 0..5),
    ) {
        let given = nodes(json!(graph));
        let Ok(graph) = resolve(&entry, given.clone()) else { return Ok(()) };
        prop_assert_eq!(graph.nodes.len(), given.len());
        prop_assert!(graph.nodes.contains_key(&graph.entry_node_id));
        let id_of = |name: &str| graph.ids.get(name).cloned().unwrap_or_else(|| name.to_owned());
        let mut seen = HashSet::new();
        for (name, node) in &given {
            let id = id_of(name);
            prop_assert!(is_uuid(&id) && seen.insert(id.to_ascii_lowercase()));
            let written = &graph.nodes[&id];
            prop_assert_eq!(&written["config"]["_id"], &json!(id));
            for (outcome, target) in &node.connections {
                let led = written["connections"][outcome].as_str().unwrap();
                let expected = static_node(target).map_or_else(|| id_of(target), str::to_owned);
                prop_assert_eq!(led, expected);
                prop_assert_ne!(led, &id);
            }
            if node.node_type.as_str() == "PageNode" {
                for child in written["config"]["nodes"].as_array().unwrap() {
                    let id = child["_id"].as_str().unwrap();
                    prop_assert!(is_uuid(id) && seen.insert(id.to_ascii_lowercase()));
                }
            }
        }
    }
}
