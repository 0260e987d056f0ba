//! How the user of a client is asked to sign in while a call waits for the login.
//!
//! Best first: a dialog of the client's, with the page as its URL or in its text; where the client
//! has none, a failed call that names the page. Either way the login goes on, and there is one for
//! all calls.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use aic_auth::Session;
use aic_auth::login::Invitation;
use aic_tools::Failure;
use rmcp::model::{
    ClientResult, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction,
    ElicitationSchema, InputRequest, InputRequiredResult, InputResponses,
    ProgressNotificationParam, ProtocolVersion, ServerRequest,
};
use rmcp::service::{PeerRequestOptions, RequestContext};
use rmcp::{Peer, RoleServer};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::client_log;
use super::era::is_stateless;
use super::unfinished::Unfinished;
use crate::connection::{Connection, SignIn, Waiting};

/// How long a call that finds its user told already waits for the login, before it fails as well:
/// the tenant is asked every few seconds whether the user is done, and a user who says so should
/// not be told again what to do.
const TIME_TO_NOTICE: Duration = Duration::from_secs(10);

/// What the key of an answer starts with; the number of the login follows.
const KEY: &str = "sign-in-";

/// How far a call has come.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Steps {
    pub(super) done: u32,
    pub(super) all: u32,
    /// How often it was said that a person is being asked.
    pub(super) waits: u32,
}

/// Asks the users of a server's client to sign in.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    session: Session,
    sign_in: SignIn,
    asked: Arc<watch::Sender<Asked>>,
    ending: CancellationToken,
}

/// What has been asked about the newest login.
#[derive(Debug, Clone, Default)]
struct Asked {
    /// The login.
    number: u64,
    answer: Option<Answer>,
    /// Whether a failed call has named the page.
    told: bool,
    logged: bool,
    /// How often anything was asked, of any login.
    times: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// The dialog is open.
    Due,
    /// Yes or no: nobody is to be asked again.
    Given,
    /// The dialog was closed without an answer, or could not be shown.
    Dismissed,
}

/// How this client's user can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    /// By a request to the client.
    Request(Mode),
    /// By a result that asks for input.
    Result(Mode),
    /// Not at all.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Url,
    Form,
}

impl Asking {
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

    /// Takes note of what the user has answered, where a repeated call brings it.
    pub(super) fn hear(&self, answers: &InputResponses) {
        let number = self.sign_in.borrow().as_ref().map(|waiting| waiting.number);
        for (key, answer) in answers {
            let about = key.strip_prefix(KEY).and_then(|number| number.parse().ok());
            // An answer about an earlier login says nothing of this one.
            if let Some(number) = number.filter(|number| about == Some(*number)) {
                let answer = serde_json::from_value::<ElicitResult>(answer.clone());
                let action = answer.map_or(ElicitationAction::Cancel, |answer| answer.action);
                self.answered(number, &action);
            }
        }
    }

