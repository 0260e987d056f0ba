use std::pin::pin;

use rmcp::model::ElicitationCapability;
use serde_json::{Value, json};
use tokio::task::yield_now;
use tokio::time::timeout;

use super::*;

/// Longer than a person needs to read.
const READ: Duration = Duration::from_secs(5);

fn confirming(policy: Confirm) -> Confirming {
    Confirming::new(policy, Duration::from_mins(5), CancellationToken::new())
}

fn question(call: u8) -> Question<'static> {
    Question {
        tool: "deleteJourney",
        tenant: "id.example.com",
        text: SafeText::line(format!("would delete {call}")),
        call: [call; 32],
    }
}

/// The state that a client is to hand back, and the question that it is to show.
fn asked(confirming: &Confirming, question: &Question<'_>) -> (String, String) {
    let Err(Unfinished::Confirm(result)) = confirming.by_result(question, Repeated::default())
    else {
        panic!("a result that asks");
    };
    let result = serde_json::to_value(&*result).unwrap();
    let state = result["requestState"].as_str().unwrap().to_owned();
    let shown = result["inputRequests"][KEY]["params"]["message"].as_str().unwrap().to_owned();
    // A person has taken some time.
    for asked in confirming.open.lock().values_mut() {
        *asked = asked.checked_sub(READ).unwrap();
    }
    (state, shown)
}

fn repeated(state: &str, answer: Value) -> Repeated {
    Repeated { state: Some(state.to_owned()), answers: [(KEY.to_owned(), answer)].into() }
}

fn yes() -> Value {
    json!({ "action": "accept", "content": {} })
}

/// The text of the failure that a call ends in.
fn failure(result: Result<Agreement, Unfinished>) -> String {
    match result {
        Err(
            Unfinished::Failed(failure)
            | Unfinished::Declined(failure)
            | Unfinished::Unapproved(failure),
        ) => failure.to_string(),
        _ => panic!("a failure"),
    }
}

#[test]
fn an_answer_by_a_repeated_call_is_good_once_for_that_call() {
    let confirming = confirming(Confirm::Always);
    let (one, other) = (question(1), question(2));
    let (state, shown) = asked(&confirming, &one);
    assert_eq!(shown, "would delete 1");
    let too_late = |result| assert!(failure(result).contains("came too late"));
    too_late(confirming.by_result(&other, repeated(&state, yes())));
    too_late(confirming.by_result(&one, repeated("made up", yes())));
    too_late(confirming.by_result(&one, Repeated { state: None, ..repeated("", yes()) }));
    let agreed = confirming.by_result(&one, repeated(&state, yes()));
    assert!(matches!(agreed, Ok(Agreement::Given)));
    too_late(confirming.by_result(&one, repeated(&state, yes())));
}

#[test]
fn questions_are_answered_in_any_order() {
    let confirming = confirming(Confirm::Always);
    let (one, other) = (question(1), question(2));
    let (first, second) = (asked(&confirming, &one).0, asked(&confirming, &other).0);
    assert!(confirming.by_result(&other, repeated(&second, yes())).is_ok());
    assert!(confirming.by_result(&one, repeated(&first, yes())).is_ok());
}

