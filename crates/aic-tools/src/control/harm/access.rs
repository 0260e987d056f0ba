//! Journeys, their nodes and scripts, and OAuth 2.0 clients.

use std::collections::BTreeSet;

use aic_api::Resource;
use aic_api::am::{NodeKind, NodeRef};
use aic_api::change::{Change, State, Verb};
use serde_json::Value;

use super::{Class, Harm, Surroundings, before, body};
use crate::outcome::SafeText;

/// The groups of a client's settings.
const CORE: &str = "coreOAuth2ClientConfig";
const ADVANCED: &str = "advancedOAuth2ClientConfig";
/// The context of scripts that only journeys run.
const DECISION: &str = "AUTHENTICATION_TREE_DECISION_NODE";

pub(super) fn of_journeys(change: &Change, around: &Surroundings) -> Vec<Harm> {
    if change.before == State::Absent {
        return Vec::new();
    }
    match &change.resource {
        Resource::Journey { realm, name } => {
            let Some(reach) = around.reach(*realm) else { return vec![unknown()] };
            let users = reach.users_of(name.as_str());
            if change.verb == Verb::Delete && !users.is_empty() {
                return vec![Harm::new(Class::Many, run_by(&users))];
            }
            if !reach.is_reached(name.as_str()) {
                return Vec::new();
            }
            let why = match reach.default_journey() {
                Some(default) if default == name.as_str() => {
                    format!("it is the default journey of {realm}")
                }
                other => {
                    let default = SafeText::quoted(other.unwrap_or_default());
                    format!("{default}, the default journey of {realm}, runs it")
                }
            };
            vec![Harm::new(Class::Many, why)]
        }
        Resource::Node { realm, node_type, version, id } => {
            let Some(reach) = around.reach(*realm) else { return vec![unknown()] };
            let kind = NodeKind::new(node_type.clone(), version.clone());
            let journeys = reach.reached_with(&NodeRef { kind, id: id.clone() });
            if journeys.is_empty() {
                return Vec::new();
            }
            let why = format!(
                "everybody who signs in by default may come to it, in {}",
                super::quoted_list(journeys)
            );
            vec![Harm::new(Class::Many, why)]
        }
        Resource::Script { .. } => of_script(change, around),
        _ => Vec::new(),
    }
}

fn of_script(change: &Change, around: &Surroundings) -> Vec<Harm> {
    let (had, has) = (before(change), body(change));
    let is_deleted = change.verb == Verb::Delete;
    let runs_otherwise = |part: &str| had[part] != has[part];
    if !is_deleted
        && !["script", "context", "evaluatorVersion", "language"].into_iter().any(runs_otherwise)
    {
        return Vec::new();
    }
    if had["context"] != DECISION {
        let context = had["context"].as_str().unwrap_or("unknown");
        return vec![Harm::new(Class::LiveCode, format!("it is for {context}, not for journeys"))];
    }
    let Some(users) = around.script_users(&change.resource) else { return vec![unknown()] };
    if users.journeys.is_empty() {
        return Vec::new();
    }
    vec![Harm::new(Class::LiveCode, run_by(&users.journeys))]
}

/// The harm of a variable's deletion to the scripts that read it. Where that cannot be seen, nothing is
/// said of it: a login for variables alone is common.
pub(super) fn of_variable(variable: &Resource, around: &Surroundings) -> Vec<Harm> {
    let Some(users) = around.variable_users(variable) else { return Vec::new() };
    let all = users.iter().map(|(realm, scripts)| {
        let scripts = super::quoted_list(scripts.iter().map(String::as_str));
        format!("scripts of {realm} that read it: {scripts}")
    });
    all.map(|why| Harm::new(Class::LiveCode, why)).collect()
}

fn run_by(journeys: &BTreeSet<String>) -> String {
    let names = super::quoted_list(journeys.iter().map(String::as_str));
    format!("the journeys that run it: {names}")
}

/// An unknown reach may be any reach.
fn unknown() -> Harm {
    Harm::new(Class::Many, "what it reaches could not be read")
}

pub(super) fn of_client(change: &Change) -> Vec<Harm> {
    let (had, has) = (before(change), body(change));
    let is_new = change.before == State::Absent;
    if change.verb == Verb::Delete {
        return Vec::new();
    }
    let mut harms = Vec::new();
    let added = |group: &str, name: &str| -> BTreeSet<String> {
        let old = setting(&had, group, name);
        setting(&has, group, name).into_iter().filter(|one| !old.contains(one)).collect()
    };
    let scopes: Vec<_> = ["scopes", "defaultScopes"]
        .into_iter()
        .flat_map(|name| added(CORE, name))
        .filter(|scope| scope.starts_with("fr:"))
        .collect();
    if !scopes.is_empty() {
        let scopes = super::list(&scopes);
        harms.push(Harm::new(Class::Power, format!("its tokens reach AIC's own APIs: {scopes}")));
    }
    if added(ADVANCED, "grantTypes").contains("client_credentials") {
        harms.push(Harm::new(Class::Power, "it gets tokens by itself (client_credentials)"));
    }
    let uris = added(CORE, "redirectionUris");
    let open: Vec<_> = uris.iter().filter(|uri| lacks_tls(uri)).cloned().collect();
    if !open.is_empty() {
        let open = super::list(&open);
        harms.push(Harm::new(Class::WaysIn, format!("codes go over an open line to {open}")));
    } else if !is_new && !uris.is_empty() {
        let uris = super::list(&uris.into_iter().collect::<Vec<_>>());
        harms.push(Harm::new(Class::WaysIn, format!("codes go to {uris} too")));
    }
    let sets_secret = has[CORE].get("userpassword").is_some_and(|secret| !secret.is_null());
    if !is_new && sets_secret {
        harms.push(Harm::new(Class::WaysIn, "its secret is replaced, and the present one is lost"));
    }
    harms
}

/// The values of a setting, which AM wraps as `{"inherited": false, "value": ...}`. Scopes may be
/// written as `name|description`.
fn setting(client: &Value, group: &str, name: &str) -> BTreeSet<String> {
    let setting = &client[group][name];
    let values = setting.get("value").unwrap_or(setting);
    let values = values.as_array().map_or(std::slice::from_ref(values), Vec::as_slice);
    let texts = values.iter().filter_map(Value::as_str);
    texts.map(|text| text.split('|').next().unwrap_or(text).to_owned()).collect()
}

fn lacks_tls(uri: &str) -> bool {
    let Some(rest) = uri.strip_prefix("http://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    !matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}
