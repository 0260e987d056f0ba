use std::collections::{BTreeSet, HashSet};
use std::fmt::Display;

use aic_api::am::{NodeKind, NodeRef, Nodes, page_children, shown_outcomes};
use aic_api::path::{InvalidName, JourneyName};
use aic_api::{ApiError, Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{note, unknown_journey};
use crate::outcome::result::drop_members;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Reads a journey with all its nodes.
pub(super) struct GetJourney;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Name of the journey.
    journey_name: JourneyName,
    /// Also the config schemas of its node types.
    #[serde(default)]
    include_schemas: bool,
}

/// The journey and its nodes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetJourneyOutput {
    /// The journey: entryNodeId, nodes with connections, settings.
    journey: JsonObject,
    /// Each node's config by id, or its error.
    node_configs: JsonObject,
    /// Each type's config schema by type, or type/version if not 1.0.
    #[serde(skip_serializing_if = "JsonObject::is_empty")]
    node_schemas: JsonObject,
    /// Missing parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for GetJourneyOutput {
    fn shorten(&mut self, excess: usize) {
        let length = |object: &JsonObject| json!(object).to_string().chars().count();
        let before = length(&self.node_schemas);
        let schemas = drop_members(&mut self.node_schemas, excess);
        let saved = before - length(&self.node_schemas);
        let mut left = Vec::new();
        if saved > 0 {
            left.push(format!("the schemas of {schemas} (see getNodeTypeDetails)"));
        }
        if saved < excess {
            let configs = drop_members(&mut self.node_configs, excess - saved);
            left.push(format!("the settings of the nodes {configs} (see getJourneyNode)"));
        }
        let left_out = format!("Left out, for length: {}.", left.join("; "));
        self.note = note([self.note.take(), Some(left_out)]);
    }
}

impl Tool for GetJourney {
    const SPEC: Spec = Spec::new("getJourney", Toolset::Journeys)
        .title("Get a journey with its nodes")
        .describe(
            "Returns a journey whole: graph and config of every node (on pages too). Read it \
             before any change; it has the node ids. A node that cannot be read is marked with \
             its error.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetJourneyOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<GetJourneyOutput, ToolError> {
        let journey = cx
            .api()
            .journeys(input.realm)
            .get(&input.journey_name)
            .await
            .map_err(unknown_journey)?;
        let mut reader = Reader::new(cx, input.realm, input.include_schemas);
        let nodes = reader.names(journey.nodes());
        reader.read(&nodes).await;
        let pages: Vec<_> = nodes
            .iter()
            .filter(|node| node.is_page())
            .filter_map(|page| reader.config(page))
            .collect();
        let mut children: Vec<_> =
            pages.iter().flat_map(|page| reader.names(page_children(page))).collect();
        // A node can stand in the graph and on a page, and on several pages.
        let mut known: HashSet<_> = nodes.into_iter().collect();
        children.retain(|child| known.insert(child.clone()));
        reader.read(&children).await;
        Ok(reader.found(journey.into_json()))
    }
}

/// Reads nodes and the schemas of their types, each once, and keeps what came of it.
struct Reader<'a> {
    cx: &'a Context<Read>,
    realm: Realm,
    with_schemas: bool,
    configs: JsonObject,
    schemas: JsonObject,
    unreadable: usize,
}

/// Something to read.
enum JourneyPart {
    Config(NodeRef),
    Schema(NodeKind),
}

impl<'a> Reader<'a> {
    fn new(cx: &'a Context<Read>, realm: Realm, with_schemas: bool) -> Self {
        let (configs, schemas) = (JsonObject::new(), JsonObject::new());
        Self { cx, realm, with_schemas, configs, schemas, unreadable: 0 }
    }

    /// The nodes that can be read; the others are marked.
    fn names<'b>(
        &mut self,
        named: impl Iterator<Item = (&'b str, Result<NodeRef, InvalidName>)>,
    ) -> Vec<NodeRef> {
        let mut nodes = Vec::new();
        for (id, node) in named {
            match node {
                Ok(node) => nodes.push(node),
                Err(problem) => {
                    self.unreadable += 1;
                    self.configs.insert(id.to_owned(), unreadable(&problem));
                }
            }
        }
        nodes
    }

