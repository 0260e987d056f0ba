//! What must not be shown, and what must not be mistaken, in the data of a tenant.
//!
//! Secrets are known by the names of their fields and by their shape. Characters that are not seen,
//! or that change the order in which text is seen, are shown by their code, so that text which
//! users of the tenant have written cannot say one thing to a person and another to a model.

use std::borrow::Cow;
use std::sync::LazyLock;

use aic_auth::mask_own_tokens;
use regex_lite::Regex;
use serde_json::{Map, Value};

/// What stands in place of a secret.
pub const MASK: &str = "[masked]";

/// The last words of the names of fields that hold secrets, in lower case and without separators.
const SECRET_NAMES: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "privatekey",
    "apikey",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "sharedkey",
    "secretkey",
    "signingkey",
    "encryptionkey",
    "encrypted",
];

/// The names of headers that hold secrets, as the logs have them.
const SECRET_HEADERS: [&str; 3] = ["authorization", "cookie", "setcookie"];

/// A JSON Web Token: two or more parts of base64url, the first of which starts a JSON object.
static JWT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}").ok());

/// A private key in PEM (RFC 7468), also with its line ends written as `\n`.
static PRIVATE_KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)")
        .ok()
});

/// Masks every secret in a value, in whatever it holds.
pub fn mask(value: &mut Value) {
    match value {
        // IDM's form of an encrypted value.
        Value::Object(members) if members.contains_key("$crypto") => *value = MASK.into(),
        Value::Object(members) => {
            mask_operation(members);
            mask_members(members, &[]);
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::String(text) => {
            if let Some(masked) = masked_text(text) {
                *text = masked;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Masks every secret in the members of an object, but for those of these names.
pub(crate) fn mask_members(members: &mut Map<String, Value>, but: &[&str]) {
    for (name, member) in members.iter_mut().filter(|(name, _)| !but.contains(&name.as_str())) {
        if is_secret(name) { mask_whole(member) } else { mask(member) }
    }
}

/// Masks the value of a patch operation, of CREST or of RFC 6902, on a field that holds a secret.
fn mask_operation(members: &mut Map<String, Value>) {
    let target = members.get("field").or_else(|| members.get("path")).and_then(Value::as_str);
    let is_secret = target.is_some_and(|target| target.split('/').any(is_secret));
    if is_secret && let Some(value) = members.get_mut("value") {
        mask_whole(value);
    }
}

/// Masks the value of a field that holds a secret: what stands for one, not whether there is one.
fn mask_whole(value: &mut Value) {
    match value {
        Value::String(text) if holds_nothing(text) => {}
        Value::String(_) | Value::Number(_) => *value = MASK.into(),
        Value::Array(items) => items.iter_mut().for_each(mask_whole),
        // AM wraps a setting as `{"inherited": false, "value": ...}`; others describe the secret,
        // as a schema does.
        Value::Object(members) if members.contains_key("inherited") => {
            members.get_mut("value").into_iter().for_each(mask_whole);
        }
        Value::Object(_) => mask(value),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Empty, AM's word for empty, or a reference to an environment secret: none of them is a secret.
fn holds_nothing(text: &str) -> bool {
    let text = text.trim();
    let is_reference = text.starts_with("&{") && text.ends_with('}') && !text[2..].contains("&{");
    text.is_empty() || text == "[Empty]" || text == MASK || is_reference
}

fn is_secret(name: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET_HEADERS.contains(&name.as_str())
        || SECRET_NAMES.iter().any(|secret| name.ends_with(secret))
}

/// The text with its secrets masked, `None` where it has none.
fn masked_text(text: &str) -> Option<String> {
    // JSON in a string hides the names of fields from nobody but a program that does not look.
    if text.trim_start().starts_with(['{', '['])
        && let Ok(mut inner) = serde_json::from_str::<Value>(text)
    {
        let before = inner.clone();
        mask(&mut inner);
        return (inner != before).then(|| inner.to_string());
    }
    let mut masked = Cow::Borrowed(text);
    for (hint, shape) in [("eyJ", &JWT), ("PRIVATE KEY-----", &PRIVATE_KEY)] {
        if let Some(shape) = shape.as_ref().filter(|_| masked.contains(hint)) {
            let replaced = shape.replace_all(&masked, MASK).into_owned();
            masked = Cow::Owned(replaced);
        }
    }
    (masked != text).then(|| masked.into_owned())
}

/// Masks this process's own tokens, in the texts and the names of a value, whatever else is shown.
pub(crate) fn mask_own(value: &mut Value) {
    let is_own = |text: &str| matches!(mask_own_tokens(text), Cow::Owned(_));
    match value {
        Value::Object(members) => {
            if members.keys().any(|name| is_own(name)) {
                let all = std::mem::take(members).into_iter();
                *members =
                    all.map(|(n, member)| (mask_own_tokens(&n).into_owned(), member)).collect();
            }
            members.iter_mut().for_each(|(_, member)| mask_own(member));
        }
        Value::Array(items) => items.iter_mut().for_each(mask_own),
        Value::String(text) => {
            if let Cow::Owned(masked) = mask_own_tokens(text) {
                *text = masked;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Text without its secrets, and with what is not seen shown.
pub(crate) fn clean(text: String) -> String {
    let text = match mask_own_tokens(&text) {
        Cow::Owned(masked) => masked,
        Cow::Borrowed(_) => text,
    };
    let text = masked_text(&text).unwrap_or(text);
    revealed_text(&text).unwrap_or(text)
}

/// Where a mask is among a value, as a JSON pointer: what was masked on the way out must not be
/// taken for the real value on the way back.
pub(crate) fn find_mask(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains(MASK).then(String::new),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| find_mask(item).map(|rest| format!("/{index}{rest}"))),
        Value::Object(members) => members
            .iter()
            .find_map(|(name, member)| find_mask(member).map(|rest| format!("/{name}{rest}"))),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Shows by their code the characters of all texts that are not seen as what they are.
pub fn reveal(value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(_, member)| reveal(member)),
        Value::Array(items) => items.iter_mut().for_each(reveal),
        Value::String(text) => {
            if let Some(revealed) = revealed_text(text) {
                *text = revealed;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text with its deceptive characters shown by their code, `None` where it has none.
fn revealed_text(text: &str) -> Option<String> {
    let shown = |c| {
        if is_deceptive(c) { format!("<U+{:04X}>", u32::from(c)) } else { c.to_string() }
    };
    text.chars().any(is_deceptive).then(|| text.chars().map(shown).collect())
}

/// Characters that are invisible, or that reorder what is around them (Unicode's bidirectional
/// controls), or that spell text nobody sees (tags). Joiners and direction marks, which writing in
/// some languages needs, are none.
fn is_deceptive(c: char) -> bool {
    matches!(
        u32::from(c),
        0x00AD
            | 0x061C
            | 0x180E
            | 0x200B
            | 0x202A..=0x202E
            | 0x2060..=0x206F
            | 0xFEFF
            | 0xFFF9..=0xFFFB
            | 0xE0000..=0xE0FFF
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

    fn masked(mut value: Value) -> Value {
        mask(&mut value);
        value
    }

    #[test]
    fn secrets_are_known_by_the_names_of_their_fields() {
        let value = json!({
            "userName": "ada",
            "password": "canary",
            "clientSecret": "canary",
            "userpassword": "canary",
            "userpassword-encrypted": "canary",
            "smtp": { "bindPassword": "canary", "api_key": "canary", "port": 25 },
            "core": { "clientSecret": { "inherited": false, "value": "canary" } },
            "keys": [{ "private-key": "canary" }],
            "secrets": { "oldPasswords": 1 },
            "passphrase": ["canary"],
            "headers": { "authorization": ["canary"], "set-cookie": "canary" },
            "idm": { "$crypto": { "value": { "data": "canary" } } },
            "text": r#"{"password":"canary","n":1}"#,
            "operations": [
                { "operation": "replace", "field": "/password", "value": "canary" },
                { "op": "add", "path": "/core/clientSecret/value", "value": "canary" },
            ],
        });
        let masked = masked(value);
        assert!(!masked.to_string().contains("canary"), "{masked:#}");
        assert_eq!(masked["userName"], "ada");
        assert_eq!(masked["smtp"]["port"], 25);
        assert_eq!(masked["core"]["clientSecret"]["inherited"], false);
        assert_eq!(masked["text"], r#"{"password":"[masked]","n":1}"#);
    }

    #[test]
    fn what_is_no_secret_stays() {
        let value = json!({
            "password": null,
            "clientSecret": "",
            "userpassword": "[Empty]",
            "bindPassword": "&{esv.ldap.password}",
            "secretId": "esv-mail-password",
            "passwordPolicy": "strong",
            "hasSecret": true,
            "pagedResultsCookie": "AAAA",
            "properties": { "password": { "type": "string", "title": "Password" } },
            "text": "[not json",
            "categories": "[\"a\", \"b\"]",
            "token_endpoint_auth_method": "client_secret_post",
        });
        assert_eq!(masked(value.clone()), value);
    }

    #[test]
    fn tokens_and_keys_are_known_by_their_shape_wherever_they_stand() {
        let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIcanary\n-----END RSA PRIVATE KEY-----";
        let value = json!([
            format!("Authorization: Bearer {JWT}."),
            format!("var key = '{}';", pem.replace('\n', "\\n")),
            format!("cut: {}", &pem[..45]),
        ]);
        let masked = masked(value);
        assert_eq!(masked[0], "Authorization: Bearer [masked]");
        assert_eq!(masked[1], "var key = '[masked]';");
        assert_eq!(masked[2], "cut: [masked]");
        assert_eq!(
            masked_text("-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----"),
            None
        );
    }

    #[test]
    fn a_mask_is_found_where_it_is() {
        let value = json!({ "a": [1, { "b": "x [masked] y" }] });
        assert_eq!(find_mask(&value).as_deref(), Some("/a/1/b"));
        assert_eq!(find_mask(&json!({ "a": "masked" })), None);
    }

    #[test]
    fn text_that_is_not_seen_is_shown() {
        let mut value = json!({ "a": ["x\u{202e}y", "\u{e0041}\u{feff}z"], "b": "naïve 👩‍💻 ‏שלום" });
        let before = value["b"].clone();
        reveal(&mut value);
        assert_eq!(value["a"], json!(["x<U+202E>y", "<U+E0041><U+FEFF>z"]));
        assert_eq!(value["b"], before);
    }
}
