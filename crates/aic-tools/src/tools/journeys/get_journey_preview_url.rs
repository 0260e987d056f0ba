use aic_api::path::JourneyName;
use aic_api::{Read, Realm};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Makes the URL at which a journey can be tried.
pub(super) struct GetJourneyPreviewUrl;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Name of the journey; the realm's default journey if absent.
    journey_name: Option<JourneyName>,
}

/// The URL.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetJourneyPreviewUrlOutput {
    /// The URL to open in a browser.
    url: String,
}

impl Output for GetJourneyPreviewUrlOutput {
    const OWN: &'static [&'static str] = &["url"];
}

impl Tool for GetJourneyPreviewUrl {
    const SPEC: Spec = Spec::new("getJourneyPreviewUrl", Toolset::Journeys)
        .title("Get a journey's preview URL")
        .describe(
            "Makes the URL at which a person can try a journey. Nothing is sent or checked. \
             Going through it is real: a registration creates a user.",
        )
        .effect(Effect::Read);
    type Access = Read;
    type Input = Input;
    type Output = GetJourneyPreviewUrlOutput;

    async fn run(
        cx: &Context<Read>,
        input: Input,
    ) -> Result<GetJourneyPreviewUrlOutput, ToolError> {
        let url = cx.api().journeys(input.realm).preview_url(input.journey_name.as_ref());
        Ok(GetJourneyPreviewUrlOutput { url })
    }
}
