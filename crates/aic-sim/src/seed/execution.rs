//! How one execution of a journey shows in the logs.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::people::Person;
use crate::crest::{Object, members};
use crate::idm::stable_uuid;
use crate::monitoring::{Events, Source};

/// A node of a journey. The journey and the key make its id, as they do where journeys are seeded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) journey: &'static str,
    pub(super) key: &'static str,
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
}

/// Someone's way through a journey.
pub(super) struct Execution<'a> {
    pub(super) journey: &'static str,
    pub(super) realm: &'static str,
    pub(super) person: &'a Person,
    pub(super) begins: OffsetDateTime,
    /// The number that tells the execution from the others.
    pub(super) number: usize,
    /// The nodes passed, with their outcomes.
    pub(super) steps: Vec<(Node, &'static str)>,
    /// Why it has failed, if it has.
    pub(super) failure: Option<&'static str>,
}

impl Node {
    /// Whether the journey waits for the user here, so that what follows is another request.
    fn asks(self) -> bool {
        matches!(self.kind, "PageNode" | "MessageNode" | "SelectIdPNode")
    }
}

impl Execution<'_> {
    /// Adds the entries of all its requests.
    pub(super) fn write(&self, events: &mut Events) {
        let (mut date, mut request) = (self.begins, 1);
        self.access(events, date, request, false);
        for (node, outcome) in &self.steps {
            date += Duration::milliseconds(40);
            if node.asks() {
                date += Duration::seconds(9);
                request += 1;
            }
            self.passed(events, date, request, (*node, outcome));
            if node.asks() {
                self.access(events, date, request, false);
            }
        }
        self.completed(events, date + Duration::milliseconds(60), request);
    }

    fn passed(
        &self,
        events: &mut Events,
        date: OffsetDateTime,
        request: usize,
        (node, outcome): (Node, &str),
    ) {
        let id = stable_uuid(&format!("{}_{}/{}", self.realm, node.journey, node.key), 0);
        let info = json!({
            "treeName": node.journey,
            "nodeId": id.to_string(),
            "displayName": node.name,
            "nodeType": node.kind,
            "nodeOutcome": outcome,
            "authLevel": "0",
        });
        let fields = self.authentication("AM-NODE-LOGIN-COMPLETED", request, &info);
        events.add(Source::AmAuthentication, date, fields);
        if node.kind == "AccountLockoutNode" {
            self.locked(events, date, request);
        }
    }

    fn completed(&self, events: &mut Events, date: OffsetDateTime, request: usize) {
        let mut info =
            json!({"treeName": self.journey, "authLevel": "0", "ipAddress": self.address()});
        if let Some(reason) = self.failure {
            info["nodeExtraLogging"] = json!({ "failureReason": reason });
            self.script_message(events, date, request, reason);
        } else {
            self.session(events, date, request);
        }
        let result = json!(if self.failure.is_some() { "FAILED" } else { "SUCCESSFUL" });
        for name in ["AM-TREE-LOGIN-COMPLETED", "AM-LOGIN-COMPLETED"] {
            let mut fields = self.authentication(name, request, &info);
            fields.insert("result".to_owned(), result.clone());
            events.add(Source::AmAuthentication, date, fields);
        }
        self.access(events, date, request, self.failure.is_some());
    }

    fn authentication(&self, name: &str, request: usize, info: &Value) -> Object {
        let mut fields = self.common(name, request);
        fields.extend(members(json!({
            "principal": [self.person.account],
            "component": "Authentication",
            "entries": [{"info": info}],
            "topic": "authentication",
        })));
        fields
    }

    /// The browser's request to the authentication service.
    fn access(&self, events: &mut Events, date: OffsetDateTime, request: usize, failed: bool) {
        let mut fields = self.common("AM-ACCESS-OUTCOME", request);
        let (status, code) = if failed { ("FAILED", "401") } else { ("SUCCESSFUL", "200") };
        let path = format!("/am/json/realms/root/realms/{}/authenticate", self.realm);
        fields.extend(members(json!({
            "client": {"ip": self.address()},
            "request": {"protocol": "CREST", "operation": "ACTION"},
            "http": {"request": {
                "secure": true,
                "method": "POST",
                "path": path,
                "queryParameters": {"authIndexType": ["service"], "authIndexValue": [self.journey]},
                "headers": {"user-agent": [BROWSERS[self.number % BROWSERS.len()]]},
            }},
            "response": {"status": status, "statusCode": code, "elapsedTime": 31 + self.number % 40,
                "elapsedTimeUnits": "MILLISECONDS"},
            "component": "Authentication",
            "topic": "access",
        })));
        events.add(Source::AmAccess, date, fields);
    }

    fn session(&self, events: &mut Events, date: OffsetDateTime, request: usize) {
        let mut fields = self.common("AM-SESSION-CREATED", request);
        fields.extend(members(json!({
            "objectId": self.tracking(),
            "operation": "CREATE",
            "component": "Session",
            "topic": "activity",
        })));
        events.add(Source::AmActivity, date, fields);
    }

    /// The lock, as IDM sees it: AM makes the account inactive.
    fn locked(&self, events: &mut Events, date: OffsetDateTime, request: usize) {
        let mut fields = self.common("activity", request);
        fields.extend(members(json!({
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

    /// Writes the message of a script of the journey when someone is not let in.
    fn script_message(
        &self,
        events: &mut Events,
        date: OffsetDateTime,
        request: usize,
        reason: &str,
    ) {
        let fields = json!({
            "transactionId": self.transaction(request),
            "context": "default",
            "level": "WARN",
            "logger": "scripts.AUTHENTICATION_TREE_DECISION_NODE.SignInReport",
            "message": format!("Sign-in of {} refused: {reason}", self.person.account),
            "thread": format!("ScriptEvaluator-{}", self.number % 8),
        });
        events.add(Source::AmCore, date, members(fields));
    }

    fn common(&self, event: &str, request: usize) -> Object {
        let user = format!("id={},ou=user,o={},ou=services,ou=am-config", self.user(), self.realm);
        members(json!({
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

/// The browsers with which users sign in.
const BROWSERS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
];
