//! How the user of a client is asked whether a call may do what it would do.
//!
//! By a dialog of the client's: through a request of the server's, or from 2026-07-28 on through a
//! result that asks for input, on which the client repeats the call. A client that has no dialogs,
//! or answers them by itself, gets the question in a failed call, for the user to answer in a
//! terminal. Whatever goes wrong, the answer is no.

mod decide;
mod dialog;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use aic_tools::{Asked, CallWatch, Confirm, Failure, Rehearsal, SafeText, Why};
use parking_lot::Mutex;
use rmcp::model::{
    ElicitRequest, ElicitResult, ElicitationCapability, InputRequest, InputRequiredResult,
    InputResponses, RequestStateCodec, SealOptions,
};
use rmcp::service::RequestContext;
use rmcp::{Peer, RoleServer};
use serde::{Deserialize, Serialize};
use tokio::sync::{oneshot, watch};
use tokio::time::{interval, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::decide::{Action, ElicitMode, Situation, decide};
use self::dialog::{Answer, Dialog, form};
use super::era::is_stateless;
use super::progress::Steps;
use super::unfinished::Unfinished;
use crate::approvals::{Approvals, TIME_TO_APPROVE, Verdict, Way};

/// The key of an answer.
const KEY: &str = "confirm";
/// How long an answer by a repeated call is good for.
const TIME_TO_REPEAT: Duration = Duration::from_mins(10);
/// How long a call waits for a person where its client does not hear that it does: many give a
/// call up after a minute.
const TIME_TO_WAIT: Duration = Duration::from_secs(45);
/// How often a client that wants to know hears that a person is being asked.
const NOTICE: Duration = Duration::from_secs(10);

/// Asks the users of a server's client.
#[derive(Debug)]
pub(super) struct Confirming {
    pub(super) policy: Confirm,
    patience: Duration,
    approvals: Arc<Approvals>,
    /// Seals what a client hands back with its user's answer.
    codec: Option<RequestStateCodec>,
    /// Questions that have not been answered, and when they were asked: an answer is good for once.
    open: Mutex<HashMap<String, Instant>>,
    /// How many answers no person gave.
    without_person: AtomicU8,
    ending: CancellationToken,
}

/// The answer that a repeated call brings.
#[derive(Debug, Default)]
pub(super) struct Repeated {
    pub(super) state: Option<String>,
    pub(super) answers: InputResponses,
}

/// The state that a client hands back with the answer.
#[derive(Serialize, Deserialize)]
struct State {
    question: String,
}

/// A question about a call. It is made once, for what is compared in it may be large.
struct Question<'a> {
    tool: &'a str,
    tenant: &'a str,
    text: SafeText,
    /// The digest that the answer is bound to.
    call: [u8; 32],
}

/// How it came that a call may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agreement {
    /// Nobody had to be asked.
    NotNeeded,
    /// Somebody was, and time has passed.
    Given,
}

