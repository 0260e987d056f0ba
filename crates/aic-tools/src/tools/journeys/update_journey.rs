use std::collections::{BTreeMap, HashSet};

use aic_api::ApiError;
use aic_api::error::Cause;
use aic_api::path::JourneyName;
use aic_api::{Realm, Write};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::create_journey::orphans;
use super::graph::{self, Graph, GraphNode};
use super::{CORRECT_GRAPH, FIND_JOURNEY, NodeKey, durable, left_over, note};
use crate::{Context, Effect, JsonObject, Output, Spec, Tool, ToolError, Toolset};

/// Changes a journey.
pub(super) struct UpdateJourney;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// The journey's name.
    journey_name: JourneyName,
    /// What it is for.
    description: Option<String>,
    /// Whom it signs in, such as managed/alpha_user.
    identity_resource: Option<String>,
    /// Runs even when there is a session.
    must_run: Option<bool>,
    /// Only for use inside other journeys.
    inner_tree_only: Option<bool>,
    /// The editor's settings, such as categories; all are replaced.
    ui_config: Option<JsonObject>,
    /// False switches it off.
    enabled: Option<bool>,
    /// Minutes a session lasts.
    maximum_session_time: Option<Number>,
    /// Minutes a session may idle.
    maximum_idle_time: Option<Number>,
    /// Key of the first node; needs nodes.
    entry_node_id: Option<String>,
    /// The whole new graph; needs entryNodeId.
    nodes: Option<BTreeMap<String, GraphNode>>,
}

/// What was changed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Done {
    journey_name: String,
    /// What was set.
    changed: Vec<String>,
    /// The UUIDs made for readable names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    node_ids: BTreeMap<String, String>,
    /// Nodes that left it and still exist.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    orphaned_nodes: Vec<NodeKey>,
    /// Whether it was so when read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    durable: Option<bool>,
    /// What to mind.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for Done {
    const OWN: &'static [&'static str] = &["nodeIds"];
}

