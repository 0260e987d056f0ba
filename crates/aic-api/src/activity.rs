use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

/// What a [`Call`](crate::Call) has sent so far. It can be asked after the call has been given up,
/// too.
#[derive(Debug)]
pub struct Activity {
    /// The transaction id that all its requests are sent with.
    sent_with: String,
    seen: Mutex<Vec<String>>,
    requests: AtomicUsize,
}

impl Activity {
    pub(crate) fn start() -> Self {
        Self {
            sent_with: format!("aic-mcp-{}", Uuid::new_v4()),
            seen: Mutex::default(),
            requests: AtomicUsize::new(0),
        }
    }

    /// The transaction ids under which AIC's logs have the call, in the order in which they were
    /// seen. AIC usually takes over the one that is sent; where it does not, each request has its
    /// own. A request that is not answered yet counts by the one that it was sent with.
    pub fn transaction_ids(&self) -> Vec<String> {
        let seen = self.seen().clone();
        if seen.is_empty() && self.requests() > 0 { vec![self.sent_with.clone()] } else { seen }
    }

    /// How many requests were sent, repeated ones counted each time and those for a token not.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn sent_with(&self) -> &str {
        &self.sent_with
    }

    pub(crate) fn sending(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes note of the transaction id of an answer, where there was one.
    pub(crate) fn answered(&self, transaction_id: Option<String>) {
        /// Ids beyond these would only burden the result that lists them.
        const MOST: usize = 20;
        let id = transaction_id.unwrap_or_else(|| self.sent_with.clone());
        let mut seen = self.seen();
        if seen.len() < MOST && !seen.contains(&id) {
            seen.push(id);
        }
    }

    fn seen(&self) -> MutexGuard<'_, Vec<String>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_an_answer_counts_by_the_id_it_was_sent_with() {
        let activity = Activity::start();
        assert!(activity.transaction_ids().is_empty());
        activity.sending();
        assert_eq!(activity.transaction_ids(), [activity.sent_with()]);
        activity.answered(Some("theirs".to_owned()));
        activity.answered(Some("theirs".to_owned()));
        assert_eq!(activity.transaction_ids(), ["theirs"]);
        assert_eq!(activity.requests(), 1);
    }
}
