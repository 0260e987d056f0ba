use aic_api::error::Service;
use aic_api::{Client, Realm};
use aic_auth::{AuthError, OAuthRefusal, Scope, ScopeSet};
use aic_sim::{Fault, FaultKind, Options, Seed, Sim};
use serde_json::{Value, json};

use super::*;
use crate::control::WriteLimit;
use crate::tool::{Effect, Toolset};

const READS: Spec = Spec::new("someTool", Toolset::Scripts);
const WRITES: Spec = READS.effect(Effect::Update).check("getScript");

/// The error of reading a script that the tenant answers so.
async fn refused(status: u16, headers: &[(&str, &str)], body: &Value) -> ToolError {
    let sim = Sim::start(Options::default().seed(Seed::Empty)).await.unwrap();
    let secret = sim.issue_access_token("fr:am:*").unwrap();
    let tenant: aic_auth::Tenant = sim.base_url().parse().unwrap();
    let client = Client::builder(tenant).access_token(secret).build();
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let body = body.to_string();
    sim.inject(Fault::new(FaultKind::Status { status, headers, body }).times(9));
    let call = client.reading(ScopeSet::of(&[Scope::Am]));
    let id = "1b52a7e0-4019-40fa-958a-15a49870e901".parse().unwrap();
    call.scripts(Realm::Alpha).get(&id).await.unwrap_err().into()
}

fn explained(spec: &Spec, error: &ToolError) -> Vec<String> {
    lines(&Failure::explain(spec, error, &[]))
}

fn lines(failure: &Failure) -> Vec<String> {
    failure.to_string().lines().map(str::to_owned).collect()
}

/// The value of the line with this name, where there is one.
fn line<'a>(lines: &'a [String], name: &str) -> Option<&'a str> {
    lines.iter().find_map(|line| line.strip_prefix(&format!("{name}: ")))
}

#[tokio::test]
async fn only_what_aic_does_not_find_is_not_found() {
    for (status, is_not_found) in [(404, true), (403, false), (500, false)] {
        let error = refused(status, &[], &json!({ "message": "so" })).await;
        let failure = Failure::explain(&READS, &error, &[]);
        assert_eq!(failure.is_not_found(), is_not_found, "{status}");
        assert_eq!(failure.kind(), FailureKind::Failed);
        assert!(failure.hint().is_some());
    }
    let timeout = ApiError::Timeout { service: Service::Am, outcome: None };
    assert!(!Failure::explain(&READS, &timeout.into(), &[]).is_not_found());
}

#[tokio::test]
async fn a_refusal_is_told_with_all_that_aic_says_of_it() {
    let body = json!({ "code": 400, "reason": "Odd", "message": "Wrong",
        "detail": { "validAttributes": ["name", "script"] } });
    let error = refused(400, &[("retry-after", "7")], &body).await;
    let ids = ["one".to_owned(), "two".to_owned()];
    let lines = lines(&Failure::explain(&READS, &error, &ids));
    assert_eq!(lines[0], "someTool failed: AIC access management answered HTTP 400 Bad Request.");
    for (name, value) in [
        ("status", "400"),
        ("reason", "Odd"),
        ("message", "Wrong"),
        ("known attributes", "name, script"),
        ("retry after", "7 s"),
        ("transactionIds", "one, two"),
    ] {
        assert_eq!(line(&lines, name), Some(value), "{name}");
    }
    assert!(line(&lines, "next").is_some_and(|next| !next.is_empty()));
    assert_eq!(line(&lines, "unknown attributes"), None);
    assert_eq!(line(&lines, "changed"), None, "it only reads");
}

#[tokio::test]
async fn what_aic_does_not_say_is_not_told() {
    let error = refused(403, &[], &json!({ "reason": "Forbidden", "message": "No" })).await;
    let lines = explained(&READS, &error);
    assert_eq!(line(&lines, "reason"), None, "it is that of the status");
    assert_eq!(line(&lines, "scopes"), Some("fr:am:* (what this call asked for)"));
    for name in ["known attributes", "failed policy", "retry after", "transactionIds"] {
        assert_eq!(line(&lines, name), None);
    }
}

