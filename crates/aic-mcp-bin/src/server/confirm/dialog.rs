//! A dialog of the client's, and whether a person has answered it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aic_tools::SafeText;
use rmcp::model::{
    ClientResult, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction,
    ElicitationSchema, ServerRequest,
};
use rmcp::service::PeerRequestOptions;
use rmcp::{Peer, RoleServer};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Nobody reads a question and answers it in less.
const FASTEST: Duration = Duration::from_millis(400);

/// The answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    /// Nobody has answered.
    None,
    /// The client has answered by itself, or cannot show a question.
    NoPerson,
}

impl Answer {
    /// The meaning of an answer that came after this time.
    pub(super) fn of(result: &ElicitResult, after: Duration) -> Self {
        match result.action {
            _ if after < FASTEST => Self::NoPerson,
            // A form was shown and sent, though it has no fields.
            ElicitationAction::Accept if result.content.is_some() => Self::Yes,
            ElicitationAction::Accept => Self::NoPerson,
            _ => Self::No,
        }
    }

    /// The yes or no of a person, where one has answered.
    pub(super) fn said(self) -> Option<bool> {
        match self {
            Self::Yes => Some(true),
            Self::No => Some(false),
            Self::None | Self::NoPerson => None,
        }
    }
}

/// The question as a form without fields: whoever sends it agrees.
pub(super) fn form(question: &SafeText) -> ElicitRequestParams {
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: question.to_string(),
        requested_schema: ElicitationSchema::new(BTreeMap::new()),
    }
}

/// A dialog that is open until it is answered, or nobody waits for the answer any more.
pub(super) struct Dialog {
    pub(super) peer: Peer<RoleServer>,
    pub(super) question: ElicitRequestParams,
    pub(super) patience: Duration,
    pub(super) withdrawn: CancellationToken,
    pub(super) ending: CancellationToken,
}

impl Dialog {
    pub(super) async fn show(self) -> Answer {
        let request = ServerRequest::ElicitRequest(ElicitRequest::new(self.question));
        let options = PeerRequestOptions::no_options();
        let since = Instant::now();
        let shown = tokio::select! {
            shown = self.peer.send_request_with_option(request, options) => shown,
            // Nothing is sent any more once the end has come.
            () = self.ending.cancelled() => return Answer::None,
        };
        let Ok(mut dialog) = shown else { return Answer::NoPerson };
        tokio::select! {
            answer = timeout(self.patience, &mut dialog.rx) => {
                if let Ok(answer) = answer {
                    return match answer {
                        Ok(Ok(ClientResult::ElicitResult(answer))) => Answer::of(&answer, since.elapsed()),
                        // It does not know the method, or answers something else.
                        Ok(_) => Answer::NoPerson,
                        Err(_) => Answer::None,
                    };
                }
            }
            () = self.withdrawn.cancelled() => {}
            () = self.ending.cancelled() => return Answer::None,
        }
        tokio::select! {
            _ = dialog.cancel(Some("The question is no longer open.".to_owned())) => {}
            () = self.ending.cancelled() => {}
        }
        Answer::None
    }
}
