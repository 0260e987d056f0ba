//! The decision about a call that a person may have to agree to, and nothing else.

use aic_tools::{Consent, Why};

use crate::approvals::{Verdict, Way};

/// How this client's user can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ElicitMode {
    /// By a request to the client.
    Request,
    /// By a result that asks for input, which ends the call.
    Result,
    /// Not through the client.
    None,
}

/// The facts about a rehearsed call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Situation {
    /// The consent that the policy asks for.
    pub(super) consent: Consent,
    /// An earlier answer to the same question.
    pub(super) answered: Option<(bool, Way)>,
    pub(super) mode: ElicitMode,
    /// Whether the question is longer than a dialog has room for.
    pub(super) is_long: bool,
    /// Whether the client has answered by itself before.
    pub(super) answers_by_itself: bool,
}

/// The server's next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// It carries the call out: nobody has to be asked.
    CarryOut,
    /// It carries the call out, as a person has agreed to.
    CarryOutAsAgreed(Way),
    /// It does not, as a person has refused.
    Refuse(Way),
    /// It asks by a dialog, and waits.
    ShowDialog,
    /// It ends the call with a result that asks the client for a dialog, or reads its answer.
    AskByResult,
    /// It leaves the question for a terminal, for this reason.
    LeaveForTerminal(Why),
}

/// Decides what becomes of a call.
pub(super) fn decide(now: Situation) -> Action {
    match (now.consent, now.answered) {
        (Consent::NotNeeded, _) => return Action::CarryOut,
        (_, Some((true, way))) => return Action::CarryOutAsAgreed(way),
        (_, Some((false, way))) => return Action::Refuse(way),
        (Consent::NeedsAnswer | Consent::NeedsApproval, None) => {}
    }
    match now.mode {
        ElicitMode::None if now.answers_by_itself => Action::LeaveForTerminal(Why::NoPerson),
        ElicitMode::None => Action::LeaveForTerminal(Why::NoDialogs),
        _ if now.is_long => Action::LeaveForTerminal(Why::TooLong),
        ElicitMode::Request => Action::ShowDialog,
        ElicitMode::Result => Action::AskByResult,
    }
}

impl Situation {
    /// The earlier answer that a verdict holds.
    pub(super) fn answered(verdict: &Verdict) -> Option<(bool, Way)> {
        match verdict {
            Verdict::Approved(way) => Some((true, *way)),
            Verdict::Denied(way) => Some((false, *way)),
            Verdict::Waiting(_) | Verdict::NotAsked => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Situation = Situation {
        consent: Consent::NeedsAnswer,
        answered: None,
        mode: ElicitMode::Request,
        is_long: false,
        answers_by_itself: false,
    };

    /// Every situation there is.
    fn all() -> impl Iterator<Item = Situation> {
        use ElicitMode::{None as Nothing, Request, Result};
        let answers = [
            None,
            Some((true, Way::Dialog)),
            Some((true, Way::Terminal)),
            Some((false, Way::Dialog)),
            Some((false, Way::Terminal)),
        ];
        let consents = [Consent::NotNeeded, Consent::NeedsAnswer, Consent::NeedsApproval];
        consents.into_iter().flat_map(move |consent| {
            answers.into_iter().flat_map(move |answered| {
                [Request, Result, Nothing].into_iter().flat_map(move |mode| {
                    (0..4_u8).map(move |bits| Situation {
                        consent,
                        answered,
                        mode,
                        is_long: bits & 1 != 0,
                        answers_by_itself: bits & 2 != 0,
                    })
                })
            })
        })
    }

    #[test]
    fn nothing_that_needs_consent_is_done_without_a_persons_yes() {
        for now in all().filter(|now| now.consent != Consent::NotNeeded) {
            let action = decide(now);
            assert_ne!(action, Action::CarryOut, "{now:?}");
            let is_agreed = matches!(now.answered, Some((true, _)));
            let is_done = matches!(action, Action::CarryOutAsAgreed(_));
            assert_eq!(is_done, is_agreed, "{now:?}");
        }
    }

    #[test]
    fn a_long_question_never_goes_into_a_dialog() {
        for now in all().filter(|now| now.is_long) {
            assert!(!matches!(decide(now), Action::ShowDialog | Action::AskByResult), "{now:?}");
        }
    }

    #[test]
    fn a_question_without_an_answer_is_no_answer() {
        let id = "00F3-91C2".parse().unwrap();
        for (verdict, answered) in [
            (Verdict::Approved(Way::Terminal), Some((true, Way::Terminal))),
            (Verdict::Denied(Way::Dialog), Some((false, Way::Dialog))),
            (Verdict::Waiting(id), None),
            (Verdict::NotAsked, None),
        ] {
            assert_eq!(Situation::answered(&verdict), answered);
        }
    }

    #[test]
    fn the_best_way_to_ask_is_taken() {
        use Action::{AskByResult, CarryOut, LeaveForTerminal, ShowDialog};
        use ElicitMode::{None as Nothing, Result};
        for (now, action) in [
            (ASKED, ShowDialog),
            (Situation { consent: Consent::NotNeeded, ..ASKED }, CarryOut),
            (Situation { mode: Result, ..ASKED }, AskByResult),
            (Situation { is_long: true, ..ASKED }, LeaveForTerminal(Why::TooLong)),
            (Situation { mode: Nothing, ..ASKED }, LeaveForTerminal(Why::NoDialogs)),
            (
                Situation { mode: Nothing, answers_by_itself: true, ..ASKED },
                LeaveForTerminal(Why::NoPerson),
            ),
        ] {
            assert_eq!(decide(now), action, "{now:?}");
        }
    }
}