#[test]
fn a_no_is_a_no_and_no_answer_is_none_either() {
    let confirming = confirming(Confirm::Always);
    for action in ["decline", "cancel"] {
        let question = question(1);
        let (state, _) = asked(&confirming, &question);
        let answer = json!({ "action": action });
        let result = confirming.by_result(&question, repeated(&state, answer));
        assert!(failure(result).contains("the user declined"));
    }
    assert!(failure(confirming.judge(&question(1), Answer::None)).contains("no answer"));
    assert_eq!(confirming.without_person.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_client_that_answers_by_itself_sends_its_user_to_a_terminal() {
    let confirming = confirming(Confirm::Always);
    for (number, answer) in [(1, json!({ "action": "accept" })), (2, json!("yes"))] {
        let question = question(number);
        let id = confirming.approvals.leave_open(question.call);
        let (state, _) = asked(&confirming, &question);
        let text = failure(confirming.by_result(&question, repeated(&state, answer)));
        assert!(text.contains("has answered by itself"), "{text}");
        assert!(text.contains(&format!("aic-mcp approve {id}`")), "{text}");
        assert!(text.contains("within 10 minutes"), "{text}");
        assert_eq!(confirming.without_person.load(Ordering::Relaxed), number);
    }
}

#[test]
fn an_answer_that_comes_at_once_is_no_persons() {
    let accepted: ElicitResult = serde_json::from_value(yes()).unwrap();
    assert_eq!(Answer::of(&accepted, Duration::from_millis(399)), Answer::NoPerson);
    assert_eq!(Answer::of(&accepted, Duration::from_millis(400)), Answer::Yes);
    let without_form: ElicitResult = serde_json::from_value(json!({ "action": "accept" })).unwrap();
    assert_eq!(Answer::of(&without_form, READ), Answer::NoPerson);
    let declined: ElicitResult = serde_json::from_value(json!({ "action": "decline" })).unwrap();
    assert_eq!(Answer::of(&declined, READ), Answer::No);
}

#[test]
fn questions_that_are_never_answered_do_not_fill_the_memory() {
    let confirming = confirming(Confirm::Always);
    let question = question(1);
    for _ in 0..1_000 {
        let _ = confirming.ask_by_result(&question);
    }
    assert_eq!(confirming.open.lock().len(), 1_000);
    let (state, _) = asked(&confirming, &question);
    assert_eq!(confirming.open.lock().len(), 1);
    assert!(confirming.by_result(&question, repeated(&state, yes())).is_ok());
}

/// The step that follows for a call that needs consent, of a client with dialogs, and what is noted.
fn step<'a>(confirming: &Confirming, by_result: bool, question: Question<'a>) -> (Asked, Step<'a>) {
    let shows = ElicitationCapability::default();
    confirming.next_step(true, (Some(&shows), by_result), || question)
}

fn settled(step: Step<'_>) -> Result<Agreement, Unfinished> {
    match step {
        Step::Settled(settled) => settled,
        Step::ShowDialog(_) | Step::AskByResult(_) => panic!("it is asked"),
    }
}

#[test]
fn no_question_is_made_about_a_call_that_needs_no_consent() {
    let confirming = confirming(Confirm::Always);
    let (asked, step) = confirming.next_step(false, (None, false), || unreachable!());
    assert_eq!(asked, Asked::not_needed());
    assert!(matches!(settled(step), Ok(Agreement::NotNeeded)));
}

#[test]
fn a_client_with_dialogs_is_asked_by_one_until_it_answers_by_itself() {
    let confirming = confirming(Confirm::Always);
    let by_dialog = Asked::by_dialog("would delete 1");
    for without_person in [0, 1] {
        confirming.without_person.store(without_person, Ordering::Relaxed);
        let (asked, next) = step(&confirming, false, question(1));
        assert!(matches!(next, Step::ShowDialog(_)), "{without_person}");
        assert_eq!(asked, by_dialog);
        let (asked, next) = step(&confirming, true, question(1));
        assert!(matches!(next, Step::AskByResult(_)), "{without_person}");
        assert_eq!(asked, by_dialog);
    }
    confirming.without_person.store(2, Ordering::Relaxed);
    let id = confirming.approvals.leave_open([1; 32]);
    let (asked, next) = step(&confirming, false, question(1));
    assert_eq!(asked, Asked::by_terminal("would delete 1"));
    let text = failure(settled(next));
    assert!(text.contains("has answered by itself") && text.contains(&id.to_string()), "{text}");
}

#[test]
fn an_earlier_answer_is_taken_once_and_noted_as_it_was_given() {
    let confirming = confirming(Confirm::Always);
    let by_dialog = Asked::by_dialog("would delete 1");
    confirming.approvals.leave_open([1; 32]);
    confirming.approvals.answer_late(&[1; 32], true);
    let (asked, next) = step(&confirming, false, question(1));
    assert_eq!(asked, by_dialog);
    assert!(matches!(settled(next), Ok(Agreement::Given)));
    assert!(matches!(step(&confirming, false, question(1)).1, Step::ShowDialog(_)));

    confirming.approvals.leave_open([1; 32]);
    confirming.approvals.answer_late(&[1; 32], false);
    let (asked, next) = step(&confirming, false, question(1));
    assert_eq!(asked, by_dialog);
    assert!(failure(settled(next)).contains("the user declined"));
}

#[test]
fn a_long_question_is_left_for_a_terminal() {
    let confirming = confirming(Confirm::Always);
    confirming.approvals.leave_open([1; 32]);
    let text = SafeText::line("x".repeat(8_001));
    let asked = Asked::by_terminal(text.as_str());
    let (noted, next) = step(&confirming, false, Question { text, ..question(1) });
    assert_eq!(noted, asked);
    assert!(failure(settled(next)).contains("too long for a dialog"));
}

/// A dialog, and by what it is answered.
fn dialog() -> (oneshot::Sender<Answer>, impl Future<Output = Answer> + Send + 'static) {
    let (answer, shown) = oneshot::channel();
    (answer, async { shown.await.unwrap_or(Answer::None) })
}

#[tokio::test(start_paused = true)]
async fn a_client_that_hears_of_progress_waits_for_the_person() {
    let confirming = confirming(Confirm::Always);
    let (answer, shown) = dialog();
    let (steps, _) = watch::channel(Steps::default());
    let (withdrawn, question) = (CancellationToken::new(), question(1));
    let mut waiting =
        pin!(confirming.wait_for(shown, withdrawn.clone(), &question, (&steps, true)));
    assert!(timeout(Duration::from_secs(65), &mut waiting).await.is_err());
    assert_eq!(steps.borrow().waits, 6);
    assert!(!withdrawn.is_cancelled());
    answer.send(Answer::Yes).unwrap();
    assert!(matches!(waiting.await, Ok(Agreement::Given)));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_hears_nothing_gets_the_answer_with_a_later_call() {
    let confirming = confirming(Confirm::Always);
    for (answered, verdict) in [
        (Answer::Yes, Some(Verdict::Approved(Way::Dialog))),
        (Answer::No, Some(Verdict::Denied(Way::Dialog))),
        (Answer::None, None),
        (Answer::NoPerson, None),
    ] {
        let (answer, shown) = dialog();
        let (steps, _) = watch::channel(Steps::default());
        let (withdrawn, question) = (CancellationToken::new(), question(1));
        let id = confirming.approvals.leave_open(question.call);
        let mut waiting =
            pin!(confirming.wait_for(shown, withdrawn.clone(), &question, (&steps, false)));
        assert!(timeout(Duration::from_secs(44), &mut waiting).await.is_err());
        let text = failure(waiting.await);
        assert!(text.contains("has not answered yet") && text.contains(&id.to_string()), "{text}");
        assert_eq!(steps.borrow().waits, 0);
        assert!(!withdrawn.is_cancelled(), "the dialog stays");
        answer.send(answered).unwrap();
        // The task that waits for the dialog is the only other one.
        yield_now().await;
        let expected = verdict.unwrap_or(Verdict::Waiting(id));
        assert_eq!(confirming.approvals.verdict(&question.call), expected, "{answered:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_takes_its_dialog_along() {
    let confirming = confirming(Confirm::Always);
    let (_answer, shown) = dialog();
    let (steps, _) = watch::channel(Steps::default());
    let (withdrawn, question) = (CancellationToken::new(), question(1));
    let waiting = confirming.wait_for(shown, withdrawn.clone(), &question, (&steps, false));
    assert!(timeout(Duration::from_secs(1), waiting).await.is_err());
    assert!(withdrawn.is_cancelled());
}
