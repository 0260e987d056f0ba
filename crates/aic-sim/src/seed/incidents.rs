//! The other log entries of the hours before: changes by administrators, synchronization by IDM, and
//! failures.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::people::STAFF;
use crate::bearer::Administrator;
use crate::crest::members;
use crate::idm::stable_uuid;
use crate::monitoring::{Events, Source};

/// The name under which AM writes journeys to its directory.
const PLATFORM: &str = "id=dsameuser,ou=user,ou=am-config";

/// An entry of the logs.
pub(super) struct Incident {
    pub(super) date: OffsetDateTime,
    source: Source,
    payload: Value,
}

impl Incident {
    pub(super) fn write(self, events: &mut Events) {
        match self.payload {
            Value::Object(fields) => events.add(self.source, self.date, fields),
            Value::String(text) => events.add_text(self.source, self.date, &text),
            _ => {}
        }
    }
}

/// All of them, oldest first.
pub(super) fn all(now: OffsetDateTime) -> Vec<Incident> {
    let mut all = Vec::new();
    let mut add = |minutes: i64, source, payload| {
        all.push(Incident { date: now - Duration::minutes(minutes), source, payload });
    };
    for user in [administrator(), PLATFORM.to_owned()] {
        add(640, Source::AmConfig, journey_change(&user));
    }
    add(610, Source::IdmConfig, theme_change());
    for (number, minutes) in [520, 375, 190].into_iter().enumerate() {
        add(minutes, Source::IdmSync, synchronized(number, None));
    }
    add(430, Source::EnvironmentAccess, variables_read("200"));
    add(240, Source::EnvironmentAccess, variables_read("401"));
    add(160, Source::IdmCore, text("WARNING", "Scheduler misfire of job payroll-sync, run again"));
    add(95, Source::AmCore, mail_failure(1));
    let refused = "Connection to payroll.northlight.example:636 refused";
    add(44, Source::IdmSync, synchronized(3, Some(refused)));
    add(44, Source::IdmCore, text("SEVERE", &format!("Synchronization failed: {refused}")));
    add(26, Source::AmCore, mail_failure(2));
    all.sort_by_key(|incident| incident.date);
    all
}

/// A line as the server writes it where it does not write JSON.
fn text(level: &str, message: &str) -> Value {
    format!("{level}: {message}").into()
}

/// A script could not reach the mail server.
fn mail_failure(number: u64) -> Value {
    json!({
        "transactionId": transaction("mail", number),
        "context": "default",
        "level": "ERROR",
        "logger": "org.forgerock.openam.auth.nodes.EmailTemplateNode",
        "message": "Sending the email template welcome has failed: connection timed out",
        "exception": "java.net.SocketTimeoutException: connect timed out",
        "thread": "http-nio-8080-exec-7",
    })
}

/// The entry of a change of the journey Onboarding.
fn journey_change(user: &str) -> Value {
    json!({
        "eventName": "AM-CONFIG-CHANGE",
        "transactionId": transaction("journey", 0),
        "userId": user,
        "runAs": user,
        "trackingIds": [session()],
        "objectId": "ou=Onboarding,ou=default,ou=OrganizationConfig,ou=1.0,\
                     ou=authenticationTreesService,ou=services,o=alpha,ou=services,ou=am-config",
        "operation": "UPDATE",
        "changedFields": ["description"],
        "realm": "/alpha",
        "component": "Config",
        "level": "INFO",
        "source": "audit",
        "topic": "config",
    })
}

fn theme_change() -> Value {
    json!({
        "eventName": "CONFIG",
        "transactionId": transaction("theme", 0),
        "userId": administrator_id(),
        "runAs": administrator_id(),
        "trackingIds": [session()],
        "objectId": "config/ui/themerealm",
        "operation": "UPDATE",
        "changedFields": ["/realm"],
        "level": "INFO",
        "source": "audit",
        "topic": "config",
    })
}

/// A user written to the payroll system, or not.
fn synchronized(number: usize, failure: Option<&str>) -> Value {
    let account = STAFF[number % STAFF.len()].account;
    let user = stable_uuid(&format!("alpha_user/{account}"), 0);
    let mut fields = members(json!({
        "eventName": "sync",
        "transactionId": transaction("sync", number as u64),
        "userId": user.to_string(),
        "mapping": "managedAlpha_user_systemPayrollAccount",
        "sourceObjectId": format!("managed/alpha_user/{user}"),
        "targetObjectId": format!("system/Payroll/account/{account}"),
        "action": "UPDATE",
        "situation": "CONFIRMED",
        "status": if failure.is_some() { "FAILURE" } else { "SUCCESS" },
        "level": if failure.is_some() { "ERROR" } else { "INFO" },
        "source": "audit",
        "topic": "sync",
    }));
    if let Some(failure) = failure {
        fields.insert("message".to_owned(), failure.into());
        fields
            .insert("exception".to_owned(), format!("ConnectionFailedException: {failure}").into());
    }
    fields.into()
}

/// A pipeline reads the variables, or may not.
fn variables_read(code: &str) -> Value {
    let failed = code != "200";
    json!({
        "eventName": "access",
        "transactionId": transaction("variables", u64::from(failed)),
        "userId": if failed { Value::Null } else { administrator_id().into() },
        "client": {"ip": "198.51.100.7"},
        "request": {"protocol": "CREST", "operation": "QUERY"},
        "http": {"request": {
            "secure": true,
            "method": "GET",
            "path": "/environment/variables",
            "headers": {"user-agent": ["northlight-deploy/3.1"]},
        }},
        "response": {
            "status": if failed { "FAILED" } else { "SUCCESSFUL" },
            "statusCode": code,
            "elapsedTime": 18,
            "elapsedTimeUnits": "MILLISECONDS",
        },
        "level": "INFO",
        "source": "audit",
        "topic": "access",
    })
}

fn administrator_id() -> &'static str {
    Administrator::first().id
}

fn administrator() -> String {
    format!("id={},ou=user,ou=am-config", administrator_id())
}

fn session() -> String {
    format!("{}-{}", stable_uuid("administrator", 0), 77)
}

fn transaction(name: &str, number: u64) -> String {
    format!("{}/0", stable_uuid(&format!("incident {name}"), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_in_the_order_of_their_dates() {
        let all = all(OffsetDateTime::UNIX_EPOCH + Duration::days(2));
        assert!(all.is_sorted_by_key(|incident| incident.date));
    }
}
