//! Secrets in texts, known by what they stand in or by their [shape](super::shapes).

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::mask;
use super::shapes::{mask_shapes, signs};

/// The text with its secrets masked, `None` where it has none.
pub(super) fn masked_text(text: &str) -> Option<String> {
    let signs = signs(text);
    if signs == 0 {
        return masked_base64(text);
    }
    if text.trim_start().starts_with(['{', '['])
        && let Ok(inner) = serde_json::from_str(text)
    {
        return masked_json(text, inner);
    }
    if let Some(masked) = masked_base64(text) {
        return Some(masked);
    }
    let masked = masked_objects(text).map_or(Cow::Borrowed(text), Cow::Owned);
    let masked = mask_shapes(masked, signs);
    (masked != text).then(|| masked.into_owned())
}

/// A text that is JSON, with the secrets of its value masked. It is written anew where a member is
/// there twice, of which only the last one was seen.
fn masked_json(text: &str, mut inner: Value) -> Option<String> {
    let before = inner.clone();
    mask(&mut inner);
    let is_other = inner != before || repeats_a_member(text);
    is_other.then(|| inner.to_string())
}

/// Decodes a base64 text, masks the secrets in it and encodes it again. `None` where it holds no
/// secret.
fn masked_base64(text: &str) -> Option<String> {
    /// Shorter ones are words.
    const SHORTEST: usize = 24;
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if text.len() < SHORTEST || !text.len().is_multiple_of(4) || !text.bytes().all(is_base64) {
        return None;
    }
    let inner = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    masked_text(&inner).map(|masked| STANDARD.encode(masked))
}

/// Masks the secrets of the JSON objects that stand in a text.
fn masked_objects(text: &str) -> Option<String> {
    let mut result = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices('{') {
        if at < done || !text[at + 1..].trim_start().starts_with('"') {
            continue;
        }
        let mut objects = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
        let Some(Ok(mut object)) = objects.next() else { continue };
        let end = at + objects.byte_offset();
        let before = object.clone();
        mask(&mut object);
        if object != before || repeats_a_member(&text[at..end]) {
            result.push_str(&text[done..at]);
            result.push_str(&object.to_string());
            done = end;
        }
    }
    (done > 0).then(|| result + &text[done..])
}

/// Whether an object of a JSON text has a member twice.
fn repeats_a_member(json: &str) -> bool {
    serde_json::from_str::<Members>(json).is_ok_and(|Members { repeated }| repeated)
}

/// A fact about a JSON text that its parsed value does not show: whether an object has a member twice.
struct Members {
    repeated: bool,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Look)
    }
}

struct Look;

const ONCE: Members = Members { repeated: false };

impl<'de> Visitor<'de> for Look {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let (mut names, mut repeated) = (HashSet::new(), false);
        while let Some(name) = map.next_key::<String>()? {
            repeated |= !names.insert(name);
            repeated |= map.next_value::<Members>()?.repeated;
        }
        Ok(Members { repeated })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Members, A::Error> {
        let mut repeated = false;
        while let Some(item) = items.next_element::<Members>()? {
            repeated |= item.repeated;
        }
        Ok(Members { repeated })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Members, E> {
        Ok(ONCE)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Members, E> {
        Ok(ONCE)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Members, E> {
        Ok(ONCE)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Members, E> {
        Ok(ONCE)
    }

    fn visit_str<E>(self, _: &str) -> Result<Members, E> {
        Ok(ONCE)
    }

    fn visit_unit<E>(self) -> Result<Members, E> {
        Ok(ONCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        masked_text(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn what_stands_for_a_secret_in_a_text_is_masked() {
        for (text, expected) in [
            (
                "see https://a.example/cb?code=canary&state=x",
                "see https://a.example/cb?code=[masked]&state=x",
            ),
            ("client_secret=canary", "client_secret=[masked]"),
            ("password=canary&user=ada", "password=[masked]&user=ada"),
            ("grant_type=password&password=canary", "grant_type=password&password=[masked]"),
            ("https://ada:canary@db.example/x", "https://ada:[masked]@db.example/x"),
            ("Authorization: Basic YWRhOmNhbmFyeQ==", "Authorization: Basic [masked]"),
            ("authorization: bearer canary1", "authorization: bearer [masked]"),
            (
                r#"took {"password":"canary","n":1} today"#,
                r#"took {"password":"[masked]","n":1} today"#,
            ),
            (r#"string "{\"password\":\"canary\"}""#, r#"string "{\"password\":\"[masked]\"}""#),
            (r#"{"password":"canary","password":""}"#, r#"{"password":""}"#),
            (r#"[{"a":1,"a":2}]"#, r#"[{"a":2}]"#),
        ] {
            assert_eq!(masked(text), expected);
        }
        let inner = STANDARD.encode("var key = {\"clientSecret\": \"canary\"};");
        let shown = STANDARD.decode(masked(&inner)).unwrap();
        assert_eq!(String::from_utf8(shown).unwrap(), r#"var key = {"clientSecret":"[masked]"};"#);
    }

    #[test]
    fn texts_without_secrets_stay_as_they_are() {
        for text in [
            "Basic authentication with a bearer token, or Basic credentials.",
            "url = base + '?token=' + encodeURIComponent(token);",
            "if (a == b && token == null) password = read();",
            "https://a.example:8443/x?token=&{esv.token}&page=2",
            "{ \"a\": 1, \"a b\": [2] }",
            "a?.code===b",
            "for (;;) { \"use strict\"; }",
        ] {
            assert_eq!(masked_text(text), None, "{text}");
        }
    }

    #[test]
    fn hostile_texts_take_no_long_time() {
        let deep = "{\"a\":".repeat(20_000);
        assert_eq!(masked_text(&deep), None);
    }
}
