//! How the user of a client is asked whether a call may do what it would do.
//!
//! By a dialog of the client's: through a request of the server's, or from 2026-07-28 on through a
//! result that asks for input, on which the client repeats the call. A client that has no dialogs
//! gets the question in a failed call, for the user to answer in a terminal. Whatever goes wrong,
//! the answer is no.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aic_tools::{Confirm, Consent, Failure, Rehearsal};
use rmcp::model::{
    BooleanSchema, ClientResult, ElicitRequest, ElicitRequestParams, ElicitResult,
    ElicitationAction, ElicitationSchema, InputRequest, InputRequiredResult, InputResponses,
    PrimitiveSchemaDefinition, RequestStateCodec, SealOptions, ServerRequest,
};
use rmcp::service::{PeerRequestOptions, RequestContext};
use rmcp::{Peer, RoleServer};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::era::is_stateless;
use super::unfinished::Unfinished;
use crate::approvals::{Approvals, TIME_TO_APPROVE, Verdict};

/// The key of an answer, and the field in it.
const KEY: &str = "confirm";
/// How long an answer by a repeated call is good for.
const TIME_TO_REPEAT: Duration = Duration::from_mins(10);

/// Asks the users of a server's client.
#[derive(Debug)]
pub(super) struct Confirming {
    policy: Confirm,
    patience: Duration,
    approvals: Approvals,
    /// Seals what a client hands back with its user's answer.
    codec: Option<RequestStateCodec>,
    /// Questions that have not been answered: an answer is good for once.
    open: Mutex<HashSet<String>>,
    ending: CancellationToken,
}

/// The answer that a repeated call brings.
#[derive(Debug, Default)]
pub(super) struct Repeated {
    pub(super) state: Option<String>,
    pub(super) answers: InputResponses,
}

/// What a client hands back with the answer.
#[derive(Serialize, Deserialize)]
struct State {
    question: String,
}

/// How this client's user can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Request,
    Result,
    None,
}

impl Confirming {
    /// Asks by this policy, and waits so long for an answer.
    pub(super) fn new(policy: Confirm, patience: Duration, ending: CancellationToken) -> Self {
        // Two UUIDs hold 244 random bits.
        let key = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        Self {
            policy,
            patience,
            approvals: Approvals::default(),
            codec: RequestStateCodec::try_new(key).ok(),
            open: Mutex::default(),
            ending,
        }
    }

    /// Whether a call of a tool with this effect has to be rehearsed first.
    pub(super) fn rehearses(
        &self,
        effect: aic_tools::Effect,
        cx: &RequestContext<RoleServer>,
    ) -> bool {
        self.policy.rehearses(effect, Means::of(cx) != Means::None)
    }

    /// Returns when the call may be carried out.
    pub(super) async fn consent(
        &self,
        rehearsal: &dyn Rehearsal,
        repeated: Repeated,
        cx: &RequestContext<RoleServer>,
    ) -> Result<(), Unfinished> {
        let means = Means::of(cx);
        let effect = rehearsal.spec().effect;
        match self.policy.consent(effect, rehearsal.changes(), means != Means::None) {
            Consent::NotNeeded => Ok(()),
            Consent::Approved => self.approval(rehearsal),
            Consent::Asked if means == Means::Result => self.by_result(rehearsal, repeated),
            Consent::Asked => self.by_request(rehearsal, cx).await,
        }
    }

    async fn by_request(
        &self,
        rehearsal: &dyn Rehearsal,
        cx: &RequestContext<RoleServer>,
    ) -> Result<(), Unfinished> {
        let (answer, answered) = oneshot::channel();
        let withdrawn = CancellationToken::new();
        // A call that is given up takes its dialog along.
        let _withdraw = withdrawn.clone().drop_guard();
        let dialog = Dialog {
            peer: cx.peer.clone(),
            question: question(rehearsal),
            patience: self.patience,
            withdrawn,
            ending: self.ending.clone(),
        };
        tokio::spawn(async move { answer.send(dialog.show().await) });
        let answer = answered.await.ok().flatten();
        judge(rehearsal, answer)
    }

    fn by_result(
        &self,
        rehearsal: &dyn Rehearsal,
        mut repeated: Repeated,
    ) -> Result<(), Unfinished> {
        let binding = rehearsal.fingerprint();
        let Some(answer) = repeated.answers.remove(KEY) else {
            return Err(self.ask_by_result(rehearsal, &binding));
        };
        let sealed = repeated.state.unwrap_or_default();
        let codec = self.codec.as_ref();
        let state = codec.and_then(|c| c.open_json_with::<State>(&sealed, &binding).ok());
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.is_some_and(|state| open.remove(&state.question)) {
            return Err(Unfinished::Failed(Failure::stale_answer(rehearsal.spec().name)));
        }
        judge(rehearsal, serde_json::from_value(answer).ok())
    }

