//! The shapes of audit events.
//!
//! Assumption: where the public material shows no entry of a kind, its shape is that of `ForgeRock`
//! audit events in general. The logs of a tenant would settle it; no recording has any.

use axum::http::header::{AUTHORIZATION, COOKIE, HOST};
use axum::http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::entry::{Exchange, common, distinguished_name, realm};
use super::events::Source;
use crate::bearer::Caller;
use crate::crest::Object;
use crate::crest::members;
use crate::event::Event;

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
    fields.extend(members(json!({
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

/// The entries for what a service tells of its answer.
pub(super) fn told(event: &Event, exchange: &Exchange<'_>) -> Vec<(Source, Object)> {
    match event {
        Event::LoggedIn { caller, client } => logged_in(caller, client, exchange),
        Event::Exchanged { caller, client } => {
            let info = json!({
                "subjectAuditTrackingId": &*caller.session,
                "scopes": caller.scopes.iter().collect::<Vec<_>>(),
            });
            let entry = authentication("AM-TOKEN-EXCHANGE", caller, client, &info, exchange);
            vec![(Source::AmAuthentication, entry)]
        }
        Event::ObjectWritten { object_type, id, before, after } => {
            let change = ObjectChange {
                object_id: format!("managed/{object_type}/{id}"),
                before: before.as_deref(),
                after: after.as_deref(),
            };
            vec![(Source::IdmActivity, change.fields(exchange))]
        }
        Event::AgentsRequested => Vec::new(),
    }
}

fn logged_in(caller: &Caller, client: &str, exchange: &Exchange<'_>) -> Vec<(Source, Object)> {
    let tree_info = json!({"treeName": "FRLogin", "authLevel": "0", "ipAddress": CLIENT});
    let client_info = json!({"ipAddress": CLIENT, "authLevel": "0"});
    let tree =
        authentication("AM-TREE-LOGIN-COMPLETED", caller, caller.mail(), &tree_info, exchange);
    let client = authentication("AM-LOGIN-COMPLETED", caller, client, &client_info, exchange);
    vec![
        (Source::AmAuthentication, tree),
        (Source::AmActivity, session_created(caller, exchange)),
        (Source::AmAuthentication, client),
    ]
}

fn authentication(
    event: &str,
    caller: &Caller,
    principal: &str,
    info: &Value,
    exchange: &Exchange<'_>,
) -> Object {
    let mut fields = common(event, exchange);
    fields.extend(members(json!({
        "userId": distinguished_name(caller),
        "principal": [principal],
        "realm": "/",
        "component": "Authentication",
        "result": "SUCCESSFUL",
        "entries": [{"info": info}],
        "topic": "authentication",
    })));
    fields
}

fn session_created(caller: &Caller, exchange: &Exchange<'_>) -> Object {
    let mut fields = common("AM-SESSION-CREATED", exchange);
    fields.extend(members(json!({
        "userId": distinguished_name(caller),
        "runAs": "id=dsameuser,ou=user,ou=am-config",
        "objectId": &*caller.session,
        "operation": "CREATE",
        "realm": "/",
        "component": "Session",
        "topic": "activity",
    })));
    fields
}

/// The change of an object by a write.
#[derive(Debug)]
struct ObjectChange<'a> {
    object_id: String,
    before: Option<&'a Object>,
    after: Option<&'a Object>,
}

impl ObjectChange<'_> {
    fn fields(&self, exchange: &Exchange<'_>) -> Object {
        let operation = match (self.before, self.after) {
            (None, _) => "CREATE",
            (_, None) => "DELETE",
            _ if exchange.method == Method::PATCH => "PATCH",
            _ => "UPDATE",
        };
        let user = exchange.caller.map(Caller::id);
        let kept = self.after.or(self.before);
        let mut fields = common("activity", exchange);
        fields.extend(members(json!({
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
        let before = members(json!({"_id": "1", "_rev": "1", "a": 1, "b": 2, "c": 3}));
        let after = members(json!({"_id": "1", "_rev": "2", "a": 1, "b": 4, "d": 5}));
        let change = |before, after| {
            let change = ObjectChange { object_id: String::new(), before, after };
            change.changed().into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(change(Some(&before), Some(&after)), ["b", "d", "c"]);
        assert_eq!(change(None, Some(&after)), ["a", "b", "d"]);
    }
}
