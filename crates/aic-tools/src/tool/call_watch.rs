use std::fmt;
use std::sync::{Arc, OnceLock};

use aic_api::{Activity, SentWrites};
use tokio::sync::{SetOnce, watch};

use crate::control::Asked;

/// A watch on a call of a tool, for the audit trail and for reports of progress: the requests that the
/// call has sent, its progress, and how it was approved. It also covers a call that was given up.
#[derive(Debug, Default)]
pub struct CallWatch {
    activity: SetOnce<Arc<Activity>>,
    steps: StepReporter,
    asked: OnceLock<Asked>,
}

/// Whoever is told how far a call has come.
#[derive(Clone, Default)]
pub(super) struct StepReporter(Arc<OnceLock<Tell>>);

/// Told the parts that are done and all there are.
type Tell = Box<dyn Fn(usize, usize) + Send + Sync>;

impl StepReporter {
    pub(super) fn tell(&self, done: usize, all: usize) {
        if let Some(tell) = self.0.get() {
            tell(done, all);
        }
    }
}

impl fmt::Debug for StepReporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StepReporter")
    }
}

impl CallWatch {
    /// Follows a call, which tells how far it has come.
    pub(super) fn begin(&self, activity: &Arc<Activity>) -> StepReporter {
        let _ = self.activity.set(Arc::clone(activity));
        self.steps.clone()
    }

    /// Calls `tell` with the number of parts that are done and that of all, whenever one is done.
    pub fn on_step(&self, tell: impl Fn(usize, usize) + Send + Sync + 'static) {
        let _ = self.steps.0.set(Box::new(tell));
    }

    /// Takes note of how it was settled whether the call may be done.
    pub fn note_asked(&self, asked: Asked) {
        let _ = self.asked.set(asked);
    }

    /// How it was settled whether the call may be done, where it came to that.
    pub fn asked(&self) -> Option<Asked> {
        self.asked.get().cloned()
    }

    /// The transaction ids under which AIC's logs have the call.
    pub fn transaction_ids(&self) -> Vec<String> {
        self.activity.get().map(|activity| activity.transaction_ids()).unwrap_or_default()
    }

    /// How many requests were sent, those for a token not counted.
    pub fn requests(&self) -> usize {
        self.activity.get().map_or(0, |activity| activity.requests())
    }

    /// How large the answers were that the call has received, in bytes after decompression.
    pub fn received(&self) -> usize {
        self.activity.get().map_or(0, |activity| activity.received())
    }

    /// The requests sent so far that change something.
    pub fn sent_writes(&self) -> SentWrites {
        self.activity.get().map(|activity| activity.sent_writes()).unwrap_or_default()
    }

    /// Whether the call waits for an access token, from the moment on in which it has begun.
    pub async fn waits_for_token(&self) -> watch::Receiver<bool> {
        self.activity.wait().await.waits_for_token()
    }
}
