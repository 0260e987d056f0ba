use std::collections::{BTreeSet, HashMap};

use aic_api::am::{Journey, NodeRef};
use aic_api::{Read, Realm};
use aic_auth::Scope;
use futures_util::future::join3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::note;
use crate::outcome::result::drop_items;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Lists the journeys of a realm.
pub(super) struct ListJourneys;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
}

/// The journeys there are.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListJourneysOutput {
    journeys: Vec<Line>,
    /// How many there are.
    count: usize,
    /// Name of the realm's default journey.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_journey: Option<String>,
    /// Missing parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// A journey in short.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Line {
    /// Its name.
    #[serde(rename = "_id")]
    name: String,
    enabled: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    /// How many nodes it has, those on pages aside.
    nodes: usize,
    /// The journeys that it runs.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    inner_journeys: BTreeSet<String>,
}

impl Line {
    /// The line about a journey as it is listed. `inner` has the nodes that run other journeys, each with
    /// the journey.
    fn of(journey: JsonObject, inner: &HashMap<NodeRef, String>) -> Self {
        let text = |member: &str| {
            journey.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let (name, description) = (text("_id"), text("description"));
        let journey = Journey::from(journey);
        Self {
            name,
            enabled: journey.is_enabled(),
            description,
            nodes: journey.nodes().count(),
            inner_journeys: journey.inner_journeys(inner),
        }
    }
}

impl Output for ListJourneysOutput {
    fn shorten(&mut self, excess: usize) {
        let (left, before) = drop_items(&mut self.journeys, excess);
        let shown = format!("Left out, for length: all but the first {left} of {before} journeys.");
        self.note = note([self.note.take(), Some(shown)]);
    }
}

impl Tool for ListJourneys {
    const SPEC: Spec = Spec::new("listJourneys", Toolset::Journeys)
        .title("List journeys")
        .describe(
            "Lists a realm's journeys (authentication trees), one line each, and names the \
             default one. getJourney returns one whole.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = ListJourneysOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<ListJourneysOutput, ToolError> {
        let journeys = cx.api().journeys(input.realm);
        let authentication = cx.api().authentication(input.realm);
        let nodes = cx.api().nodes(input.realm);
        let (journeys, settings, inner) =
            join3(journeys.list(), authentication.get(), nodes.inner_journeys()).await;
        let (default_journey, default_note) = match settings {
            Ok(settings) => (settings.default_journey().map(ToOwned::to_owned), None),
            Err(error) => (None, Some(format!("The default journey could not be read: {error}"))),
        };
        let (inner, inner_note) = match inner {
            Ok(inner) => (inner.into_iter().collect(), None),
            Err(error) => {
                let note = format!("The inner journeys could not be read: {error}");
                (HashMap::new(), Some(note))
            }
        };
        let lines = journeys?.into_iter().filter_map(|journey| match journey {
            Value::Object(journey) => Some(Line::of(journey, &inner)),
            _ => None,
        });
        let journeys: Vec<_> = lines.collect();
        let note = note([default_note, inner_note]);
        Ok(ListJourneysOutput { count: journeys.len(), journeys, default_journey, note })
    }
}