#[tokio::test]
async fn policies_that_failed_are_listed() {
    let body = json!({ "message": "Policy validation failed", "detail": {
        "failedPolicyRequirements": [{ "property": "mail", "policyRequirements": [{ "policyRequirement": "REQUIRED" }] }]
    } });
    let lines = explained(&READS, &refused(403, &[], &body).await);
    assert!(line(&lines, "failed policy").is_some_and(|it| it.contains("mail")), "{lines:?}");
}

#[test]
fn a_refused_login_is_told_with_its_status_and_transaction() {
    let mut refusal = OAuthRefusal::new("invalid_grant", None);
    refusal.status = Some(400);
    refusal.transaction_id = Some("their-id".to_owned());
    let error = ApiError::Auth(AuthError::LoginRefused(refusal));
    let lines = explained(&READS, &error.into());
    assert_eq!(line(&lines, "status"), Some("400"));
    assert_eq!(line(&lines, "transactionIds"), Some("their-id"));
}

#[test]
fn a_tool_that_writes_says_whether_anything_was_changed() {
    let error = |outcome| ToolError::from(ApiError::Timeout { service: Service::Am, outcome });
    for (outcome, changed) in [
        (Some(WriteOutcome::NotDone), Some("nothing by the failed request")),
        (
            Some(WriteOutcome::Done),
            Some("yes, though the answer is missing; do not repeat it: getScript"),
        ),
        (
            Some(WriteOutcome::Unknown),
            Some("unknown, it may have happened; before repeating it: getScript"),
        ),
        (None, None),
    ] {
        let lines = explained(&WRITES, &error(outcome));
        assert_eq!(line(&lines, "changed"), changed);
        assert_eq!(line(&explained(&READS, &error(outcome)), "changed"), None);
    }
    let timeout = ApiError::Timeout { service: Service::Am, outcome: None };
    let half = ToolError::half_done(timeout, "one of two", "Look.");
    let lines = explained(&WRITES, &half);
    assert_eq!(
        (line(&lines, "changed"), line(&lines, "next")),
        (Some("one of two"), Some("Look."))
    );
}

#[test]
fn faults_are_listed_up_to_a_dozen() {
    let faulty = |count: usize| {
        let faults = (0..count).map(|number| format!("fault {number}")).collect();
        let problem = "It has faults.".to_owned();
        explained(&WRITES, &ToolError::Faulty { problem, faults, remedy: "Mend.".into() })
    };
    let count = |lines: &[String]| lines.iter().filter(|it| it.starts_with("fault: ")).count();
    let (twelve, more) = (faulty(12), faulty(14));
    assert_eq!((count(&twelve), line(&twelve, "faults")), (12, None));
    assert_eq!((count(&more), line(&more, "faults")), (12, Some("2 more")));
    assert_eq!(line(&more, "fault"), Some("fault 0"));
    assert_eq!(twelve[0], "someTool failed: It has faults.");
    let other = explained(&WRITES, &ToolError::refused("No.", "Do without it."));
    assert_eq!((count(&other), line(&other, "next")), (0, Some("Do without it.")));
}

#[test]
fn a_long_part_is_cut_and_a_short_one_is_not() {
    let of = |length: usize| explained(&READS, &ToolError::refused("No.", "ä".repeat(length)));
    assert_eq!(line(&of(700), "next").unwrap(), "ä".repeat(700));
    assert_eq!(line(&of(701), "next").unwrap(), format!("{}…", "ä".repeat(700)));
    assert_eq!((start_of("abc", 3), start_of("abc", 2)), (None, Some("ab")));
    let failure = Failure::defect("someTool").with_next("Rest.");
    assert_eq!(line(&lines(&failure), "next"), Some("Rest."));
}

