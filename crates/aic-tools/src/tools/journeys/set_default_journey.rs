use aic_api::path::JourneyName;
use aic_api::{Realm, Write};
use aic_auth::Scope;
use futures_util::future::join;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Durable, Stay, note, unknown_journey};
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Makes a journey the default of its realm.
pub(super) struct SetDefaultJourney;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Name of the journey.
    journey_name: JourneyName,
}

/// The default now.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SetDefaultJourneyOutput {
    /// The realm's default journey now.
    default_journey: String,
    /// The one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    /// Whether it was so when read again.
    #[serde(skip_serializing_if = "Durable::is_unknown")]
    durable: Durable,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for SetDefaultJourneyOutput {}

impl Tool for SetDefaultJourney {
    const SPEC: Spec = Spec::new("setDefaultJourney", Toolset::Journeys)
        .title("Set a realm's default journey")
        .describe(
            "Makes a journey the one people of the realm sign in with, at once and for \
             everybody: try it at its getJourneyPreviewUrl first. Returns the previous default, \
             to undo it.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Replace)
        .check("look at defaultJourney in listJourneys.");
    type Access = Write;
    type Input = Input;
    type Output = SetDefaultJourneyOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<SetDefaultJourneyOutput, ToolError> {
        let name = &input.journey_name;
        let (authentication, journeys) =
            (cx.api().authentication(input.realm), cx.api().journeys(input.realm));
        // AM does not promise to refuse a name that no journey has, and nobody could sign in then.
        let (journey, edit) = join(journeys.get(name), authentication.edit()).await;
        let journey = journey.map_err(unknown_journey)?;
        let edit = edit?;
        let previous = edit.settings().default_journey().map(ToOwned::to_owned);
        let doubt = if !journey.is_enabled() {
            Some(
                "This journey is not enabled: nobody can sign in with it. Enable it with updateJourney.",
            )
        } else if journey.is_inner_only() {
            Some("This journey can only be used inside others. Change that with updateJourney.")
        } else {
            None
        };
        let Stay { durable, problem } = Stay::of_resource(
            edit.set_default_journey(name).await?,
            "the default is another one when it is",
            "listJourneys",
        );
        Ok(SetDefaultJourneyOutput {
            default_journey: name.to_string(),
            previous,
            durable,
            note: note([doubt.map(ToOwned::to_owned), problem]),
        })
    }
}
