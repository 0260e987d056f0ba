//! What users did in the hours before the tenant was started, as the logs have it.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::people::{CUSTOMERS, Person, STAFF};
use crate::crest::Object;
use crate::idm::stable_uuid;
use crate::monitoring::{Events, Source};

/// How many times someone signed in.
const SIGN_INS: usize = 48;
/// How far apart sign-ins are.
const APART: Duration = Duration::minutes(27);
/// Who locked their account with wrong passwords: one of those who are inactive in IDM.
const LOCKED: usize = 10;

/// One execution of a journey, step by step.
struct Execution<'a> {
    realm: &'a str,
    person: &'a Person,
    begins: OffsetDateTime,
    number: usize,
    ending: Ending,
}

/// How an execution goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    SignedIn,
    WrongPassword,
    /// The last wrong password there could be: the account is locked with it.
    Locking,
    /// The password is not even looked at.
    Locked,
}

/// A node that was passed.
struct Step {
    name: &'static str,
    kind: &'static str,
    outcome: &'static str,
}

/// Writes the logs of the hours before, oldest first.
pub(super) fn replay(now: OffsetDateTime, events: &mut Events) {
    let mut executions: Vec<Execution<'_>> =
        (0..SIGN_INS).map(|number| sign_in(now, number)).collect();
    executions.extend(lock_out(now));
    executions.sort_by_key(|execution| execution.begins);
    for execution in &executions {
        execution.write(events);
    }
}

/// Staff sign in twice as often as customers; one in eight mistypes the password.
fn sign_in(now: OffsetDateTime, number: usize) -> Execution<'static> {
    let back = i32::try_from(number + 1).unwrap_or(i32::MAX);
    let jitter = Duration::seconds(i64::from(back) * 137 % 700);
    let (realm, person) = match number % 3 {
        2 => ("bravo", &CUSTOMERS[number * 7 % CUSTOMERS.len()]),
        // Those who are inactive do not sign in.
        _ => match number * 13 % STAFF.len() {
            place if place % 11 == 10 => ("alpha", &STAFF[place - 1]),
            place => ("alpha", &STAFF[place]),
        },
    };
    let ending = if number % 8 == 5 { Ending::WrongPassword } else { Ending::SignedIn };
    Execution { realm, person, begins: now - APART * back + jitter, number, ending }
}

/// Six attempts within minutes, the fifth of which locks the account.
fn lock_out(now: OffsetDateTime) -> impl Iterator<Item = Execution<'static>> {
    (0..6).map(move |attempt| {
        let begins = now - Duration::hours(3) + Duration::seconds(41) * attempt;
        let ending = match attempt {
            0..4 => Ending::WrongPassword,
            4 => Ending::Locking,
            _ => Ending::Locked,
        };
        let number = SIGN_INS + usize::try_from(attempt).unwrap_or(0);
        Execution { realm: "alpha", person: &STAFF[LOCKED], begins, number, ending }
    })
}

