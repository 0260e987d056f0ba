//! A journey made for each fault has it, and no other.

use super::*;

/// A page and a decision behind it, all sound.
fn sound() -> WholeJourney {
    let page = node("page", PAGE, &[("name-outcome", "check")]);
    let check = node("check", DECISION, &[("true", SUCCESS), ("false", "page")]);
    let mut nodes: serde_json::Map<_, _> = [page, check].into_iter().collect();
    nodes["page"]["version"] = json!("2.0");
    let mut journey = journey("page", &nodes.into());
    let child = json!({ "_id": "name", "nodeType": "NameNode", "displayName": "Name" });
    set(&mut journey, "page", &["name-outcome"], json!({ "nodes": [child] }));
    set(&mut journey, "name", &["outcome"], json!({}));
    set(&mut journey, "check", &["true", "false"], json!({}));
    journey
}

fn one(node_type: &str, outcomes: &[&str], settings: Value) -> WholeJourney {
    let connections: Vec<_> = outcomes.iter().map(|outcome| (*outcome, SUCCESS)).collect();
    let nodes: serde_json::Map<_, _> =
        [node("only", node_type, &connections)].into_iter().collect();
    let mut journey = journey("only", &nodes.into());
    set(&mut journey, "only", outcomes, settings);
    journey
}

fn tree(journey: &mut WholeJourney, change: impl FnOnce(&mut Value)) {
    let mut tree = Value::Object(journey.tree.clone().into_json());
    change(&mut tree);
    journey.tree = serde_json::from_value(tree).unwrap();
}