    fn ask_by_result(&self, rehearsal: &dyn Rehearsal, binding: &[u8]) -> Unfinished {
        /// A client that asks and never answers must not fill the memory.
        const MOST: usize = 1_000;
        let state = State { question: Uuid::new_v4().to_string() };
        let options = SealOptions::new().associated_data(binding).ttl(TIME_TO_REPEAT);
        let codec = self.codec.as_ref();
        let sealed = codec.and_then(|codec| codec.seal_json_with(&state, &options).ok());
        let Some(sealed) = sealed else {
            return Unfinished::Failed(Failure::defect(rehearsal.spec().name));
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MOST {
            open.clear();
        }
        open.insert(state.question);
        let request = InputRequest::Elicitation(ElicitRequest::new(question(rehearsal)));
        let requests = [(KEY.to_owned(), request)].into();
        Unfinished::Confirm(Box::new(InputRequiredResult::new(Some(requests), Some(sealed))))
    }

    fn approval(&self, rehearsal: &dyn Rehearsal) -> Result<(), Unfinished> {
        let name = rehearsal.spec().name;
        let binding = rehearsal.fingerprint();
        let id = match self.approvals.verdict(&binding) {
            Verdict::Approved => return Ok(()),
            Verdict::Denied => return Err(Unfinished::Declined(Failure::declined(name, true))),
            Verdict::Waiting(id) => Ok(id),
            Verdict::NotAsked => {
                self.approvals.ask(binding, name, rehearsal.tenant(), &rehearsal.question())
            }
        };
        let would = rehearsal.question();
        Err(Unfinished::Unapproved(match id {
            Ok(id) => {
                let minutes = TIME_TO_APPROVE.as_secs() / 60;
                Failure::needs_approval(name, &would, &id.to_string(), minutes)
            }
            Err(error) => {
                tracing::error!("nobody can be asked for an approval: {error:#}");
                Failure::nobody_to_ask(
                    name,
                    &would,
                    "Tell the user: a client with dialogs (elicitation), a home directory that \
                     can be written, or a server started with --confirm never makes it possible.",
                )
            }
        }))
    }
}

fn judge(rehearsal: &dyn Rehearsal, answer: Option<ElicitResult>) -> Result<(), Unfinished> {
    let agreed = answer.as_ref().is_some_and(|answer| {
        let said = answer.content.as_ref().and_then(|content| content.get(KEY));
        answer.action == ElicitationAction::Accept && said == Some(&true.into())
    });
    if agreed {
        return Ok(());
    }
    let answered = answer.is_some_and(|answer| answer.action != ElicitationAction::Cancel);
    Err(Unfinished::Declined(Failure::declined(rehearsal.spec().name, answered)))
}

fn question(rehearsal: &dyn Rehearsal) -> ElicitRequestParams {
    let go_ahead = BooleanSchema::new().title("Go ahead").with_default(false);
    let fields = [(KEY.to_owned(), PrimitiveSchemaDefinition::Boolean(go_ahead))];
    let mut schema = ElicitationSchema::new(BTreeMap::from(fields));
    schema.required = Some(vec![KEY.to_owned()]);
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: rehearsal.question(),
        requested_schema: schema,
    }
}

/// A dialog that is open until it is answered, or nobody waits for the answer any more.
struct Dialog {
    peer: Peer<RoleServer>,
    question: ElicitRequestParams,
    patience: Duration,
    withdrawn: CancellationToken,
    ending: CancellationToken,
}

impl Dialog {
    async fn show(self) -> Option<ElicitResult> {
        let request = ServerRequest::ElicitRequest(ElicitRequest::new(self.question));
        let options = PeerRequestOptions::no_options();
        let shown = tokio::select! {
            shown = self.peer.send_request_with_option(request, options) => shown,
            // Nothing is sent any more once the end has come.
            () = self.ending.cancelled() => return None,
        };
        let mut dialog = shown.ok()?;
        tokio::select! {
            answer = timeout(self.patience, &mut dialog.rx) => {
                if let Ok(answer) = answer {
                    return match answer {
                        Ok(Ok(ClientResult::ElicitResult(answer))) => Some(answer),
                        _ => None,
                    };
                }
            }
            () = self.withdrawn.cancelled() => {}
            () = self.ending.cancelled() => return None,
        }
        tokio::select! {
            _ = dialog.cancel(Some("The question is no longer open.".to_owned())) => {}
            () = self.ending.cancelled() => {}
        }
        None
    }
}

impl Means {
    fn of(cx: &RequestContext<RoleServer>) -> Self {
        let elicitation = cx.client_capabilities().and_then(|known| known.elicitation);
        // An empty capability is that of 2025-06-18, which knew forms only; a URL cannot ask this.
        let shows_forms =
            elicitation.is_some_and(|shows| shows.form.is_some() || shows.url.is_none());
        match (shows_forms, is_stateless(cx)) {
            (false, _) => Self::None,
            (true, true) => Self::Result,
            (true, false) => Self::Request,
        }
    }
}