#[test]
fn a_cancelled_call_says_how_far_it_came() {
    let of = |spec: &Spec, answered, unanswered| {
        let failure = Failure::cancelled(spec, SentWrites { answered, unanswered });
        assert_eq!(failure.kind(), FailureKind::Cancelled);
        let lines = lines(&failure);
        (failure.summary().to_owned(), line(&lines, "changed").unwrap_or_default().to_owned())
    };
    let unknown = "unknown, it may have happened; before repeating it: getScript";
    for (answered, unanswered, when, changed) in [
        (0, 0, "", "nothing"),
        (
            1,
            0,
            " after 1 request that changes something",
            "in part; listChanges has what was changed",
        ),
        (0, 2, " before AIC had answered 2 requests that change something", unknown),
        (
            2,
            1,
            " after 2 requests that change something, and before AIC had answered 1 request that changes something",
            unknown,
        ),
    ] {
        let expected = (format!("someTool was cancelled{when}."), changed.to_owned());
        assert_eq!(of(&WRITES, answered, unanswered), expected);
    }
    assert_eq!(of(&READS, 0, 0).1, "");
}

#[test]
fn a_call_that_was_not_done_changed_nothing_and_says_what_to_do() {
    let would = SafeText::line("someTool would delete all");
    let registry =
        crate::Registry::select(&crate::Selection { read_only: true, ..Default::default() });
    let why = registry.why_not_offered("deleteJourney").unwrap();
    let needs = |why| Failure::needs_approval("someTool", &would, "ab-12", 10, why);
    let too_much =
        TooMuch { in_a_minute: 3, in_all: 30, limit: WriteLimit::default(), is_for_good: false };
    let for_good = TooMuch { is_for_good: true, ..too_much };
    let page = "https://id.example.com/page";
    let refused = FailureKind::Refused;
    for (failure, kind, said) in [
        (Failure::not_started("someTool", "no name"), FailureKind::WrongUse, vec!["no name"]),
        (Failure::not_offered("someTool", why), refused, vec!["switched off"]),
        (
            Failure::needs_sign_in("someTool", page, Some("BCDF"), 5),
            FailureKind::LoginNeeded,
            vec![page, "code: BCDF", "5 minutes"],
        ),
        (Failure::without_trail("someTool"), FailureKind::Failed, vec!["audit log"]),
        (Failure::declined("someTool", true), refused, vec!["the user declined"]),
        (Failure::declined("someTool", false), refused, vec!["the user gave no answer"]),
        (
            needs(Why::NoDialogs),
            refused,
            vec![
                "no way to ask",
                "delete all",
                "approval: ab-12",
                "`aic-mcp approve ab-12`",
                "10 minutes",
            ],
        ),
        (needs(Why::NoPerson), refused, vec!["has answered by itself"]),
        (needs(Why::TooLong), refused, vec!["too long for a dialog"]),
        (needs(Why::Waiting), refused, vec!["has not answered yet"]),
        (
            Failure::too_much("someTool", &too_much),
            refused,
            vec!["30 changes, 3 of them", "in a minute, if"],
        ),
        (Failure::too_much("someTool", &for_good), refused, vec!["and a new start"]),
        (
            Failure::nobody_to_ask("someTool", &would, "Ask elsewhere."),
            refused,
            vec!["nobody to ask", "delete all", "Ask elsewhere."],
        ),
        (Failure::stale_answer("someTool"), refused, vec!["came too late"]),
    ] {
        let (text, lines) = (failure.to_string(), lines(&failure));
        assert_eq!(failure.kind(), kind, "{text}");
        assert!(failure.summary().starts_with("someTool "), "{text}");
        assert_eq!(line(&lines, "changed"), Some("nothing"), "{text}");
        assert!(line(&lines, "next").is_some_and(|next| next.len() > 5), "{text}");
        assert!(said.iter().all(|it| text.contains(it)), "{said:?} in {text}");
        assert!(failure.hint().is_none() && !failure.is_not_found());
    }
    let defect = Failure::defect("someTool");
    let lines = lines(&defect);
    assert!(line(&lines, "changed").is_some_and(|it| it.starts_with("unknown")));
    assert_eq!(defect.kind(), FailureKind::Failed);
}

#[test]
fn a_long_question_is_told_by_its_beginning() {
    let question = SafeText::line("x".repeat(4_001));
    assert!(in_short(&question).ends_with("x… (all of it is shown where it is approved)"));
    let short = SafeText::line("x".repeat(4_000));
    assert_eq!(in_short(&short), short.to_string());
}
