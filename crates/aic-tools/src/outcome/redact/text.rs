//! Secrets in texts, known by what they stand in or by their shape.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use regex_lite::{Captures, Regex};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::names::{is_secret, is_secret_parameter};
use super::{MASK, holds_nothing, mask};

/// A secret's shape in a text: the [sign](signs) and the hints of it, how it is found, and what is left.
struct Shape {
    sign: u8,
    hints: &'static [&'static str],
    pattern: &'static str,
    replace: fn(&Captures<'_>) -> String,
}

/// A JSON Web Token: two or more parts of base64url, the first of which starts a JSON object.
const JWT: Shape = Shape {
    sign: WEB_TOKEN,
    hints: &["eyJ"],
    pattern: r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}",
    replace: |_| MASK.to_owned(),
};

/// A private key in PEM (RFC 7468), also with its line ends written as `\n`, and as a program joins
/// its lines.
const PRIVATE_KEY: Shape = Shape {
    sign: KEY,
    hints: &["PRIVATE KEY"],
    pattern: concat!(
        r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)",
        r#"([A-Za-z0-9+/=\s\\"'`,.:+-]*?)"#,
        r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----",
    ),
    replace: |found| if is_key(&found[2]) { MASK.to_owned() } else { found[0].to_owned() },
};

/// The beginning of such a key where its end is cut off.
const CUT_KEY: Shape = Shape {
    sign: KEY,
    hints: &["PRIVATE KEY"],
    pattern: r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\r|\\n)*[A-Za-z0-9+/=](?:[A-Za-z0-9+/=\s]|\\r|\\n)*-*",
    replace: |_| MASK.to_owned(),
};

/// A header's value (RFC 7617, RFC 6750).
const SCHEME: Shape = Shape {
    sign: BLANK,
    hints: &["asic", "ASIC", "earer", "EARER"],
    pattern: r"(?i)\b(basic|bearer)([ \t]+)([A-Za-z0-9+/=_.~-]+)",
    replace: |found| {
        let is_basic = found[1].eq_ignore_ascii_case("basic");
        let is_one = if is_basic { is_basic_value(&found[3]) } else { is_bearer_value(&found[3]) };
        if is_one { format!("{}{}{MASK}", &found[1], &found[2]) } else { found[0].to_owned() }
    },
};

/// The password in a URL.
const USER_INFO: Shape = Shape {
    sign: SLASH,
    hints: &["://"],
    pattern: r#"([A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@:"'<>]*:)([^\s/?#@"'<>]+)@"#,
    replace: |found| {
        if holds_nothing(&found[2]) { found[0].to_owned() } else { format!("{}{MASK}@", &found[1]) }
    },
};

/// A parameter of a URL or a form.
const PARAMETER: Shape = Shape {
    sign: EQUALS,
    hints: &["="],
    pattern: r#"([?&#]|&amp;)([A-Za-z0-9_%][A-Za-z0-9_.%-]*)=([^=&\s"'`<>#;\\][^&\s"'`<>#;\\]*)"#,
    replace: |found| {
        let is_one = is_secret_parameter(&found[2]) && !holds_nothing(&found[3]);
        if is_one { format!("{}{}={MASK}", &found[1], &found[2]) } else { found[0].to_owned() }
    },
};

/// The first parameter of a form, which nothing stands before: one of several, or one that only
/// OAuth has.
const FORM: Shape = Shape {
    sign: EQUALS,
    hints: &["="],
    pattern: r#"(^|[\s"'`(])([A-Za-z0-9_%][A-Za-z0-9_.%-]*)=([^=&\s"'`<>#;\\()][^&\s"'`<>#;\\()]*)(&[A-Za-z0-9_.%-]+=)?"#,
    replace: |found| {
        let is_form = found.get(4).is_some() || found[2].contains('_');
        let is_one = is_form && is_secret_parameter(&found[2]) && !holds_nothing(&found[3]);
        let next = found.get(4).map_or("", |next| next.as_str());
        if is_one {
            format!("{}{}={MASK}{next}", &found[1], &found[2])
        } else {
            found[0].to_owned()
        }
    },
};

