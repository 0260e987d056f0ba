use aic_api::Write;
use aic_api::change::{UndoError, UndoInterrupted};
use aic_auth::ScopeSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::control::changes::{Changes, Recorded};
use crate::control::preview;
use crate::outcome::{Output, ToolError};
use crate::tool::input::NonBlank;
use crate::tool::{Context, Effect, Spec, Tool, Toolset};

/// Puts back what was there before a change.
pub(super) struct UndoChange;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    /// From listChanges.
    change_id: NonBlank,
}

/// The undone change.
#[derive(Serialize, JsonSchema)]
pub(super) struct UndoChangeOutput {
    /// The undone effects of the change.
    undone: Vec<String>,
    /// Remarks.
    note: &'static str,
}

impl Output for UndoChangeOutput {}

impl Tool for UndoChange {
    const SPEC: Spec = Spec::new("undoChange", Toolset::Changes)
        .title("Undo a change of this server")
        .describe(
            "Puts back what was there before one change of listChanges: all that the call did, or \
             nothing. Refused where somebody has changed it since. Passwords of a deleted object \
             do not come back.",
        )
        .effect(Effect::Restore)
        .check("look with listChanges whether the change still stands.");
    type Access = Write;
    type Input = Input;
    type Output = UndoChangeOutput;

    fn scopes(input: &Input, changes: &Changes) -> ScopeSet {
        let recorded = changes.find(input.change_id.as_str());
        recorded.map_or(ScopeSet::EMPTY, |recorded| recorded.scopes)
    }

    async fn run(cx: &Context<Write>, input: Input) -> Result<UndoChangeOutput, ToolError> {
        let id = input.change_id.as_str();
        let recorded = cx.changes().find(id).ok_or_else(|| {
            ToolError::refused(
                "There is no such change.",
                "listChanges has those that are remembered.",
            )
        })?;
        if !cx.offers(&recorded.tool) {
            return Err(ToolError::refused(
                format!(
                    "This change was made with {}, which this server does not offer, so it is not \
                     undone here either.",
                    recorded.tool
                ),
                "Tell the user. It can be undone by a server that offers that tool.",
            ));
        }
        if recorded.undone {
            return Err(ToolError::refused(
                "This change was undone already.",
                "There is nothing to do. To have it again, undo the undoing, which is a change \
                 too.",
            ));
        }
        // All of it is looked at before any of it is touched.
        let undo = cx.api().prepare_undo(&recorded.changes).await.map_err(not_undone)?;
        if let Err(UndoInterrupted { error, done, all }) = undo.apply().await {
            if done == 0 {
                return Err(error.into());
            }
            let account =
                format!("{done} of {all} parts of the change were undone; the rest stands.");
            return Err(ToolError::half_done(
                error,
                account,
                "Look at what is there, and tell the user.",
            ));
        }
        if !cx.api().is_rehearsal() {
            look_again(cx, &recorded).await?;
            cx.changes().mark_undone(id);
        }
        Ok(UndoChangeOutput {
            undone: effects(&recorded),
            note: "This is a change too, and can be undone.",
        })
    }
}

/// Says that a change was undone only after seeing it.
async fn look_again(cx: &Context<Write>, recorded: &Recorded) -> Result<(), ToolError> {
    const TELL: &str = "Look at what is there, and tell the user.";
    let look = |change| async move { (cx.api().is_as_before(&change).await, change) };
    let mut unlike = Vec::new();
    for (is_back, change) in cx.each(recorded.changes.clone(), look).await {
        match is_back {
            Ok(true) => {}
            Ok(false) => unlike.push(change.subject().to_string()),
            Err(error) => {
                let account = "the change was undone, but could not be read again";
                return Err(ToolError::half_done(error, account.to_owned(), TELL));
            }
        }
    }
    if unlike.is_empty() {
        return Ok(());
    }
    let unlike = unlike.join(", ");
    Err(ToolError::refused(
        format!("AIC reported success, but {unlike} reads otherwise than before the change."),
        TELL,
    ))
}

fn effects(recorded: &Recorded) -> Vec<String> {
    recorded.changes.iter().map(|change| preview::effect(change).into_string()).collect()
}

fn not_undone(error: UndoError) -> ToolError {
    match error {
        UndoError::Api(error) => error.into(),
        UndoError::ChangedSince { .. } => ToolError::refused(
            format!("Nothing was undone: {error}"),
            "Look at what is there now. If the user still wants the old state back, change it \
             with the tool for it.",
        ),
        _ => ToolError::refused(
            format!("Nothing was undone: {error}"),
            "Tell the user. What can be changed with another tool can be put right that way.",
        ),
    }
}
