use aic_api::{Read, Realm};
use aic_auth::Scope;
use futures_util::future::join;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::note;
use crate::outcome::result::{drop_from_each, drop_items};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

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
    /// The journeys; _id is the name.
    journeys: Vec<Value>,
    /// How many there are.
    count: usize,
    /// Name of the realm's default journey.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_journey: Option<String>,
    /// Missing parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for ListJourneysOutput {
    fn shorten(&mut self, excess: usize) {
        let saved = drop_from_each(&mut self.journeys, &["nodes", "uiConfig"]);
        let mut shown = "Left out, for length: the nodes, which getJourney shows".to_owned();
        if saved < excess {
            let (left, before) = drop_items(&mut self.journeys, excess - saved);
            shown = format!("{shown}, and all but the first {left} of {before} journeys");
        }
        self.note = note([self.note.take(), Some(format!("{shown}."))]);
    }
}

impl Tool for ListJourneys {
    const SPEC: Spec = Spec::new("listJourneys", Toolset::Journeys)
        .title("List journeys")
        .describe(
            "Lists a realm's journeys (authentication trees) with settings and node types, and \
             names the default one. getJourney returns one whole.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = ListJourneysOutput;

    async fn run(cx: &Context<Read>, input: Input) -> Result<ListJourneysOutput, ToolError> {
        let journeys = cx.api().journeys(input.realm);
        let authentication = cx.api().authentication(input.realm);
        let (journeys, settings) = join(journeys.list(), authentication.get()).await;
        let journeys = journeys?;
        let (default_journey, note) = match settings {
            Ok(settings) => (settings.default_journey().map(ToOwned::to_owned), None),
            Err(error) => (None, Some(format!("The default journey could not be read: {error}"))),
        };
        Ok(ListJourneysOutput { count: journeys.len(), journeys, default_journey, note })
    }
}
