//! Approvals of calls by a person at a terminal, `aic-mcp approve`, where the client cannot ask.
//!
//! Nothing of it is in a file: a question lives in the server that has it, and is answered over a
//! local socket to that server by another process of this program.

#![cfg_attr(not(unix), allow(dead_code, reason = "only the desk asks, which needs Unix sockets"))]

#[cfg(unix)]
mod desk;
#[cfg(not(unix))]
#[path = "approvals/no_desk.rs"]
mod desk;
#[cfg(unix)]
mod peer;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aic_tools::SafeText;
use data_encoding::HEXLOWER;
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use desk::Desk;
pub(crate) use desk::{Open, questions};

/// How long a question waits for its answer.
pub(crate) const TIME_TO_APPROVE: Duration = Duration::from_mins(10);

/// The questions of this process that wait for an answer.
#[derive(Debug, Default)]
pub(crate) struct Approvals {
    waiting: OpenQuestions,
    desk: Mutex<Option<Desk>>,
}

/// The questions, shared with those who answer them.
#[derive(Debug, Clone, Default)]
struct OpenQuestions(Arc<Mutex<Vec<Question>>>);

/// A question about a call.
#[derive(Debug, Clone)]
struct Question {
    id: ApprovalId,
    /// Its subject: the tool, the arguments, every request and the state before.
    call: [u8; 32],
    shown: Shown,
    until: Instant,
    answer: Option<(bool, Way)>,
}

/// A question as a person sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Shown {
    pub(crate) id: ApprovalId,
    pub(crate) tool: String,
    pub(crate) tenant: String,
    pub(crate) text: String,
}

/// By what a person has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// A dialog of the client's, after the call had ended.
    Dialog,
    /// A terminal.
    Terminal,
}

/// The state of a question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The call may be done, once.
    Approved(Way),
    /// It may not.
    Denied(Way),
    /// Nobody has answered yet.
    Waiting(ApprovalId),
    /// Nobody has been asked, or the answer came too late.
    NotAsked,
}

/// The name of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ApprovalId(u32);

impl Shown {
    /// A digest that tells this text from others.
    pub(crate) fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for part in [&self.id.to_string(), &self.tool, &self.tenant, &self.text] {
            hash.update(part);
            hash.update([0]);
        }
        HEXLOWER.encode(&hash.finalize())
    }
}

impl Approvals {
    /// The state of the question about this call. A yes or no is good for once.
    pub(crate) fn verdict(&self, call: &[u8; 32]) -> Verdict {
        let mut all = self.waiting.lock();
        let Some(index) = all.iter().position(|question| question.call == *call) else {
            return Verdict::NotAsked;
        };
        let question = &all[index];
        let verdict = match question.answer {
            _ if Instant::now() > question.until => Verdict::NotAsked,
            Some((true, way)) => Verdict::Approved(way),
            Some((false, way)) => Verdict::Denied(way),
            None => return Verdict::Waiting(question.id),
        };
        all.remove(index);
        verdict
    }

    /// Leaves a question about a call, for whoever comes to the desk.
    ///
    /// # Errors
    ///
    /// When nobody can come.
    pub(crate) fn ask(
        &self,
        call: [u8; 32],
        tool: &str,
        tenant: &str,
        text: &SafeText,
    ) -> anyhow::Result<ApprovalId> {
        let mut desk = self.desk.lock();
        if desk.is_none() {
            *desk = Some(Desk::open(self.waiting.clone())?);
        }
        Ok(self.leave(call, tool, tenant, text))
    }

    /// Leaves a question, in place of an older one about the same call.
    fn leave(&self, call: [u8; 32], tool: &str, tenant: &str, text: &SafeText) -> ApprovalId {
        let id = ApprovalId(Uuid::new_v4().as_fields().0);
        let shown =
            Shown { id, tool: tool.to_owned(), tenant: tenant.to_owned(), text: text.to_string() };
        let until = Instant::now() + TIME_TO_APPROVE;
        let mut all = self.waiting.lock();
        all.retain(|question| Instant::now() <= question.until && question.call != call);
        all.push(Question { id, call, shown, until, answer: None });
        id
    }

    /// Takes the answer that a dialog has brought after its call had ended.
    pub(crate) fn answer_late(&self, call: &[u8; 32], yes: bool) {
        let mut all = self.waiting.lock();
        if let Some(question) = all.iter_mut().find(|question| question.call == *call) {
            question.answer.get_or_insert((yes, Way::Dialog));
        }
    }
}

