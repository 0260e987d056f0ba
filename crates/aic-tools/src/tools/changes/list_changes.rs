use std::collections::HashSet;
use std::fmt::Write as _;

use aic_api::Read;
use aic_api::change::Change;
use schemars::JsonSchema;
use serde::Serialize;
use time::format_description::well_known::Rfc3339;

use crate::control::changes::Recorded;
use crate::control::preview;
use crate::outcome::result::drop_items;
use crate::outcome::{Output, ToolError};
use crate::tool::input::NoInput;
use crate::tool::{Context, Spec, Tool, Toolset};

/// Lists what was changed.
pub(super) struct ListChanges;

/// The changes, newest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct ListChangesOutput {
    changes: Vec<Item>,
    /// Remarks.
    note: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Item {
    /// For undoChange.
    change_id: String,
    /// When.
    time: String,
    /// The tool that made it.
    tool: String,
    /// Its writes in words.
    effects: Vec<String>,
    /// The paths of what it changed, ten at most.
    resources: Vec<String>,
    /// How many more it changed.
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
    /// Whether undoChange can undo it, as far as is known.
    undoable: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The ids under which AIC's logs have it.
    logged_as: Vec<String>,
}

impl Output for ListChangesOutput {
    fn shorten(&mut self, excess: usize) {
        let (left, all) = drop_items(&mut self.changes, excess);
        let _ = write!(self.note, " Only the newest {left} of {all} are shown.");
    }
}

impl Tool for ListChanges {
    const SPEC: Spec =
        Spec::new("listChanges", Toolset::Changes).title("List this server's changes").describe(
            "This server's changes on the tenant, newest first, and whether undoChange can \
             put it back. Changes made elsewhere are not here: query the logs for those.",
        );
    type Access = Read;
    type Input = NoInput;
    type Output = ListChangesOutput;

    async fn run(cx: &Context<Read>, _: NoInput) -> Result<ListChangesOutput, ToolError> {
        let changes = cx.changes().list().into_iter().map(Item::from).collect();
        let note = format!(
            "The last {} calls that changed something are remembered, as long as what was there \
             before is not too large.",
            cx.changes().most()
        );
        Ok(ListChangesOutput { changes, note })
    }
}

/// How many paths are listed.
const MOST_PATHS: usize = 10;

/// The paths of what was changed: what the requests name, then what relationships reach.
fn paths(changes: &[Change]) -> Vec<String> {
    let named = changes.iter().map(Change::subject);
    let reached = changes.iter().flat_map(|change| &change.ends).map(|end| end.resource.clone());
    let mut seen = HashSet::new();
    let all = named.chain(reached).map(|it| it.path().as_str().to_owned());
    all.filter(|path| seen.insert(path.clone())).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl From<Recorded> for Item {
    fn from(recorded: Recorded) -> Self {
        let objection = recorded.changes.iter().find_map(|change| change.reversible().err());
        let reason = match objection {
            _ if recorded.undone => Some("it was undone".to_owned()),
            other => other.map(|why| why.to_string()),
        };
        let mut resources = paths(&recorded.changes);
        let more = resources.len().saturating_sub(MOST_PATHS);
        resources.truncate(MOST_PATHS);
        Self {
            change_id: recorded.id,
            time: recorded.time.truncate_to_second().format(&Rfc3339).unwrap_or_default(),
            tool: recorded.tool,
            effects: recorded
                .changes
                .iter()
                .map(|change| preview::effect(change).into_string())
                .collect(),
            resources,
            more,
            undoable: reason.is_none(),
            reason,
            logged_as: recorded.transaction_ids,
        }
    }
}