/// A member of JSON that is itself written as a text in a text.
const QUOTED_MEMBER: Shape = Shape {
    sign: QUOTE,
    hints: &[r#"\""#],
    pattern: r#"(\\+"([^"\\]{1,100})\\+"\s*:\s*\\+")([^"\\]+)"#,
    replace: |found| {
        let is_one = is_secret(&found[2]) && !holds_nothing(&found[3]);
        if is_one { format!("{}{MASK}", &found[1]) } else { found[0].to_owned() }
    },
};

/// All shapes, in the order in which they are looked for.
#[expect(clippy::expect_used, reason = "a pattern that is missing would show secrets")]
static SHAPES: LazyLock<Vec<(Shape, Regex)>> = LazyLock::new(|| {
    [PRIVATE_KEY, CUT_KEY, JWT, SCHEME, USER_INFO, QUOTED_MEMBER, FORM, PARAMETER]
        .into_iter()
        .map(|shape| {
            let pattern = Regex::new(shape.pattern).expect("the patterns are constant and valid");
            (shape, pattern)
        })
        .collect()
});

/// The characters without which no secret has a shape, as bits: those of JSON, of a form, a URL, a
/// quoted member, a key and a web token, and what stands between a scheme and its value. Most texts
/// of a tenant are names, ids and dates, have none, and need not be searched.
const BRACKET: u8 = 1;
const EQUALS: u8 = 1 << 1;
const SLASH: u8 = 1 << 2;
const QUOTE: u8 = 1 << 3;
const KEY: u8 = 1 << 4;
const WEB_TOKEN: u8 = 1 << 5;
const BLANK: u8 = 1 << 6;

/// The sign that each byte is.
const SIGN_OF: [u8; 256] = {
    let mut signs = [0; 256];
    signs[b'{' as usize] = BRACKET;
    signs[b'[' as usize] = BRACKET;
    signs[b'=' as usize] = EQUALS;
    signs[b'/' as usize] = SLASH;
    signs[b'"' as usize] = QUOTE;
    signs[b'K' as usize] = KEY;
    signs[b'J' as usize] = WEB_TOKEN;
    signs[b' ' as usize] = BLANK;
    signs[b'\t' as usize] = BLANK;
    signs
};

/// The signs that a text has. Base64, which has none, is looked for apart.
fn signs(text: &str) -> u8 {
    text.bytes().fold(0, |signs, byte| signs | SIGN_OF[usize::from(byte)])
}

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
    let mut masked = Cow::Borrowed(text);
    if let Some(replaced) = masked_objects(&masked) {
        masked = Cow::Owned(replaced);
    }
    for (shape, pattern) in &*SHAPES {
        // What is left of one shape is no sign of another.
        if signs & shape.sign == 0 || !shape.hints.iter().any(|hint| masked.contains(hint)) {
            continue;
        }
        let replaced = match pattern.replace_all(&masked, shape.replace) {
            Cow::Borrowed(_) => continue,
            Cow::Owned(replaced) => replaced,
        };
        masked = Cow::Owned(replaced);
    }
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

/// Whether what stands between the lines of a key is one, and not the code that looks for it.
fn is_key(body: &str) -> bool {
    /// The shortest line of a key that a program joins.
    const LINE: usize = 24;
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let body = body.replace("\\r", "\n").replace("\\n", "\n");
    let is_plain = body.chars().all(|c| is_base64(c) || c.is_whitespace());
    let longest = body.split(|c| !is_base64(c)).map(str::len).max().unwrap_or(0);
    if is_plain { longest > 0 } else { longest >= LINE }
}

/// A user's name and password, in base64.
fn is_basic_value(value: &str) -> bool {
    let bytes = STANDARD_NO_PAD.decode(value.trim_end_matches('='));
    bytes.is_ok_and(|bytes| bytes.contains(&b':'))
}

/// Words that follow the word "bearer" have neither digits nor signs, and are short.
fn is_bearer_value(value: &str) -> bool {
    /// Longer than any word.
    const LONGEST_WORD: usize = 20;
    let value = value.trim_end_matches(['.', '-']);
    let is_sign = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | '=' | '+' | '~');
    value.len() > LONGEST_WORD || value.contains(is_sign)
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
    fn keys_are_masked_from_their_beginning_to_their_end() {
        for (text, expected) in [
            (
                "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIcanary\n-----END RSA PRIVATE KEY-----\nb",
                "a\n[masked]\nb",
            ),
            (r"'-----BEGIN PRIVATE KEY-----\nMIIcanary\n-----END PRIVATE KEY-----'", "'[masked]'"),
            ("-----BEGIN EC PRIVATE KEY-----\nMIIcan", "[masked]"),
            (
                "\"-----BEGIN PRIVATE KEY-----\\n\" + \"MIICANARYMIICANARYMIICANARY\\n\" + \"-----END PRIVATE KEY-----\"",
                "\"[masked]\"",
            ),
        ] {
            assert_eq!(masked(text), expected);
        }
        for text in [
            "key.replace(\"-----BEGIN PRIVATE KEY-----\", \"\").replace(\"-----END PRIVATE KEY-----\", \"\");",
            "if (pem.startsWith('-----BEGIN PRIVATE KEY-----')) { go(); }",
            "['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----']",
            "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
        ] {
            assert_eq!(masked(text), text);
        }
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
    fn no_secret_has_a_shape_without_a_sign() {
        for (Shape { sign, hints, pattern, .. }, _) in &*SHAPES {
            let has = |text: &str| signs(text) & sign != 0;
            // A scheme and its value stand apart.
            let is_apart = pattern.contains(r"[ \t]+") && has(" ") && has("\t");
            assert!(hints.iter().all(|hint| has(hint)) || is_apart, "{pattern}");
        }
        assert!(signs("{") != 0 && signs("[") != 0);
    }

    #[test]
    fn hostile_texts_take_no_long_time() {
        let deep = "{\"a\":".repeat(20_000);
        assert_eq!(masked_text(&deep), None);
    }
}
