use aic_tools::Effect;
use rmcp::model::FormElicitationCapability;
use serde_json::{Value, json};

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
    for asked in confirming.open.lock().unwrap().values_mut() {
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
    assert_eq!(confirming.open.lock().unwrap().len(), 1_000);
    let (state, _) = asked(&confirming, &question);
    assert_eq!(confirming.open.lock().unwrap().len(), 1);
    assert!(confirming.by_result(&question, repeated(&state, yes())).is_ok());
}

#[test]
fn what_a_client_says_of_its_dialogs_decides_how_it_is_asked() {
    let capability = |value: Value| serde_json::from_value::<ElicitationCapability>(value).unwrap();
    let form = serde_json::to_value(FormElicitationCapability::default()).unwrap();
    for (says, shows) in [
        (Some(json!({})), true),
        (Some(json!({ "form": form })), true),
        (Some(json!({ "form": form, "url": {} })), true),
        (Some(json!({ "url": {} })), false),
        (None, false),
    ] {
        let capability = says.clone().map(capability);
        let modes = [true, false].map(|by_result| mode_by(capability.as_ref(), by_result));
        let expected = if shows {
            [ElicitMode::Result, ElicitMode::Request]
        } else {
            [ElicitMode::None, ElicitMode::None]
        };
        assert_eq!(modes, expected, "{says:?}");
    }
}

#[test]
fn a_call_that_is_not_rehearsed_is_settled_by_an_option_or_not_at_all() {
    let text = |policy, effect| format!("{:?}", confirming(policy).asked_beforehand(effect));
    let by_option = format!("{:?}", Asked::by_option());
    let not_needed = format!("{:?}", Asked::not_needed());
    assert_ne!(by_option, not_needed);
    assert_eq!(text(Confirm::Never, Effect::Delete), by_option);
    assert_eq!(text(Confirm::Never, Effect::Read), not_needed);
    assert_eq!(text(Confirm::Always, Effect::Delete), not_needed);
    assert!(confirming(Confirm::Always).rehearses(Effect::Delete));
    assert!(!confirming(Confirm::Always).rehearses(Effect::Read));
}
