use std::collections::HashSet;
use std::fmt::Display;

use aic_api::am::{NodeKind, NodeRef, Nodes, page_children};
use aic_api::error::Cause;
use aic_api::path::{InvalidName, JourneyName};
use aic_api::{ApiError, Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{FIND_JOURNEY, note};
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
        let mut left_out =
            format!("Left out, for length: the schemas of {schemas} (see getNodeTypeDetails)");
        if saved < excess {
            let configs = drop_members(&mut self.node_configs, excess - saved);
            left_out = format!("{left_out}; the settings of the nodes {configs}");
        }
        self.note = note([self.note.take(), Some(format!("{left_out}."))]);
    }
}

impl Tool for GetJourney {
    const SPEC: Spec = Spec::new("getJourney", Toolset::Journeys)
        .title("Get a journey with its nodes")
        .describe(
            "Returns a journey whole: graph, config of every node (on pages too) and schemas of \
             its node types. Read it before any change; it has the node ids. A node that cannot \
             be read is marked with its error.",
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
            .map_err(|error| ToolError::from(error).advise(Cause::NotFound, FIND_JOURNEY))?;
        let mut reader = Reader::new(cx, input.realm);
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
    fn new(cx: &'a Context<Read>, realm: Realm) -> Self {
        let (configs, schemas) = (JsonObject::new(), JsonObject::new());
        Self { cx, realm, configs, schemas, unreadable: 0 }
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

    /// Reads these nodes, and the schemas of those of their types that were not read yet, all at
    /// the same time.
    async fn read(&mut self, nodes: &[NodeRef]) {
        let mut kinds = HashSet::new();
        let schemas = nodes
            .iter()
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

    fn found(self, journey: JsonObject) -> GetJourneyOutput {
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
