//! The simulator held to what is known of tenants: `contract.tsv`, a row per shape of request.

use aic_sim::Options;
use reqwest::Method;
use serde_json::Value;

use crate::support::{Answer, Tenant, answer};

const ROWS: &str = include_str!("contract.tsv");
const REALM: &str = "/am/json/realms/root/realms/alpha";
/// How a row may be known; the head of the rows says what each means.
const KNOWN: [&str; 5] = ["recorded", "console", "reference", "documented", "assumed"];
const SCOPES: &str = "fr:am:* fr:idm:* fr:idc:esv:read fr:idc:esv:update fr:idc:monitoring:*";

#[tokio::test]
async fn requests_are_answered_as_recorded() {
    let tenant = Tenant::with_scope(Options::default(), SCOPES).await;
    let (mut broken, mut last) = (Vec::new(), Value::Null);
    let rows = ROWS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    for row in rows {
        let Ok(fields) = <[&str; 11]>::try_from(row.split('\t').collect::<Vec<_>>()) else {
            panic!("a row has eleven fields: {row}");
        };
        assert!(KNOWN.contains(&fields[10]), "how is it known: {row}");
        let fields = fields.map(|field| filled_in(field, &last));
        let fields = fields.each_ref().map(String::as_str);
        let answer = send(&tenant, fields).await;
        last = serde_json::from_str(&answer.text).unwrap_or_default();
        let found = deviations(&answer, fields);
        broken
            .extend(found.into_iter().map(|found| format!("{} {}: {found}", fields[0], fields[1])));
    }
    assert!(broken.is_empty(), "{} deviations:\n{}", broken.len(), broken.join("\n"));
}

/// A field with what the last answer has in place of its name.
fn filled_in(field: &str, last: &Value) -> String {
    ["_rev", "pagedResultsCookie"].iter().fold(field.to_owned(), |field, name| {
        let place = format!("{{{name}}}");
        if !field.contains(&place) {
            return field;
        }
        let value = last[name].as_str().unwrap_or_else(|| panic!("no {name}: {last}"));
        field.replace(&place, value)
    })
}

async fn send(
    tenant: &Tenant,
    [method, path, version, precondition, body, ..]: [&str; 11],
) -> Answer {
    let trees = "{realm}/realm-config/authentication/authenticationtrees";
    let path = path
        .replace("{trees}", &format!("{trees}/trees"))
        .replace("{nodes}", &format!("{trees}/nodes"))
        .replace("{realm}", REALM);
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = tenant.request(method, &path).bearer_auth(&tenant.token);
    if version != "-" {
        request = request.header("accept-api-version", version);
    }
    if let Some((name, value)) = precondition.split_once(": ") {
        request = request.header(name, value);
    }
    if body != "-" {
        request = request.header("content-type", "application/json").body(body.to_owned());
    }
    answer(request).await
}

fn deviations(answer: &Answer, fields: [&str; 11]) -> Vec<String> {
    let [.., status, etag, location, api_version, expected, _] = fields;
    let mut found = Vec::new();
    if answer.status.as_str() != status {
        found.push(format!("status {} instead of {status}: {}", answer.status, answer.text));
    }
    for (name, expected) in [("etag", etag), ("location", location)] {
        if expected != "*" && answer.headers.contains_key(name) != (expected == "yes") {
            found.push(format!("{name}: {expected} is recorded"));
        }
    }
    let version = answer.headers.get("content-api-version").map(|value| value.to_str().unwrap());
    if api_version != "*" && version.unwrap_or("-") != api_version {
        found.push(format!("content-api-version {version:?} instead of {api_version}"));
    }
    if expected == "-" {
        if !answer.text.is_empty() {
            found.push(format!("a body instead of none: {}", answer.text));
        }
        return found;
    }
    if expected == "[]" {
        if !answer.text.starts_with('[') {
            found.push(format!("no array: {}", answer.text));
        }
        return found;
    }
    let json: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    match expected.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(part) => {
            let message = json["message"]
                .as_str()
                .unwrap_or_default()
                .replace("&#39;", "'")
                .replace("&#61;", "=");
            if !message.contains(part) {
                found.push(format!("the message {message:?} instead of {part:?}"));
            }
        }
        None => found.extend(
            expected
                .split(',')
                .filter(|name| json.get(*name).is_none())
                .map(|name| format!("no member {name}: {}", answer.text)),
        ),
    }
    found
}
