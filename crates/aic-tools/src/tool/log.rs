//! The log's account of a call of a tool.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use aic_api::Activity;
use aic_auth::milliseconds;
use tracing::Span;

use crate::outcome::ToolError;
use crate::tool::Spec;

/// The span of a call: all that is logged while it runs names the tool and the transaction.
pub(super) fn span(spec: &Spec, activity: &Activity) -> Span {
    tracing::info_span!(
        "call",
        tool = spec.name,
        toolset = spec.toolset.as_str(),
        transaction_id = activity.sent_with(),
    )
}

/// Has the log have a call that was refused for its arguments, before it had a span.
pub(super) fn note_refused(spec: &Spec, error: &ToolError) {
    let why = in_short(error);
    tracing::debug!(tool = spec.name, toolset = spec.toolset.as_str(), %why, "a call is refused");
}

/// A part of a call that is under way. It leaves one event of the level debug when it begins and one
/// when it ends; dropping it says that it was given up.
#[derive(Debug)]
pub(super) struct PartLog {
    part: &'static str,
    activity: Arc<Activity>,
    started: Instant,
    is_told: bool,
}

impl PartLog {
    /// A part begins: all of the call, its rehearsal, or carrying out what was rehearsed.
    pub(super) fn start(part: &'static str, activity: &Arc<Activity>) -> Self {
        tracing::debug!(part, "a call begins");
        let activity = Arc::clone(activity);
        Self { part, activity, started: Instant::now(), is_told: false }
    }

    /// The part has come to this.
    pub(super) fn end<T>(mut self, result: &Result<T, ToolError>) {
        self.is_told = true;
        match result {
            Ok(_) => self.tell("succeeded", None),
            Err(error) => {
                if let ToolError::Internal(defect) = error {
                    tracing::error!("a defect in aic-mcp: {defect}");
                }
                self.tell("failed", Some(&in_short(error)));
            }
        }
    }

    fn tell(&self, outcome: &'static str, why: Option<&str>) {
        let ms = milliseconds(self.started.elapsed());
        let requests = self.activity.requests();
        tracing::debug!(part = self.part, outcome, why, ms, requests, "a call ends");
    }
}

impl Drop for PartLog {
    fn drop(&mut self) {
        if !self.is_told {
            self.tell("given up", None);
        }
    }
}

/// An error in a few words, without anything that was given, sent or answered except a status.
fn in_short(error: &ToolError) -> Cow<'static, str> {
    Cow::Borrowed(match error {
        ToolError::Arguments { .. } => "arguments not understood",
        ToolError::Refused { .. } => "refused by a rule",
        ToolError::Faulty { .. } => "faults in what was given",
        ToolError::Api { error, .. } => return error.in_short(),
        ToolError::HalfDone { error, .. } => {
            return Cow::Owned(format!("half done: {}", error.in_short()));
        }
        ToolError::TooLong { .. } => "result too long",
        ToolError::Internal(_) => "defect",
    })
}