    /// Resolves when the call has to end, so that its user can be asked.
    pub(super) async fn ask(&self, tool: &str, cx: &RequestContext<RoleServer>) -> Unfinished {
        let means = Means::of(cx);
        let times = self.asked.borrow().times;
        let mut sign_in = self.sign_in.clone();
        loop {
            let waiting = sign_in.borrow_and_update().clone();
            let asking = async {
                match &waiting {
                    Some(waiting) => self.ask_for(waiting, means, times, tool, cx).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                unfinished = asking => {
                    self.session.log_in_in_background();
                    return unfinished;
                }
                changed = sign_in.changed() => if changed.is_err() { pending::<()>().await },
            }
        }
    }

    /// Asks for one login. `times` is how often anything had been asked when the call started.
    async fn ask_for(
        &self,
        waiting: &Waiting,
        means: Means,
        times: u64,
        tool: &str,
        cx: &RequestContext<RoleServer>,
    ) -> Unfinished {
        let number = waiting.number;
        if client_log::wants_notices()
            && !self.note(number, |a| std::mem::replace(&mut a.logged, true))
        {
            client_log::notice(cx, progress(&waiting.invitation)).await;
        }
        match means {
            // A browser that has been opened needs no dialog that holds up the call.
            Means::Result(_) | Means::Request(Mode::Form) if !waiting.unseen => pending().await,
            Means::Result(mode) => {
                // Calls that were waiting when one of them asked are content with that.
                let is_for_us =
                    |asked: &Asked| asked.answer == Some(Answer::Due) && asked.times == times;
                if self.claim(number, is_for_us) {
                    return Unfinished::Input(Box::new(input(number, &waiting.invitation, mode)));
                }
                self.dismissed(number).await;
            }
            Means::Request(mode) => {
                if self.claim(number, |_| false) {
                    let asking = self.clone();
                    let (peer, waiting) = (cx.peer.clone(), waiting.clone());
                    tokio::spawn(async move { asking.show_dialog(peer, &waiting, mode).await });
                }
                self.dismissed(number).await;
                if !waiting.unseen {
                    return pending().await;
                }
            }
            Means::None if !waiting.unseen => return pending().await,
            Means::None => {}
        }
        if self.note(number, |asked| std::mem::replace(&mut asked.told, true)) {
            sleep(TIME_TO_NOTICE).await;
        }
        Unfinished::Told(failure(tool, &waiting.invitation))
    }

    /// Whether the caller is the one to ask about this login: nobody has, or `again` holds.
    fn claim(&self, number: u64, again: impl FnOnce(&Asked) -> bool) -> bool {
        self.note(number, |asked| {
            let ours = asked.answer.is_none() || again(asked);
            if ours {
                asked.answer = Some(Answer::Due);
                asked.times += 1;
            }
            ours
        })
    }

    /// Changes what is known to have been asked about a login, starting anew with each.
    fn note<T: Default>(&self, number: u64, change: impl FnOnce(&mut Asked) -> T) -> T {
        let mut result = T::default();
        self.asked.send_modify(|asked| {
            if asked.number != number {
                *asked = Asked { number, times: asked.times, ..Asked::default() };
            }
            result = change(asked);
        });
        result
    }

    fn answered(&self, number: u64, action: &ElicitationAction) {
        let answer = match action {
            ElicitationAction::Accept | ElicitationAction::Decline => Answer::Given,
            _ => Answer::Dismissed,
        };
        self.note(number, |asked| asked.answer = Some(answer));
        if *action == ElicitationAction::Decline {
            self.session.decline_login();
        }
    }

    /// Resolves when the dialog of this login was closed without an answer.
    async fn dismissed(&self, number: u64) {
        let is_so =
            |asked: &Asked| asked.number == number && asked.answer == Some(Answer::Dismissed);
        if self.asked.subscribe().wait_for(is_so).await.is_err() {
            pending::<()>().await;
        }
    }

    /// Asks by a request to the client, and takes the question back when the login has ended.
    async fn show_dialog(&self, peer: Peer<RoleServer>, waiting: &Waiting, mode: Mode) {
        let request = ElicitRequest::new(question(waiting.number, &waiting.invitation, mode));
        let request = ServerRequest::ElicitRequest(request);
        let options = PeerRequestOptions::no_options();
        let shown = tokio::select! {
            shown = peer.send_request_with_option(request, options) => shown,
            // Nothing is sent any more once the end has come.
            () = self.ending.cancelled() => return,
        };
        let Ok(mut dialog) = shown else {
            return self.answered(waiting.number, &ElicitationAction::Cancel);
        };
        let mut sign_in = self.sign_in.clone();
        let ended = async {
            let is_over =
                |now: &Option<Waiting>| now.as_ref().is_none_or(|now| now.number != waiting.number);
            let _ = sign_in.wait_for(is_over).await;
        };
        tokio::select! {
            answer = &mut dialog.rx => {
                let action = match answer {
                    Ok(Ok(ClientResult::ElicitResult(answer))) => answer.action,
                    _ => ElicitationAction::Cancel,
                };
                self.answered(waiting.number, &action);
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

    /// Reports as progress of the call the page to sign in at, and how far the call has come,
    /// where the client asked for progress. It never returns.
    pub(super) async fn report(
        &self,
        mut steps: watch::Receiver<Steps>,
        cx: &RequestContext<RoleServer>,
    ) -> Infallible {
        let Some(token) = cx.meta.get_progress_token() else { return pending().await };
        let mut sign_in = self.sign_in.clone();
        // Each login counts as a part, for progress must never go back.
        let (mut logins, mut last) = (0_u32, 0);
        let (mut done, mut waits) = (0, 0);
        loop {
            let waiting = sign_in.borrow_and_update().clone();
            if let Some(waiting) = waiting.filter(|waiting| waiting.number != last) {
                last = waiting.number;
                logins += 1;
                let so_far = f64::from(logins) + f64::from(done) + f64::from(waits);
                let progress = ProgressNotificationParam::new(token.clone(), so_far)
                    .with_message(progress(&waiting.invitation));
                let _ = cx.peer.notify_progress(progress).await;
            }
            let now = *steps.borrow_and_update();
            if now.waits > waits {
                waits = now.waits;
                let so_far = f64::from(logins) + f64::from(done) + f64::from(waits);
                let progress = ProgressNotificationParam::new(token.clone(), so_far)
                    .with_message("The user is being asked.");
                let _ = cx.peer.notify_progress(progress).await;
            }
            if now.done > done {
                done = now.done;
                let (so_far, all) =
                    (f64::from(logins + waits + done), f64::from(logins + waits + now.all));
                let progress = ProgressNotificationParam::new(token.clone(), so_far)
                    .with_total(all)
                    .with_message(format!("{done} of {}", now.all));
                let _ = cx.peer.notify_progress(progress).await;
            }
            let over = tokio::select! {
                changed = sign_in.changed() => changed.is_err(),
                changed = steps.changed() => changed.is_err(),
            };
            if over {
                return pending().await;
            }
        }
    }
}

impl Means {
    fn of(cx: &RequestContext<RoleServer>) -> Self {
        let capabilities = cx.client_capabilities();
        let knows_urls =
            cx.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2025_11_25);
        let Some(elicitation) = capabilities.and_then(|known| known.elicitation) else {
            return Self::None;
        };
        // An empty capability is that of 2025-06-18, which knew forms only.
        let mode = match (&elicitation.url, &elicitation.form) {
            (Some(_), _) if knows_urls => Mode::Url,
            (Some(_), None) => return Self::None,
            _ => Mode::Form,
        };
        if is_stateless(cx) { Self::Result(mode) } else { Self::Request(mode) }
    }
}

fn input(number: u64, invitation: &Invitation, mode: Mode) -> InputRequiredResult {
    let request = ElicitRequest::new(question(number, invitation, mode));
    let requests = [(format!("{KEY}{number}"), InputRequest::Elicitation(request))];
    InputRequiredResult::from_input_requests(requests.into())
}

fn question(number: u64, invitation: &Invitation, mode: Mode) -> ElicitRequestParams {
    let code = invitation.user_code.as_ref();
    let code = code.map(|code| {
        format!(" The page shows the code {code}, or asks for it; go on only if it is the same.")
    });
    let code = code.unwrap_or_default();
    let url = invitation.url.to_string();
    match mode {
        Mode::Url => ElicitRequestParams::UrlElicitationParams {
            meta: None,
            message: format!("Sign in as an administrator, so that aic-mcp can act for you.{code}"),
            url,
            elicitation_id: format!("{KEY}{number}"),
        },
        Mode::Form => ElicitRequestParams::FormElicitationParams {
            meta: None,
            message: format!(
                "Sign in as an administrator, so that aic-mcp can act for you: open {url}.{code} \
                 The login is noticed by itself when you are done."
            ),
            requested_schema: ElicitationSchema::new(std::collections::BTreeMap::new()),
        },
    }
}

fn progress(Invitation { url, user_code, .. }: &Invitation) -> String {
    match user_code {
        None => format!("Waiting for you to sign in at {url}"),
        Some(code) => format!("Waiting for you to sign in with the code {code} at {url}"),
    }
}

fn failure(tool: &str, invitation: &Invitation) -> Failure {
    let Invitation { url, user_code, time_limit } = invitation;
    let minutes = (time_limit.as_secs() / 60).max(1);
    Failure::needs_sign_in(tool, url.as_str(), user_code.as_deref(), minutes)
}
