//! Managed objects: people, what they may do, and how they get in.

use std::collections::BTreeSet;

use aic_api::change::{Change, Verb, field_of};
use aic_api::is_powerful;
use serde_json::Value;

use super::{Class, Harm, before, body};

/// Types whose objects say who may do what, beside those that give power over the tenant itself.
const OF_POWER: [&str; 3] = ["aiagent", "aiagentprivilege", "privilege"];
/// Properties that do.
const POWERS: [&str; 8] = [
    "roles",
    "groups",
    "assignments",
    "authzRoles",
    "authzMembers",
    "privileges",
    "adminOfOrg",
    "ownerOfOrg",
];
/// Properties of organizations that do.
const OF_ORGANIZATIONS: [&str; 3] = ["admins", "owners", "parent"];
/// Properties by which a user gets in.
const WAYS_IN: [&str; 8] = [
    "userName",
    "mail",
    "password",
    "accountStatus",
    "telephoneNumber",
    "kbaInfo",
    "aliasList",
    "inactiveDate",
];
/// Parts of the names of properties that hold devices for a second factor.
const DEVICES: [&str; 6] = ["oath", "push", "webauthn", "device", "2fa", "totp"];
/// Types whose objects have members.
const OF_MANY: [&str; 4] = ["role", "group", "organization", "assignment"];

/// A type without its realm.
fn plain_name(object_type: &str) -> String {
    let name = object_type.to_ascii_lowercase();
    let plain = name.strip_prefix("alpha_").or_else(|| name.strip_prefix("bravo_"));
    plain.unwrap_or(&name).replace(['/', '_'], "")
}

pub(super) fn judge(change: &Change, object_type: &str) -> Vec<Harm> {
    let kind = plain_name(object_type);
    let fields = fields(change);
    let mut harms = Vec::new();
    if is_powerful(&kind) || OF_POWER.contains(&kind.as_str()) {
        harms.push(Harm::new(
            Class::Power,
            format!("objects of {object_type} hold power themselves"),
        ));
    }
    let is_named = |names: &[&str]| -> Vec<String> {
        let named = fields.iter().filter(|field| names.iter().any(|one| one == field));
        named.cloned().collect()
    };
    let mut powers = is_named(&POWERS);
    if kind == "organization" {
        powers.extend(is_named(&OF_ORGANIZATIONS));
    }
    if !powers.is_empty() {
        harms.push(Harm::new(
            Class::Power,
            format!("{} say what somebody may do", powers.join(", ")),
        ));
    }
    let is_there = change.verb != Verb::Create && before(change).is_object();
    if is_there && change.verb != Verb::Delete {
        let mut ways = is_named(&WAYS_IN);
        let is_device = |field: &&String| {
            let field = field.to_ascii_lowercase();
            DEVICES.iter().any(|part| field.contains(part))
        };
        ways.extend(fields.iter().filter(is_device).cloned());
        if kind == "user" && !ways.is_empty() {
            let ways = ways.join(", ");
            harms.push(Harm::new(Class::WaysIn, format!("{ways}: how somebody gets in")));
        }
    }
    let members = members(change);
    if OF_MANY.contains(&kind.as_str()) && members > 0 {
        harms.push(Harm::new(Class::Many, format!("it has {members} members")));
    }
    if change.ends.len() > 1 {
        let ends = change.ends.len();
        harms.push(Harm::new(Class::Many, format!("it changes {ends} other objects")));
    }
    harms
}

/// How many members an object has before and is to have.
fn members(change: &Change) -> usize {
    let count = |object: &Value| {
        let lists = object.as_object().into_iter().flatten();
        let references = |value: &Value| {
            let items = value.as_array().into_iter().flatten();
            items.filter(|item| item.get("_ref").is_some()).count()
        };
        lists.map(|(_, value)| references(value)).max().unwrap_or(0)
    };
    count(&before(change)).max(count(&body(change))).max(change.ends.len())
}

/// The properties that a change sets, removes, or takes a value from.
fn fields(change: &Change) -> BTreeSet<String> {
    let body = body(change);
    match (change.verb, &body) {
        (Verb::Patch, Value::Array(operations)) => {
            let named = |part: &'static str| {
                operations.iter().filter_map(move |operation| operation[part].as_str())
            };
            named("field").chain(named("from")).map(field_of).collect()
        }
        (Verb::Put, Value::Object(body)) => {
            let before = before(change);
            let names =
                body.keys().chain(before.as_object().into_iter().flatten().map(|(name, _)| name));
            let differs = |name: &&String| body.get(*name) != before.get(name.as_str());
            names.filter(differs).cloned().collect()
        }
        (_, Value::Object(body)) => body.keys().cloned().collect(),
        _ => BTreeSet::new(),
    }
}
