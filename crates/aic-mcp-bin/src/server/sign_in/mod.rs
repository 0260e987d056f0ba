//! How the user of a client is asked to sign in while a call waits for the login.
//!
//! Best first: a dialog of the client's, with the page as its URL or in its text; where the client
//! has none, a failed call that names the page. Either way the login goes on, and there is one for
//! all calls.

mod decide;
mod words;

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use aic_auth::Session;
use aic_tools::CallWatch;
use rmcp::model::{
    ClientResult, ElicitRequest, ElicitResult, ElicitationAction, InputResponses, ProtocolVersion,
    ServerRequest,
};
use rmcp::service::{PeerRequestOptions, RequestContext};
use rmcp::{Peer, RoleServer};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use self::decide::{Action, Answer, ElicitMode, Form, Situation, decide};
pub(super) use self::words::progress;
use self::words::{KEY, failure, input, question};
use super::client_log;
use super::era::is_stateless;
use super::unfinished::Unfinished;
use crate::connection::{Connection, PendingSignIn, SignIn};

/// How long a call that finds its user told already waits for the login, before it fails as well:
/// the tenant is asked every few seconds whether the user is done, and a user who says so should
/// not be told again what to do.
const TIME_TO_NOTICE: Duration = Duration::from_secs(10);

/// Asks the users of a server's client to sign in.
#[derive(Debug, Clone)]
pub(super) struct SignInPrompts {
    session: Session,
    sign_in: SignIn,
    asked: Arc<watch::Sender<SignInQuestions>>,
    ending: CancellationToken,
}

/// The questions about the newest login.
#[derive(Debug, Clone, Default)]
struct SignInQuestions {
    /// The login.
    number: u64,
    answer: Option<Answer>,
    /// Whether a failed call has named the page.
    told: bool,
    logged: bool,
    /// How often anything was asked, of any login.
    times: u64,
}

impl SignInPrompts {
    pub(super) fn new(connection: &Connection, ending: CancellationToken) -> Self {
        Self {
            session: connection.session.clone(),
            sign_in: connection.sign_in.clone(),
            asked: Arc::default(),
            ending,
        }
    }

    /// The login that is asked for.
    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// The login that waits for an administrator right now, if any.
    pub(super) fn sign_in(&self) -> SignIn {
        self.sign_in.clone()
    }

    /// Takes note of what the user has answered, where a repeated call brings it.
    pub(super) fn note_answers(&self, answers: &InputResponses) {
        let number = self.sign_in.borrow().as_ref().map(|waiting| waiting.number);
        for (key, answer) in answers {
            let about = key.strip_prefix(KEY).and_then(|number| number.parse().ok());
            // An answer about an earlier login says nothing of this one.
            if let Some(number) = number.filter(|number| about == Some(*number)) {
                let answer = serde_json::from_value::<ElicitResult>(answer.clone());
                let action = answer.map_or(ElicitationAction::Cancel, |answer| answer.action);
                self.note_answer(number, &action);
            }
        }
    }

    /// Resolves when a call has to end, so that its user can be asked: only while that call itself
    /// waits for a token, and has changed nothing.
    pub(super) async fn ask(
        &self,
        tool: &str,
        watch: &CallWatch,
        cx: &RequestContext<RoleServer>,
    ) -> Unfinished {
        let asked_before = self.asked.borrow().times;
        let mut waits = watch.waits_for_token().await;
        loop {
            if waits.wait_for(|waits| *waits).await.is_err() {
                return pending().await;
            }
            tokio::select! {
                biased;
                _ = waits.wait_for(|waits| !waits) => {}
                unfinished = self.ask_while_waiting(tool, watch, asked_before, cx) => {
                    self.session.log_in_in_background();
                    return unfinished;
                }
            }
        }
    }

    async fn ask_while_waiting(
        &self,
        tool: &str,
        watch: &CallWatch,
        asked_before: u64,
        cx: &RequestContext<RoleServer>,
    ) -> Unfinished {
        let mode = mode_of(cx);
        let (mut sign_in, mut asked) = (self.sign_in.clone(), self.asked.subscribe());
        let mut end_soon = None;
        loop {
            asked.mark_unchanged();
            let Some(waiting) = sign_in.borrow_and_update().clone() else {
                if sign_in.changed().await.is_err() {
                    return pending().await;
                }
                continue;
            };
            self.log(&waiting, cx).await;
            let action = self.act(&waiting, mode, watch, asked_before);
            match action {
                Action::Wait | Action::EndWithPageSoon => {}
                Action::ShowDialog(form) => self.show_dialog(cx.peer.clone(), &waiting, form),
                Action::EndWithQuestion(form) => {
                    let input = input(&waiting, form);
                    return Unfinished::Input(Box::new(input));
                }
                Action::EndWithPage => {
                    return Unfinished::SignInNeeded(failure(tool, &waiting));
                }
            }
            let ends = *end_soon.get_or_insert_with(|| Instant::now() + TIME_TO_NOTICE);
            tokio::select! {
                _ = asked.changed() => {}
                changed = sign_in.changed() => if changed.is_err() { return pending().await },
                () = sleep_until(ends), if action == Action::EndWithPageSoon => {
                    return Unfinished::SignInNeeded(failure(tool, &waiting));
                }
            }
        }
    }