    /// Reads these nodes, and the schemas of those of their types that were not read yet where they
    /// are asked for, all at the same time.
    async fn read(&mut self, nodes: &[NodeRef]) {
        let mut kinds = HashSet::new();
        let schemas = nodes
            .iter()
            .filter(|_| self.with_schemas)
            .map(|node| node.kind.clone())
            .filter(|kind| !self.schemas.contains_key(&kind.to_string()))
            .filter(|kind| kinds.insert(kind.clone()))
            .map(JourneyPart::Schema);
        let parts: Vec<_> = nodes.iter().cloned().map(JourneyPart::Config).chain(schemas).collect();
        let api = self.cx.api().nodes(self.realm);
        let read = self.cx.each(parts, |part| read(&api, part)).await;
        for (part, result) in read {
            let value = result.unwrap_or_else(|error| {
                self.unreadable += 1;
                unreadable(&error)
            });
            match part {
                JourneyPart::Config(node) => self.configs.insert(self.key(&node), value),
                JourneyPart::Schema(kind) => self.schemas.insert(kind.to_string(), value),
            };
        }
    }

    /// The key of a node's config: its id, and its version behind it where another node that was
    /// read has the same id.
    fn key(&self, node: &NodeRef) -> String {
        let id = node.id.to_string();
        match node.kind.version() {
            Some(version) if self.configs.contains_key(&id) => format!("{id}/{version}"),
            _ if self.configs.contains_key(&id) => format!("{id}/1.0"),
            _ => id,
        }
    }

    fn config(&self, node: &NodeRef) -> Option<JsonObject> {
        self.configs.get(node.id.as_str())?.as_object().cloned()
    }

    fn found(mut self, journey: JsonObject) -> GetJourneyOutput {
        let graph = journey.get("nodes").unwrap_or(&Value::Null);
        for (id, config) in &mut self.configs {
            if let Some(config) = config.as_object_mut() {
                drop_what_the_graph_says(config, &graph[id.as_str()]["connections"]);
            }
        }
        let note = (self.unreadable > 0).then(|| {
            format!(
                "{} of the nodes and schemas could not be read: each has its `error` in place of \
                 its content.",
                self.unreadable
            )
        });
        GetJourneyOutput { journey, node_configs: self.configs, node_schemas: self.schemas, note }
    }
}

/// Takes away the members of a node that say nothing new beside the graph or the page that names it: its
/// id, type and revision, and its outcomes where each has a connection. A node on a page has no
/// connections of its own, and mostly the one outcome of such nodes.
fn drop_what_the_graph_says(config: &mut JsonObject, connections: &Value) {
    for member in ["_id", "_rev", "_type"] {
        config.shift_remove(member);
    }
    let Some(outcomes) = shown_outcomes(config) else { return };
    let outcomes: BTreeSet<_> = outcomes.collect();
    let shown: BTreeSet<_> = match connections.as_object() {
        Some(connections) => connections.keys().map(String::as_str).collect(),
        None => [PLAIN_OUTCOME].into(),
    };
    if outcomes == shown {
        config.shift_remove("_outcomes");
    }
}

/// The outcome of nodes that have one only.
const PLAIN_OUTCOME: &str = "outcome";

async fn read(api: &Nodes<'_, Read>, part: JourneyPart) -> (JourneyPart, Result<Value, ApiError>) {
    let result = match &part {
        JourneyPart::Config(node) => api.get(node).await.map(Value::Object),
        JourneyPart::Schema(kind) => api.schema(kind).await,
    };
    (part, result)
}

/// The error that stands for a part that could not be read.
fn unreadable(problem: &dyn Display) -> Value {
    json!({ "error": problem.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_outcomes_without_a_connection_are_shown() {
        let node = |outcomes: &[&str]| {
            let outcomes: Vec<_> = outcomes.iter().map(|id| json!({ "id": id })).collect();
            let node = json!({ "_id": "a", "_rev": "1", "_type": { "_id": "T" }, "mail": null,
                "_outcomes": outcomes });
            let Value::Object(node) = node else { unreachable!() };
            node
        };
        let shown = |outcomes: &[&str], connections: &Value| {
            let mut config = node(outcomes);
            drop_what_the_graph_says(&mut config, connections);
            Value::Object(config)
        };
        let connections = json!({ "true": "b", "false": "c" });
        assert_eq!(shown(&["false", "true"], &connections), json!({ "mail": null }));
        assert_eq!(shown(&["outcome"], &Value::Null), json!({ "mail": null }));
        for (outcomes, connections) in
            [(&["true", "other"], &connections), (&["true", "false"], &Value::Null)]
        {
            assert!(shown(outcomes, connections).get("_outcomes").is_some());
        }
    }
}
