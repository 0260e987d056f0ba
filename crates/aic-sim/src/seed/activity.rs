//! The activity of users in the hours before the tenant was started.

use time::{Duration, OffsetDateTime};

use super::execution::{Execution, Node};
use super::incidents;
use super::people::{CUSTOMERS, STAFF};
use crate::monitoring::Events;

/// How many times someone signed in.
const SIGN_INS: usize = 48;
/// How many sign-ins of the last hour have failed.
const FAILED: usize = 3;
/// How far apart sign-ins are.
const APART: Duration = Duration::minutes(27);
/// The user whose account was locked after wrong passwords: one who is inactive in IDM.
const LOCKED: usize = 10;

const fn login(key: &'static str, kind: &'static str, name: &'static str) -> Node {
    Node { journey: "Login", key, kind, name }
}

const fn onboarding(key: &'static str, kind: &'static str, name: &'static str) -> Node {
    Node { journey: "Onboarding", key, kind, name }
}

/// Writes the logs of the hours before, oldest first.
pub(super) fn replay(now: OffsetDateTime, events: &mut Events) {
    let mut executions: Vec<Execution<'_>> =
        (0..SIGN_INS).map(|number| sign_in(now, number)).collect();
    executions.extend(lock_out(now));
    executions.extend((0..FAILED).map(|number| fail(now, number)));
    executions.sort_by_key(|execution| execution.begins);
    let mut incidents = incidents::all(now).into_iter().peekable();
    for execution in &executions {
        while let Some(incident) = incidents.next_if(|incident| incident.date <= execution.begins) {
            incident.write(events);
        }
        execution.write(events);
    }
    incidents.for_each(|incident| incident.write(events));
}

/// A failed sign-in of the last hour, for which the user may well call the helpdesk.
fn fail(now: OffsetDateTime, number: usize) -> Execution<'static> {
    let minutes = [52, 31, 9][number % FAILED];
    let steps = vec![
        (login("credentials", "PageNode", "Sign In"), "outcome"),
        (login("check", "DataStoreDecisionNode", "Data Store Decision"), "false"),
    ];
    Execution {
        journey: "Login",
        realm: "alpha",
        person: &STAFF[active(4 + number * 3)],
        begins: now - Duration::minutes(minutes),
        number: SIGN_INS + 2 + number,
        steps,
        failure: Some(WRONG_PASSWORD),
    }
}

/// Staff sign in twice as often as customers; one in eight mistypes the password.
fn sign_in(now: OffsetDateTime, number: usize) -> Execution<'static> {
    let back = i32::try_from(number + 1).unwrap_or(i32::MAX);
    let jitter = Duration::seconds(i64::from(back) * 137 % 700);
    let (realm, person) = match number % 3 {
        2 => ("bravo", &CUSTOMERS[active(number * 7 % CUSTOMERS.len())]),
        _ => ("alpha", &STAFF[active(number * 13 % STAFF.len())]),
    };
    let credentials = (login("credentials", "PageNode", "Sign In"), "outcome");
    let check = login("check", "DataStoreDecisionNode", "Data Store Decision");
    let count = login("count", "IncrementLoginCountNode", "Increment Login Count");
    let third = Node {
        journey: "ProgressiveProfile",
        key: "third",
        kind: "LoginCountDecisionNode",
        name: "Login Count Decision",
    };
    let profile = login("profile", "InnerTreeEvaluatorNode", "Inner Tree Evaluator");
    let (steps, failure) = if number % 8 == 5 {
        (vec![credentials, (check, "false")], Some(WRONG_PASSWORD))
    } else {
        let passed = [(check, "true"), (count, "outcome"), (third, "false"), (profile, "true")];
        ([credentials].into_iter().chain(passed).collect(), None)
    };
    let begins = now - APART * back + jitter;
    Execution { journey: "Login", realm, person, begins, number, steps, failure }
}

/// Someone else instead of those who are inactive in IDM: they do not sign in.
fn active(place: usize) -> usize {
    if place % 11 == 10 { place - 1 } else { place }
}

/// Two executions: the first ends with the account locked, the second finds it so.
fn lock_out(now: OffsetDateTime) -> [Execution<'static>; 2] {
    let before = [
        (onboarding("welcome", "MessageNode", "Welcome"), "true"),
        (onboarding("device", "ScriptedDecisionNode", "Northlight Device Check"), "managed"),
        (
            onboarding("provider", "SelectIdPNode", "Select Identity Provider"),
            "localAuthentication",
        ),
    ];
    let credentials =
        (onboarding("credentials", "PageNode", "Sign in for the first time"), "outcome");
    let check = onboarding("check", "IdentityStoreDecisionNode", "Identity Store Decision");
    let retry = onboarding("retry", "RetryLimitDecisionNode", "Retry Limit Decision");
    let lock = (onboarding("lock", "AccountLockoutNode", "Account Lockout"), "outcome");
    let locked = (onboarding("locked", "EmailTemplateNode", "Tell the helpdesk"), "EMAIL_SENT");

    let mut wrong = before.to_vec();
    for _ in 0..4 {
        wrong.extend([credentials, (check, "FALSE"), (retry, "Retry")]);
    }
    wrong.extend([credentials, (check, "FALSE"), (retry, "Reject"), lock, locked]);
    let again = before.into_iter().chain([credentials, (check, "LOCKED"), locked]).collect();
    let attempt = |attempt, hours: i64, steps, failure| Execution {
        journey: "Onboarding",
        realm: "alpha",
        person: &STAFF[LOCKED],
        begins: now - Duration::hours(hours) + Duration::minutes(4),
        number: SIGN_INS + attempt,
        steps,
        failure: Some(failure),
    };
    [attempt(0, 3, wrong, WRONG_PASSWORD), attempt(1, 2, again, "LOCKED_OUT")]
}

/// Assumption: AM's words for why nobody was let in. A failed sign-in on a tenant would settle them.
const WRONG_PASSWORD: &str = "INVALID_PASSWORD";