impl Tool for UpdateJourney {
    const SPEC: Spec = Spec::new("updateJourney", Toolset::Journeys)
        .title("Change a journey")
        .describe(
            "Changes a journey's settings, its graph, or both; what is not given stays. A new \
             graph needs nodes and entryNodeId, whole, with every config: start from getJourney \
             and keep its UUIDs. For one node, updateJourneyNode.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Update)
        .check("look at the journey with getJourney.");
    type Access = Write;
    type Input = Input;
    type Output = Done;

    async fn run(cx: &Context<Write>, input: Input) -> Result<Done, ToolError> {
        let Input { realm, journey_name, .. } = &input;
        let (realm, name) = (*realm, journey_name.clone());
        let (mut change, graph) = changes(input)?;
        let edit = cx.api().journeys(realm).edit(&name).await?;
        let before = edit.before().map_err(|error| unknown(error.clone()))?;
        let (mut node_ids, mut orphaned_nodes) = (BTreeMap::new(), Vec::new());
        if let Some(mut graph) = graph {
            let kept: HashSet<_> = graph.nodes.keys().cloned().collect();
            orphaned_nodes = left_over(before, &kept);
            keep_the_rest(&mut graph.nodes, before.as_json());
            change.insert("entryNodeId".to_owned(), graph.entry_node_id.into());
            change.insert("nodes".to_owned(), Value::Object(graph.nodes));
            node_ids = graph.ids;
        }
        let changed = change.keys().cloned().collect();
        let mut journey = before.as_json().clone();
        journey.extend(change);
        let durability = edit
            .put(journey)
            .await
            .map_err(|error| ToolError::from(error).advise(Cause::Invalid, CORRECT_GRAPH))?;
        let (durable, problem) = durable(durability);
        Ok(Done {
            journey_name: name.to_string(),
            changed,
            node_ids,
            durable,
            note: note([problem, orphans(&orphaned_nodes)]),
            orphaned_nodes,
        })
    }
}

fn unknown(error: ApiError) -> ToolError {
    ToolError::from(error).advise(Cause::NotFound, FIND_JOURNEY)
}

/// The settings to change, and the new graph where there is one.
fn changes(input: Input) -> Result<(JsonObject, Option<Graph>), ToolError> {
    let graph = match (&input.entry_node_id, input.nodes) {
        (Some(entry), Some(nodes)) => Some(graph::resolve(entry, nodes)?),
        (None, None) => None,
        _ => {
            return Err(ToolError::refused(
                "A new graph needs both nodes and entryNodeId, and only one of them is given.",
                "Nothing was sent. Give both, or neither to keep the graph.",
            ));
        }
    };
    let settings = [
        ("description", input.description.map(Value::from)),
        ("identityResource", input.identity_resource.map(Value::from)),
        ("mustRun", input.must_run.map(Value::from)),
        ("innerTreeOnly", input.inner_tree_only.map(Value::from)),
        ("uiConfig", input.ui_config.map(ui_config)),
        ("enabled", input.enabled.map(Value::from)),
        ("maximumSessionTime", input.maximum_session_time.map(minutes)),
        ("maximumIdleTime", input.maximum_idle_time.map(minutes)),
    ];
    let settings: JsonObject =
        settings.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    if settings.is_empty() && graph.is_none() {
        return Err(ToolError::refused(
            "There is nothing to change.",
            "Nothing was sent. Give at least one setting, or a new graph.",
        ));
    }
    Ok((settings, graph))
}

/// AM keeps what belongs to the editor as strings, lists as the JSON text of one.
// Assumption: it takes nothing else there; recordings only show strings.
fn ui_config(config: JsonObject) -> Value {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    config.into_iter().map(|(name, value)| (name, Value::from(text(value)))).collect()
}

/// Clients whose language knows one kind of number write 30 as 30.0, which AM does not take for a
/// whole number.
fn minutes(number: Number) -> Value {
    let whole = number.as_f64().filter(|minutes| minutes.fract() == 0.0);
    whole.and_then(|whole| whole.to_string().parse::<i64>().ok()).map_or(number.into(), Value::from)
}

/// Keeps what the journey says of nodes that stay and the new graph does not: where the editor
/// draws them, and their version.
fn keep_the_rest(nodes: &mut JsonObject, before: &JsonObject) {
    let Some(before) = before.get("nodes").and_then(Value::as_object) else { return };
    for (id, node) in nodes.iter_mut() {
        let Some(old) = before.get(id).and_then(Value::as_object) else { continue };
        let Some(node) = node.as_object_mut() else { continue };
        if old.get("nodeType") != node.get("nodeType") {
            continue;
        }
        for (name, value) in old {
            node.entry(name).or_insert_with(|| value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn input(settings: &Value) -> Input {
        let mut all = json!({ "realm": "alpha", "journeyName": "Login" });
        all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn settings_are_written_as_am_takes_them() {
        let (settings, graph) = changes(input(&json!({ "enabled": false, "maximumIdleTime": 30.0,
            "maximumSessionTime": 1.5,
            "uiConfig": { "categories": ["Login", "x"], "annotations": "{}" } })))
        .unwrap();
        assert!(graph.is_none());
        assert_eq!(
            Value::Object(settings),
            json!({ "enabled": false, "maximumSessionTime": 1.5, "maximumIdleTime": 30,
                "uiConfig": { "categories": "[\"Login\",\"x\"]", "annotations": "{}" } })
        );
    }

    #[test]
    fn a_change_changes_something_and_a_graph_is_whole() {
        for settings in [json!({}), json!({ "entryNodeId": "a" }), json!({ "nodes": {} })] {
            assert!(changes(input(&settings)).is_err());
        }
    }

    #[test]
    fn nodes_that_stay_keep_their_place_and_version() {
        let before = json!({ "nodes": {
            "a": { "nodeType": "PageNode", "version": "2.0", "x": 1.5, "connections": { "o": "b" } },
            "b": { "nodeType": "MessageNode", "x": 9 },
        } });
        let mut nodes = json!({
            "a": { "nodeType": "PageNode", "connections": {} },
            "b": { "nodeType": "PageNode" },
            "c": { "nodeType": "PageNode" },
        });
        keep_the_rest(nodes.as_object_mut().unwrap(), before.as_object().unwrap());
        assert_eq!(
            nodes,
            json!({
                "a": { "nodeType": "PageNode", "connections": {}, "version": "2.0", "x": 1.5 },
                "b": { "nodeType": "PageNode" },
                "c": { "nodeType": "PageNode" },
            })
        );
    }
}
