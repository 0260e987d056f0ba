//! How the user of a client is asked whether a call may do what it would do.
//!
//! By a dialog of the client's: through a request of the server's, or from 2026-07-28 on through a
//! result that asks for input, on which the client repeats the call. A client that has no dialogs,
//! or answers them by itself, gets the question in a failed call, for the user to answer in a
//! terminal. Whatever goes wrong, the answer is no.

mod decide;
mod dialog;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aic_tools::{Asked, CallWatch, Confirm, Consent, Failure, Rehearsal, SafeText, Why};
use rmcp::RoleServer;
use rmcp::model::{
    ElicitRequest, ElicitResult, ElicitationCapability, InputRequest, InputRequiredResult,
    InputResponses, RequestStateCodec, SealOptions,
};
use rmcp::service::RequestContext;
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
/// How many characters of a question a dialog has room for.
const LONGEST: usize = 8_000;
/// After so many answers that no person gave, a client counts as one without dialogs.
const MOST_WITHOUT_PERSON: u8 = 2;

/// Asks the users of a server's client.
#[derive(Debug)]
pub(super) struct Confirming {
    policy: Confirm,
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

    /// Whether a call of a tool with this effect has to be rehearsed first.
    pub(super) fn rehearses(&self, effect: aic_tools::Effect) -> bool {
        self.policy.rehearses(effect)
    }

    /// How it is settled whether a call may be done that is not rehearsed.
    pub(super) fn asked_beforehand(&self, effect: aic_tools::Effect) -> Asked {
        let by_option = self.policy == Confirm::Never && effect.writes();
        if by_option { Asked::by_option() } else { Asked::not_needed() }
    }

    /// Returns when the call may be carried out, and takes note of how that was settled.
    pub(super) async fn consent(
        &self,
        rehearsal: &dyn Rehearsal,
        repeated: Repeated,
        (watch, steps): (&CallWatch, &watch::Sender<Steps>),
        cx: &RequestContext<RoleServer>,
    ) -> Result<Agreement, Unfinished> {
        let mode = self.mode(cx);
        let has_changes = !rehearsal.changes().is_empty();
        let consent = self.policy.consent(has_changes, rehearsal.worst(), mode != ElicitMode::None);
        if consent == Consent::NotNeeded {
            // A question is not even made.
            watch.note_asked(Asked::not_needed());
            return Ok(Agreement::NotNeeded);
        }
        let question = Question::about(rehearsal);
        let action = decide(Situation {
            consent,
            answered: Situation::answered(&self.approvals.verdict(&question.call)),
            mode,
            is_long: question.text.count() > LONGEST,
            answers_by_itself: self.without_person.load(Ordering::Relaxed) > 0,
        });
        watch.note_asked(match action {
            Action::CarryOut => Asked::not_needed(),
            Action::CarryOutAsAgreed(way) | Action::Refuse(way) => question.asked(way),
            Action::ShowDialog | Action::AskByResult => question.asked(Way::Dialog),
            Action::LeaveForTerminal(_) => question.asked(Way::Terminal),
        });
        match action {
            Action::CarryOut => Ok(Agreement::NotNeeded),
            Action::CarryOutAsAgreed(_) => Ok(Agreement::Given),
            Action::Refuse(_) => Err(question.declined(true)),
            Action::ShowDialog => self.by_request(&question, steps, cx).await,
            Action::AskByResult => self.by_result(&question, repeated),
            Action::LeaveForTerminal(why) => Err(self.by_terminal(&question, why)),
        }
    }

    fn mode(&self, cx: &RequestContext<RoleServer>) -> ElicitMode {
        if self.without_person.load(Ordering::Relaxed) >= MOST_WITHOUT_PERSON {
            ElicitMode::None
        } else {
            mode_of(cx)
        }
    }

    async fn by_request(
        &self,
        question: &Question<'_>,
        steps: &watch::Sender<Steps>,
        cx: &RequestContext<RoleServer>,
    ) -> Result<Agreement, Unfinished> {
        let (told, mut answered) = oneshot::channel();
        let withdrawn = CancellationToken::new();
        // A call that is given up takes its dialog along.
        let withdraw = withdrawn.clone().drop_guard();
        let dialog = Dialog {
            peer: cx.peer.clone(),
            question: form(&question.text),
            patience: self.patience,
            withdrawn,
            ending: self.ending.clone(),
        };
        let (approvals, call) = (Arc::clone(&self.approvals), question.call);
        tokio::spawn(async move {
            let answer = dialog.show().await;
            if told.send(answer).is_err() && matches!(answer, Answer::Yes | Answer::No) {
                approvals.answer_late(&call, answer == Answer::Yes);
            }
        });
        let hears = cx.meta.get_progress_token().is_some();
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
                    // The dialog stays, and a later call finds what came of it.
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
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
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
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
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

/// How this client's user can be asked for an agreement.
fn mode_of(cx: &RequestContext<RoleServer>) -> ElicitMode {
    let elicitation = cx.client_capabilities().and_then(|known| known.elicitation);
    mode_by(elicitation.as_ref(), is_stateless(cx))
}

/// The same, by what a client says of its dialogs, and whether it is asked through results.
fn mode_by(elicitation: Option<&ElicitationCapability>, by_result: bool) -> ElicitMode {
    // An empty capability is that of 2025-06-18, which knew forms only; a URL cannot ask this.
    let shows_forms = elicitation.is_some_and(|shows| shows.form.is_some() || shows.url.is_none());
    match (shows_forms, by_result) {
        (false, _) => ElicitMode::None,
        (true, true) => ElicitMode::Result,
        (true, false) => ElicitMode::Request,
    }
}

#[cfg(test)]
mod tests;
