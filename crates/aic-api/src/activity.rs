use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;
use uuid::Uuid;

/// The requests that a [`Call`](crate::Call) has sent so far. It can be asked after the call has been given up,
/// too.
#[derive(Debug)]
pub struct Activity {
    /// The transaction id that all its requests are sent with.
    sent_with: String,
    seen: Mutex<Vec<String>>,
    requests: AtomicUsize,
    received: AtomicUsize,
    writes: AtomicUsize,
    answered_writes: AtomicUsize,
    waits_for_token: watch::Sender<bool>,
}

/// How many requests that change something a call has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SentWrites {
    /// Those that the tenant has answered, by carrying them out or by refusing them.
    pub answered: usize,
    /// Those whose answer has not come, so that nobody knows whether they were carried out.
    pub unanswered: usize,
}

impl SentWrites {
    /// Whether nothing was sent that changes anything.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

impl Activity {
    /// A call that has sent nothing yet. Its transaction id begins with `prefix`.
    pub(crate) fn start(prefix: &str) -> Self {
        Self {
            sent_with: format!("{prefix}{}", Uuid::new_v4()),
            seen: Mutex::default(),
            requests: AtomicUsize::new(0),
            received: AtomicUsize::new(0),
            writes: AtomicUsize::new(0),
            answered_writes: AtomicUsize::new(0),
            waits_for_token: watch::Sender::new(false),
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

    /// How large the answers were, in bytes after decompression, those to refused requests not
    /// counted.
    pub fn received(&self) -> usize {
        self.received.load(Ordering::Relaxed)
    }

    pub(crate) fn note_received(&self, bytes: usize) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The requests sent so far that change something.
    pub fn sent_writes(&self) -> SentWrites {
        // An answer is counted after its request, so this order never finds more answers.
        let answered = self.answered_writes.load(Ordering::SeqCst);
        let sent = self.writes.load(Ordering::SeqCst);
        SentWrites { answered, unanswered: sent.saturating_sub(answered) }
    }

    /// Whether the call waits for an access token right now, and so perhaps for a login.
    pub fn waits_for_token(&self) -> watch::Receiver<bool> {
        self.waits_for_token.subscribe()
    }

    /// Takes note that a token is being waited for, until the guard is dropped.
    pub(crate) fn start_waiting_for_token(&self) -> impl Drop + '_ {
        struct Waits<'a>(&'a watch::Sender<bool>);
        impl Drop for Waits<'_> {
            fn drop(&mut self) {
                self.0.send_replace(false);
            }
        }
        self.waits_for_token.send_replace(true);
        Waits(&self.waits_for_token)
    }

    /// Takes note that a request is about to be sent that changes something.
    pub(crate) fn note_write(&self) {
        self.writes.fetch_add(1, Ordering::SeqCst);
    }

    /// Takes note that it is known what has become of such a request.
    pub(crate) fn note_answered_write(&self) {
        self.answered_writes.fetch_add(1, Ordering::SeqCst);
    }

    /// The transaction id that all its requests are sent with.
    pub fn sent_with(&self) -> &str {
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
        self.seen.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_an_answer_counts_by_the_id_it_was_sent_with() {
        let activity = Activity::start("test-");
        assert!(activity.transaction_ids().is_empty());
        activity.sending();
        assert_eq!(activity.transaction_ids(), [activity.sent_with()]);
        activity.answered(Some("theirs".to_owned()));
        activity.answered(Some("theirs".to_owned()));
        assert_eq!(activity.transaction_ids(), ["theirs"]);
        assert_eq!(activity.requests(), 1);
    }

    #[test]
    fn a_write_is_unanswered_until_its_answer_is_noted() {
        let activity = Activity::start("test-");
        assert!(activity.sent_writes().is_none());
        activity.note_write();
        activity.note_write();
        activity.note_answered_write();
        assert_eq!(activity.sent_writes(), SentWrites { answered: 1, unanswered: 1 });
    }

    #[test]
    fn a_token_is_waited_for_as_long_as_the_guard_lives() {
        let activity = Activity::start("test-");
        let waits = activity.waits_for_token();
        let guard = activity.start_waiting_for_token();
        assert!(*waits.borrow());
        drop(guard);
        assert!(!*waits.borrow());
    }
}
