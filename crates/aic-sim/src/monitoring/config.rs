//! Entries for changes of configuration.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::entry::{Exchange, common, distinguished_name, realm};
use super::events::Source;
use crate::bearer::Caller;
use crate::crest::Object;
use crate::crest::members;

/// The name under which AM writes journeys and nodes to its directory: its own. The entry before it, of
/// the same transaction, names the administrator.
const PLATFORM: &str = "id=dsameuser,ou=user,ou=am-config";

/// The entries for a request that has changed the configuration of AM or IDM, if it has.
pub(super) fn changes(exchange: &Exchange<'_>) -> Vec<(Source, Object)> {
    let Some(operation) = operation(exchange) else { return Vec::new() };
    let segments: Vec<&str> = exchange.segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["openidm", rest @ ..] if matches!(rest, ["config" | "schema", ..]) => {
            let user = exchange.caller.map(Caller::id);
            let fields = fields("CONFIG", exchange, operation, &rest.join("/"), user);
            vec![(Source::IdmConfig, fields)]
        }
        ["am", "json", rest @ ..] => of_am(exchange, operation, rest),
        _ => Vec::new(),
    }
}

fn of_am(exchange: &Exchange<'_>, operation: &str, rest: &[&str]) -> Vec<(Source, Object)> {
    let Some((service, path)) = service(rest) else { return Vec::new() };
    let realm = realm(&exchange.segments);
    let is_journey = rest.contains(&"authenticationtrees");
    let object_id = entry_name(&service, path, &realm);
    let caller = exchange.caller.map(distinguished_name);
    let platform = is_journey.then(|| PLATFORM.to_owned());
    let entry = |user: String| {
        let mut fields = fields("AM-CONFIG-CHANGE", exchange, operation, &object_id, Some(&user));
        fields.insert("realm".to_owned(), json!(realm));
        fields.insert("component".to_owned(), json!("Config"));
        (Source::AmConfig, fields)
    };
    caller.into_iter().chain(platform).map(entry).collect()
}

fn fields(
    event: &str,
    exchange: &Exchange<'_>,
    operation: &str,
    object_id: &str,
    user: Option<&str>,
) -> Object {
    let mut fields = common(event, exchange);
    fields.extend(members(json!({
        "userId": user,
        "runAs": user,
        "objectId": object_id,
        "operation": operation,
        "changedFields": changed_fields(exchange.body),
        "topic": "config",
    })));
    fields
}

/// The operation of a request on configuration. A request that only looks or computes has no operation.
fn operation(exchange: &Exchange<'_>) -> Option<&'static str> {
    match *exchange.method {
        Method::PUT if exchange.status == StatusCode::CREATED => Some("CREATE"),
        Method::PUT | Method::PATCH => Some("UPDATE"),
        Method::DELETE => Some("DELETE"),
        Method::POST if exchange.parameters.get("_action") == Some("create") => Some("CREATE"),
        _ => None,
    }
}

/// The names of the fields that a request writes.
///
/// Assumption: a real tenant names only those whose values change. The entry for a change of one
/// field of a script would settle it.
fn changed_fields(body: &[u8]) -> Vec<String> {
    let is_kept = |name: &String| !name.starts_with('_');
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => fields.keys().filter(|name| is_kept(name)).cloned().collect(),
        Ok(Value::Array(operations)) => {
            let fields = operations.iter().filter_map(|operation| operation["field"].as_str());
            fields.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// The service that a path of AM configures, and the path within it.
fn service<'a>(path: &'a [&'a str]) -> Option<(String, &'a [&'a str])> {
    let place = |name: &str| path.iter().position(|segment| *segment == name);
    if let Some(place) = place("scripts") {
        return Some(("ScriptingService".to_owned(), path.get(place + 1..)?));
    }
    let start = place("realm-config").or_else(|| place("global-config"))? + 1;
    let rest = path.get(start..)?;
    Some(match rest {
        ["authentication", "authenticationtrees", "trees", rest @ ..] => {
            ("authenticationTreesService".to_owned(), rest)
        }
        ["authentication", "authenticationtrees", "nodes", kind, rest @ ..] => {
            ((*kind).to_owned(), rest)
        }
        ["authentication", ..] => ("iPlanetAMAuthService".to_owned(), &[]),
        ["agents", _, rest @ ..] => ("AgentService".to_owned(), rest),
        ["services", name, rest @ ..] | [name, rest @ ..] => ((*name).to_owned(), rest),
        [] => return None,
    })
}

/// The name of an entry in AM's configuration directory.
///
/// Assumption: how the parts of names that were seen belong together. The entry for a change of a
/// node would settle it.
fn entry_name(service: &str, path: &[&str], realm: &str) -> String {
    let id = path.iter().rev().map(|segment| format!("ou={segment},")).collect::<String>();
    let realm = realm.strip_prefix('/').filter(|name| !name.is_empty());
    let realm = realm.map(|name| format!("o={name},ou=services,")).unwrap_or_default();
    format!(
        "{id}ou=default,ou=OrganizationConfig,ou=1.0,ou={service},ou=services,{realm}ou=am-config"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(path: &str) -> String {
        let path: Vec<&str> = path.split('/').collect();
        let (service, rest) = service(&path).unwrap();
        entry_name(&service, rest, "/alpha")
    }

    #[test]
    fn entries_are_named_after_what_they_configure() {
        assert_eq!(
            name(
                "realms/root/realms/alpha/realm-config/authentication/authenticationtrees/trees/Login"
            ),
            "ou=Login,ou=default,ou=OrganizationConfig,ou=1.0,ou=authenticationTreesService,\
             ou=services,o=alpha,ou=services,ou=am-config"
        );
        assert!(
            name("alpha/realm-config/authentication/authenticationtrees/nodes/PageNode/1")
                .starts_with("ou=1,ou=default,ou=OrganizationConfig,ou=1.0,ou=PageNode,")
        );
        assert!(
            name("alpha/scripts/2").contains("ou=2,")
                && name("alpha/scripts/2").contains("ScriptingService")
        );
        assert!(name("alpha/realm-config/agents/OAuth2Client/app").starts_with("ou=app,"));
    }
}
