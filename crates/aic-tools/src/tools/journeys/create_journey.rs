use std::collections::{BTreeMap, BTreeSet};

use aic_api::path::JourneyName;
use aic_api::{Realm, Write};
use aic_auth::Scope;
use futures_util::future::{join, try_join};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::graph::{self, Conflict, GraphNode, Place, Sketch};
use super::warnings::Mentions;
use super::written::{Account, LeftOver, kept_ids, not_written};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Writes a whole journey.
pub(super) struct CreateJourney;

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
    /// The journey's graph.
    journey_data: Graph,
}

// A graph, and whatever else getJourney shows of a journey.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Graph {
    /// Key of the first node.
    entry_node_id: String,
    /// Nodes by key, a readable name or a UUID.
    nodes: BTreeMap<String, GraphNode>,
    /// As getJourney shows them.
    node_configs: Option<BTreeMap<String, JsonObject>>,
    #[schemars(skip)]
    static_nodes: Option<Value>,
    #[schemars(skip)]
    description: Option<Value>,
    #[schemars(skip)]
    identity_resource: Option<Value>,
    #[schemars(skip)]
    enabled: Option<Value>,
    #[schemars(skip)]
    must_run: Option<Value>,
    #[schemars(skip)]
    no_session: Option<Value>,
    #[schemars(skip)]
    inner_tree_only: Option<Value>,
    #[schemars(skip)]
    transactional_only: Option<Value>,
    #[schemars(skip)]
    ui_config: Option<Value>,
    #[schemars(skip)]
    maximum_session_time: Option<Value>,
    #[schemars(skip)]
    maximum_idle_time: Option<Value>,
    /// The journey that was read is not the one that is written.
    #[expect(dead_code, reason = "it is taken, and means nothing")]
    #[serde(rename = "_id")]
    #[schemars(skip)]
    id: Option<Value>,
    #[expect(dead_code, reason = "it is taken, and means nothing")]
    #[serde(rename = "_rev")]
    #[schemars(skip)]
    revision: Option<Value>,
}

impl Graph {
    /// The journey's own settings, where it brings any, and its graph.
    ///
    /// # Errors
    ///
    /// [`ToolError`] with all faults of the graph.
    pub(super) fn into_parts(mut self) -> Result<(JsonObject, Sketch), ToolError> {
        let settings = self.settings();
        let sketch = Sketch::new(self.entry_node_id, self.nodes, self.node_configs)?;
        Ok((settings, sketch))
    }

    /// The journey's own settings, where it brings any.
    fn settings(&mut self) -> JsonObject {
        let settings = [
            ("staticNodes", self.static_nodes.take()),
            ("description", self.description.take()),
            ("identityResource", self.identity_resource.take()),
            ("enabled", self.enabled.take()),
            ("mustRun", self.must_run.take()),
            ("noSession", self.no_session.take()),
            ("innerTreeOnly", self.inner_tree_only.take()),
            ("transactionalOnly", self.transactional_only.take()),
            ("uiConfig", self.ui_config.take()),
            ("maximumSessionTime", self.maximum_session_time.take()),
            ("maximumIdleTime", self.maximum_idle_time.take()),
        ];
        settings.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// The written journey.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateJourneyOutput {
    journey_name: String,
    /// Whether it replaced a journey.
    existed: bool,
    entry_node_id: String,
    /// The UUIDs made for names.
    node_ids: BTreeMap<String, String>,
    node_id_mapping: BTreeMap<String, String>,
    #[serde(flatten)]
    account: Account,
}

impl Output for CreateJourneyOutput {
    const OWN: &'static [&'static str] = &["nodeIds", "nodeIdMapping"];
}

impl Tool for CreateJourney {
    const SPEC: Spec = Spec::new("createJourney", Toolset::Journeys)
        .title("Create a journey")
        .describe(
            "Writes a journey with its nodes. Names of nodes, also on pages, become UUIDs, which are \
             returned; UUIDs of other journeys are renewed. REPLACES a journey of that name: check \
             listJourneys first. getNodeTypeDetails has each type's config and outcomes.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Replace)
        .check("look at the journey with getJourney.");
    type Access = Write;
    type Input = Input;
    type Output = CreateJourneyOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<CreateJourneyOutput, ToolError> {
        let Input { realm, journey_name, description, identity_resource, journey_data } = input;
        let (mut tree, sketch) = journey_data.into_parts()?;
        for (name, value) in [("description", description), ("identityResource", identity_resource)]
        {
            tree.extend(value.map(|value| (name.to_owned(), value.into())));
        }
        let journeys = cx.api().journeys(realm);
        let (edit, usage) =
            try_join(journeys.edit(&journey_name), cx.api().node_usage(realm)).await?;
        let place =
            Place { journey: journey_name.as_str(), usage: &usage, conflict: Conflict::Renew };
        let graph = graph::resolve(cx, realm, sketch, place, None).await?;
        let (entry_node_id, node_ids) = (graph.entry_node_id.clone(), graph.ids.clone());
        let kept: BTreeSet<_> = kept_ids(&graph);
        let existed = edit.before().is_some();
        let left =
            edit.before().map(|before| usage.left_over(journey_name.as_str(), before, &kept));
        tree.entry("staticNodes").or_insert_with(|| graph::static_nodes(graph.width));
        let (draft, names) = graph.draft(tree);
        let mentions = Mentions::of(&draft, &names);
        let (written, scripts) =
            join(edit.write(draft), mentions.look_for_scripts(cx.api(), realm)).await;
        let written = written.map_err(|error| not_written(error, &names))?;
        let warnings = mentions.warnings(journey_name.as_str(), &written, &usage, scripts);
        let left = LeftOver::of(left.unwrap_or_default());
        Ok(CreateJourneyOutput {
            journey_name: journey_name.to_string(),
            existed,
            entry_node_id,
            node_id_mapping: node_ids.clone(),
            node_ids,
            account: Account::of(&written, &names, left, warnings),
        })
    }
}
