use aic_api::am::NodeRef;
use aic_api::journey::own_settings;
use aic_api::path::JourneyName;
use aic_api::{Read, Realm};
use aic_auth::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::graph::brief;
use super::lookup::{Place, children, in_graph, names, one_of, outcomes_of};
use super::unknown_journey;
use crate::outcome::result::leave_out;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Reads one node of a journey.
pub(super) struct GetJourneyNode;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Journey name.
    journey_name: JourneyName,
    /// The node's id, or its name in the journey; on a page too.
    node: String,
}

/// The node.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetJourneyNodeOutput {
    node: Found,
    /// The nodes on it, if it is a page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<Found>,
    /// Parts left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// A node with its place in the journey.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Found {
    node_id: String,
    node_type: String,
    version: String,
    display_name: String,
    /// Where each outcome leads; none on a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    connections: Option<JsonObject>,
    config: JsonObject,
    /// The outcomes it has.
    outcomes: Vec<String>,
}

impl Output for GetJourneyNodeOutput {
    fn shorten(&mut self, excess: usize) {
        self.note = Some(leave_out(&mut self.node.config, excess));
    }
}

impl Tool for GetJourneyNode {
    const SPEC: Spec = Spec::new("getJourneyNode", Toolset::Journeys)
        .title("Get a node of a journey")
        .describe("Returns one node of a journey: settings, outcomes, connections.")
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetJourneyNodeOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<GetJourneyNodeOutput, ToolError> {
        let Input { realm, journey_name, node } = input;
        let journey = cx.api().journeys(realm).get(&journey_name).await.map_err(unknown_journey)?;
        let meant = in_graph(&journey);
        let place = match one_of(&meant, &node)? {
            Some(place) => place.clone(),
            None => on_page(cx, realm, &meant, &node).await?,
        };
        let node = read(cx, realm, place).await?;
        let children = children(&node.config);
        let children = cx.each(children, |child| read(cx, realm, child)).await;
        let children = children.into_iter().collect::<Result<_, _>>()?;
        Ok(GetJourneyNodeOutput { node, children, note: None })
    }
}

/// The node that is meant, from the pages of the journey.
async fn on_page(
    cx: &Context<Read>,
    realm: Realm,
    graph: &[Place],
    meant: &str,
) -> Result<Place, ToolError> {
    let pages = graph.iter().map(|place| place.node.clone()).filter(NodeRef::is_page);
    let nodes = cx.api().nodes(realm);
    let read = cx.each(pages, async |page| nodes.get(&page).await).await;
    let mut all = Vec::new();
    for page in read {
        all.extend(children(&page?));
    }
    match one_of(&all, meant)? {
        Some(place) => Ok(place.clone()),
        None => Err(ToolError::refused(
            format!("The journey has no node {}.", brief(meant)),
            format!(
                "Use the id or the name of one of its nodes: {}.",
                names(graph.iter().chain(&all))
            ),
        )),
    }
}

async fn read(cx: &Context<Read>, realm: Realm, place: Place) -> Result<Found, ToolError> {
    let node = cx.api().nodes(realm).get(&place.node).await?;
    let (outcomes, config) = (outcomes_of(&node), own_settings(node));
    let kind = place.node.kind;
    Ok(Found {
        node_id: place.node.id.to_string(),
        node_type: kind.name().to_string(),
        version: kind.version().map_or_else(|| "1.0".to_owned(), ToString::to_string),
        display_name: place.display_name,
        connections: place.connections,
        config,
        outcomes,
    })
}
