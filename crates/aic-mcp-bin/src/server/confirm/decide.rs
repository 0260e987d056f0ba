//! The decision about a call that a person has to agree to, and nothing else.

use aic_tools::Why;
use rmcp::model::ElicitationCapability;

use crate::approvals::{Verdict, Way};

/// How many characters of a question a dialog has room for.
const LONGEST: usize = 8_000;
/// After so many answers that no person gave, a client counts as one without dialogs.
const MOST_WITHOUT_PERSON: u8 = 2;

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

/// The facts about a call that a person has to agree to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Situation {
    /// An earlier answer to the same question.
    pub(super) answered: Option<(bool, Way)>,
    pub(super) mode: ElicitMode,
    /// The length of the question, in characters.
    pub(super) length: usize,
    /// How many answers of the client's no person gave.
    pub(super) without_person: u8,
}

/// The server's next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// It carries the call out, as a person has agreed to.
    CarryOut(Way),
    /// It does not, as a person has refused.
    Refuse(Way),
    /// It asks by a dialog, and waits.
    ShowDialog,
    /// It ends the call with a result that asks the client for a dialog, or reads its answer.
    AskByResult,
    /// It leaves the question for a terminal, for this reason.
    LeaveForTerminal(Why),
}

impl ElicitMode {
    /// By what a client says of its dialogs, whether it is asked through results, and how many
    /// answers of its no person gave.
    pub(super) fn of(
        elicitation: Option<&ElicitationCapability>,
        by_result: bool,
        without_person: u8,
    ) -> Self {
        // An empty capability is that of 2025-06-18, which knew forms only; a URL cannot ask this.
        let shows_forms =
            elicitation.is_some_and(|shows| shows.form.is_some() || shows.url.is_none());
        match (shows_forms, by_result) {
            _ if without_person >= MOST_WITHOUT_PERSON => Self::None,
            (false, _) => Self::None,
            (true, true) => Self::Result,
            (true, false) => Self::Request,
        }
    }
}

/// Decides what becomes of a call.
pub(super) fn decide(now: Situation) -> Action {
    match (now.answered, now.mode) {
        (Some((true, way)), _) => Action::CarryOut(way),
        (Some((false, way)), _) => Action::Refuse(way),
        (None, ElicitMode::None) if now.without_person > 0 => {
            Action::LeaveForTerminal(Why::NoPerson)
        }
        (None, ElicitMode::None) => Action::LeaveForTerminal(Why::NoDialogs),
        (None, _) if now.length > LONGEST => Action::LeaveForTerminal(Why::TooLong),
        (None, ElicitMode::Request) => Action::ShowDialog,
        (None, ElicitMode::Result) => Action::AskByResult,
    }
}

impl Action {
    /// By what a person has been asked, or will be.
    pub(super) fn way(self) -> Way {
        match self {
            Self::CarryOut(way) | Self::Refuse(way) => way,
            Self::ShowDialog | Self::AskByResult => Way::Dialog,
            Self::LeaveForTerminal(_) => Way::Terminal,
        }
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
    use rmcp::model::FormElicitationCapability;
    use serde_json::{Value, json};

    use super::*;

    /// A question without an answer, to a client that is asked by requests.
    const OPEN: Situation =
        Situation { answered: None, mode: ElicitMode::Request, length: LONGEST, without_person: 0 };

    /// Every situation there is, with the lengths and counts at which something changes.
    fn all() -> impl Iterator<Item = Situation> {
        use ElicitMode::{None as Nothing, Request, Result};
        let answers = [
            None,
            Some((true, Way::Dialog)),
            Some((true, Way::Terminal)),
            Some((false, Way::Dialog)),
            Some((false, Way::Terminal)),
        ];
        answers.into_iter().flat_map(|answered| {
            [Request, Result, Nothing].into_iter().flat_map(move |mode| {
                [0, LONGEST, LONGEST + 1, 2 * LONGEST].into_iter().flat_map(move |length| {
                    (0..=MOST_WITHOUT_PERSON).map(move |without_person| Situation {
                        answered,
                        mode,
                        length,
                        without_person,
                    })
                })
            })
        })
    }

    #[test]
    fn nothing_is_done_without_a_persons_yes() {
        for now in all() {
            let expected = now.answered.filter(|(yes, _)| *yes).map(|(_, way)| way);
            let done = match decide(now) {
                Action::CarryOut(way) => Some(way),
                _ => None,
            };
            assert_eq!(done, expected, "{now:?}");
        }
    }

    #[test]
    fn nobody_is_asked_again_who_has_answered() {
        for now in all() {
            let is_asked = !matches!(decide(now), Action::CarryOut(_) | Action::Refuse(_));
            assert_eq!(is_asked, now.answered.is_none(), "{now:?}");
        }
    }

    #[test]
    fn a_long_question_never_goes_into_a_dialog() {
        for now in all().filter(|now| now.length > LONGEST) {
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
        use Action::{AskByResult, CarryOut, LeaveForTerminal, Refuse, ShowDialog};
        use ElicitMode::{None as Nothing, Result};
        let answered = |answer| Situation { answered: Some(answer), ..OPEN };
        for (now, action, way) in [
            (OPEN, ShowDialog, Way::Dialog),
            (Situation { without_person: 1, ..OPEN }, ShowDialog, Way::Dialog),
            (Situation { mode: Result, ..OPEN }, AskByResult, Way::Dialog),
            (
                Situation { length: LONGEST + 1, ..OPEN },
                LeaveForTerminal(Why::TooLong),
                Way::Terminal,
            ),
            (Situation { mode: Nothing, ..OPEN }, LeaveForTerminal(Why::NoDialogs), Way::Terminal),
            (
                Situation { mode: Nothing, without_person: 1, ..OPEN },
                LeaveForTerminal(Why::NoPerson),
                Way::Terminal,
            ),
            (answered((true, Way::Terminal)), CarryOut(Way::Terminal), Way::Terminal),
            (answered((true, Way::Dialog)), CarryOut(Way::Dialog), Way::Dialog),
            (answered((false, Way::Terminal)), Refuse(Way::Terminal), Way::Terminal),
        ] {
            assert_eq!(decide(now), action, "{now:?}");
            assert_eq!(action.way(), way, "{now:?}");
        }
    }

    #[test]
    fn what_a_client_says_of_its_dialogs_decides_how_it_is_asked() {
        let capability = |value| serde_json::from_value::<ElicitationCapability>(value).unwrap();
        let form = serde_json::to_value(FormElicitationCapability::default()).unwrap();
        let cases: [(Option<Value>, bool); 5] = [
            (Some(json!({})), true),
            (Some(json!({ "form": form })), true),
            (Some(json!({ "form": form, "url": {} })), true),
            (Some(json!({ "url": {} })), false),
            (None, false),
        ];
        for (says, shows) in cases {
            let capability = says.clone().map(capability);
            for without_person in 0..4 {
                let modes = [true, false].map(|by_result| {
                    ElicitMode::of(capability.as_ref(), by_result, without_person)
                });
                let expected = if shows && without_person < 2 {
                    [ElicitMode::Result, ElicitMode::Request]
                } else {
                    [ElicitMode::None, ElicitMode::None]
                };
                assert_eq!(modes, expected, "{says:?} {without_person}");
            }
        }
    }
}
