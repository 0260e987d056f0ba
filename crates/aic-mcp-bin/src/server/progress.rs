//! The progress of a call, for a client that asked for it.

use std::convert::Infallible;
use std::future::pending;

use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::RequestContext;
use tokio::sync::watch;

use super::sign_in;
use crate::connection::SignIn;

/// How far a call has come.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Steps {
    pub(super) done: u32,
    pub(super) all: u32,
    /// How often it was said that a person is being asked.
    pub(super) waits: u32,
}

/// Reports the pages to sign in at, and how far the call has come, where the client asked for
/// progress. It never returns.
pub(super) async fn report(
    mut sign_in: SignIn,
    mut steps: watch::Receiver<Steps>,
    cx: &RequestContext<RoleServer>,
) -> Infallible {
    let Some(token) = cx.meta.get_progress_token() else { return pending().await };
    let mut said = Said { token, logins: 0, last_login: 0, steps: Steps::default() };
    loop {
        let waiting = sign_in.borrow_and_update().clone();
        if let Some(waiting) = waiting.filter(|waiting| waiting.number != said.last_login) {
            said.last_login = waiting.number;
            said.logins += 1;
            said.notify(cx, None, sign_in::progress(&waiting.page)).await;
        }
        let now = *steps.borrow_and_update();
        if now.waits > said.steps.waits {
            said.steps.waits = now.waits;
            said.notify(cx, None, "The user is being asked.".to_owned()).await;
        }
        if now.done > said.steps.done {
            said.steps.done = now.done;
            said.notify(cx, Some(now.all), format!("{} of {}", now.done, now.all)).await;
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

/// The progress that the client has heard of.
struct Said {
    token: ProgressToken,
    /// How many logins were named, and the number of the last one.
    logins: u32,
    last_login: u64,
    steps: Steps,
}

impl Said {
    /// Says how far the call is, `all` being its parts where they are known.
    async fn notify(&self, cx: &RequestContext<RoleServer>, all: Option<u32>, message: String) {
        // Each login and each wait counts as a part, for progress must never go back.
        let before = self.logins + self.steps.waits;
        let so_far = f64::from(before + self.steps.done);
        let mut progress =
            ProgressNotificationParam::new(self.token.clone(), so_far).with_message(message);
        if let Some(all) = all {
            progress = progress.with_total(f64::from(before + all));
        }
        let _ = cx.peer.notify_progress(progress).await;
    }
}
