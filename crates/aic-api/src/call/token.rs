use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aic_auth::{AccessToken, AuthError, ScopeSet, TokenSource};
use tokio::sync::Mutex;

use crate::Activity;

/// The access token of a call: fetched when a request first needs it, and again when it is due or
/// was refused. Whoever needs one while it is being fetched waits for the same.
#[derive(Debug, Default)]
pub(super) struct CallToken(Mutex<TokenState>);

#[derive(Debug, Default)]
struct TokenState {
    current: Option<Arc<HeldToken>>,
    /// Whether a token of this call was given up before.
    gave_up: bool,
}

/// A token, and whether AIC has accepted it in this call.
#[derive(Debug)]
pub(super) struct HeldToken {
    token: AccessToken,
    accepted: AtomicBool,
}

impl HeldToken {
    pub(super) fn token(&self) -> &AccessToken {
        &self.token
    }

    /// Notes that a request with it was carried out.
    pub(super) fn note_acceptance(&self) {
        self.accepted.store(true, Ordering::Relaxed);
    }

    fn was_accepted(&self) -> bool {
        self.accepted.load(Ordering::Relaxed)
    }
}

impl CallToken {
    /// The token for a request that is about to be sent. One that was fetched for it is used even
    /// where the tenant says that it has expired already: another would be no better.
    pub(super) async fn for_request(
        &self,
        source: &dyn TokenSource,
        scopes: ScopeSet,
        activity: &Activity,
    ) -> Result<Arc<HeldToken>, AuthError> {
        let mut state = self.0.lock().await;
        if let Some(held) = &state.current
            && !(held.token.is_due_for_renewal() && source.renewable())
        {
            tracing::trace!("the call's token is used again");
            return Ok(Arc::clone(held));
        }
        // Nobody is to go on with the old one, whatever becomes of the renewal.
        state.current = None;
        let waiting = activity.start_waiting_for_token();
        let token = source.token(scopes).await?;
        drop(waiting);
        let held = Arc::new(HeldToken { token, accepted: AtomicBool::new(false) });
        state.current = Some(Arc::clone(&held));
        Ok(held)
    }

    /// Gives up a token that was refused. False where another is not worth asking for: a token
    /// that was accepted before may have been revoked or have lived shorter than stated, but where
    /// none is accepted at all, their age is not what is wrong.
    pub(super) async fn give_up(&self, refused: &Arc<HeldToken>, source: &dyn TokenSource) -> bool {
        let mut state = self.0.lock().await;
        if !state.current.as_ref().is_some_and(|current| Arc::ptr_eq(current, refused)) {
            return true;
        }
        if !source.renewable() || (state.gave_up && !refused.was_accepted()) {
            return false;
        }
        tracing::debug!("the call's token is not accepted, and another is asked for");
        state.gave_up = true;
        state.current = None;
        true
    }
}

#[cfg(test)]
mod tests;