/// The next step of a call that is to be carried out.
enum Step<'a> {
    /// Nothing: it may be, or it has failed.
    Settled(Result<Agreement, Unfinished>),
    /// A dialog is shown, and the call waits for its answer.
    ShowDialog(Question<'a>),
    /// The client is asked by a result, or has brought the answer to one.
    AskByResult(Question<'a>),
}

impl Confirming {
    /// Asks by this policy, and waits so long for an answer.
    pub(super) fn new(policy: Confirm, patience: Duration, ending: CancellationToken) -> Self {
        // Two UUIDs hold 244 random bits.
        let key = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        Self {
            policy,
            patience,
            approvals: Arc::default(),
            codec: RequestStateCodec::try_new(key).ok(),
            open: Mutex::default(),
            without_person: AtomicU8::new(0),
            ending,
        }
    }

    /// Returns when the call may be carried out, and takes note of how that was settled.
    pub(super) async fn consent(
        &self,
        rehearsal: &dyn Rehearsal,
        repeated: Repeated,
        (watch, steps): (&CallWatch, &watch::Sender<Steps>),
        cx: &RequestContext<RoleServer>,
    ) -> Result<Agreement, Unfinished> {
        let needs_consent = self.policy.asks_about(rehearsal.changes().len(), rehearsal.worst());
        let elicitation = cx.client_capabilities().and_then(|known| known.elicitation);
        let client = (elicitation.as_ref(), is_stateless(cx));
        let (asked, step) = self.next_step(needs_consent, client, || Question::about(rehearsal));
        watch.note_asked(asked);
        match step {
            Step::Settled(settled) => settled,
            Step::ShowDialog(question) => {
                let dialog = self.dialog(&question, cx.peer.clone());
                let withdrawn = dialog.withdrawn.clone();
                let hears = cx.meta.get_progress_token().is_some();
                self.wait_for(dialog.show(), withdrawn, &question, (steps, hears)).await
            }
            Step::AskByResult(question) => self.by_result(&question, repeated),
        }
    }

    /// Returns how consent is settled, for the audit log, and the next step of the call. `client` is the
    /// capability of its client, and whether the client is asked through results.
    fn next_step<'a>(
        &self,
        needs_consent: bool,
        client: (Option<&ElicitationCapability>, bool),
        question: impl FnOnce() -> Question<'a>,
    ) -> (Asked, Step<'a>) {
        if !needs_consent {
            return (Asked::not_needed(), Step::Settled(Ok(Agreement::NotNeeded)));
        }
        let question = question();
        let without_person = self.without_person.load(Ordering::Relaxed);
        let action = decide(Situation {
            answered: Situation::answered(&self.approvals.verdict(&question.call)),
            mode: ElicitMode::of(client.0, client.1, without_person),
            length: question.text.count(),
            without_person,
        });
        let asked = question.asked(action.way());
        let step = match action {
            Action::CarryOut(_) => Step::Settled(Ok(Agreement::Given)),
            Action::Refuse(_) => Step::Settled(Err(question.declined(true))),
            Action::ShowDialog => Step::ShowDialog(question),
            Action::AskByResult => Step::AskByResult(question),
            Action::LeaveForTerminal(why) => Step::Settled(Err(self.by_terminal(&question, why))),
        };
        (asked, step)
    }

    fn dialog(&self, question: &Question<'_>, peer: Peer<RoleServer>) -> Dialog {
        Dialog {
            peer,
            question: form(&question.text),
            patience: self.patience,
            withdrawn: CancellationToken::new(),
            ending: self.ending.clone(),
        }
    }

    /// Waits for the answer to a dialog, which is withdrawn with the call. A client that hears of
    /// its progress is told that a person is being asked; for others the call ends before they give
    /// it up, and the dialog stays.
    async fn wait_for(
        &self,
        dialog: impl Future<Output = Answer> + Send + 'static,
        withdrawn: CancellationToken,
        question: &Question<'_>,
        (steps, hears): (&watch::Sender<Steps>, bool),
    ) -> Result<Agreement, Unfinished> {
        let (told, mut answered) = oneshot::channel();
        let withdraw = withdrawn.drop_guard();
        let (approvals, call) = (Arc::clone(&self.approvals), question.call);
        tokio::spawn(async move {
            if let Err(late) = told.send(dialog.await)
                && let Some(yes) = late.said()
            {
                approvals.answer_late(&call, yes);
            }
        });
        let mut notice = interval(NOTICE);
        notice.tick().await;
        let too_long = sleep(TIME_TO_WAIT);
        tokio::pin!(too_long);
        loop {
            tokio::select! {
                answer = &mut answered => {
                    return self.judge(question, answer.unwrap_or(Answer::None));
                }
                _ = notice.tick(), if hears => steps.send_modify(|steps| steps.waits += 1),
                () = &mut too_long, if !hears => {
                    // A later call finds what came of it.
                    let _ = withdraw.disarm();
                    return Err(self.by_terminal(question, Why::Waiting));
                }
            }
        }
    }

    fn by_result(
        &self,
        question: &Question<'_>,
        mut repeated: Repeated,
    ) -> Result<Agreement, Unfinished> {
        let Some(answer) = repeated.answers.remove(KEY) else {
            return Err(self.ask_by_result(question));
        };
        let sealed = repeated.state.unwrap_or_default();
        let codec = self.codec.as_ref();
        let state = codec.and_then(|c| c.open_json_with::<State>(&sealed, &question.call).ok());
        let asked = {
            let mut open = self.open.lock();
            state.and_then(|state| open.remove(&state.question))
        };
        let Some(asked) = asked else {
            return Err(Unfinished::Failed(Failure::stale_answer(question.tool)));
        };
        let answer = serde_json::from_value::<ElicitResult>(answer);
        let answer = answer.map_or(Answer::NoPerson, |answer| Answer::of(&answer, asked.elapsed()));
        self.judge(question, answer)
    }

    fn ask_by_result(&self, question: &Question<'_>) -> Unfinished {
        /// A client that asks and never answers must not fill the memory.
        const MOST: usize = 1_000;
        let state = State { question: Uuid::new_v4().to_string() };
        let options = SealOptions::new().associated_data(&question.call).ttl(TIME_TO_REPEAT);
        let codec = self.codec.as_ref();
        let sealed = codec.and_then(|codec| codec.seal_json_with(&state, &options).ok());
        let Some(sealed) = sealed else {
            return Unfinished::Failed(Failure::defect(question.tool));
        };
        let mut open = self.open.lock();
        if open.len() >= MOST {
            open.clear();
        }
        open.insert(state.question, Instant::now());
        let request = InputRequest::Elicitation(ElicitRequest::new(form(&question.text)));
        let requests = [(KEY.to_owned(), request)].into();
        Unfinished::Confirm(Box::new(InputRequiredResult::new(Some(requests), Some(sealed))))
    }

    fn judge(&self, question: &Question<'_>, answer: Answer) -> Result<Agreement, Unfinished> {
        match answer {
            Answer::Yes => Ok(Agreement::Given),
            Answer::No => Err(question.declined(true)),
            Answer::None => Err(question.declined(false)),
            Answer::NoPerson => {
                self.without_person.fetch_add(1, Ordering::Relaxed);
                Err(self.by_terminal(question, Why::NoPerson))
            }
        }
    }

    /// Leaves the question for a terminal.
    fn by_terminal(&self, question: &Question<'_>, why: Why) -> Unfinished {
        let Question { tool, tenant, text, call } = question;
        let id = match self.approvals.verdict(call) {
            Verdict::Waiting(id) => Ok(id),
            _ => self.approvals.ask(*call, tool, tenant, text),
        };
        Unfinished::Unapproved(match id {
            Ok(id) => {
                let minutes = TIME_TO_APPROVE.as_secs() / 60;
                Failure::needs_approval(tool, text, &id.to_string(), minutes, why)
            }
            Err(error) => {
                tracing::error!("nobody can be asked for an approval: {error:#}");
                Failure::nobody_to_ask(
                    tool,
                    text,
                    "Tell the user: a client with dialogs (elicitation), a home directory that \
                     can be written, or a server started with --confirm never makes it possible.",
                )
            }
        })
    }
}

impl<'a> Question<'a> {
    fn about(rehearsal: &'a dyn Rehearsal) -> Self {
        Self {
            tool: rehearsal.spec().name,
            tenant: rehearsal.tenant(),
            text: rehearsal.question(),
            call: rehearsal.fingerprint(),
        }
    }

    /// By what a person is asked it.
    fn asked(&self, way: Way) -> Asked {
        match way {
            Way::Dialog => Asked::by_dialog(self.text.as_str()),
            Way::Terminal => Asked::by_terminal(self.text.as_str()),
        }
    }

    fn declined(&self, answered: bool) -> Unfinished {
        Unfinished::Declined(Failure::declined(self.tool, answered))
    }
}

#[cfg(test)]
mod tests;
