//! Generated journeys: sound ones have no findings, and each fault made in one is found.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// Where a node's second outcome leads: to some node or end. The first leads to the next node, and that
/// of the last node to success.
fn second_outcomes() -> impl Strategy<Value = Vec<Index>> {
    proptest::collection::vec(any::<Index>(), 1..12)
}

fn id(at: usize) -> String {
    format!("n{at:02}")
}

fn sound(seconds: &[Index]) -> WholeJourney {
    let count = seconds.len();
    let nodes = seconds.iter().enumerate().map(|(at, second)| {
        let first = if at + 1 == count { SUCCESS.to_owned() } else { id(at + 1) };
        let second = match second.index(count + 1) {
            to if to == count => FAILURE.to_owned(),
            to => id(to),
        };
        node(&id(at), DECISION, &[("true", &first), ("false", &second)])
    });
    let nodes: serde_json::Map<_, _> = nodes.collect();
    let mut journey = journey(&id(0), &nodes.into());
    for at in 0..count {
        set(&mut journey, &id(at), &["true", "false"], json!({}));
    }
    journey
}

/// A fault to make at a node of the tree, and the rule that has to find it.
#[derive(Debug, Clone, Copy)]
enum Break {
    Disconnect,
    AddOutcome,
    LeadAstray,
    AddNode,
    LoopAtEnd,
    FailAtEnd,
    LoseNode,
    ChangeType,
    BeginAstray,
}

use Break::*;

const BREAKS: [Break; 9] = [
    Disconnect,
    AddOutcome,
    LeadAstray,
    AddNode,
    LoopAtEnd,
    FailAtEnd,
    LoseNode,
    ChangeType,
    BeginAstray,
];

impl Break {
    fn make(self, tree: &mut Value, at: &str, last: &str) -> &'static str {
        let nodes = &mut tree["nodes"];
        match self {
            Disconnect => {
                nodes[at]["connections"].as_object_mut().unwrap().remove("false");
                "unconnectedOutcome"
            }
            AddOutcome => {
                nodes[at]["connections"]["True"] = json!(SUCCESS);
                "unknownOutcome"
            }
            LeadAstray => {
                nodes[at]["connections"]["false"] = json!("nowhere");
                "missingTarget"
            }
            AddNode => {
                nodes["more"] = json!({ "nodeType": DECISION, "connections": { "true": SUCCESS } });
                "unreachableNode"
            }
            LoopAtEnd => {
                nodes[last]["connections"] = json!({ "true": last, "false": last });
                "endlessLoop"
            }
            FailAtEnd => {
                nodes[last]["connections"]["true"] = json!(FAILURE);
                "noSuccess"
            }
            LoseNode => {
                nodes.as_object_mut().unwrap().remove(last);
                if at == last { "missingEntry" } else { "missingTarget" }
            }
            ChangeType => {
                nodes[at]["nodeType"] = json!("NoNode");
                "unknownNodeType"
            }
            BeginAstray => {
                tree["entryNodeId"] = json!("nowhere");
                "missingEntry"
            }
        }
    }
}

proptest! {
    #[test]
    fn a_sound_journey_has_no_findings(seconds in second_outcomes()) {
        prop_assert_eq!(validate(&sound(&seconds), &around()), []);
    }

    #[test]
    fn each_fault_is_found(
        seconds in second_outcomes(),
        at in any::<Index>(),
        fault in proptest::sample::select(&BREAKS[..]),
    ) {
        let mut journey = sound(&seconds);
        let last = id(seconds.len() - 1);
        // Where the last node is lost, its neighbour tells, or the entry where it has none.
        let at = match fault {
            LoseNode => id(0),
            _ => id(at.index(seconds.len())),
        };
        let mut tree = Value::Object(journey.tree.clone().into_json());
        let rule = fault.make(&mut tree, &at, &last);
        journey.tree = serde_json::from_value(tree).unwrap();
        let found = rules(&journey, &around());
        prop_assert!(found.iter().any(|(found, _)| *found == rule), "{rule} in {found:?}");
    }
}