fn is_only(journey: &WholeJourney, expected: &[(&str, &str)]) {
    let found = rules(journey, &around());
    let found: Vec<_> = found.iter().map(|(rule, node)| (*rule, node.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_sound_journey_has_no_findings() {
    is_only(&sound(), &[]);
    for (id, outcomes) in [("s2", ["a", "b"]), ("s1", ["a", "b"])] {
        let settings = json!({ "script": id, "outcomes": outcomes });
        is_only(&one("ScriptedDecisionNode", &outcomes, settings), &[]);
    }
    for script in ["[Empty]", "", "&{esv.script}"] {
        is_only(&one("ScriptedDecisionNode", &["a"], json!({ "script": script })), &[]);
    }
    is_only(&one(DECISION, &["a"], json!({ "script": "none", "useScript": false })), &[]);
    is_only(&one("InnerTreeEvaluatorNode", &["true"], json!({ "tree": "Login" })), &[]);
}

#[test]
fn faults_of_connections() {
    let changed = |change: fn(&mut Value)| {
        let mut journey = sound();
        tree(&mut journey, |tree| change(&mut tree["nodes"]));
        journey
    };
    let journey = changed(|nodes| {
        nodes["check"]["connections"] = json!({ "true": SUCCESS });
    });
    is_only(&journey, &[("unconnectedOutcome", "check")]);
    let journey = changed(|nodes| {
        nodes["check"]["connections"] =
            json!({ "True": SUCCESS, "true": SUCCESS, "false": FAILURE });
    });
    is_only(&journey, &[("unknownOutcome", "check")]);
    let journey = changed(|nodes| nodes["check"]["connections"]["false"] = json!("nowhere"));
    is_only(&journey, &[("missingTarget", "check")]);
    let journey = changed(|nodes| nodes["page"]["connections"]["name-outcome"] = json!(SUCCESS));
    is_only(&journey, &[("unreachableNode", "check")]);
    let journey = changed(|nodes| nodes["check"]["connections"]["true"] = json!(FAILURE));
    is_only(&journey, &[("noSuccess", "")]);
    let journey = changed(|nodes| nodes["check"]["connections"]["true"] = json!("page"));
    is_only(&journey, &[("noSuccess", ""), ("endlessLoop", "check")]);
    let mut journey = sound();
    tree(&mut journey, |tree| tree["entryNodeId"] = json!("gone"));
    is_only(&journey, &[("missingEntry", "")]);
}

#[test]
fn the_outcome_of_a_page_is_told_without_the_id() {
    let mut journey = sound();
    tree(&mut journey, |tree| tree["nodes"]["page"]["connections"] = json!({ "outcome": "check" }));
    let found = validate(&journey, &around());
    let faults: Vec<_> = found.iter().map(|found| &found.fault).collect();
    let outcome = || "outcome".to_owned();
    assert_eq!(faults[0], &Fault::UnconnectedOutcome(outcome()));
    assert_eq!(faults[1], &Fault::UnknownOutcome { outcome: outcome(), own: vec![outcome()] });
}

#[test]
fn faults_of_pages_and_types() {
    let page = |children: &[&str], stage: &str| {
        let mut journey = sound();
        let children = children
            .iter()
            .enumerate()
            .map(|(at, node_type)| json!({ "_id": format!("c{at}"), "nodeType": node_type }));
        let children: Vec<_> = children.collect();
        let last = children.last().map(|last| format!("{}-outcome", last["_id"].as_str().unwrap()));
        let own: Vec<&str> = last.iter().map(String::as_str).collect();
        set(&mut journey, "page", &own, json!({ "nodes": children, "stage": stage }));
        let own = last.unwrap_or_default();
        tree(&mut journey, |tree| {
            tree["nodes"]["page"]["connections"] = json!({ own: "check" });
        });
        journey
    };
    is_only(&page(&["NameNode", "NameNode"], "themeId=Blue"), &[]);
    is_only(&page(&["NameNode"], r#"{"themeId":"t2"}"#), &[("missingTheme", "page")]);
    is_only(&page(&["InnerTreeEvaluatorNode"], ""), &[("notOnPages", "c0")]);
    is_only(&page(&["SelectIdPNode"], ""), &[]);
    is_only(&page(&["SelectIdPNode", "NameNode"], ""), &[("notAloneOnPage", "c0")]);
    is_only(&page(&[], ""), &[("emptyPage", "page")]);
    is_only(&one("OldNode", &["a"], json!({})), &[("deprecatedNodeType", "only")]);
    is_only(&one("NoNode", &["a"], json!({})), &[("unknownNodeType", "only")]);
    let mut journey = sound();
    let nodes = journey.tree_nodes().into_iter().filter(|node| node.id.as_str() == "check");
    journey.missing.extend(nodes);
    is_only(&journey, &[("missingNode", "check")]);
}

#[test]
fn faults_of_what_is_named() {
    let inner = |name: &str| one("InnerTreeEvaluatorNode", &["true"], json!({ "tree": name }));
    is_only(&inner("login"), &[("missingInnerJourney", "only")]);
    is_only(&inner("Off"), &[("disabledInnerJourney", "only")]);
    let found = validate(&inner("Back"), &around());
    let circle = ["Back", "Further", "Own"].map(str::to_owned).to_vec();
    assert_eq!(found, [Finding::of_journey(Fault::CircularJourneys(circle))]);
    is_only(&inner("Own"), &[("circularJourneys", "")]);
    let scripted = |script: &str, outcomes: &[&str]| {
        let settings = json!({ "script": script, "outcomes": outcomes });
        one("ScriptedDecisionNode", outcomes, settings)
    };
    is_only(&scripted("s9", &["a"]), &[("missingScript", "only")]);
    let found = validate(&scripted("Decide", &["a"]), &around());
    assert_eq!(found[0].fault.remedy(), "Give its id, s1.");
    is_only(&scripted("s3", &["a"]), &[("notADecisionScript", "only")]);
    is_only(&scripted("s2", &["a"]), &[("scriptOutcomeNotDeclared", "only")]);
    is_only(&scripted("s2", &["a", "b", "c"]), &[("scriptOutcomeNotSet", "only")]);
}

#[test]
fn faults_of_the_default_journey() {
    for (setting, value, rule) in
        [("enabled", false, "defaultIsDisabled"), ("innerTreeOnly", true, "defaultIsInnerOnly")]
    {
        let mut journey = sound();
        tree(&mut journey, |tree| tree[setting] = json!(value));
        is_only(&journey, &[(rule, "")]);
        journey.name = Some("Other".to_owned());
        is_only(&journey, &[]);
    }
}

#[test]
fn what_is_not_known_is_not_found() {
    let mut journey = one("NoNode", &["a"], json!({ "script": "s9" }));
    let around = Surroundings::default();
    assert_eq!(validate(&journey, &around), []);
    journey.settings.clear();
    tree(&mut journey, |tree| tree["nodes"]["only"]["connections"]["b"] = json!(FAILURE));
    assert_eq!(validate(&journey, &around), []);
}