impl OpenQuestions {
    fn lock(&self) -> MutexGuard<'_, Vec<Question>> {
        self.0.lock()
    }

    /// The questions that nobody has answered.
    fn open(&self) -> Vec<Shown> {
        let all = self.lock();
        let open = all.iter().filter(|one| one.answer.is_none() && Instant::now() <= one.until);
        open.map(|question| question.shown.clone()).collect()
    }

    /// Takes an answer to what was shown, where it still waits for one.
    fn answer(&self, id: ApprovalId, digest: &str, yes: bool) -> bool {
        let mut all = self.lock();
        let is_it = |question: &&mut Question| {
            question.id == id
                && question.answer.is_none()
                && Instant::now() <= question.until
                && question.shown.digest() == digest
        };
        let Some(question) = all.iter_mut().find(is_it) else { return false };
        question.answer = Some((yes, Way::Terminal));
        true
    }
}

impl fmt::Display for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}-{:04X}", self.0 >> 16, self.0 & 0xFFFF)
    }
}

impl FromStr for ApprovalId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        let plain = digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let id = plain.then(|| u32::from_str_radix(&digits, 16).ok()).flatten();
        id.map(Self).ok_or_else(|| "it is an id such as 7F3A-91C2".to_owned())
    }
}

impl Serialize for ApprovalId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ApprovalId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
impl Approvals {
    /// Leaves a question about a call open, as if it had been asked, without a desk.
    pub(crate) fn leave_open(&self, call: [u8; 32]) -> ApprovalId {
        self.leave(call, "", "", &SafeText::line(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(waiting: &OpenQuestions, call: u8, until: Instant) -> Shown {
        let id = ApprovalId(u32::from(call));
        let shown = Shown { id, tool: "t".into(), tenant: "x".into(), text: "would".into() };
        let question = Question { id, call: [call; 32], shown: shown.clone(), until, answer: None };
        waiting.lock().push(question);
        shown
    }

    #[test]
    fn an_answer_is_for_what_was_shown_once_and_in_time() {
        let approvals = Approvals::default();
        let soon = Instant::now() + Duration::from_mins(1);
        let shown = asked(&approvals.waiting, 1, soon);
        assert_eq!(approvals.verdict(&[1; 32]), Verdict::Waiting(shown.id));
        let other = Shown { text: "would not".into(), ..shown.clone() };
        assert!(!approvals.waiting.answer(shown.id, &other.digest(), true));
        assert!(approvals.waiting.answer(shown.id, &shown.digest(), true));
        assert!(!approvals.waiting.answer(shown.id, &shown.digest(), false), "it is answered");
        assert_eq!(approvals.verdict(&[1; 32]), Verdict::Approved(Way::Terminal));
        assert_eq!(approvals.verdict(&[1; 32]), Verdict::NotAsked);

        let past = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
        let late = asked(&approvals.waiting, 2, past);
        assert!(!approvals.waiting.answer(late.id, &late.digest(), true));
        assert!(approvals.waiting.open().is_empty());
        assert_eq!(approvals.verdict(&[2; 32]), Verdict::NotAsked);
        let answered = asked(&approvals.waiting, 3, soon);
        approvals.answer_late(&[3; 32], false);
        assert!(!approvals.waiting.answer(answered.id, &answered.digest(), true));
        assert_eq!(approvals.verdict(&[3; 32]), Verdict::Denied(Way::Dialog));
    }

    #[test]
    fn a_call_has_one_question_and_others_stay_until_they_are_too_old() {
        let approvals = Approvals::default();
        let past = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
        asked(&approvals.waiting, 9, past);
        let text = SafeText::line("would");
        let first = approvals.leave([1; 32], "tool", "tenant", &text);
        let other = approvals.leave([2; 32], "tool", "tenant", &text);
        let again = approvals.leave([1; 32], "tool", "tenant", &text);
        assert_ne!(first, again);
        assert_eq!(approvals.waiting.lock().len(), 2, "the old one is gone");
        let open: Vec<_> = approvals.waiting.open().into_iter().map(|shown| shown.id).collect();
        assert_eq!(open, [other, again]);
        let shown = approvals.waiting.open().remove(0);
        assert_eq!((&*shown.tool, &*shown.tenant, &*shown.text), ("tool", "tenant", "would"));
        assert_eq!(approvals.verdict(&[1; 32]), Verdict::Waiting(again));
        assert_eq!(approvals.verdict(&[2; 32]), Verdict::Waiting(other));
    }

    #[test]
    fn an_id_is_read_as_it_is_shown() {
        let id = ApprovalId(0x00F3_91C2);
        assert_eq!(id.to_string(), "00F3-91C2");
        assert_eq!("00f391c2".parse(), Ok(id));
        for bad in ["", "../../x", "+0F391C2", "00F3-91C", "00F3-91C2-1"] {
            assert!(bad.parse::<ApprovalId>().is_err(), "{bad}");
        }
    }
}
