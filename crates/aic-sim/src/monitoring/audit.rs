//! The shapes of audit events.
//!
//! Assumption: where the public material shows no entry of a kind, its shape is that of `ForgeRock`
//! audit events in general.

use axum::http::header::{AUTHORIZATION, COOKIE, HOST};
use axum::http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::events::Source;
use super::watch::Exchange;
use crate::crest::Object;
use crate::oauth::{Caller, Granted};

/// Where every request seems to come from.
const CLIENT: &str = "203.0.113.10";

/// The request as the access log of its service has it. AM writes an attempt as well as an outcome;
/// here only the outcome is kept.
pub(super) fn access(exchange: &Exchange<'_>) -> Option<(Source, Object)> {
    let (source, event, user) = match exchange.segments.first()?.as_str() {
        "am" => (Source::AmAccess, "AM-ACCESS-OUTCOME", exchange.caller.map(distinguished_name)),
        "openidm" => (Source::IdmAccess, "access", exchange.caller.map(|who| who.id().to_owned())),
        "environment" => {
            let user = exchange.caller.map(|caller| caller.id().to_owned());
            (Source::EnvironmentAccess, "access", user)
        }
        _ => return None,
    };
    let mut fields = common(event, exchange);
    let is_success = !exchange.status.is_client_error() && !exchange.status.is_server_error();
    fields.extend(object(json!({
        "userId": user,
        "client": {"ip": CLIENT},
        "request": {"protocol": protocol(exchange), "operation": operation(exchange)},
        "http": {"request": {
            "secure": true,
            "method": exchange.method.as_str(),
            "path": format!("{}{}", exchange.base_url, exchange.path),
            "queryParameters": parameters(exchange),
            "headers": headers(exchange.headers),
        }},
        "response": {
            "status": if is_success { "SUCCESSFUL" } else { "FAILED" },
            "statusCode": exchange.status.as_str(),
            "elapsedTime": u64::try_from(exchange.elapsed.as_millis()).unwrap_or(u64::MAX),
            "elapsedTimeUnits": "MILLISECONDS",
        },
        "topic": "access",
    })));
    if source == Source::AmAccess {
        let is_oauth = exchange.segments.get(1).is_some_and(|segment| segment == "oauth2");
        fields.insert("realm".to_owned(), json!(realm(&exchange.segments)));
        let component = if is_oauth { "OAuth" } else { "Config" };
        fields.insert("component".to_owned(), json!(component));
    }
    Some((source, fields))
}

/// A login, or the exchange of one.
pub(super) fn granted(granted: &Granted, exchange: &Exchange<'_>) -> Vec<(Source, Object)> {
    let caller = granted.caller();
    let event = |name: &str, principal: &str, info: Value| {
        let mut fields = common(name, exchange);
        fields.extend(object(json!({
            "userId": distinguished_name(caller),
            "principal": [principal],
            "realm": "/",
            "component": "Authentication",
            "result": "SUCCESSFUL",
            "entries": [{"info": info}],
            "topic": "authentication",
        })));
        fields
    };
    match granted {
        Granted::Login(_) => {
            let tree = event(
                "AM-TREE-LOGIN-COMPLETED",
                caller.mail(),
                json!({
                    "treeName": "FRLogin",
                    "authLevel": "0",
                    "ipAddress": CLIENT,
                }),
            );
            let client = event(
                "AM-LOGIN-COMPLETED",
                granted.client(),
                json!({
                    "ipAddress": CLIENT,
                    "authLevel": "0",
                }),
            );
            vec![
                (Source::AmAuthentication, tree),
                (Source::AmActivity, session_created(caller, exchange)),
                (Source::AmAuthentication, client),
            ]
        }
        Granted::Exchange(_) => {
            let info = json!({
                "subjectAuditTrackingId": caller.session(),
                "scopes": caller.scopes().collect::<Vec<_>>(),
            });
            let exchange = event("AM-TOKEN-EXCHANGE", granted.client(), info);
            vec![(Source::AmAuthentication, exchange)]
        }
    }
}

fn session_created(caller: &Caller, exchange: &Exchange<'_>) -> Object {
    let mut fields = common("AM-SESSION-CREATED", exchange);
    fields.extend(object(json!({
        "userId": distinguished_name(caller),
        "runAs": "id=dsameuser,ou=user,ou=am-config",
        "objectId": caller.session(),
        "operation": "CREATE",
        "realm": "/",
        "component": "Session",
        "topic": "activity",
    })));
    fields
}

/// What a write has made of an object.
#[derive(Debug)]
pub(super) struct ObjectChange<'a> {
    pub(super) object_id: String,
    pub(super) before: Option<&'a Object>,
    pub(super) after: Option<&'a Object>,
}

