//! The decision of a call about a login that waits for an administrator, and nothing else.

/// A kind of dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// It opens a page (MCP, URL mode elicitation).
    Url,
    /// It shows a text that names the page.
    Text,
}

/// How this client's user can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ElicitMode {
    /// By a request to the client.
    Request(Form),
    /// By a result that asks for input, which ends the call.
    Result(Form),
    /// Only by a failed call that names the page.
    None,
}

/// The answer to the question for a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// The dialog is open.
    Due,
    /// Yes or no: nobody is to be asked again.
    Given,
    /// The dialog was closed without an answer, or could not be shown.
    Dismissed,
}

/// The facts about a call that waits for a login, and about that login.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Situation {
    pub(super) mode: ElicitMode,
    /// Whether the call has sent a request that changes something.
    pub(super) has_written: bool,
    /// Whether nothing has shown the page of the login to anybody yet.
    pub(super) is_unseen: bool,
    /// The answer to the question about this login, if it was asked.
    pub(super) answer: Option<Answer>,
    /// Whether anything was asked since the call started, about any login.
    pub(super) asked_since: bool,
    /// Whether a failed call has named the page.
    pub(super) told: bool,
}

/// The call's next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// It waits for the login.
    Wait,
    /// It has the client show a dialog, and waits.
    ShowDialog(Form),
    /// It ends with a result that asks the client to show a dialog.
    EndWithQuestion(Form),
    /// It ends with a failure that names the page.
    EndWithPage,
    /// It ends the same way if the login is not done soon: the user has been told already.
    EndWithPageSoon,
}

/// Decides what a call does that waits for a token.
///
/// A call that has changed something never ends here: what it has sent has to be told with what
/// became of it, and only the call itself knows that.
pub(super) fn decide(now: Situation) -> Action {
    let end_with_page = match (now.is_unseen && !now.has_written, now.told) {
        (false, _) => Action::Wait,
        (true, false) => Action::EndWithPage,
        (true, true) => Action::EndWithPageSoon,
    };
    match (now.mode, now.answer) {
        // The page is before the user, who has nothing to do in the client.
        _ if !now.is_unseen => Action::Wait,
        (ElicitMode::Request(form), None) => Action::ShowDialog(form),
        (ElicitMode::Result(_), _) if now.has_written => Action::Wait,
        (ElicitMode::Result(form), None) => Action::EndWithQuestion(form),
        // The client repeats the call that asked, and then nobody has answered after all. Calls
        // that were waiting when one of them asked are content with that.
        (ElicitMode::Result(form), Some(Answer::Due)) if !now.asked_since => {
            Action::EndWithQuestion(form)
        }
        (_, Some(Answer::Due | Answer::Given)) if now.mode != ElicitMode::None => Action::Wait,
        _ => end_with_page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNSEEN: Situation = Situation {
        mode: ElicitMode::None,
        has_written: false,
        is_unseen: true,
        answer: None,
        asked_since: false,
        told: false,
    };

    /// Every situation there is.
    fn all() -> impl Iterator<Item = Situation> {
        use ElicitMode::{None as Nothing, Request, Result};
        let modes = [
            Request(Form::Url),
            Request(Form::Text),
            Result(Form::Url),
            Result(Form::Text),
            Nothing,
        ];
        let answers = [None, Some(Answer::Due), Some(Answer::Given), Some(Answer::Dismissed)];
        modes.into_iter().flat_map(move |mode| {
            answers.into_iter().flat_map(move |answer| {
                (0..16_u8).map(move |bits| Situation {
                    mode,
                    answer,
                    has_written: bits & 1 != 0,
                    is_unseen: bits & 2 != 0,
                    asked_since: bits & 4 != 0,
                    told: bits & 8 != 0,
                })
            })
        })
    }

    fn ends(action: Action) -> bool {
        !matches!(action, Action::Wait | Action::ShowDialog(_))
    }

    #[test]
    fn a_call_that_has_changed_something_is_never_ended() {
        for now in all().filter(|now| now.has_written) {
            assert!(!ends(decide(now)), "{now:?}");
        }
    }

    #[test]
    fn a_page_that_a_browser_shows_ends_no_call_and_shows_no_dialog() {
        for now in all().filter(|now| !now.is_unseen) {
            assert_eq!(decide(now), Action::Wait, "{now:?}");
        }
    }

    #[test]
    fn a_user_who_has_answered_is_not_asked_again() {
        for now in all().filter(|now| now.mode != ElicitMode::None) {
            if now.answer == Some(Answer::Given) {
                assert_eq!(decide(now), Action::Wait, "{now:?}");
            }
        }
    }

    #[test]
    fn the_best_way_to_ask_is_taken() {
        use Action::{EndWithPage, EndWithPageSoon, EndWithQuestion, ShowDialog, Wait};
        use Answer::{Dismissed, Due};
        use ElicitMode::{Request, Result};
        let table = [
            (UNSEEN, EndWithPage),
            (Situation { told: true, ..UNSEEN }, EndWithPageSoon),
            (Situation { is_unseen: false, ..UNSEEN }, Wait),
            (Situation { mode: Request(Form::Url), ..UNSEEN }, ShowDialog(Form::Url)),
            (Situation { mode: Request(Form::Url), is_unseen: false, ..UNSEEN }, Wait),
            (Situation { mode: Request(Form::Text), is_unseen: false, ..UNSEEN }, Wait),
            // A dialog does not end the call, so one that has changed something may show it.
            (
                Situation { mode: Request(Form::Text), has_written: true, ..UNSEEN },
                ShowDialog(Form::Text),
            ),
            (Situation { mode: Request(Form::Text), answer: Some(Due), ..UNSEEN }, Wait),
            (
                Situation { mode: Request(Form::Text), answer: Some(Dismissed), ..UNSEEN },
                EndWithPage,
            ),
            (Situation { mode: Result(Form::Url), ..UNSEEN }, EndWithQuestion(Form::Url)),
            (
                Situation { mode: Result(Form::Url), answer: Some(Due), ..UNSEEN },
                EndWithQuestion(Form::Url),
            ),
            (
                Situation {
                    mode: Result(Form::Url),
                    answer: Some(Due),
                    asked_since: true,
                    ..UNSEEN
                },
                Wait,
            ),
            (Situation { mode: Result(Form::Url), answer: Some(Dismissed), ..UNSEEN }, EndWithPage),
        ];
        for (now, action) in table {
            assert_eq!(decide(now), action, "{now:?}");
        }
    }
}
