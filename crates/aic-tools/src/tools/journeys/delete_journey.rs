use std::collections::BTreeSet;

use aic_api::path::JourneyName;
use aic_api::{Realm, Write};
use aic_auth::Scope;
use futures_util::future::join;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NodeKey, note, unknown_journey};
use crate::outcome::result::drop_members;
use crate::outcome::{Output, ToolError};
use crate::tool::{Context, Effect, JsonObject, Spec, Tool, Toolset};

/// Deletes a journey.
pub(super) struct DeleteJourney;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    realm: Realm,
    /// Name of the journey.
    journey_name: JourneyName,
}

/// The deleted journey, and the nodes that remain.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeleteJourneyOutput {
    /// The journey as it was.
    deleted: JsonObject,
    /// The journeys that ran it, and now fail.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    still_used_by: BTreeSet<String>,
    /// Those of its nodes, also on pages, that still exist and nothing else uses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    orphaned_nodes: Vec<NodeKey>,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Output for DeleteJourneyOutput {
    fn shorten(&mut self, excess: usize) {
        let dropped = drop_members(&mut self.deleted, excess);
        let dropped = format!("Left out of the journey, for length: {dropped}.");
        self.note = note([self.note.take(), Some(dropped)]);
    }
}

impl Tool for DeleteJourney {
    const SPEC: Spec = Spec::new("deleteJourney", Toolset::Journeys)
        .title("Delete a journey")
        .describe(
            "Deletes a journey for good and returns it. Its nodes stay and are listed, for \
             deleteJourneyNodes. Journeys that use it break. The realm's default is refused. To \
             switch it off, updateJourney with enabled false.",
        )
        .scopes(&[Scope::Am])
        .effect(Effect::Delete)
        .check("look for the journey with listJourneys.");
    type Access = Write;
    type Input = Input;
    type Output = DeleteJourneyOutput;

    async fn run(cx: &Context<Write>, input: Input) -> Result<DeleteJourneyOutput, ToolError> {
        let Input { realm, journey_name: name } = input;
        // Without its default journey nobody can sign in to a realm. Where that cannot be read, the
        // journey is the caller's to judge.
        let journeys = cx.api().journeys(realm);
        let (reach, journey) = Box::pin(join(cx.api().reach(realm), journeys.get(&name))).await;
        let journey = journey.map_err(unknown_journey)?;
        let reach = match reach {
            Ok(reach) => reach,
            Err(_) => cx.api().node_usage(realm).await?.into(),
        };
        if reach.default_journey() == Some(name.as_str()) {
            return Err(ToolError::refused(
                format!(
                    "{name} is the default journey of {realm}, with which everybody signs in, \
                     and is not deleted."
                ),
                "Make another journey the default with setDefaultJourney first, if the user \
                 agrees.",
            ));
        }
        let nodes = reach.usage().left_over(name.as_str(), &journey, &BTreeSet::new());
        let deleted = journeys.delete(&name, &nodes).await.map_err(unknown_journey)?;
        let orphaned_nodes: Vec<_> = deleted.remaining.into_iter().map(NodeKey::from).collect();
        let left = (!orphaned_nodes.is_empty()).then(|| {
            "Its nodes still exist, and nothing else uses them. Pass orphanedNodes to \
             deleteJourneyNodes to remove them."
                .to_owned()
        });
        let gone = (deleted.gone > 0)
            .then(|| format!("AIC deleted {} of its nodes along with it.", deleted.gone));
        let deleted = deleted.journey.into_json();
        let still_used_by = reach.users_of(name.as_str());
        Ok(DeleteJourneyOutput { deleted, still_used_by, orphaned_nodes, note: note([left, gone]) })
    }
}