impl Execution<'_> {
    fn write(&self, events: &mut Events) {
        let steps = self.steps();
        // The page is one request, what follows it another.
        let page = self.begins + Duration::seconds(9);
        self.access(events, self.begins, 1);
        for (index, step) in (0..).zip(&steps) {
            let date = page + Duration::milliseconds(60) * index;
            let info = json!({
                "treeName": "Login",
                "nodeId": stable_uuid(&format!("node/{}/{}", self.realm, step.name), 0).to_string(),
                "displayName": step.name,
                "nodeType": step.kind,
                "nodeOutcome": step.outcome,
                "authLevel": "0",
            });
            self.authentication(events, date, "AM-NODE-LOGIN-COMPLETED", &info, None);
        }
        let done = page + Duration::milliseconds(400);
        if self.ending == Ending::Locking {
            self.locked(events, done);
        }
        let mut info = json!({"treeName": "Login", "authLevel": "0", "ipAddress": self.address()});
        if let Some(reason) = self.failure() {
            info["nodeExtraLogging"] = json!({ "failureReason": reason });
            self.script_message(events, done, reason);
        }
        let result = self.failure().map_or("SUCCESSFUL", |_| "FAILED");
        self.authentication(events, done, "AM-TREE-LOGIN-COMPLETED", &info, Some(result));
        if self.failure().is_none() {
            self.session(events, done);
        }
        let info = json!({"authIndex": "service=Login", "authLevel": "0"});
        self.authentication(events, done, "AM-LOGIN-COMPLETED", &info, Some(result));
        self.access(events, done, 2);
    }

    fn steps(&self) -> Vec<Step> {
        let page = Step { name: "Page Node", kind: "PageNode", outcome: "outcome" };
        let store = |outcome| {
            let (name, kind) = ("Identity Store Decision", "IdentityStoreDecisionNode");
            Step { name, kind, outcome }
        };
        let retry = |outcome| Step {
            name: "Retry Limit Decision",
            kind: "RetryLimitDecisionNode",
            outcome,
        };
        match self.ending {
            Ending::SignedIn => vec![
                page,
                store("TRUE"),
                Step {
                    name: "Increment Login Count",
                    kind: "IncrementLoginCountNode",
                    outcome: "outcome",
                },
                Step {
                    name: "Progressive Profile",
                    kind: "InnerTreeEvaluatorNode",
                    outcome: "true",
                },
            ],
            Ending::WrongPassword => vec![page, store("FALSE"), retry("Retry")],
            Ending::Locking => vec![
                page,
                store("FALSE"),
                retry("Reject"),
                Step { name: "Account Lockout", kind: "AccountLockoutNode", outcome: "outcome" },
            ],
            Ending::Locked => vec![page, store("LOCKED")],
        }
    }

    fn failure(&self) -> Option<&'static str> {
        match self.ending {
            Ending::SignedIn => None,
            Ending::WrongPassword | Ending::Locking => Some("INVALID_PASSWORD"),
            Ending::Locked => Some("LOCKED_OUT"),
        }
    }

    fn authentication(
        &self,
        events: &mut Events,
        date: OffsetDateTime,
        name: &str,
        info: &Value,
        result: Option<&str>,
    ) {
        let mut fields = self.common(name, 2);
        fields.extend(object(json!({
            "principal": [self.person.account],
            "component": "Authentication",
            "entries": [{"info": info}],
            "topic": "authentication",
        })));
        if let Some(result) = result {
            fields.insert("result".to_owned(), json!(result));
        }
        events.add(Source::AmAuthentication, date, fields);
    }

    /// The browser's request to the authentication service.
    fn access(&self, events: &mut Events, date: OffsetDateTime, request: usize) {
        let mut fields = self.common("AM-ACCESS-OUTCOME", request);
        let failed = request == 2 && self.failure().is_some();
        let (status, code) = if failed { ("FAILED", "401") } else { ("SUCCESSFUL", "200") };
        let path = format!("/am/json/realms/root/realms/{}/authenticate", self.realm);
        fields.extend(object(json!({
            "client": {"ip": self.address()},
            "request": {"protocol": "CREST", "operation": "ACTION"},
            "http": {"request": {
                "secure": true,
                "method": "POST",
                "path": path,
                "queryParameters": {"authIndexType": ["service"], "authIndexValue": ["Login"]},
                "headers": {"user-agent": [BROWSERS[self.number % BROWSERS.len()]]},
            }},
            "response": {"status": status, "statusCode": code, "elapsedTime": 31 + self.number % 40,
                "elapsedTimeUnits": "MILLISECONDS"},
            "component": "Authentication",
            "topic": "access",
        })));
        events.add(Source::AmAccess, date, fields);
    }

    fn session(&self, events: &mut Events, date: OffsetDateTime) {
        let mut fields = self.common("AM-SESSION-CREATED", 2);
        fields.extend(object(json!({
            "objectId": self.tracking(),
            "operation": "CREATE",
            "component": "Session",
            "topic": "activity",
        })));
        events.add(Source::AmActivity, date, fields);
    }

    /// The lock, as IDM sees it: AM makes the account inactive.
    fn locked(&self, events: &mut Events, date: OffsetDateTime) {
        let mut fields = self.common("activity", 2);
        fields.extend(object(json!({
            "userId": "am",
            "runAs": "am",
            "objectId": format!("managed/{}_user/{}", self.realm, self.user()),
            "operation": "PATCH",
            "before": {"userName": self.person.account, "accountStatus": "active"},
            "after": {"userName": self.person.account, "accountStatus": "inactive"},
            "changedFields": ["accountStatus"],
            "status": "SUCCESS",
            "message": "",
            "passwordChanged": false,
            "topic": "activity",
        })));
        events.add(Source::IdmActivity, date, fields);
    }

    /// What a script of the journey writes when someone is not let in.
    fn script_message(&self, events: &mut Events, date: OffsetDateTime, reason: &str) {
        let fields = json!({
            "transactionId": self.transaction(2),
            "context": "default",
            "level": "WARN",
            "logger": "scripts.AUTHENTICATION_TREE_DECISION_NODE.SignInReport",
            "message": format!("Sign-in of {} refused: {reason}", self.person.account),
            "thread": format!("ScriptEvaluator-{}", self.number % 8),
        });
        events.add(Source::AmCore, date, object(fields));
    }

    fn common(&self, event: &str, request: usize) -> Object {
        let user = format!("id={},ou=user,o={},ou=services,ou=am-config", self.user(), self.realm);
        object(json!({
            "eventName": event,
            "transactionId": self.transaction(request),
            "userId": user,
            "trackingIds": [self.tracking()],
            "realm": format!("/{}", self.realm),
            "level": "INFO",
            "source": "audit",
        }))
    }

    fn user(&self) -> String {
        stable_uuid(&format!("{}_user/{}", self.realm, self.person.account), 0).to_string()
    }

    fn transaction(&self, request: usize) -> String {
        let id = stable_uuid("transaction", self.number as u64);
        format!("{id}-request-{request}/0")
    }

    fn tracking(&self) -> String {
        format!("{}-{}", stable_uuid("tracking", self.number as u64), 1_000 + self.number)
    }

    fn address(&self) -> String {
        format!("198.51.100.{}", 10 + self.number % 200)
    }
}

/// What users sign in with.
const BROWSERS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
];

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}
