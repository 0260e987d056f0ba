use std::collections::BTreeMap;

use aic_api::journey::JourneyDraft;
use aic_api::path::JourneyName;
use aic_api::{Realm, Write};
use aic_auth::Scope;
use futures_util::future::{join, try_join};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::connections::{Connection, reconnect};
use super::graph::{self, Conflict, GraphNode, Place, Sketch};
use super::unknown_journey;
use super::warnings::Mentions;
use super::written::{Account, LeftOver, kept_ids, not_written};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Changes a journey.
pub(super) struct UpdateJourney;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Journey name.
    journey_name: JourneyName,
    /// Its purpose.
    description: Option<String>,
    /// Such as managed/alpha_user.
    identity_resource: Option<String>,
    /// Runs despite a session.
    must_run: Option<bool>,
    /// Only within other journeys.
    inner_tree_only: Option<bool>,
    /// The editor's settings; all are replaced.
    ui_config: Option<JsonObject>,
    /// False switches it off.
    enabled: Option<bool>,
    /// Minutes a session lasts.
    maximum_session_time: Option<Number>,
    /// Minutes a session may idle.
    maximum_idle_time: Option<Number>,
    /// Entry; needs nodes.
    entry_node_id: Option<String>,
    /// The whole new graph; needs entryNodeId.
    nodes: Option<BTreeMap<String, GraphNode>>,
    /// Single connections to change, in place of a new graph.
    connections: Option<Vec<Connection>>,
}

/// The journey after the change.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UpdateJourneyOutput {
    journey_name: String,
    /// Parts set.
    changed: Vec<String>,
    /// The UUIDs made for names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    node_ids: BTreeMap<String, String>,
    #[serde(flatten)]
    account: Account,
}

impl Output for UpdateJourneyOutput {
    const OWN: &'static [&'static str] = &["nodeIds"];
}

impl Tool for UpdateJourney {
    const SPEC: Spec = Spec::new("updateJourney", Toolset::Journeys)
        .title("Change a journey")
        .describe(
            "Changes a journey's settings, its graph, or both; what is not given stays. Use \
             connections to lead outcomes elsewhere. A new graph needs nodes and entryNodeId, \
             whole: start from getJourney and keep its UUIDs; a node without config keeps its own.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Update)
        .check("look at the journey with getJourney.");
    type Access = Write;
    type Input = Input;
    type Output = UpdateJourneyOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<UpdateJourneyOutput, ToolError> {
        let Input { realm, journey_name: name, .. } = &input;
        let (realm, name) = (*realm, name.clone());
        let (settings, graph) = changes(input)?;
        match graph {
            GraphChange::Connections(connections) => {
                write_tree(cx, realm, name, settings, &connections).await
            }
            GraphChange::Whole(sketch) => write_graph(cx, realm, name, settings, sketch).await,
        }
    }
}

/// The change of a journey's graph.
enum GraphChange {
    /// These connections, which may be none.
    Connections(Vec<Connection>),
    /// All of it.
    Whole(Sketch),
}

/// Writes the journey without its nodes.
async fn write_tree(
    cx: &Context<Write>,
    realm: Realm,
    name: JourneyName,
    settings: JsonObject,
    connections: &[Connection],
) -> Result<UpdateJourneyOutput, ToolError> {
    let journeys = cx.api().journeys(realm);
    let (edit, before) = journeys.edit_existing(&name).await.map_err(unknown_journey)?;
    let graph = (!connections.is_empty()).then(|| "connections".to_owned());
    let changed = settings.keys().cloned().chain(graph).collect();
    let mut tree = if connections.is_empty() {
        before.into_json()
    } else {
        reconnect(cx, realm, before, connections).await?
    };
    tree.extend(settings);
    let names = BTreeMap::new();
    let draft = JourneyDraft { tree, children: Vec::new(), nodes: Vec::new() };
    let written = edit.write(draft).await.map_err(|error| not_written(error, &names))?;
    let account = Account::of(&written, &names, LeftOver::of(Vec::new()), Vec::new());
    Ok(UpdateJourneyOutput {
        journey_name: name.to_string(),
        changed,
        node_ids: BTreeMap::new(),
        account,
    })
}

async fn write_graph(
    cx: &Context<Write>,
    realm: Realm,
    name: JourneyName,
    settings: JsonObject,
    sketch: Sketch,
) -> Result<UpdateJourneyOutput, ToolError> {
    let journeys = cx.api().journeys(realm);
    let reads = try_join(journeys.edit_existing(&name), cx.api().node_usage(realm));
    let ((edit, before), usage) = reads.await.map_err(unknown_journey)?;
    let place = Place { journey: name.as_str(), usage: &usage, conflict: Conflict::Refuse };
    let nodes = before.as_json().get("nodes").and_then(Value::as_object);
    let graph = graph::resolve(cx, realm, sketch, place, nodes).await?;
    let left = LeftOver::of(usage.left_over(name.as_str(), &before, &kept_ids(&graph)));
    let changed = ["entryNodeId", "nodes"].into_iter().map(str::to_owned);
    let changed = settings.keys().cloned().chain(changed).collect();
    let mut tree = before.into_json();
    tree.extend(settings);
    let node_ids = graph.ids.clone();
    let (draft, names) = graph.draft(tree);
    let mentions = Mentions::of(&draft, &names);
    let (written, scripts) =
        join(edit.write(draft), mentions.look_for_scripts(cx.api(), realm)).await;
    let written = written.map_err(|error| not_written(error, &names))?;
    let warnings = mentions.warnings(name.as_str(), &written, &usage, scripts);
    let account = Account::of(&written, &names, left, warnings);
    Ok(UpdateJourneyOutput { journey_name: name.to_string(), changed, node_ids, account })
}

/// The settings to change, and the change of the graph.
fn changes(input: Input) -> Result<(JsonObject, GraphChange), ToolError> {
    let connections = input.connections.unwrap_or_default();
    let graph = match (input.entry_node_id, input.nodes) {
        (Some(_), Some(_)) if !connections.is_empty() => {
            return Err(ToolError::refused(
                "Both a new graph and single connections are given.",
                "Nothing was sent. Give one of them: a new graph has its connections in its nodes.",
            ));
        }
        (Some(entry), Some(nodes)) => GraphChange::Whole(Sketch::new(entry, nodes, None)?),
        (None, None) => GraphChange::Connections(connections),
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
    let is_empty =
        matches!(&graph, GraphChange::Connections(connections) if connections.is_empty());
    if settings.is_empty() && is_empty {
        return Err(ToolError::refused(
            "There is nothing to change.",
            "Nothing was sent. Give at least one setting, a connection, or a new graph.",
        ));
    }
    Ok((settings, graph))
}

/// AM keeps what belongs to the editor as strings, lists as the JSON text of one.
/// Recordings of tenants show nothing else there.
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
        assert!(matches!(graph, GraphChange::Connections(none) if none.is_empty()));
        assert_eq!(
            Value::Object(settings),
            json!({ "enabled": false, "maximumSessionTime": 1.5, "maximumIdleTime": 30,
                "uiConfig": { "categories": "[\"Login\",\"x\"]", "annotations": "{}" } })
        );
    }

    #[test]
    fn a_change_changes_something_and_a_graph_is_whole() {
        for settings in [
            json!({}),
            json!({ "entryNodeId": "a" }),
            json!({ "nodes": {} }),
            json!({ "connections": [] }),
        ] {
            assert!(changes(input(&settings)).is_err());
        }
    }
}