    /// Decides what is done about a login, and notes it, in one step: of the calls that wait, one
    /// asks.
    fn act(
        &self,
        waiting: &PendingSignIn,
        mode: ElicitMode,
        watch: &CallWatch,
        asked_before: u64,
    ) -> Action {
        let mut action = Action::Wait;
        self.note(waiting.number, |asked| {
            action = decide(Situation {
                mode,
                has_written: !watch.sent_writes().is_none(),
                is_unseen: waiting.unseen,
                answer: asked.answer,
                asked_since: asked.times != asked_before,
                told: asked.told,
            });
            match action {
                Action::ShowDialog(_) | Action::EndWithQuestion(_) => {
                    asked.answer = Some(Answer::Due);
                    asked.times += 1;
                }
                Action::EndWithPage => asked.told = true,
                Action::Wait | Action::EndWithPageSoon => return false,
            }
            true
        });
        action
    }

    /// Has the client's log say once what is being waited for.
    async fn log(&self, waiting: &PendingSignIn, cx: &RequestContext<RoleServer>) {
        let mut is_new = false;
        if client_log::wants_notices() {
            self.note(waiting.number, |asked| {
                is_new = !std::mem::replace(&mut asked.logged, true);
                is_new
            });
        }
        if is_new {
            client_log::notice(cx, progress(&waiting.page)).await;
        }
    }

    /// Changes what is known to have been asked about a login, starting anew with each. `change`
    /// says whether anybody need know.
    fn note(&self, number: u64, change: impl FnOnce(&mut SignInQuestions) -> bool) {
        self.asked.send_if_modified(|asked| {
            if asked.number != number {
                *asked =
                    SignInQuestions { number, times: asked.times, ..SignInQuestions::default() };
            }
            change(asked)
        });
    }

    fn note_answer(&self, number: u64, action: &ElicitationAction) {
        let answer = match action {
            ElicitationAction::Accept | ElicitationAction::Decline => Answer::Given,
            _ => Answer::Dismissed,
        };
        self.note(number, |asked| {
            asked.answer = Some(answer);
            true
        });
        if *action == ElicitationAction::Decline {
            self.session.decline_login();
        }
    }

    /// Asks by a request to the client, without holding up the call.
    fn show_dialog(&self, peer: Peer<RoleServer>, waiting: &PendingSignIn, form: Form) {
        let (prompts, waiting) = (self.clone(), waiting.clone());
        tokio::spawn(async move { prompts.run_dialog(peer, &waiting, form).await });
    }

    /// Asks by a request to the client, and takes the question back when the login has ended.
    async fn run_dialog(&self, peer: Peer<RoleServer>, waiting: &PendingSignIn, form: Form) {
        let request = ElicitRequest::new(question(waiting, form));
        let request = ServerRequest::ElicitRequest(request);
        let options = PeerRequestOptions::no_options();
        let shown = tokio::select! {
            shown = peer.send_request_with_option(request, options) => shown,
            // Nothing is sent any more once the end has come.
            () = self.ending.cancelled() => return,
        };
        let Ok(mut dialog) = shown else {
            return self.note_answer(waiting.number, &ElicitationAction::Cancel);
        };
        let mut sign_in = self.sign_in.clone();
        let ended = async {
            let is_over = |now: &Option<PendingSignIn>| {
                now.as_ref().is_none_or(|now| now.number != waiting.number)
            };
            let _ = sign_in.wait_for(is_over).await;
        };
        tokio::select! {
            answer = &mut dialog.rx => {
                let action = match answer {
                    Ok(Ok(ClientResult::ElicitResult(answer))) => answer.action,
                    _ => ElicitationAction::Cancel,
                };
                self.note_answer(waiting.number, &action);
            }
            () = ended => {
                tokio::select! {
                    _ = dialog.cancel(Some("The sign-in has ended.".to_owned())) => {}
                    () = self.ending.cancelled() => {}
                }
            }
            () = self.ending.cancelled() => {}
        }
    }
}

/// How this client's user can be asked to sign in.
fn mode_of(cx: &RequestContext<RoleServer>) -> ElicitMode {
    let capabilities = cx.client_capabilities();
    let knows_urls =
        cx.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2025_11_25);
    let Some(elicitation) = capabilities.and_then(|known| known.elicitation) else {
        return ElicitMode::None;
    };
    // An empty capability is that of 2025-06-18, which knew forms only.
    let form = match (&elicitation.url, &elicitation.form) {
        (Some(_), _) if knows_urls => Form::Url,
        (Some(_), None) => return ElicitMode::None,
        _ => Form::Text,
    };
    if is_stateless(cx) { ElicitMode::Result(form) } else { ElicitMode::Request(form) }
}