impl ObjectChange<'_> {
    pub(super) fn fields(&self, exchange: &Exchange<'_>) -> Object {
        let operation = match (self.before, self.after) {
            (None, _) => "CREATE",
            (_, None) => "DELETE",
            _ if exchange.method == Method::PATCH => "PATCH",
            _ => "UPDATE",
        };
        let user = exchange.caller.map(Caller::id);
        let kept = self.after.or(self.before);
        let mut fields = common("activity", exchange);
        fields.extend(object(json!({
            "userId": user,
            "runAs": user,
            "objectId": self.object_id,
            "operation": operation,
            "before": self.before,
            "after": self.after,
            "changedFields": self.changed(),
            "revision": kept.and_then(|object| object.get("_rev")),
            "status": "SUCCESS",
            "message": "",
            "passwordChanged": writes_password(exchange),
            "topic": "activity",
        })));
        fields
    }

    /// The fields whose values differ, in the order of the newer object.
    fn changed(&self) -> Vec<&str> {
        let is_same = |name: &String, value: &Value| {
            self.before.and_then(|before| before.get(name)) == Some(value)
        };
        let is_kept = |name: &String| self.after.is_some_and(|after| after.contains_key(name));
        let written =
            self.after.into_iter().flatten().filter(|(name, value)| !is_same(name, value));
        let removed = self.before.into_iter().flat_map(Object::keys).filter(|name| !is_kept(name));
        let names = written.map(|(name, _)| name).chain(removed);
        names.map(String::as_str).filter(|name| *name != "_rev" && *name != "_id").collect()
    }
}

/// Whether a request writes the one field that is never shown.
fn writes_password(exchange: &Exchange<'_>) -> bool {
    match serde_json::from_slice(exchange.body) {
        Ok(Value::Object(object)) => object.contains_key("password"),
        Ok(Value::Array(operations)) => operations.iter().any(|operation| {
            operation["field"]
                .as_str()
                .is_some_and(|field| field.trim_start_matches('/') == "password")
        }),
        _ => false,
    }
}

/// What all entries have. The topic is said by each.
pub(super) fn common(event: &str, exchange: &Exchange<'_>) -> Object {
    let sessions: Vec<&str> = exchange.caller.iter().map(|caller| caller.session()).collect();
    object(json!({
        "eventName": event,
        "transactionId": exchange.transaction,
        "trackingIds": sessions,
        "level": "INFO",
        "source": "audit",
    }))
}

/// The realm that a path of AM leads into.
pub(super) fn realm(segments: &[String]) -> String {
    let names = segments.iter().map(String::as_str);
    names.fold("/".to_owned(), |found, name| match name {
        "alpha" | "bravo" if found == "/" => format!("/{name}"),
        _ => found,
    })
}

/// An administrator's entry in AM's directory.
pub(super) fn distinguished_name(caller: &Caller) -> String {
    format!("id={},ou=user,ou=am-config", caller.id())
}

pub(super) fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

fn protocol(exchange: &Exchange<'_>) -> &'static str {
    match exchange.segments.get(1).map(String::as_str) {
        Some("oauth2") => "OAUTH2",
        _ => "CREST",
    }
}

fn operation(exchange: &Exchange<'_>) -> &'static str {
    match exchange.method.as_str() {
        "GET" if exchange.parameters.get("_queryFilter").is_some() => "QUERY",
        "GET" => "READ",
        "PUT" => "UPDATE",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ if exchange.parameters.get("_action") == Some("create") => "CREATE",
        _ => "ACTION",
    }
}

fn parameters(exchange: &Exchange<'_>) -> Object {
    let mut all = Object::new();
    for (name, value) in exchange.parameters.iter() {
        let values = all.entry(name).or_insert_with(|| json!([]));
        if let Some(values) = values.as_array_mut() {
            values.push(json!(value));
        }
    }
    all
}

/// The headers, without those that would let a reader of the log act for someone.
fn headers(headers: &HeaderMap) -> Object {
    let mut all = Object::new();
    for name in headers.keys().filter(|name| ![AUTHORIZATION, COOKIE, HOST].contains(name)) {
        let values = headers.get_all(name).iter();
        let values: Vec<_> =
            values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
        all.insert(name.to_string(), json!(values));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_fields_are_those_that_differ() {
        let before = object(json!({"_id": "1", "_rev": "1", "a": 1, "b": 2, "c": 3}));
        let after = object(json!({"_id": "1", "_rev": "2", "a": 1, "b": 4, "d": 5}));
        let change = |before, after| {
            let change = ObjectChange { object_id: String::new(), before, after };
            change.changed().into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(change(Some(&before), Some(&after)), ["b", "d", "c"]);
        assert_eq!(change(None, Some(&after)), ["a", "b", "d"]);
    }

    #[test]
    fn realms_are_found_in_both_kinds_of_path() {
        let realm_of = |path: &str| realm(&path.split('/').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(realm_of("am/json/realms/root/realms/alpha/scripts"), "/alpha");
        assert_eq!(realm_of("am/json/bravo/scripts/alpha"), "/bravo");
        assert_eq!(realm_of("am/json/realms/root/users"), "/");
    }
}
